"""Written texts beside files: found, replaced and gone, with and without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.errors import NotFound
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store import knowledge as store
from ogma.store.database import Database
from ogma.store.opening import open_database
from tests.knowledge.fakes import ReadingHere, WordEmbedder

TIP = Written(
    "tip", "tip:1", "Tip 1: Hold the button", "Hold the button for ten seconds.", "Router frozen?"
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path)


@pytest.fixture(params=["hybrid", "words"])
def service(db: Database, tmp_path: Path, request: pytest.FixtureRequest) -> KnowledgeService:
    embedder = WordEmbedder() if request.param == "hybrid" else None
    return KnowledgeService(db, tmp_path, embedder, reading=ReadingHere)


def put(db: Database, service: KnowledgeService, written: Written) -> None:
    prepared = service.prepare(written)
    with db.write():
        service.put(prepared, 1)


def test_k1_a_written_text_is_found_by_its_words_and_by_what_was_asked(
    db: Database, service: KnowledgeService
) -> None:
    """K1, L1: the further words find it, and stand nowhere in what is quoted."""
    put(db, service, TIP)
    for query in ("hold the button", "my router is frozen"):
        [hit] = service.search(query).hits
        passage = hit.passage
        assert (passage.document, passage.title) == ("tip:1", "Tip 1: Hold the button")
        assert "frozen" not in f"{passage.title}{passage.heading}{passage.text}"
    [(document, chunks)] = service.documents()
    assert (document.kind, chunks) == ("tip", 1)


def test_k4_a_new_version_replaces_and_a_withdrawn_text_is_gone_at_once(
    db: Database, service: KnowledgeService
) -> None:
    put(db, service, TIP)
    service.search("button")
    put(db, service, Written("tip", "tip:1", "Tip 1", "Pull the plug instead."))
    assert [hit.passage.text for hit in service.search("plug").hits] == ["Pull the plug instead."]
    assert not [hit for hit in service.search("hold button").hits if "Hold" in hit.passage.text]
    with db.write():
        service.withdraw("tip:1")
    assert service.search("plug").hits == ()
    stamp = store.status(db).stamp
    with db.write():
        service.withdraw("tip:1")
    assert store.status(db).stamp == stamp, "nothing has changed"


def test_k8_a_written_text_may_be_limited_to_types(db: Database, service: KnowledgeService) -> None:
    put(
        db, service, Written("tip", "tip:2", "VIP", "Call the red phone.", types=frozenset({"vip"}))
    )
    assert service.search("red phone", type_id="vip").hits
    assert not service.search("red phone", type_id="general").hits


def test_tips_are_not_removed_as_documents(db: Database, service: KnowledgeService) -> None:
    """A tip is more than its document: `ogma tips remove` removes both."""
    put(db, service, TIP)
    for name in ("tip:1", "*"):
        with pytest.raises(NotFound):
            service.remove([name])
    assert service.search("button").hits
