"""Many tickets in one run, each opened, answered and closed: does the last cost what the first did?

`tickets.py [COUNT]`; memory and processor time are the bot's own, read from /proc (Linux). Twelve
members have one ticket each at any time. The sandbox keeps all that ever happened in memory, so
its own time grows and is left out.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import apsw
import tomlkit

from ogma.package_data import sample_dir
from ogma.sandbox.control_client import ControlClient
from ogma.sandbox.process import SandboxProcess

COUNT: Final = 300
"""For a run that takes minutes; the README says what longer ones gave."""
PARTS: Final = 10
WARM_UP: Final = 10
PATIENCE_S: Final = 60
AGAIN_S: Final = 10
CUSTOMERS: Final = tuple(f"member-{number}" for number in range(1, 13))
QUESTION: Final = "How do I reset my password?"
TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
NO_LIMITS: Final = {
    "questions_per_user": 0,
    "questions_per_ticket": 0,
    "questions_per_server": 0,
}


class Run:
    """A sandbox, a bot, and the members who keep it busy."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = SandboxProcess()
        config = Path(self.sandbox.ready.config)
        _configure(config)
        ogma = [sys.executable, "-m", "ogma", "--config", str(config), "--data", str(folder)]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        knowledge = str(sample_dir() / "knowledge")
        subprocess.run([*ogma, "kb", "ingest", knowledge], check=True, **quiet)
        api = ["run", "--discord-api", self.sandbox.ready.api]
        self.bot = subprocess.Popen([*ogma, *api], **quiet)
        self.control = ControlClient(self.sandbox.ready.control)
        for name in CUSTOMERS:
            self.control.admin("add_member", name=name, wait_s=0)
        self.data = folder
        self._until("FROM job WHERE kind = 'sync_panel' AND state = 'done'", 1)

    def tickets(self, count: int) -> None:
        """Open, ask and close so many, one for each member at a time."""
        for first in range(0, count, len(CUSTOMERS)):
            batch = CUSTOMERS[: min(len(CUSTOMERS), count - first)]
            closed = self._count("FROM ticket WHERE state = 'closed'")
            answered = self._count("FROM answer WHERE message_id IS NOT NULL")
            self._insist(
                partial(self._without, batch),
                lambda who: self.control.click(who, "ogma:open:quick", wait_s=0),
                "FROM ticket WHERE state = 'open'",
                len(batch),
            )
            for who, channel in self._open():
                self.control.message(who, channel, QUESTION, wait_s=0)
            self._until("FROM answer WHERE message_id IS NOT NULL", answered + len(batch))
            self._insist(
                lambda: [channel for _, channel in self._open()],
                self._close,
                "FROM ticket WHERE state = 'closed'",
                closed + len(batch),
            )

    def _close(self, channel: str) -> None:
        options = {"reason": "resolved", "note": ""}
        self.control.command("omar", channel, "close", options, force=True, wait_s=0)

    def _insist(
        self,
        missing: Callable[[], list[str]],
        act: Callable[[str], object],
        what: str,
        count: int,
    ) -> None:
        """Like a person: once more where the machine was too busy to take the first click."""
        until = time.monotonic() + PATIENCE_S
        while self._count(what) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"waited in vain for {count} {what}")
            for one in missing():
                act(one)
            self._wait(AGAIN_S, what, count)

    def _without(self, batch: Sequence[str]) -> list[str]:
        """Who of these has no ticket yet."""
        sql = "SELECT customer_name FROM ticket WHERE state IN ('opening', 'open', 'closing')"
        holders = {str(row[0]) for row in self._rows(sql)}
        return [who for who in batch if who not in holders]

    def used(self) -> tuple[float, int]:
        """(processor seconds, resident bytes) of the bot."""
        process = Path(f"/proc/{self.bot.pid}")
        fields = (process / "stat").read_text().rpartition(") ")[2].split()
        pages = int((process / "statm").read_text().split()[1])
        seconds = (int(fields[11]) + int(fields[12])) * TICK_S
        return seconds, pages * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> None:
        """Stop both."""
        self.bot.terminate()
        self.bot.wait(30)
        self.sandbox.stop()

    def _open(self) -> list[tuple[str, str]]:
        sql = "SELECT customer_name, channel_id FROM ticket WHERE state = 'open' ORDER BY id"
        return [(str(name), str(channel)) for name, channel in self._rows(sql)]

    def _until(self, what: str, count: int) -> None:
        if not self._wait(PATIENCE_S, what, count):
            raise TimeoutError(f"waited in vain for {count} {what}")

    def _wait(self, seconds: float, what: str, count: int) -> bool:
        until = time.monotonic() + seconds
        while self._count(what) < count:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def _count(self, what: str) -> int:
        for row in self._rows(f"SELECT count(*) {what}"):
            return int(row[0])
        return 0

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        path = self.data / "ogma.db"
        if path.exists():
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                connection.set_busy_timeout(10_000)
                yield from connection.execute(sql).fetchall()
            finally:
                connection.close()


def _configure(config: Path) -> None:
    """One type without a form, and no limit on what one member may open or ask."""
    document = tomlkit.parse(config.read_text(encoding="utf-8"))
    general = document["types"][0].unwrap()
    quick = {"id": "quick", "label": "Quick question", "intake": "none"}
    document["types"].append({**general, **quick})
    document.setdefault("limits", tomlkit.table()).update(NO_LIMITS)
    document.setdefault("ai", tomlkit.table()).update({"burst_quiet_s": 0.1})
    config.write_text(tomlkit.dumps(document), encoding="utf-8")


def main() -> None:
    """Print one JSON line."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    part = max(1, count // PARTS)
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(Path(scratch) / "data")
        run.tickets(WARM_UP)
        marks = [run.used()]
        for _ in range(PARTS):
            run.tickets(part)
            marks.append(run.used())
            print(f"{len(marks) - 1} of {PARTS} parts", file=sys.stderr, flush=True)
        run.end()
    costs = [(after[0] - before[0]) / part for before, after in itertools.pairwise(marks)]
    report = {
        "tickets": part * PARTS,
        "cpu_ms_per_ticket": {"first": round(costs[0] * 1000), "last": round(costs[-1] * 1000)},
        "last_to_first": round(costs[-1] / costs[0], 2),
        "memory_mb": {"first": round(marks[1][1] / 2**20), "last": round(marks[-1][1] / 2**20)},
    }
    print(json.dumps({"tickets": report}))


if __name__ == "__main__":
    main()
