"""`ogma data export`: what is kept of one person, as files that the person can read (D2).

Tickets as their customer saw them, without notes and traces; what the person said in tickets of
others, without what the others said.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ogma.domain.archive import View
from ogma.domain.clock import rfc3339
from ogma.errors import OgmaError, UsageError
from ogma.services import archive
from ogma.services.desk import Desk
from ogma.store import personal

SUMMARY = "data.json"
FILES = "files"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how much of it."""

    path: Path
    tickets: int
    messages: int
    files: int


def export(desk: Desk, user: int, out: Path) -> Exported:
    """Write everything into a new folder.

    Raises UsageError where it exists already, OgmaError where the disk refuses.
    """
    if out.exists():
        raise UsageError(f"{out} exists already; name a folder that does not exist with --out.")
    try:
        out.mkdir(parents=True, mode=0o700)
        return _written(desk, user, out)
    except OSError as failed:
        raise OgmaError(
            f"{out} cannot be written ({failed.strerror or failed}); choose another --out."
        ) from failed


def _written(desk: Desk, user: int, out: Path) -> Exported:
    numbers = [row["id"] for row in personal.tickets_of(desk.db, user)]
    for number in numbers:
        page = _rendered(desk, number, "html")
        (out / f"ticket-{number}.html").write_text(page, encoding="utf-8")
    elsewhere = personal.said_elsewhere(desk.db, user)
    document = {
        "user": str(user),
        "exported_at": rfc3339(desk.now()),
        "tickets": [_ticket(desk, number) for number in numbers],
        "messages_in_other_tickets": [
            {"ticket": row["ticket_id"], "at": rfc3339(row["at"]), "content": row["content"]}
            for row in elsewhere
        ],
        "other_rows": personal.rows_about(desk.db, user),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (out / SUMMARY).write_text(text + "\n", encoding="utf-8")
    files = _copy_files(desk, user, out)
    return Exported(out, len(numbers), len(elsewhere), files)


def _ticket(desk: Desk, number: int) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(_rendered(desk, number, "json"))
    return page


def _rendered(desk: Desk, number: int, form: str) -> str:
    return archive.rendered(desk, archive.build(desk, number), form, View.CUSTOMER)


def _copy_files(desk: Desk, user: int, out: Path) -> int:
    """The attachments that the person sent, by the name under which they are kept."""
    copied = 0
    for name in sorted(personal.files_sent(desk.db, user)):
        source = desk.data / name
        if source.is_file():
            (out / FILES).mkdir(exist_ok=True, mode=0o700)
            shutil.copyfile(source, out / FILES / source.name)
            copied += 1
    return copied
