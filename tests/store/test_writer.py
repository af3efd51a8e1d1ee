"""The thread that writes outwaits what stops it (P26, P27)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma.errors import StoreBusy, StoreUnwritable
from ogma.store import records, writer
from ogma.store.database import Database
from ogma.store.opening import open_database
from ogma.store.writer import Writer

LARGE = "x" * 100_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path)
    yield database
    database.close()


def _full(db: Database) -> None:
    """SQLite's own limit on pages gives the real error; it holds for the calling thread."""
    db.execute("PRAGMA max_page_count = 1")


def _roomy(db: Database) -> None:
    db.execute("PRAGMA max_page_count = 1000000")


def _save(db: Database, key: str) -> None:
    with db.write():
        records.set_meta(db, key, LARGE)


def test_p26_a_full_disk_is_outwaited_in_order_and_told_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P26: what would write waits in its turn; when there is space again, all of it is done."""
    monkeypatch.setattr(writer, "UNWRITABLE_PAUSE_S", 0.01)
    told: list[str] = []

    async def run() -> None:
        waiting = Writer()
        tries = 0

        def first() -> None:
            nonlocal tries
            tries += 1
            if tries == 5:
                _roomy(db)
            _save(db, "first")

        waiting.on_unwritable = lambda: told.append("told")
        await waiting.run(lambda: _full(db))
        one = asyncio.create_task(waiting.run(first))
        two = asyncio.create_task(waiting.run(lambda: _save(db, "second")))
        await two
        assert one.done() and tries == 5
        await waiting.run(lambda: _full(db))
        waiting.close()

    asyncio.run(run())
    assert records.meta(db, "first") == records.meta(db, "second") == LARGE
    assert told == ["told"]


def test_p26_a_stop_does_not_wait_for_the_disk(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U1, P26: what only waits for space is given up at the end."""
    monkeypatch.setattr(writer, "UNWRITABLE_PAUSE_S", 60)

    async def run() -> None:
        waiting = Writer()
        refused = asyncio.Event()
        loop = asyncio.get_running_loop()
        waiting.on_unwritable = lambda: loop.call_soon_threadsafe(refused.set)  # type: ignore[assignment]
        await waiting.run(lambda: _full(db))
        one = asyncio.create_task(waiting.run(lambda: _save(db, "never")))
        await refused.wait()
        await asyncio.to_thread(waiting.close)
        with pytest.raises(StoreUnwritable):
            await one

    asyncio.run(run())
    assert records.meta(db, "never") is None


def test_p27_a_lock_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """P27: so many tries, each of which has waited for the lock itself."""
    monkeypatch.setattr(writer, "BUSY_RETRIES", 3)
    tries = []

    def locked() -> None:
        tries.append(1)
        raise StoreBusy("locked")

    async def run() -> None:
        with pytest.raises(StoreBusy):
            await Writer().run(locked)

    asyncio.run(run())
    assert len(tries) == 3
