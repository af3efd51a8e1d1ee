"""Brings files into the knowledge base: what has changed, each document whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from ogma.domain.clock import Millis
from ogma.domain.limits import AS_BEFORE, Limits
from ogma.knowledge.chunks import CHUNKER_VERSION, Cut
from ogma.knowledge.content import Unreadable
from ogma.knowledge.embedder import CANARY, Embedder
from ogma.knowledge.files import FoundFile, Selection, select
from ogma.knowledge.reading import Reading
from ogma.knowledge.reading_ahead import ReadingAhead
from ogma.services.knowledge.embedding import embedded
from ogma.services.knowledge.ingest_files import Fresh, KnownFiles, Seen, steady
from ogma.services.knowledge.ingest_report import Failure, IngestReport
from ogma.services.knowledge.knowledge_export import Manifests
from ogma.services.knowledge.vectors import LiveVectors
from ogma.store import knowledge as store
from ogma.store import limits as limiting
from ogma.store import unfinished
from ogma.store.database import Database

Progress = Callable[[str, float, int], None]
"""Called with (what is worked on, files done, files in all)."""

GROUP_CHUNKS: Final = 768
"""Embedded and stored together: enough to sort by length, little enough to lose to a kill."""
GROUP_DOCUMENTS: Final = 200
FIRST_CHUNKS: Final = 128
"""Enough for the first group: the sooner it is embedded, the more is read meanwhile."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a run is to be done."""

    max_bytes: int
    now: Millis
    dry_run: bool = False
    """Find out what there is to do, and do nothing."""
    limits: Limits = AS_BEFORE
    """Whom the documents answer; what is left open stays as it is."""


class Ingest:
    """One run. The caller holds the knowledge-base lock."""

    def __init__(
        self,
        db: Database,
        vectors: LiveVectors,
        embedder: Embedder | None,
        reading: Reading,
        order: Order,
        progress: Progress,
    ) -> None:
        self._db = db
        self._vectors = vectors
        self._embedder = embedder
        self._ahead = ReadingAhead[Fresh](reading)
        self._order = order
        self._progress = progress
        self._report = IngestReport()
        self._manifests = Manifests()
        self._group: list[store.NewDocument] = []
        self._enough = FIRST_CHUNKS
        self._loading = False
        self._places: dict[str, bytes] = {}
        self._seen: list[Seen] = []
        self._done = 0
        self._total = 0
        self._known = KnownFiles(db)
        self._taken: set[str] = set()
        """The names that documents got in this run."""

    def run(self, paths: Iterable[str]) -> IngestReport:
        """Take in what the paths name; what vanished below the folders among them goes."""
        report = self._report
        if not self._order.dry_run:
            unfinished.sweep(self._db)
        with report.timed("read"):
            selection = select(paths)
        report.failed += [Failure(name, reason) for name, reason in selection.failed]
        report.skipped = selection.skipped
        self._total = len(selection.files)
        with closing(self._ahead):
            for found in selection.files:
                if self._take(found):
                    self._collect(until_full=True)
            self._collect(until_full=False)
            self._flush()
        self._remove_vanished(selection)
        self._limit(selection)
        return report

    def _collect(self, until_full: bool) -> None:
        """Take what has been read, all of it or only what need not be waited for; store groups."""
        while self._ahead.is_full or self._ahead.is_ready or (self._ahead and not until_full):
            with self._report.timed("read"):
                self._queue(*self._ahead.take())
            if self._full():
                self._flush()
        if self._full():
            self._flush()

    # -- one file ------------------------------------------------------------------------------

    def _take(self, found: FoundFile) -> bool:
        """Have a file read if it may be new; False where it is known by its time and size alone."""
        origin = found.origin
        try:
            stat = os.stat(origin)  # noqa: PTH116 - it is asked for every file
            if self._known.untouched(origin, stat):
                self._count_unchanged()
                return False
            if stat.st_size > self._order.max_bytes:
                megabytes = stat.st_size / 2**20
                raise Unreadable(
                    f"it has {megabytes:,.{1 if megabytes < 100 else 0}f} MB and the limit is "
                    f"{self._order.max_bytes / 2**20:.0f} MB (knowledge.max_file_mb)"
                )
            with self._report.timed("read"):
                data = found.path.read_bytes()
                self._take_content(found, data, steady(stat.st_mtime_ns))
        except (OSError, Unreadable) as error:
            self._fail(found.name, error)
        return True

    def _take_content(self, found: FoundFile, data: bytes, mtime_ns: int | None) -> None:
        digest = hashlib.sha256(data).hexdigest()
        known = self._known.by_origin.get(found.origin) or self._moved(found)
        origin = found.origin
        if known and known.sha256 == digest and known.parser == CHUNKER_VERSION:
            self._seen.append(Seen(known, origin, mtime_ns))
            self._count_unchanged()
            return
        self._load_model()
        self._ahead.ask(
            Fresh(found, known, digest, len(data), mtime_ns), data, PurePosixPath(found.name).name
        )

    def _load_model(self) -> None:
        """Have the model loaded while the first files are read; a fault shows when it is used."""
        if self._embedder is not None and not self._loading:
            self._loading = True
            pool = ThreadPoolExecutor(1, thread_name_prefix="loading")
            pool.submit(self._embedder.embed_query, CANARY)
            pool.shutdown(wait=False)

    def _queue(self, fresh: Fresh, reading: Future[Cut]) -> None:
        """Add a document to the group, or say why it cannot be read."""
        found, known = fresh.found, fresh.known
        name = known.name if known else self._free_name(found)
        try:
            document = reading.result()
        except Unreadable as error:
            self._fail(name, error)
            return
        chunks = tuple(
            store.NewChunk(chunk.context(document.title), chunk.place, chunk.text)
            for chunk in document.chunks
        )
        exported = self._manifests.of(found.path)
        limits = exported.limits if self._order.limits.unchanged else self._order.limits
        new = store.NewDocument(
            name=name,
            kind="file",
            origin=found.origin,
            title=document.title,
            url=exported.url,
            sha256=fresh.sha256,
            size=fresh.size,
            mtime_ns=fresh.mtime_ns,
            parser=CHUNKER_VERSION,
            chunks=chunks,
            types=limits.types,
            roles=limits.roles,
        )
        self._group.append(new)
        self._taken.add(name)
        if known:
            self._report.changed += 1
        else:
            self._report.added += 1

    def _moved(self, found: FoundFile) -> store.Document | None:
        """The document of the same name whose own file is gone: this file takes its place."""
        namesake = self._known.by_name.get(found.name)
        if namesake is None or namesake.kind != "file" or Path(namesake.origin).exists():
            return None
        return namesake

    def _free_name(self, found: FoundFile) -> str:
        """The found name, with as many folders in front as it takes to be alone with it."""
        name = found.name
        while name in self._known.by_name or name in self._taken:
            longer = found.longer_name(name)
            if longer == name:
                break
            name = longer
        return name

    def _fail(self, name: str, error: OSError | Unreadable) -> None:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        self._report.failed.append(Failure(name, reason))
        self._advance(name)

    def _count_unchanged(self) -> None:
        self._report.unchanged += 1
        self._advance("")

    def _advance(self, text: str) -> None:
        self._done += 1
        self._progress(text, self._done, self._total)

    # -- groups --------------------------------------------------------------------------------

    def _full(self) -> bool:
        chunks = sum(len(document.chunks) for document in self._group)
        return chunks >= self._enough or len(self._group) + len(self._seen) >= GROUP_DOCUMENTS

    def _flush(self) -> None:
        """Embed the group, then store it in one transaction."""
        group, seen, self._group, self._seen = self._group, self._seen, [], []
        if not self._order.dry_run and (group or seen):
            with self._report.timed("embed"):
                model_id = self._vectors.require_model() if group else None
                group = self._embedded(group)
            with self._report.timed("store"):
                self._store(group, seen, model_id)
        self._report.chunks += sum(len(document.chunks) for document in group)
        self._done += len(group)
        if group:
            self._enough = GROUP_CHUNKS
            self._progress(group[-1].name, self._done, self._total)

    def _store(
        self, group: list[store.NewDocument], seen: list[Seen], model_id: int | None
    ) -> None:
        """Each document whole or not at all; a large one is brought in before, in parts."""
        ready = {
            number: unfinished.bring_in(self._db, document, model_id, self._order.now)
            for number, document in enumerate(group)
            if len(document.chunks) > unfinished.BROUGHT_IN
        }
        with self._db.write():
            for again in seen:
                store.note_seen(self._db, again.document.id, again.origin, again.mtime_ns)
            for number, document in enumerate(group):
                self._put(document, model_id, ready.get(number))
            if group:
                store.advance(self._db)
        unfinished.sweep(self._db)

    def _put(self, document: store.NewDocument, model_id: int | None, ready: int | None) -> None:
        """Store a document; the file that it replaces may have stood elsewhere."""
        namesake = self._known.by_name.get(document.name)
        if namesake is not None and namesake.origin != document.origin:
            unfinished.retire(self._db, namesake.id)
        if ready is not None:
            unfinished.finish(self._db, ready, document, self._order.now)
        else:
            store.put(self._db, document, model_id, self._order.now, unfinished.retire)

    def _embedded(self, group: list[store.NewDocument]) -> list[store.NewDocument]:
        if self._embedder is None or not group:
            return group

        def told(done: int, total: int) -> None:
            share = len(group) * done / total
            self._progress(group[0].name, self._done + share, self._total)

        return embedded(group, self._embedder.embed_passages, told, self._places)

    def _limit(self, selection: Selection) -> None:
        """Limit what was named as was asked for, also what had not changed."""
        limits = self._order.limits
        if limits.unchanged or self._order.dry_run:
            return
        origins = {file.origin for file in selection.files}
        with self._db.write():
            for document in store.documents(self._db):
                if document.kind == "file" and document.origin in origins:
                    limiting.limit(self._db, document.id, limits)
            store.advance(self._db)

    # -- what is no longer there ---------------------------------------------------------------

    def _remove_vanished(self, selection: Selection) -> None:
        """Remove documents whose file is gone from below a folder that still has files."""
        found = {file.origin for file in selection.files}
        gone: dict[int, str] = {}
        for folder in selection.folders:
            below = f"{folder}{os.sep}"
            known = self._known.below(str(folder))
            lost = {
                row: origin
                for row, origin in known.items()
                if origin not in found and not Path(origin).exists()
            }
            if lost and not any(origin.startswith(below) for origin in found):
                reason = "it has no files now; its {} documents were kept, see `ogma kb remove`"
                self._report.failed.append(Failure(str(folder), reason.format(len(lost))))
            else:
                gone |= lost
        self._remove(gone)

    def _remove(self, gone: Mapping[int, str]) -> None:
        """Remove documents by id, those that have not moved meanwhile."""
        if not gone:
            return
        now = {document.id: document.origin for document in store.documents(self._db)}
        gone = {row: origin for row, origin in gone.items() if now.get(row) == origin}
        if gone and not self._order.dry_run:
            with self._report.timed("store"), self._db.write():
                for row in gone:
                    unfinished.retire(self._db, row)
                store.advance(self._db)
            unfinished.sweep(self._db)
        self._report.removed += len(gone)
