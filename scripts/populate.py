"""Fills a data folder with a year of a busy desk's life, to try things at size.

`python scripts/populate.py FOLDER --tickets 100000` writes tickets, 30 messages each, their
history, the AI's records and the done effects. The same numbers give the same year.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis, snowflake_at
from ogma.store.database import Database
from ogma.store.opening import open_database

END: Final[Millis] = 1_798_761_600_000
"""2027-01-01T00:00:00Z, when the year is over."""

RETIRED: Final = "retired"
"""A type that the first twentieth of the tickets have, and no later one."""
TYPES: Final = ("general", "billing", "bug", "quiet")
STAFF: Final = tuple((900 + number, f"staff-{number}") for number in range(8))
VOCABULARY: Final = """
server backup restore account password order refund shipping plan upgrade error crash login please
invoice payment address update version install channel role member token limit mail thanks again
yesterday tomorrow never always button page link message team answer
"""
WORDS: Final = tuple(VOCABULARY.split())
QUESTIONS: Final = (
    "How do I restore a backup?",
    "Where is my invoice?",
    "How do I change my address?",
    "The app crashes when I log in.",
    "Can I get a refund?",
    "What does the plan cost?",
)
BATCH: Final = 2_000

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How much to write."""

    tickets: int
    open: int
    messages: int


class Year:
    """The rows of one year, ticket by ticket."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._random = random.Random(7)
        self._record = json.dumps({"candidates": [{"document": "a.md", "text": "x" * 1_200}]})
        self._messages = 0
        self.rows: dict[str, list[Row]] = {}

    def tickets(self) -> Iterator[int]:
        """Make the next ticket's rows, again and again; gives its number."""
        self.rows = {name: [] for name in INSERTS}
        for number in range(1, self._size.tickets + 1):
            opened = END - 365 * DAY + (number - 1) * (365 * DAY) // self._size.tickets
            opened += self._random.randrange(MINUTE)
            self._ticket(number, opened, number > self._size.tickets - self._size.open)
            yield number

    def _ticket(self, number: int, opened: Millis, is_open: bool) -> None:
        dice = self._random
        helped = dice.random() < 0.35
        replied = None if helped else opened + int(dice.expovariate(1 / (40 * MINUTE)))
        closing = None if is_open else opened + int(dice.expovariate(1 / (30 * HOUR))) + 5 * MINUTE
        claimed = None if helped else dice.choice(STAFF)
        kind = dice.choice(TYPES)
        if number <= self._size.tickets // 20:
            kind = RETIRED
        last = self._talk(number, opened, closing, replied)
        self._answers(number, opened, helped)
        self._history(number, opened, closing, claimed)
        self._effects(number, opened, closing)
        self.rows["ticket"].append(
            (
                number,
                f"{number:016x}",
                kind,
                1_000 + dice.randrange(20_000),
                f"customer-{number}",
                "open" if is_open else "closed",
                10_000_000 + number,
                f"channel-{number}",
                dice.choice(QUESTIONS),
                " ".join(dice.choices(WORDS, k=12)),
                *(claimed or (None, None)),
                opened if is_open and dice.random() < 0.3 else None,
                opened,
                *last,
                replied,
                closing,
                None if closing is None else closing + 5 * SECOND,
                None if is_open else dice.choice(("resolved", "resolved", "unresponsive", "other")),
                None if is_open else dice.choice(("command", "inactivity", "confirmed_request")),
                None if is_open else dice.choice(("helpful", "unhelpful", None, None, "skipped")),
            )
        )

    def _talk(
        self, number: int, opened: Millis, closing: Millis | None, replied: Millis | None
    ) -> tuple[Millis | None, Millis, Millis]:
        """The conversation; gives when staff, the customer and anybody wrote last."""
        end = closing or min(END - 1, opened + DAY)
        step = max(1, (end - opened) // self._size.messages)
        last_staff, last_customer = None, opened
        for index in range(self._size.messages):
            self._messages += 1
            at = opened + index * step
            staff = replied is not None and at >= replied and index % 2 == 1
            side = "staff" if staff else "ogma" if index == 1 else "customer"
            last_staff = at if side == "staff" else last_staff
            last_customer = at if side == "customer" else last_customer
            text = " ".join(self._random.choices(WORDS, k=self._random.randrange(4, 24)))
            identity = snowflake_at(at) + (self._messages & 0x3FFFFF)
            who = 900 if staff else 1_000 + number
            self.rows["message"].append(
                (identity, number, who, f"who-{who}", side, f"{text} case {number}", at, at)
            )
        return last_staff, last_customer, max(last_staff or 0, last_customer)

    def _answers(self, number: int, opened: Millis, helped: bool) -> None:
        question = self._random.choice(QUESTIONS)
        outcome, message = ("answer", opened + MINUTE) if helped else ("escalate", None)
        feedback = "helpful" if helped and self._random.random() < 0.3 else None
        at = opened + MINUTE
        self.rows["answer"].append(
            (number, at, question, question, outcome, self._record, message, feedback)
        )
        if not helped:
            reasons = json.dumps([{"at": at, "cause": "no_answer", "detail": ""}])
            self.rows["escalation"].append((number, at, "answered", reasons, question, at + HOUR))

    def _history(
        self, number: int, opened: Millis, closing: Millis | None, claimed: tuple[int, str] | None
    ) -> None:
        found = [(number, opened, "opened", "customer", "general")]
        if claimed is not None:
            found.append((number, opened + MINUTE, "escalated", "Ogma", "no_answer"))
            found.append((number, opened + HOUR, "claimed", claimed[1], ""))
        if closing is not None:
            found.append((number, closing, "closed", "staff", "resolved"))
        self.rows["event"] += found
        if closing is not None and self._random.random() < 0.02:
            self.rows["flag"].append((number, closing, "negative_csat"))

    def _effects(self, number: int, opened: Millis, closing: Millis | None) -> None:
        kinds = ["open_channel", "greet", "pin_greeting", "say"]
        if closing is not None:
            kinds += ["lock_channel", "archive", "post_transcript", "csat_dm", "delete_channel"]
        for kind in kinds:
            key = f"{kind}:{number}"
            lane = f"ticket:{number}"
            self.rows["job"].append((kind, key, lane, number, opened, opened, opened))


INSERTS: Final = {
    "ticket": "INSERT INTO ticket (id, key, guild_id, type_id, customer_id, customer_name, state,"
    " channel_id, channel_name, subject, description, claimed_by, claimed_by_name, escalated_at,"
    " opened_at, last_staff_at, last_customer_at, last_activity_at, first_response_at,"
    " closing_at, closed_at, close_reason, close_cause, csat)"
    " VALUES (?,?,1,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "message": "INSERT INTO message (id, ticket_id, origin, author_id, author_name, side, content,"
    " at, received_at) VALUES (?,?,'channel',?,?,?,?,?,?)",
    "answer": "INSERT INTO answer (ticket_id, at, question, searched, outcome, record, message_id,"
    " feedback) VALUES (?,?,?,?,?,?,?,?)",
    "escalation": "INSERT INTO escalation (ticket_id, at, state, reasons, question, ended_at)"
    " VALUES (?,?,?,?,?,?)",
    "event": "INSERT INTO event (ticket_id, at, kind, actor, detail) VALUES (?,?,?,?,?)",
    "flag": "INSERT INTO flag (ticket_id, at, kind) VALUES (?,?,?)",
    "job": "INSERT INTO job (kind, key, lane, ticket_id, state, created_at, run_at, done_at,"
    " receipt) VALUES (?,?,?,?,'done',?,?,?,'{}')",
}


def populate(folder: Path, size: Size) -> None:
    """Write the year into an empty data folder."""
    db = open_database(folder)
    db.execute("PRAGMA synchronous = OFF")
    year = Year(size)
    for number in year.tickets():
        if number % BATCH == 0:
            _write(db, year)
    _write(db, year)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("ANALYZE")
    db.close()


def _write(db: Database, year: Year) -> None:
    with db.write():
        cursor = db.peewee.connection().cursor()
        for name, rows in year.rows.items():
            cursor.executemany(INSERTS[name], rows)
            rows.clear()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--open", type=int, default=5_000)
    parser.add_argument("--messages", type=int, default=30, help="of each ticket")
    given = parser.parse_args()
    size = Size(given.tickets, min(given.open, given.tickets), given.messages)
    populate(given.folder, size)
    print(f"{size.tickets} tickets, {size.tickets * size.messages} messages in {given.folder}")


if __name__ == "__main__":
    main()
