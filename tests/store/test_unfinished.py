"""Large documents come and go in parts, and nobody ever sees a part (P40)."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from os import getpid, kill
from pathlib import Path

import pytest

from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.store import unfinished
from ogma.store.database import Database
from ogma.store.opening import open_database
from tests.knowledge.fakes import ReadingHere, WordEmbedder

PARTS = 12


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "BROUGHT_IN", 4)
    monkeypatch.setattr(unfinished, "TAKEN_AWAY", 3)


def service(data: Path) -> KnowledgeService:
    return KnowledgeService(open_database(data), data, WordEmbedder(), reading=ReadingHere)


def write(docs: Path, word: str) -> None:
    docs.mkdir(exist_ok=True)
    parts = [f"## Part {number}\n\nThe {word} of day {number}." for number in range(PARTS)]
    (docs / "days.md").write_text("# Days\n\n" + "\n\n".join(parts))


def seen(knowledge: KnowledgeService, word: str) -> int:
    return sum(word in hit.passage.text for hit in knowledge.search(f"The {word} of day", 50).hits)


def rows(db: Database) -> list[tuple[str, int]]:
    sql = "SELECT name, parser FROM document"
    return [(row[0], row[1]) for row in db.execute(sql)]


def test_p40_a_large_document_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others find at every single commit: nothing, all of the old, or all of the new."""
    docs, knowledge, other = tmp_path / "docs", service(tmp_path), service(tmp_path)
    found: list[tuple[int, int]] = []
    real = Database.write

    def watched(self: Database) -> Iterator[None]:
        with real(self):
            yield
        if not self.peewee.in_transaction():
            found.append((seen(other, "apple"), seen(other, "pear")))

    for word in ("apple", "pear"):
        write(docs, word)
        with monkeypatch.context() as patched:
            patched.setattr(Database, "write", contextmanager(watched))
            assert knowledge.ingest([str(docs)], 1).failed == []
    assert knowledge.remove(["days.md"]) == ["days.md"]
    found.append((seen(other, "apple"), seen(other, "pear")))
    assert len(found) > 12, "stored in many transactions"
    steps = list(dict.fromkeys(found))
    assert steps == [(0, 0), (PARTS, 0), (0, PARTS)] and found[-1] == (0, 0)
    assert rows(open_database(tmp_path)) == []


def _killed_at(data: Path, commit: int) -> None:
    unfinished.BROUGHT_IN = 4  # type: ignore[misc]
    unfinished.TAKEN_AWAY = 3  # type: ignore[misc]
    knowledge, left, real = service(data), commit, Database.write

    def counted(self: Database) -> Iterator[None]:
        nonlocal left
        with real(self):
            yield
        left -= 1
        if left == 0:
            kill(getpid(), signal.SIGKILL)

    Database.write = contextmanager(counted)  # type: ignore[method-assign]
    knowledge.ingest([str(data / "docs")], 2)


def test_removing_a_document_leaves_what_an_ingest_is_bringing_in(tmp_path: Path) -> None:
    knowledge = service(tmp_path)
    for name in ("days", "weeks"):
        write(tmp_path / name, "apple")
    knowledge.ingest([str(tmp_path / "days")], 1)
    db = open_database(tmp_path)
    with db.write():
        db.execute(
            "INSERT INTO document (name, kind, origin, title, sha256, size, parser, added_at,"
            " changed_at) VALUES ('incoming', 'file', 'incoming', 'T', '', 1, -1, 1, 1)"
        )
    knowledge.remove(["days.md"])
    assert rows(db) == [("incoming", -1)]
    knowledge.ingest([str(tmp_path / "weeks")], 2)
    assert [name for name, _ in rows(db)] == ["days.md"]


@pytest.mark.parametrize("commit", [2, 5, 7])
def test_p40_what_a_kill_leaves_behind_is_taken_away(tmp_path: Path, commit: int) -> None:
    write(tmp_path / "docs", "apple")
    service(tmp_path).ingest([str(tmp_path / "docs")], 1)
    write(tmp_path / "docs", "pear")
    process = get_context("spawn").Process(target=_killed_at, args=(tmp_path, commit))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    knowledge = service(tmp_path)
    now = (seen(knowledge, "apple"), seen(knowledge, "pear"))
    assert now in ((PARTS, 0), (0, PARTS))
    knowledge.ingest([str(tmp_path / "docs")], 3)
    assert (seen(knowledge, "apple"), seen(knowledge, "pear")) == (0, PARTS)
    assert [name for name, _ in rows(open_database(tmp_path))] == ["days.md"]
