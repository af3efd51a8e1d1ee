from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.services import instance, jobs
from ogma.services.desk import Desk
from ogma.store import knowledge, vectors
from ogma.store.knowledge import NewChunk, NewDocument

from . import desks
from .desks import ogma, printed


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desks.alone(data_dir, monkeypatch)
    return desks.make_desk(data_dir)


def test_a_quiet_folder(desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "status", "--json") == 0
    assert printed(capsys) == {
        "data": str(data_dir),
        "config": None,
        "bot": {"running": False, "pid": None, "host": None, "since": None},
        "deployment": {
            "state": "unknown",
            "server": None,
            "missing": [],
            "reason": "there is no config",
        },
        "engine": {"name": "ollama", "model": "gemma4:e4b", "url": "http://127.0.0.1:11434"},
        "tickets": {
            "open": 0,
            "unclaimed": 0,
            "escalated": 0,
            "awaiting_staff": 0,
            "awaiting_customer": 0,
        },
        "jobs": {"todo": 0, "doing": 0, "done": 0, "failed": 0, "blocked": 0},
        "failed_jobs": [],
        "knowledge": {
            "documents": 0,
            "chunks": 0,
            "vectors": 0,
            "mode": "words",
            "embedding": None,
        },
        "websites": {},
    }
    assert ogma(data_dir, "status") == 0
    text = capsys.readouterr().out
    assert "not running" in text
    assert "kb ingest" in text


def test_a_busy_folder(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P3: failed effects are named where the owner looks first."""
    desks.open_ticket(desk, "alice", "Where is my parcel?")
    (opened,) = jobs.claim(desk, 1)
    jobs.give_up(desk, opened, "the category has its 50 channels.")
    chunks = (NewChunk("Refunds", "Deadline", "Within 14 days."),)
    document = NewDocument(
        "refunds.md", "file", "/x/refunds.md", "Refunds", None, "00", 3, None, 1, chunks
    )
    with desk.db.write():
        knowledge.put(desk.db, document, None, desk.now())
        vectors.use_model(desk.db, vectors.add_model(desk.db, "old:int8:0", "x", 2, b""))
        vectors.add_model(desk.db, "all-MiniLM-L6-v2:int8:12ab", "x", 2, b"")
    with instance.held(desk):
        holder = json.loads((data_dir / instance.HOLDER_FILE).read_text(encoding="utf-8"))
        assert ogma(data_dir, "status", "--json") == 0
        found = printed(capsys)
        assert found["bot"] == {"running": True, **holder}
        assert found["knowledge"]["documents"] == 1
        assert [job["kind"] for job in found["failed_jobs"]] == ["open_channel"]
        monkeypatch.setenv("COLUMNS", "120")
        assert ogma(data_dir, "status") == 0
    text = capsys.readouterr().out
    assert f"running since 2026-01-01 00:00 UTC (process {holder['pid']} on" in text
    assert "1 documents, 1 passages, found by words only; embedding with" in " ".join(text.split())
    assert "all-MiniLM-L6-v2:int8: 0 of 1" in " ".join(text.split())
    assert "the category has its 50 channels." in text


def test_a_folder_without_a_database(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desks.alone(data_dir, monkeypatch)
    empty = data_dir / "elsewhere"
    assert ogma(empty, "status") == 0
    assert "There is no database yet" in capsys.readouterr().out
    assert ogma(empty, "status", "--json") == 0
    assert printed(capsys)["tickets"] is None
    assert not empty.exists()
