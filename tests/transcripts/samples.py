"""Tickets to render: a rich one, as a real one would be, and ways to vary it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from ogma.domain.archive import (
    ArchivedEvent,
    ArchivedFile,
    ArchivedMessage,
    ArchivedTicket,
    Person,
    Side,
)
from ogma.domain.clock import DAY, MINUTE, SECOND

START = 1_773_324_120_000  # 2026-03-12T14:02:00Z
ALICE = Person(101, "alice", Side.CUSTOMER)
SAM = Person(202, "Sam Weaver", Side.STAFF)
OGMA = Person(303, "Ogma", Side.OGMA)

HELP_ROW: dict[str, Any] = {
    "type": 1,
    "components": [
        {
            "type": 2,
            "style": 1,
            "label": "Request human",
            "custom_id": "h:1",
            "emoji": {"name": "🙋"},
        },
        {"type": 2, "style": 2, "label": "Helpful", "custom_id": "u:1", "emoji": {"name": "👍"}},
        {"type": 2, "style": 2, "label": "Not helpful", "custom_id": "d:1", "disabled": True},
        {"type": 2, "style": 5, "label": "Handbook", "url": "https://example.org/handbook"},
    ],
}
ANSWER_EMBED: dict[str, Any] = {
    "title": "Ticket #42",
    "description": "**Subject:** Exports stop at 90 %\nStaff are here on weekdays, 9 to 17.",
    "color": 0x5865F2,
    "author": {"name": "Ogma desk", "url": "https://example.org"},
    "fields": [
        {"name": "Type", "value": "Billing", "inline": True},
        {"name": "Opened", "value": "<t:1773324120:f>", "inline": True},
        {"name": "Plan", "value": "Team", "inline": True},
        {"name": "Privacy", "value": "Messages are kept for 90 days.", "inline": False},
    ],
    "image": {"url": "https://cdn.example.org/banner.png"},
    "footer": {"text": "Press Request human at any time"},
}


def message(
    number: int, author: Person = ALICE, text: str = "hello", at: int = 0, **rest: Any
) -> ArchivedMessage:
    """A message `at` milliseconds after the ticket was opened."""
    return ArchivedMessage(number, author, text, START + at, **rest)


def bare_ticket(**rest: Any) -> ArchivedTicket:
    """A ticket with nothing but what every ticket has."""
    return ArchivedTicket(
        number=1,
        key="t1",
        type_id="general",
        type_label="General",
        server="Server",
        channel="alice",
        customer=ALICE,
        opened_at=START,
        **rest,
    )


def png(width: int = 48, height: int = 32) -> bytes:
    """A picture that every browser shows."""
    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (88, 101 + x, 150 + 3 * y))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def stored(folder: Path, name: str, content: bytes, number: int = 1) -> ArchivedFile:
    """An attachment that is kept on disk under its number, as its name is not to be trusted."""
    path = folder / f"file{number}"
    path.write_bytes(content)
    return ArchivedFile(number, name, len(content), None, "ab" * 32, str(path))


def rich_ticket(folder: Path) -> ArchivedTicket:
    """One of everything."""
    return replace(_closed(), messages=_messages(folder), events=_events())


def _closed() -> ArchivedTicket:
    return ArchivedTicket(
        number=42,
        key="t42",
        type_id="billing",
        type_label="Billing",
        server="Lanternfish Games",
        channel="alice-billing",
        customer=ALICE,
        opened_at=START,
        intake=(
            ("Subject", "Exports stop at 90 %"),
            ("Description", "Since **yesterday** every export stops. I use `v2.4.1`."),
        ),
        subject="Exports stop at 90 %",
        claimed_at=START + 31 * MINUTE,
        assignee="Sam Weaver",
        first_response_at=START + 33 * MINUTE,
        escalated_at=START + 12 * MINUTE,
        closed_at=START + DAY + 4 * MINUTE,
        closed_by="Sam Weaver",
        close_reason="resolved",
        close_note="Refund promised by **Mia**; see CLOSE-NOTE-CANARY.",
        close_cause="command",
        rating="helpful",
        tags=("export", "v2"),
        handled_by="both",
        names={"@101": "alice", "@202": "Sam Weaver", "&9": "Support", "#7": "announcements"},
    )


def _messages(folder: Path) -> tuple[ArchivedMessage, ...]:
    day = DAY
    return (
        message(
            1,
            OGMA,
            "Hello <@101>, thank you for writing to us.",
            0,
            pinned=True,
            embeds=(ANSWER_EMBED,),
            components=(HELP_ROW,),
        ),
        message(2, ALICE, "hi! how do I **raise the limit** of an export?", 2 * MINUTE),
        message(3, ALICE, "I am on the *Team* plan, see <#7>", 2 * MINUTE + 9 * SECOND),
        message(
            4,
            OGMA,
            "Open **Settings → Exports** and set *Largest file*; the Team plan allows 10 GB.\n"
            "-# Source: [Exports › Limits](https://docs.example.org/exports#limits)",
            2 * MINUTE + 20 * SECOND,
            ai=True,
            reply_to=3,
            components=(HELP_ROW,),
            trace="TRACE-CANARY confidence 0.81, threshold 0.45, engine extractive",
        ),
        message(
            5,
            ALICE,
            "Still stops. The log says:\n```log\n[12:04] export: chunk 9/10 failed\n"
            "[12:04] <retry> in 30 s\n```\nand my key is ||lf_live_1234|| :( <:sad:77>",
            11 * MINUTE,
            edited_at=START + 12 * MINUTE,
            earlier=((START + 12 * MINUTE, "Still stops. EARLIER-CANARY"),),
            files=(
                stored(folder, "screenshot.png", png(), 1),
                stored(folder, "export.log", b"log", 2),
            ),
            reactions=(
                {"emoji": {"name": "👀"}, "count": 1},
                {"emoji": {"name": "sad", "id": "77"}, "count": 2},
            ),
        ),
        message(
            6,
            SAM,
            "Hi alice, I am looking at it. <@&9> please wait until <t:1773327600:t>.",
            33 * MINUTE,
        ),
        message(
            7, SAM, "wrong channel DELETED-CANARY", 34 * MINUTE, deleted_at=START + 35 * MINUTE
        ),
        message(
            8,
            SAM,
            "# Fixed\nPlease try again:\n1. update to `2.4.2`\n2. delete the cache\n   - on Linux\n"
            "3. export\n> every export stops\nThat was ours, __sorry__ ~~again~~.",
            day,
            reply_to=5,
        ),
        message(
            9,
            ALICE,
            "works, thank you!! https://example.org/thanks",
            day + 2 * MINUTE,
            reply_to=8,
            files=(
                ArchivedFile(
                    3, "video.mp4", 31_457_280, "video/mp4", None, None, "larger than 25 MB"
                ),
            ),
        ),
    )


def _events() -> tuple[ArchivedEvent, ...]:
    return (
        ArchivedEvent(START, "opened", "alice", "billing"),
        ArchivedEvent(
            START + 12 * MINUTE, "escalated", "Ogma", "no_answer: MEASURED-CANARY 0.31 of 0.45"
        ),
        ArchivedEvent(START + 31 * MINUTE, "claimed", "Sam Weaver"),
        ArchivedEvent(START + 32 * MINUTE, "note", "Sam Weaver", "NOTE-CANARY knows <@202>", True),
        ArchivedEvent(START + DAY + 4 * MINUTE, "closed", "Sam Weaver", "resolved"),
    )
