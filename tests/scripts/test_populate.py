"""The made-up year: as large as asked for, sound, and the same each time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ogma.store.health import examine
from ogma.store.opening import open_database

SCRIPT = Path(__file__).parents[2] / "scripts" / "populate.py"


def counts(folder: Path) -> dict[str, int]:
    size = ["--tickets", "40", "--open", "10", "--messages", "5"]
    subprocess.run([sys.executable, SCRIPT, folder, *size], check=True, capture_output=True)
    db = open_database(folder)
    try:
        names = ("ticket", "message", "message_fts", "answer", "event", "job")
        found = {name: db.execute(f"SELECT count(*) FROM {name}")[0][0] for name in names}
        found["open"] = db.execute("SELECT count(*) FROM ticket WHERE state = 'open'")[0][0]
        return found
    finally:
        db.close()


def test_a_year_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    found = counts(tmp_path / "a")
    assert (found["ticket"], found["open"], found["message"]) == (40, 10, 200)
    assert found["message_fts"] == 200
    health = examine(tmp_path / "a")
    assert health is not None
    assert not health.faults
    assert counts(tmp_path / "b") == found
