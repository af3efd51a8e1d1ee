"""The knowledge base end to end, with an embedder that needs no model."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ogma.domain.limits import Limits
from ogma.errors import AlreadyRunning, NotFound
from ogma.knowledge.chunks import Cut
from ogma.knowledge.reading_ahead import ReadingAhead
from ogma.services.knowledge import ingest as ingest_module
from ogma.services.knowledge import knowledge as knowledge_module
from ogma.services.knowledge.ingest_report import IngestReport
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store import knowledge as store
from ogma.store import vectors
from ogma.store.opening import open_database
from tests.knowledge.fakes import ReadingHere, WordEmbedder

PASSWORD = "# Accounts\n\n## Password\n\nOpen the panel and choose Forgot password.\n"
REFUND = "# Billing\n\n## Refunds\n\nA refund takes five working days.\n"


class Base:
    """A data folder, a folder of documents, and as many services on them as a test wants."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        self.docs = root / "docs"
        self.docs.mkdir()
        self.embedder = WordEmbedder()
        self.write("password.md", PASSWORD)
        self.write("billing/refund.md", REFUND)

    def write(self, name: str, text: str) -> Path:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (time.time() - 60, time.time() - 60))
        return path

    def service(
        self, embedder: WordEmbedder | None = None, words: bool = False
    ) -> KnowledgeService:
        """A service of its own, as in another process."""
        chosen = None if words else embedder or self.embedder
        return KnowledgeService(open_database(self.data), self.data, chosen, reading=ReadingHere)

    def ingest(self, service: KnowledgeService | None = None) -> IngestReport:
        return (service or self.service()).ingest([str(self.docs)], now=1000)


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(tmp_path)


BILLING = Limits(types=frozenset({"billing"}))


def found(service: KnowledgeService, query: str, **options: Any) -> list[str]:
    return [hit.passage.document for hit in service.search(query, 5, **options).hits]


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return (
        *(report.added, report.changed, report.unchanged, report.removed),
        len(report.failed),
    )


# -- taking in -------------------------------------------------------------------------------------


def test_k1_a_folder_goes_in_and_is_found(base: Base) -> None:
    service = base.service()
    assert counts(base.ingest(service)) == (2, 0, 0, 0, 0)
    search = service.search("refund days", 3)
    best = search.hits[0]
    assert search.mode == "hybrid"
    assert (best.passage.document, best.passage.title) == ("billing/refund.md", "Billing")
    assert best.passage.heading == "Refunds"
    assert best.passage.text == "A refund takes five working days."
    assert best.cosine is not None
    assert best.score == pytest.approx(0.6 * best.cosine + 0.4 * best.bm25)


def test_k6_a_word_in_the_heading_outranks_the_same_word_in_the_text(base: Base) -> None:
    for number in range(12):
        base.write(f"other{number}.md", f"# Other {number}\n\nSomething else, number {number}.\n")
    base.write("text.md", "# Colours\n\n## Paint\n\nA gadget is a gadget, and new.\n")
    base.write("heading.md", "# Colours\n\n## Gadget\n\nThe paint is green and round and new.\n")
    service = base.service(words=True)
    base.ingest(service)
    first, second = service.search("gadget", 5).hits
    assert (first.passage.document, second.passage.document) == ("heading.md", "text.md")


def test_k6_a_question_like_a_heading_finds_what_stands_below_it(base: Base) -> None:
    """The vector of the heading counts by itself: the text below says it in other words."""
    base.write("parcel.md", "# Parcels\n\n## Lost parcel\n\n" + "Ask the carrier first. " * 12)
    base.write("noise.md", "# Noise\n\n" + "A lost thing may be a parcel or none at all. " * 3)
    service = base.service()
    base.ingest(service)
    before = service.search("lost parcel").hits
    with (db := open_database(base.data)).write():
        db.execute("DELETE FROM place")
        store.advance(db)
    without = service.search("lost parcel").hits
    assert before[0].passage.document == "parcel.md"
    assert (before[0].cosine or 0) > (without[0].cosine or 0) + 0.05


MESSAGES = "# Shipping\n\n" + "\n\n".join(
    ["where is my order", "has the parcel left", "track a shipment", "courier never came"]
)


def _line_cosines(service: KnowledgeService, base: Base, query: str) -> tuple[float, float]:
    """The closeness of the best passage, with the vectors of lines and without them."""
    before = service.search(query, 1).hits[0].cosine
    with (db := open_database(base.data)).write():
        db.execute("UPDATE embedding SET lines = NULL")
    without = service.search(query, 1).hits[0].cosine
    assert before is not None and without is not None
    return before, without


def test_k6_a_question_like_one_line_of_a_list_finds_it(base: Base) -> None:
    base.write("shipping.md", MESSAGES)
    service = base.service()
    base.ingest(service)
    before, without = _line_cosines(service, base, "track a shipment")
    assert before > without + 0.1


def test_k8_another_model_gives_the_lines_new_vectors_too(base: Base) -> None:
    base.write("shipping.md", MESSAGES)
    base.ingest()
    service = base.service(WordEmbedder("words:2", seed="other"))
    service.embed_missing(lambda: False)
    before, without = _line_cosines(service, base, "courier never came")
    assert before > without + 0.1


def test_k6_a_heading_that_several_documents_share_tells_nothing(base: Base) -> None:
    service = base.service()
    base.ingest(service)
    alone = service.search("Billing Refunds", 1).hits[0].cosine
    base.write("other.md", REFUND.replace("five", "nine"))
    base.ingest(service)
    (hit,) = service.search("Billing Refunds five", 1).hits
    assert hit.cosine is not None and alone is not None and hit.cosine < alone


def test_k1_unchanged_files_are_neither_read_nor_embedded(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.ingest()
    embedded = len(base.embedder.embedded)
    monkeypatch.setattr(ReadingHere, "read", None)
    monkeypatch.setattr(Path, "read_bytes", None)
    assert counts(base.ingest()) == (0, 0, 2, 0, 0)
    assert len(base.embedder.embedded) == embedded


def test_k1_files_are_read_while_others_are_embedded(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Embedding the first group waits here until the last file of the next one has been read.

    Reading waits until that file is asked for: else a quick reader fills a group before.
    """
    for number in range(40):
        sections = "\n\n".join(f"## Part {part}\n\nText {part}." for part in range(20))
        base.write(f"more/{number:02}.md", f"# Number {number}\n\n{sections}\n")
    asked, read, waited = threading.Event(), threading.Event(), []
    real_ask, real_read = ReadingAhead.ask, ReadingHere.read

    def ask(self: ReadingAhead[Any], purpose: Any, data: bytes, name: str) -> None:
        real_ask(self, purpose, data, name)
        if name == "39.md":
            asked.set()

    def read_one(self: ReadingHere, data: bytes, name: str) -> Cut:
        waited.append(asked.wait(120))
        if name == "39.md":
            read.set()
        return real_read(self, data, name)

    embedded: list[bool] = []
    monkeypatch.setattr(ReadingAhead, "ask", ask)
    monkeypatch.setattr(ReadingHere, "read", read_one)
    base.embedder.before_batch = lambda: embedded.append(read.wait(120))
    report = base.ingest()
    assert counts(report) == (42, 0, 0, 0, 0)
    assert waited and all(waited)
    assert embedded == [True, True], "two groups, the first while the last files are read"


def test_k6_a_place_that_comes_again_is_embedded_once(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "FIRST_CHUNKS", 1)
    monkeypatch.setattr(ingest_module, "GROUP_CHUNKS", 1)
    for number in range(3):
        base.write(f"copies/{number}.md", REFUND + f"Number {number}.\n")
    service = base.service()
    assert base.ingest(service).added == 5
    assert base.embedder.embedded.count("Billing > Refunds") == 1
    assert len(service.search("refunds", 5).hits) == 5


def test_k1_a_touched_file_with_the_same_content_is_not_embedded(base: Base) -> None:
    base.ingest()
    embedded = len(base.embedder.embedded)
    base.write("password.md", PASSWORD)
    os.utime(base.docs / "password.md", (1, 1))
    assert counts(base.ingest()) == (0, 0, 2, 0, 0)
    assert len(base.embedder.embedded) == embedded


def test_k1_a_change_within_the_same_second_is_seen(base: Base) -> None:
    """Same size, same time: only the content tells."""
    path = base.docs / "password.md"
    now = time.time()
    path.write_text(PASSWORD)
    os.utime(path, (now, now))
    base.ingest()
    path.write_text(PASSWORD.replace("panel", "cabin"))
    os.utime(path, (now, now))
    service = base.service()
    assert counts(base.ingest(service)) == (0, 1, 1, 0, 0)
    assert "cabin" in service.search("forgot password", 1).hits[0].passage.text


def test_k1_what_fails_is_listed_and_the_rest_goes_in(base: Base) -> None:
    (base.docs / "bad.txt").write_bytes(bytes(range(256)))
    base.write("empty.md", "")
    report = base.ingest()
    assert counts(report) == (2, 0, 0, 0, 2)
    assert {failure.document: failure.reason for failure in report.failed} == {
        "bad.txt": "it is a binary file, not text",
        "empty.md": "it is empty",
    }


def test_k1_a_file_above_the_limit_is_not_read(base: Base) -> None:
    with (base.docs / "huge.txt").open("wb") as file:
        file.truncate(2**30)
    (failure,) = base.ingest().failed
    assert failure.document == "huge.txt"
    assert "knowledge.max_file_mb" in failure.reason


def test_p40_a_file_that_fails_keeps_its_earlier_version(base: Base) -> None:
    base.ingest()
    (base.docs / "password.md").write_bytes(bytes(range(256)))
    service = base.service()
    assert counts(base.ingest(service)) == (0, 0, 1, 0, 1)
    assert found(service, "forgot password")[0] == "password.md"


def test_a_changed_file_replaces_its_passages(base: Base) -> None:
    base.ingest()
    base.write("password.md", "# Accounts\n\nWrite to the zebra desk.\n")
    service = base.service()
    assert counts(base.ingest(service)) == (0, 1, 1, 0, 0)
    texts = [hit.passage.text for hit in service.search("accounts panel zebra", 10).hits]
    assert "Write to the zebra desk." in texts
    assert not any("Forgot" in text for text in texts)


def test_files_that_vanished_from_a_folder_are_removed(base: Base) -> None:
    base.ingest()
    (base.docs / "password.md").unlink()
    service = base.service()
    assert counts(base.ingest(service)) == (0, 0, 1, 1, 0)
    assert found(service, "forgot password") == ["billing/refund.md"]


def test_an_emptied_folder_removes_nothing(base: Base) -> None:
    """A disk that is not mounted looks like an empty folder."""
    base.ingest()
    for path in (base.docs / "password.md", base.docs / "billing/refund.md"):
        path.unlink()
    service = base.service()
    report = base.ingest(service)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert "2 documents were kept" in report.failed[0].reason
    assert found(service, "forgot password")[0] == "password.md"


def test_a_moved_folder_keeps_its_documents(base: Base, tmp_path: Path) -> None:
    base.ingest()
    embedded = len(base.embedder.embedded)
    base.docs.rename(tmp_path / "moved")
    report = base.service().ingest([str(tmp_path / "moved")], now=2)
    assert counts(report) == (0, 0, 2, 0, 0)
    assert len(base.embedder.embedded) == embedded


def test_namesakes_from_two_folders_both_stay(base: Base, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "password.md").write_text("# Doors\n\nThe zebra door opens by itself.\n")
    service = base.service()
    base.ingest(service)
    assert counts(service.ingest([str(other)], now=2)) == (1, 0, 0, 0, 0)
    assert found(service, "zebra door")[0] == "other/password.md"
    assert found(service, "forgot password")[0] == "password.md"


def test_a_dry_run_changes_nothing(base: Base) -> None:
    service = base.service()
    base.write("password.md", PASSWORD)
    report = service.ingest([str(base.docs)], now=1, dry_run=True)
    assert (counts(report), report.chunks) == ((2, 0, 0, 0, 0), 2)
    assert service.documents() == []
    assert base.embedder.embedded == []


def test_progress_reaches_the_end(base: Base) -> None:
    told: list[tuple[float, int]] = []
    base.service().ingest(
        [str(base.docs)], now=1, progress=lambda text, done, total: told.append((done, total))
    )
    assert told[-1] == (2, 2)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_only_one_ingest_at_a_time(base: Base) -> None:
    first, inside, go_on = base.service(), threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        go_on.wait(10)

    base.embedder.before_batch = wait
    thread = threading.Thread(target=base.ingest, args=(first,))
    thread.start()
    try:
        assert inside.wait(10)
        with pytest.raises(AlreadyRunning, match="Another ingest"):
            base.ingest(base.service(WordEmbedder()))
    finally:
        go_on.set()
        thread.join()
    assert counts(base.ingest()) == (0, 0, 2, 0, 0)


# -- finding ---------------------------------------------------------------------------------------


def test_k4_without_a_model_search_works_on_words(base: Base) -> None:
    service = base.service(words=True)
    base.ingest(service)
    search = service.search("how long do refunds take", 3)
    assert search.mode == "words"
    assert search.hits[0].passage.document == "billing/refund.md"
    assert search.hits[0].cosine is None


def test_k4_vectors_come_with_the_next_ingest_once_there_is_a_model(base: Base) -> None:
    base.ingest(base.service(words=True))
    service = base.service()
    assert service.search("refund", 1).mode == "words"
    report = base.ingest(service)
    assert (report.unchanged, report.embedded) == (2, 2)
    assert service.search("refund", 1).mode == "hybrid"


def test_k5_another_process_ingest_is_served_without_a_reload(base: Base) -> None:
    running = base.service()
    base.ingest(running)
    index = running.status().index
    base.write("zebra.md", "# Zebra\n\nZebra crossings are free.\n")
    (base.docs / "password.md").unlink()
    base.ingest(base.service())
    assert running.refresh() is True
    assert running.refresh() is False
    assert running.status().index is index
    assert found(running, "zebra")[0] == "zebra.md"
    assert "password.md" not in found(running, "forgot password")


def test_k4_deleted_content_is_never_returned(base: Base) -> None:
    """Not even by a process whose index still holds it."""
    running = base.service()
    base.ingest(running)
    live = running.status()
    assert live.index is not None
    db = open_database(base.data)
    with db.write():
        for document in store.documents(db):
            if document.name == "password.md":
                store.delete(db, document.id)
    assert len(live.index) == 2
    assert found(running, "forgot password") == ["billing/refund.md"]


def test_remove_takes_names_and_globs(base: Base) -> None:
    service = base.service()
    base.ingest(service)
    with pytest.raises(NotFound, match="nope"):
        service.remove(["password.md", "nope"])
    assert len(service.documents()) == 2
    assert service.remove(["billing/*"]) == ["billing/refund.md"]
    assert found(service, "refund") == ["password.md"]


def test_k8_documents_answer_only_their_ticket_types(base: Base) -> None:
    service = base.service()
    base.ingest(service)
    service.ingest([str(base.docs / "billing")], now=2, limits=BILLING)
    assert "billing/refund.md" in found(service, "refund", type_id="billing")
    assert "billing/refund.md" not in found(service, "refund", type_id="general")
    assert "password.md" in found(service, "password", type_id="general")
    assert "billing/refund.md" in found(service, "refund")


def test_k8_a_changed_document_keeps_its_limit(base: Base) -> None:
    service = base.service()
    service.ingest([str(base.docs)], now=1, limits=BILLING)
    base.write("password.md", PASSWORD + "More.\n")
    assert base.ingest(service).changed == 1
    assert found(service, "password", type_id="general") == []


@pytest.mark.parametrize(
    "query",
    [
        *("a", "?", '"', "'", "*", "AND OR NOT NEAR(", "a:b^c", "{col}:x", "--", "\x00", "\ud800"),
        *("", "   ", "пароль", "密码重置", "كلمة السر", "🦓" * 100, "refund " * 600, "x" * 4000),
    ],
)
def test_k4_no_question_raises(base: Base, query: str) -> None:
    service = base.service()
    base.ingest(service)
    assert service.search(query, 5).query == query


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(query=st.text(max_size=60))
def test_k4_any_text_is_a_question(query: str, shared: KnowledgeService) -> None:
    for hit in shared.search(query, 5).hits:
        assert 0 <= hit.score <= 1 and 0 <= hit.bm25 <= 1


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeService]:
    base = Base(tmp_path_factory.mktemp("shared"))
    service = base.service()
    base.ingest(service)
    yield service


def test_an_empty_knowledge_base_finds_nothing(base: Base) -> None:
    assert base.service().search("refund", 5).hits == ()


def test_searches_run_beside_an_ingest(base: Base) -> None:
    running = base.service()
    base.ingest(running)
    for number in range(30):
        base.write(f"more/{number}.md", f"# Number {number}\n\nThe refund of case {number}.\n")
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                assert "billing/refund.md" in found(running, "refund takes five working days")
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    base.ingest(base.service(WordEmbedder()))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []


# -- the index is a cache --------------------------------------------------------------------------


def _delete(path: Path) -> None:
    path.unlink()


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-30] ^= 64
    path.write_bytes(raw)


@pytest.mark.parametrize("kind", ["vectors", "words"])
@pytest.mark.parametrize("damage", [_delete, _truncate, _flip])
def test_p32_a_damaged_index_is_made_anew(
    base: Base, damage: Callable[[Path], None], kind: str
) -> None:
    base.ingest()
    before = base.service().search("refund days", 5)
    paths = list((base.data / "index").glob(f"{kind}-*"))
    assert paths
    for path in paths:
        damage(path)
    assert base.service().search("refund days", 5) == before


def test_p32_an_older_index_is_made_anew(base: Base) -> None:
    base.ingest()
    older = {path: path.read_bytes() for path in (base.data / "index").iterdir()}
    base.write("zebra.md", "# Zebra\n\nZebra crossings are free.\n")
    base.ingest()
    for path in (base.data / "index").iterdir():
        path.unlink()
    for path, raw in older.items():
        path.write_bytes(raw)
    assert found(base.service(), "zebra")[0] == "zebra.md"


def test_p32_the_index_of_another_data_folder_is_not_trusted(base: Base, tmp_path: Path) -> None:
    """As many passages, the same model and generation: only what they are made from differs."""
    (tmp_path / "other").mkdir()
    other = Base(tmp_path / "other")
    other.write("password.md", REFUND)
    other.write("billing/refund.md", PASSWORD)
    base.ingest()
    other.ingest()
    before = base.service().search("refund days", 5)
    assert before != other.service().search("refund days", 5)
    shutil.rmtree(base.data / "index")
    shutil.copytree(other.data / "index", base.data / "index")
    assert base.service().search("refund days", 5) == before


@pytest.mark.parametrize("kind", ["vectors", "words"])
def test_p32_a_flipped_bit_in_a_manifest_changes_no_answer(base: Base, kind: str) -> None:
    base.ingest()
    before = base.service().search("refund days", 5)
    manifest = base.data / "index" / f"{kind}.json"
    sound = manifest.read_bytes()
    for at in range(0, len(sound), 7):
        raw = bytearray(sound)
        raw[at] ^= 1 << at % 8
        manifest.write_bytes(raw)
        assert base.service().search("refund days", 5) == before


def test_p33_another_model_is_never_mixed_in(base: Base) -> None:
    base.ingest()
    other = WordEmbedder("words:2", seed="other")
    service = base.service(other)
    assert service.search("refund", 2).mode == "words"
    report = base.ingest(service)
    assert report.embedded == 2
    assert service.search("refund", 2).mode == "hybrid"
    assert base.service().search("refund", 2).mode == "words"
    _only_vectors_of(other, service)


def test_p33_the_same_name_with_other_vectors_is_another_model(base: Base) -> None:
    """A library may change how it pools: same files, same dimension, other vectors."""
    base.ingest()
    changed = WordEmbedder(base.embedder.fingerprint, seed="other")
    service = base.service(changed)
    assert service.search("refund", 2).mode == "words"
    assert base.ingest(service).embedded == 2
    assert service.search("refund", 2).mode == "hybrid"
    _only_vectors_of(changed, service)


def test_p33_a_re_embedding_goes_on_where_it_was_interrupted(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.ingest()
    monkeypatch.setattr("ogma.services.knowledge.vectors.COMPLETE_BATCH", 1)
    other = WordEmbedder("words:2", seed="other")

    def interrupt() -> None:
        if other.embedded:
            raise KeyboardInterrupt

    other.before_batch = interrupt
    with pytest.raises(KeyboardInterrupt):
        base.ingest(base.service(other))
    assert base.service().search("refund", 2).mode == "hybrid"
    again = WordEmbedder("words:2", seed="other")
    service = base.service(again)
    assert base.ingest(service).embedded == 1
    assert service.search("refund", 2).mode == "hybrid"
    _only_vectors_of(again, service)


def test_p33_a_bot_re_embeds_beside_its_work_and_goes_over_at_once(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K5: words serve meanwhile; the progress is seen; it stops when asked and goes on later."""
    monkeypatch.setattr("ogma.services.knowledge.knowledge.GENTLE_BATCH", 1)
    base.write("third.md", "# Third\n\nA third text.\n")
    base.ingest()
    other = WordEmbedder("words:2", seed="other")
    service = base.service(other)
    seen = []

    def stop_after_two() -> bool:
        seen.append((service.search("refund", 2).mode, vectors.under_way(open_database(base.data))))
        return len(other.embedded) >= 2

    assert service.embed_missing(stop_after_two) == 2
    assert seen[-1] == ("words", ("words:2", 2))
    assert base.service().search("refund", 2).mode == "hybrid"
    assert service.embed_missing(lambda: False) == 1
    assert service.search("refund", 2).mode == "hybrid"
    assert vectors.under_way(open_database(base.data)) is None
    _only_vectors_of(other, service)
    assert service.embed_missing(lambda: False) == 0


def test_p33_a_process_does_not_undo_that_another_went_over_to_another_model(base: Base) -> None:
    """A bot that runs with the model of before leaves the switch alone, and serves words."""
    base.ingest()
    bot = base.service()
    assert bot.embed_missing(lambda: False) == 0
    base.ingest(base.service(WordEmbedder("words:2", seed="other")))
    assert bot.embed_missing(lambda: False) == 0
    assert bot.search("refund", 2).mode == "words"
    bot.put(bot.prepare(Written("text", "note", "Note", "A note of the bot.")), 3_000)
    assert found(bot, "note")[0] == "note"


def _only_vectors_of(embedder: WordEmbedder, service: KnowledgeService) -> None:
    """Every vector that is searched is the one that this embedder gives."""
    index = service.status().index
    assert index is not None
    for hit in service.search("refund password days panel", 10).hits:
        passage = hit.passage
        context = " > ".join(part for part in (passage.title, passage.heading) if part)
        vector = embedder.embed_query(f"{context}\n{passage.text}")
        assert index.cosines(vector, [passage.chunk_id])[passage.chunk_id] > 0.999


@pytest.mark.parametrize("chosen, made", [("sq8", "sq8"), ("ivf", "flat")])
def test_the_kind_of_index_can_be_chosen_and_changed(base: Base, chosen: str, made: str) -> None:
    """K5: another kind is made from the database, and finds the same; lists need many vectors."""
    base.ingest()
    before = base.service().search("refund days", 5)
    service = KnowledgeService(
        open_database(base.data), base.data, base.embedder, reading=ReadingHere, index=chosen
    )
    hits = service.search("refund days", 5).hits
    assert [hit.passage for hit in hits] == [hit.passage for hit in before.hits]
    assert hits[0].cosine == pytest.approx(before.hits[0].cosine, abs=0.01)
    live = service.status()
    assert live.index is not None and live.index.kind == made


def test_rebuild_makes_everything_anew(base: Base) -> None:
    service = base.service()
    base.ingest(service)
    before = service.search("refund days", 5).hits
    db = open_database(base.data)
    with db.write():
        db.execute("DELETE FROM embedding")
        db.execute("INSERT INTO chunk_fts (chunk_fts) VALUES ('delete-all')")
    assert service.rebuild() == 2
    assert service.search("refund days", 5).hits == before
    assert store.words_are_sound(db)


# -- kill -9 ---------------------------------------------------------------------------------------


def _ingest_and_die(root: Path, documents: int) -> None:
    """Stores some groups, then the process is killed in the middle of a transaction."""
    base = Base.__new__(Base)
    base.data, base.docs, base.embedder = root / "data", root / "docs", WordEmbedder()
    ingest_module.GROUP_DOCUMENTS = 5  # type: ignore[misc]
    real, stored = store.put, 0

    def put(*args: object) -> None:
        nonlocal stored
        real(*args)  # type: ignore[arg-type]
        stored += 1
        if stored == documents:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(store, "put", put)  # noqa: B010
    base.ingest()


def _re_embed_and_die(root: Path, writes: int) -> None:
    """Goes over to another model, and is killed in the middle of a transaction."""
    base = Base.__new__(Base)
    base.data, base.docs = root / "data", root / "docs"
    service = base.service(WordEmbedder("words:2", seed="other"))
    left = writes

    def die_at_last(real: Callable[..., None]) -> Callable[..., None]:
        def write(*args: object) -> None:
            nonlocal left
            real(*args)
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        return write

    knowledge_module.GENTLE_BATCH = 2  # type: ignore[misc]
    for name in ("add_vector", "add_place", "use_model"):
        setattr(vectors, name, die_at_last(getattr(vectors, name)))
    service.embed_missing(lambda: False)


@pytest.mark.parametrize("writes", [1, 4, 7, 11])
def test_p40_a_killed_re_embedding_never_mixes_models_and_ends_whole(
    base: Base, tmp_path: Path, writes: int
) -> None:
    for number in range(3):
        base.write(f"more/{number}.md", f"# Number {number}\n\nText {number}.\n")
    base.ingest()
    before = base.service().search("refund days", 3)
    process = multiprocessing.get_context("spawn").Process(
        target=_re_embed_and_die, args=(tmp_path, writes)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert base.service().search("refund days", 3) == before
    other = WordEmbedder("words:2", seed="other")
    service = base.service(other)
    service.embed_missing(lambda: False)
    assert service.search("refund days", 3).mode == "hybrid"
    _only_vectors_of(other, service)


@pytest.mark.parametrize("documents", [1, 3, 7, 12])
def test_p40_a_killed_ingest_leaves_whole_documents_and_ends_whole(
    base: Base, tmp_path: Path, documents: int
) -> None:
    for number in range(12):
        paragraphs = "\n\n".join(f"## Part {part}\n\nText {part}." for part in range(5))
        base.write(f"more/{number}.md", f"# Number {number}\n\n{paragraphs}\n")
    process = multiprocessing.get_context("spawn").Process(
        target=_ingest_and_die, args=(tmp_path, documents)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    service = base.service()
    for document, chunks in service.documents():
        assert chunks == (5 if document.name.startswith("more/") else 1)
    stored = len(service.documents())
    assert stored % 5 == 0 and stored <= documents
    report = base.ingest(service)
    assert counts(report) == (14 - stored, 0, stored, 0, 0)
    assert len(service.documents()) == 14
    index = service.status().index
    assert index is not None and len(index) == 62
    assert np.array_equal(index.ids(), base.service().status().index.ids())  # type: ignore[union-attr]
