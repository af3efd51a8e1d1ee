"""The knowledge base as a whole: taking in, finding, removing. Synchronous, from any thread."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ogma.domain.calibration import DEPTH
from ogma.domain.clock import Millis
from ogma.domain.limits import AS_BEFORE, Limits, Reader
from ogma.domain.passages import Passage, Search
from ogma.domain.policies import KnowledgePolicy
from ogma.errors import AlreadyRunning, NotFound
from ogma.knowledge.reading import Reading, ReadingProcess
from ogma.services.knowledge.ingest_report import IngestReport
from ogma.services.knowledge.shelf import Shelf, held
from ogma.services.knowledge.vectors import Live, LiveVectors
from ogma.store import calibration as calibrations
from ogma.store import knowledge as store
from ogma.store import limits as limiting
from ogma.store import unfinished
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Embedder
    from ogma.services.knowledge.calibration import Outcome
    from ogma.services.knowledge.embedding import Embed
    from ogma.services.knowledge.finding import Finder
    from ogma.services.knowledge.golden import Golden
    from ogma.services.knowledge.ingest import Progress
    from ogma.services.knowledge.written import Prepared, Written

PRECISION: Final = 0.95
"""Of the answers, how many shall rest on the right document."""
GENTLE_BATCH: Final = 16
"""Passages embedded at a time beside a running bot: a fraction of a second."""
DEFAULT_MAX_BYTES: Final = 32 * 2**20


def _silent(text: str, done: float, total: int) -> None:
    """No progress shown."""


class KnowledgeService:
    """Documents in, passages out. SQLite is the truth; the vector index follows it."""

    def __init__(
        self,
        db: Database,
        folder: Path,
        embedder: Embedder | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        reading: Callable[[], Reading] = ReadingProcess,
        index: str = "auto",
    ) -> None:
        """`folder` is the data folder. Without an embedder search works on words alone.

        `index` is the kind of vector index; "auto" follows its size.
        """
        self._db = db
        self._folder = folder
        self._embedder = embedder
        self._max_bytes = max_bytes
        self._reading = reading
        self._vectors = LiveVectors(db, folder / "index", embedder, index)

    @classmethod
    def open(
        cls, db: Database, data: Path, models: Path, policy: KnowledgePolicy, threads: int = 1
    ) -> KnowledgeService:
        """With the embedding model of the policy, if it is below `models`; else words alone.

        `threads` for the model: 1 leaves a bot in the same process its air.
        """
        from ogma.knowledge.embedder import FastEmbedder
        from ogma.knowledge.model import installed, model_named

        model = installed(models, model_named(policy.model))
        embedder = FastEmbedder(model, policy.precision, threads) if model else None
        return cls(db, data, embedder, policy.max_file_mb * 2**20, index=policy.index)

    @staticmethod
    def preload() -> None:
        """Import what a search takes. It is slow, and must not be done beside a running loop."""
        import ogma.services.knowledge.finding
        import ogma.services.knowledge.following  # noqa: F401

    @property
    def _finder(self) -> Finder:
        from ogma.services.knowledge.finding import Finder

        return Finder(self._db, self._vectors, self._embedder)

    @property
    def has_model(self) -> bool:
        """Whether an embedding model is at hand; search works on words alone without."""
        return self._embedder is not None

    # -- taking in -----------------------------------------------------------------------------

    def ingest(
        self,
        paths: Iterable[str],
        now: Millis,
        progress: Progress = _silent,
        dry_run: bool = False,
        limits: Limits = AS_BEFORE,
        calibrate: bool = False,
    ) -> IngestReport:
        """Take in files, folders and globs; unchanged files cost nothing.

        `limits` says whom the documents named answer; what is left open stays as before.
        `calibrate` learns anew how sure an answer must be, if much has changed.
        A file that fails is listed with its reason, its earlier version stays, the rest goes in.
        Raises AlreadyRunning while another ingest works on this data folder.
        """
        from ogma.services.knowledge.ingest import Ingest, Order

        order = Order(self._max_bytes, now, dry_run, limits)
        with held(self._folder), closing(self._reading()) as reading:
            run = Ingest(self._db, self._vectors, self._embedder, reading, order, progress)
            report = run.run(paths)
            if not dry_run:
                with report.timed("embed"):
                    report.embedded = self._complete(progress)
            if report.wrote and not dry_run:
                with report.timed("store"):
                    self._vectors.save()
                if calibrate:
                    with report.timed("calibrate"):
                        self._recalibrate(now)
        return report

    def matching(self, names: Iterable[str]) -> list[str]:
        """The documents that names or globs stand for; raises NotFound for one without any.

        Tips are left out: they are more than their document, and have commands of their own.
        """
        documents = store.documents(self._db)
        known = [document.name for document in documents if document.kind != "tip"]
        chosen: set[str] = set()
        for wanted in names:
            fitting = [wanted] if wanted in known else fnmatch.filter(known, wanted)
            if not fitting:
                raise NotFound(
                    f"There is no document named {wanted!r}; `ogma kb list` shows them all."
                )
            chosen.update(fitting)
        return sorted(chosen)

    def remove(self, names: Iterable[str]) -> list[str]:
        """Remove documents by name or glob; gives the names removed.

        Raises NotFound, and removes nothing, when a name fits no document.
        """
        chosen = self.matching(names)
        known = {document.name: document.id for document in store.documents(self._db)}
        with self._db.write():
            for name in chosen:
                unfinished.retire(self._db, known[name])
            store.advance(self._db)
        unfinished.sweep(self._db, [known[name] for name in chosen])
        self.refresh()
        return chosen

    def prepare(self, written: Written) -> Prepared:
        """Make a written text ready for `put`: the slow part, outside of any transaction."""
        from ogma.services.knowledge.written import prepare

        return prepare(written, self._vectors.require_model(), self.embed)

    def put(self, prepared: Prepared, now: Millis) -> None:
        """Store a written text, in place of its earlier version; joins a caller's transaction."""
        with self._db.write():
            store.put(self._db, prepared.document, prepared.model_id, now)
            store.advance(self._db)

    def withdraw(self, name: str) -> None:
        """Remove a written text if it is there. In the caller's transaction."""
        if store.delete_named(self._db, name):
            store.advance(self._db)

    @property
    def embed(self) -> Embed | None:
        """Texts to unit vectors; None without an embedding model."""
        return self._embedder.embed_passages if self._embedder is not None else None

    def rebuild(self, progress: Progress = _silent) -> int:
        """Make the full-text and the vector index anew from the chunks; gives their number."""
        with held(self._folder):
            with self._db.write():
                store.rebuild_words(self._db)
                store.advance(self._db)
            self._vectors.forget()
            self._complete(progress)
            self._vectors.save()
        return store.count_chunks(self._db)

    def write_anew(self) -> None:
        """Write the index file again, so that nothing is left in it of what was removed."""
        with held(self._folder):
            self._vectors.forget()
            self._vectors.save()

    @property
    def shelf(self) -> Shelf:
        """Where documents that are not read from files are put, many at a time."""
        return Shelf(self._db, self._vectors, self._embedder, self._folder, self._recalibrate)

    def embed_missing(self, stopping: Callable[[], bool]) -> int:
        """Give passages without one their vector, in small steps; gives the number of passages.

        That is a re-embedding where the model is another than before: what is there serves until
        all is done. It ends soon after `stopping` says so, and goes on from there next time.
        Calibrating is left to the command line: a bot that stops cannot wait for it.
        """
        done = self._vectors.complete(batch=GENTLE_BATCH, stopping=stopping)
        if done and not stopping():
            with suppress(AlreadyRunning), held(self._folder):  # an ingest does the same at its end
                self._vectors.save()
        return done

    # -- calibrating ---------------------------------------------------------------------------

    def calibrate(
        self, now: Millis, precision: float = PRECISION, golden: Sequence[Golden] = ()
    ) -> Outcome:
        """Learn from the knowledge base itself how sure a search must be; kept until it changes.

        Where there is too little to learn from, an earlier calibration is dropped.
        Raises AlreadyRunning while an ingest works on this data folder.
        """
        with held(self._folder):
            return self._calibrate(now, precision, golden)

    def _calibrate(self, now: Millis, precision: float, golden: Sequence[Golden]) -> Outcome:
        from ogma.services.knowledge import calibration

        live = self._vectors.live()
        run = calibration.Calibrator(
            self._db,
            live,
            self._embedder,
            lambda text, vector: self._finder.ranked(text, live, calibration.CANDIDATES, vector),
        )
        asked = [
            calibration.judged(question, self.search(question.question, DEPTH, question.type_id))
            for question in golden
        ]
        outcome = run.run(precision, [example for example in asked if example is not None])
        calibration.keep(self._db, live, outcome, now)
        return outcome

    def _recalibrate(self, now: Millis) -> None:
        """Calibrate anew, for the precision of before, if the last time does not fit any more."""
        from ogma.services.knowledge import calibration

        before = calibrations.load(self._db)
        live = self._vectors.live()
        if before is None and calibration.size(self._db, live) < calibration.BY_ITSELF:
            return
        if calibration.is_outdated(self._db, live):
            precision = before.calibration.asked_precision if before else PRECISION
            self._calibrate(now, precision, ())

    def _complete(self, progress: Progress) -> int:
        return self._vectors.complete(lambda done, total: progress("embedding", done, total))

    # -- looking -------------------------------------------------------------------------------

    def documents(self) -> list[tuple[store.Document, int]]:
        """All documents by name, each with the number of its chunks."""
        counts = store.chunk_counts(self._db)
        return [(document, counts.get(document.id, 0)) for document in store.documents(self._db)]

    def document(self, name: str) -> tuple[store.Document, list[Passage]]:
        """One document with its chunks; raises NotFound."""
        for document in store.documents(self._db):
            if document.name == name:
                return document, store.chunks_of(self._db, document.id)
        raise NotFound(f"There is no document named {name!r}; `ogma kb list` shows them all.")

    def status(self) -> Live:
        """What is searched at this moment."""
        return self._vectors.live()

    def refresh(self) -> bool:
        """Catch up with what other processes changed; cheap when nothing has. True if it had."""
        return self._vectors.refresh()

    # -- finding -------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        limit: int = 8,
        type_id: str | Collection[str] | None = None,
        roles: Collection[int] | None = None,
    ) -> Search:
        """The passages that speak to the question, best first. Any text is a valid question.

        With `type_id`, only documents that may answer tickets of this type, or of one of these;
        with `roles`, only those that a member with these roles may see. None: whatever the limits.
        """
        types = (type_id,) if isinstance(type_id, str) else type_id
        return self._finder.search(query, limit, Reader.of(types, roles))

    def limit(self, names: Iterable[str], limits: Limits) -> list[str]:
        """Say who documents answer, by name or glob; gives the names. Raises NotFound."""
        chosen = self.matching(names)
        known = {document.name: document.id for document in store.documents(self._db)}
        with self._db.write():
            for name in chosen:
                limiting.limit(self._db, known[name], limits)
            store.advance(self._db)
        return chosen

    @property
    def knows_roles(self) -> bool:
        """Whether any document is limited to roles: only then it matters who has which."""
        return limiting.any_role(self._db)
