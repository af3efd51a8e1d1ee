"""Attachments, kept as files when they arrive: Discord's links expire within a day (T1).

A file is stored once, under the digest of its content. Its message says where it is, or why it is
not kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ogma.domain.effects import Effect, Kind
from ogma.domain.tickets import Ticket
from ogma.services.desk import Desk
from ogma.store import messages

FOLDER = "attachments"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attachment that is still to be kept."""

    message_id: int
    channel_id: int
    file_id: int
    url: str
    """Empty where it was not stored and must be asked for."""
    size: int


def effect(number: int, message_id: int) -> Effect:
    """Fetch the files of a message, apart from what happens in the channel."""
    payload = {"message": message_id}
    return Effect(Kind.KEEP_FILES, f"keep:{message_id}", f"files:{number}", number, payload)


def wanted(desk: Desk, ticket: Ticket, message_id: int | None = None) -> list[Wanted]:
    """What is still to be fetched of one message, or of a whole ticket."""
    if ticket.channel_id is None:
        return []
    rows = messages.with_files(desk.db, ticket.id)
    return [
        Wanted(row["id"], ticket.channel_id, int(one["id"]), one["url"], int(one.get("size", 0)))
        for row in rows
        if message_id is None or row["id"] == message_id
        for one in json.loads(row["files"])
        if "kept" not in one and "missing" not in one and "url" in one
    ]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on disk."""

    name: str
    size: int
    path: str


def kept(desk: Desk, message_id: int) -> list[Kept]:
    """The files of a message that are on disk."""
    row = messages.get(desk.db, message_id)
    return [
        Kept(one["filename"], int(one.get("size", 0)), str(desk.data / one["kept"]))
        for one in json.loads(row["files"] if row else "[]")
        if "kept" in one
    ]


def limit(desk: Desk) -> int:
    """Bytes of the largest file that is kept."""
    return desk.settings().tickets.max_attachment_mb * 2**20


def place(desk: Desk, digest: str) -> Path:
    """Where a file with this digest is kept."""
    return desk.data / FOLDER / digest[:2] / digest


def save(desk: Desk, file: Wanted, content: bytes) -> None:
    """Bring a file to disk and note it in its message."""
    digest = hashlib.sha256(content).hexdigest()
    kept_at = place(desk, digest)
    if not kept_at.exists():
        kept_at.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = kept_at.with_name(f"{digest}.{secrets.token_hex(4)}.partial")
        with partial.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(kept_at)
    kept = kept_at.relative_to(desk.data).as_posix()
    _note(desk, file, {"kept": kept, "sha256": digest})


def lost(desk: Desk, file: Wanted, why: str) -> None:
    """Note why a file is not kept."""
    _note(desk, file, {"missing": why})


def _note(desk: Desk, file: Wanted, facts: dict[str, Any]) -> None:
    with desk.db.write():
        row = messages.get(desk.db, file.message_id)
        if row is None:
            return
        files = json.loads(row["files"])
        for one in files:
            if int(one["id"]) == file.file_id:
                one.update(facts)
        messages.set_files(desk.db, file.message_id, files)


def merged(old: str, new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An edited message's files, with what is known already about each of them."""
    known = {int(one["id"]): one for one in json.loads(old)}
    facts = ("kept", "sha256", "missing")
    return [
        {
            **one,
            **{
                name: known[int(one["id"])][name]
                for name in facts
                if name in known.get(int(one["id"]), {})
            },
        }
        for one in new
    ]
