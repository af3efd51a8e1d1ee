"""What a running bot uses: memory, files, write-ahead log, jobs. Read from Linux's /proc."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.town import Town

MEMORY_GROWTH = 1.3
MEMORY_SLACK = 32 * 2**20
FILES_SLACK = 12
WAL_MAX = 20 * 2**20
DATABASE = "ogma.db"
_NUMBER = re.compile(r"-\d+")


@dataclass(frozen=True)
class Used:
    """In bytes and counts; None where the system does not tell."""

    memory: int | None
    files: Counter[str] | None
    """All but those of the database."""
    connections: int
    """To the database."""
    threads: int
    wal: int
    jobs: int


def look(town: Town) -> Used:
    """What the town's bot uses now."""
    process = Path(f"/proc/{town.bot.pid}")
    wal = town.data / "ogma.db-wal"
    files = _open_files(process)
    return Used(
        memory=_resident(process),
        files=files and Counter({name: n for name, n in files.items() if DATABASE not in name}),
        connections=files[DATABASE] if files else 0,
        threads=_threads(process),
        wal=wal.stat().st_size if wal.exists() else 0,
        jobs=town.count("FROM job WHERE state IN ('todo', 'doing')"),
    )


def _resident(process: Path) -> int | None:
    if not process.exists():
        return None
    for line in (process / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return None


def _open_files(process: Path) -> Counter[str] | None:
    """What is open, by what it is: a file's name, or `socket`, `pipe`, `anon_inode`."""
    if not process.exists():
        return None
    found: Counter[str] = Counter()
    for one in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            name = Path(one.readlink()).name.partition(":")[0]
            found[_NUMBER.sub("", name)] += 1  # the log's name says which start it was
    return found


def _threads(process: Path) -> int:
    return len(list((process / "task").iterdir())) if process.exists() else 0


def compared(used: Used, fresh: Used) -> list[str]:
    """One sentence for each thing of which a bot uses more than a fresh one does."""
    found = []
    if used.memory and fresh.memory and used.memory > fresh.memory * MEMORY_GROWTH + MEMORY_SLACK:
        found.append(f"memory: {used.memory} bytes, a fresh bot has {fresh.memory}")
    if used.files and fresh.files and used.files.total() > fresh.files.total() + FILES_SLACK:
        more = ", ".join(f"{n} {name}" for name, n in (used.files - fresh.files).items())
        found.append(f"open files: {used.files.total()}, more than a fresh bot has: {more}")
    if used.connections > used.threads:  # a thread keeps one; a busy bot has more threads
        found.append(f"{used.connections} connections to the database, {used.threads} threads")
    if used.wal > WAL_MAX:
        found.append(f"the write-ahead log has {used.wal} bytes")
    if used.jobs:
        found.append(f"{used.jobs} jobs are left")
    return found
