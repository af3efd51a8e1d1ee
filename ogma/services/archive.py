"""A ticket's archive: built from the database alone, on disk before its channel goes (T1, T2)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from ogma.domain.archive import (
    ArchivedEvent,
    ArchivedFile,
    ArchivedMessage,
    ArchivedTicket,
    Person,
    Side,
    View,
)
from ogma.domain.intake import FieldAnswer
from ogma.domain.tickets import Ticket
from ogma.services.data import chain
from ogma.services.desk import Desk
from ogma.store import intake, marks, messages, records, tickets
from ogma.store.database import Row
from ogma.texts import Texts, load
from ogma.transcripts import render
from ogma.transcripts.labels import labels

HandledBy = Literal["ai", "human", "both", "nobody"]

FOLDER = "transcripts"


@dataclass(frozen=True, slots=True)
class Stored:
    """An archive that is safe on disk: its folder (relative to the data folder) and digest."""

    path: str
    sha256: str


def folder_of(desk: Desk, ticket: Ticket) -> Path:
    """Where a ticket's archive and attachments are kept."""
    return desk.data / FOLDER / f"{ticket.id:06d}-{ticket.key}"


def write(desk: Desk, number: int, names: dict[str, str], server: str) -> Stored:
    """Render the archive and bring it to disk; doing it again gives the same files."""
    ticket = desk.ticket(number)
    archived = build(desk, number, names=names, server=server)
    folder = folder_of(desk, ticket)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _save(folder / "transcript.html", rendered(desk, archived, "html", View.STAFF))
    _save(folder / "customer.html", rendered(desk, archived, "html", View.CUSTOMER))
    body = rendered(desk, archived, "json", View.STAFF)
    _save(folder / "transcript.json", body)
    _sync_folder(folder)
    digest = hashlib.sha256(body.encode()).hexdigest()
    return Stored(str(folder.relative_to(desk.data)), digest)


def _save(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _sync_folder(folder: Path) -> None:
    """A rename is safe only once its folder is on disk too."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored(desk: Desk, number: int, path: str, sha256: str) -> None:
    """Note in the ticket where its archive is, and chain it. Part of the caller's transaction."""
    chain.add(desk, number, desk.data / path, sha256)
    tickets.update(
        desk.db, number, archive_path=path, archive_sha256=sha256, archived_at=desk.now()
    )


@dataclass(frozen=True, slots=True)
class Card:
    """What the card above a posted transcript says."""

    ticket: Ticket
    type_label: str
    messages: int
    handled_by: HandledBy


def card(desk: Desk, number: int) -> Card:
    """A closed ticket at a glance."""
    ticket = desk.ticket(number)
    kind = desk.settings().type_named(ticket.type_id)
    said = [row for row in messages.of_ticket(desk.db, number) if row["origin"] == "channel"]
    label = kind.label if kind else ticket.type_id
    return Card(ticket, label, len(said), _handled_by(desk, number, said))


def rendered(desk: Desk, archived: ArchivedTicket, form: str, view: View) -> str:
    """A ticket as html, md, txt or json, in the owner's language and on the owner's clock."""
    labels, zone = look(desk)
    match form:
        case "html":
            return render.render_html(archived, view, labels, zone)
        case "md":
            return render.render_markdown(archived, view, labels, zone)
        case "txt":
            return render.render_text(archived, view, labels, zone)
    return render.render_json(archived, view)


def look(desk: Desk) -> tuple[render.Labels, tzinfo]:
    """The words of the configured language, and the zone of business hours."""
    return labels(_texts(desk)), ZoneInfo(desk.settings().hours.time_zone)


def _texts(desk: Desk) -> Texts:
    settings = desk.settings()
    return load(settings.language, settings.texts)


def build(
    desk: Desk, number: int, *, names: dict[str, str] | None = None, server: str = ""
) -> ArchivedTicket:
    """The whole ticket as an archive value."""
    ticket = desk.ticket(number)
    kind = desk.settings().type_named(ticket.type_id)
    said = messages.of_ticket(desk.db, number)
    texts = _texts(desk)
    known = {**_names(ticket, said), **_kept_names(desk, number), **(names or {})}
    return ArchivedTicket(
        number=number,
        key=ticket.key,
        type_id=ticket.type_id,
        type_label=kind.label if kind else ticket.type_id,
        server=server or known.get("server", ""),
        channel=ticket.channel_name or "",
        customer=Person(ticket.customer_id, ticket.customer_name, Side.CUSTOMER),
        opened_at=ticket.opened_at,
        intake=_intake(texts, ticket, intake.of_ticket(desk.db, number)),
        subject=ticket.subject,
        claimed_at=ticket.claimed_at,
        assignee=ticket.claimed_by_name,
        first_response_at=ticket.first_response_at,
        escalated_at=_first_escalation(desk, number),
        closed_at=ticket.closing_at,
        closed_by=ticket.closed_by_name,
        close_reason=ticket.close_reason,
        close_note=ticket.close_note,
        close_cause=ticket.close_cause,
        rating=ticket.csat,
        tags=tuple(marks.of_ticket(desk.db, number)),
        handled_by=_handled_by(desk, number, said),
        locked=ticket.locked,
        messages=_messages(desk, texts, number, said),
        events=(*_events(desk, number), *_said_by_discord(said)),
        names=known,
    )


def _intake(
    texts: Texts, ticket: Ticket, own: Sequence[FieldAnswer]
) -> tuple[tuple[str, str], ...]:
    asked = [
        (texts("page.subject"), ticket.subject),
        (texts("page.description"), ticket.description),
    ]
    asked += [(one.label, one.text) for one in own]
    return tuple((label, answer) for label, answer in asked if answer)


def _names(ticket: Ticket, said: list[Row]) -> dict[str, str]:
    names = {f"@{row['author_id']}": row["author_name"] for row in said}
    names[f"@{ticket.customer_id}"] = ticket.customer_name
    if ticket.channel_id is not None:
        names[f"#{ticket.channel_id}"] = ticket.channel_name or ""
    return names


def _kept_names(desk: Desk, number: int) -> dict[str, str]:
    """The names that Discord knew when the archive was written; kept for later exports."""
    text = records.meta(desk.db, f"names:{number}")
    return json.loads(text) if text else {}


def keep_names(desk: Desk, number: int, names: dict[str, str], server: str) -> None:
    """Remember what roles, channels and the server were called; the caller is in a write."""
    text = json.dumps({**names, "server": server}, ensure_ascii=False)
    records.set_meta(desk.db, f"names:{number}", text)


def _first_escalation(desk: Desk, number: int) -> int | None:
    items = records.escalations(desk.db, number)
    return items[0]["at"] if items else None


def _handled_by(desk: Desk, number: int, said: list[Row]) -> HandledBy:
    staff = any(row["side"] == Side.STAFF for row in said)
    ai = any(row["message_id"] for row in records.answers(desk.db, number))
    if ai:
        return "both" if staff else "ai"
    return "human" if staff else "nobody"


def _messages(
    desk: Desk, texts: Texts, number: int, said: list[Row]
) -> tuple[ArchivedMessage, ...]:
    earlier = messages.versions(desk.db, number)
    by_ai = {row["message_id"]: row for row in records.answers(desk.db, number)}
    return tuple(
        _message(desk, texts, row, tuple(earlier.get(row["id"], ())), by_ai.get(row["id"]))
        for row in said
        if row["origin"] == "channel" and not row["system"]
    )


def _message(
    desk: Desk, texts: Texts, row: Row, earlier: tuple[tuple[int, str], ...], answer: Row | None
) -> ArchivedMessage:
    return ArchivedMessage(
        id=row["id"],
        author=Person(row["author_id"], row["author_name"], Side(row["side"])),
        content=row["content"],
        at=row["at"],
        edited_at=row["edited_at"],
        deleted_at=row["deleted_at"],
        reply_to=row["reply_to"],
        pinned=bool(row["pinned"]),
        files=tuple(_file(desk, one) for one in json.loads(row["files"])),
        embeds=tuple(json.loads(row["embeds"])),
        components=tuple(json.loads(row["components"])),
        earlier=earlier,
        ai=answer is not None,
        trace=_trace(texts, answer) if answer is not None else None,
    )


def _file(desk: Desk, one: dict[str, Any]) -> ArchivedFile:
    kept = one.get("kept")
    return ArchivedFile(
        id=int(one["id"]),
        name=one.get("filename", "file"),
        size=int(one.get("size", 0)),
        content_type=one.get("content_type"),
        sha256=one.get("sha256"),
        path=str(desk.data / kept) if kept else None,
        missing=one.get("missing"),
    )


def _trace(texts: Texts, answer: Row) -> str:
    record = json.loads(answer["record"])
    return texts(
        "page.trace_detail",
        confidence=f"{record['confidence']:.2f}",
        threshold=f"{record['threshold']:.2f}",
        engine=record["engine"],
    )


def _events(desk: Desk, number: int) -> tuple[ArchivedEvent, ...]:
    return tuple(
        ArchivedEvent(
            at=row["at"],
            kind=row["kind"],
            actor=row["actor"],
            detail=row["detail"],
            staff_only=bool(row["staff_only"]),
        )
        for row in tickets.events(desk.db, number)
    )


_PINNED: Final = 6
"""Discord's type of "pinned a message to this channel"."""


def _said_by_discord(said: list[Row]) -> Iterator[ArchivedEvent]:
    """Its own lines in the channel, which a reader knows from Discord as no one's message."""
    for row in said:
        if row["system"] == _PINNED:
            yield ArchivedEvent(row["at"], "pinned", row["author_name"])
        elif row["system"]:
            yield ArchivedEvent(row["at"], "discord", row["author_name"], row["content"])
