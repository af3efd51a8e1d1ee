"""Forgetting a person, and dropping what is older than the owner keeps (D1, D2).

Files go before rows: whoever is killed in between finds the rows again and goes on. What was posted
on Discord is deleted by the bot, through the outbox; what it cannot reach is named.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ogma.domain.clock import DAY, Millis
from ogma.domain.effects import Effect, Kind
from ogma.domain.tickets import HOLDS_SLOT
from ogma.errors import NotFound, OgmaError, UsageError
from ogma.services import archive
from ogma.services.data import chain
from ogma.services.data.backup import BACKUPS
from ogma.services.desk import Desk
from ogma.store import outbox, personal
from ogma.store import tips as tip_store

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService

AT_ONCE: Final = 50
"""Tickets that one sweep drops at most, so that it never holds up what is due now."""
LOGS: Final = "logs"
_ASIDE: Final = (f"{BACKUPS}/*", "before-restore-*", "*.before-*")
_DMS: Final = frozenset({Kind.CSAT_DM, Kind.CUSTOMER_TRANSCRIPT, Kind.FOLLOW_UP_DM})


class StillOpen(OgmaError):
    """A person cannot be forgotten while a ticket of theirs is being worked on."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup, or data put aside by a restore or an upgrade, which is left as it is."""

    path: str
    changed_at: Millis


@dataclass(slots=True)
class Forgotten:
    """What was erased: `counts` by kind of thing; `posted` messages the bot is to delete."""

    counts: Counter[str] = field(default_factory=Counter)
    posted: int = 0
    private: int = 0
    """Private messages to the person, which stay in their own hands."""
    copies: list[Copy] = field(default_factory=list)


def person(desk: Desk, who: str) -> int:
    """The id of a person named by id or by name; raises NotFound, UsageError for two of a name."""
    if who.isdecimal():
        left = personal.begun(desk.db)
        interrupted = left is not None and left.user == int(who)
        if not interrupted and not personal.is_known(desk.db, int(who)):
            raise NotFound(f"Nothing is kept of a member with the id {who}.")
        return int(who)
    found = personal.people_named(desk.db, who)
    if not found:
        raise NotFound(f"Nothing is kept of a member called {who!r}; try the member's id.")
    if len(found) > 1:
        ids = ", ".join(map(str, found))
        raise UsageError(f"Several members were called {who!r}: {ids}. Name one by id.")
    return found[0]


def forget(desk: Desk, knowledge: KnowledgeService, user: int) -> Forgotten:
    """Erase what is kept of a person. Doing it again finishes what was interrupted.

    Raises StillOpen where a ticket of theirs is open or still has work to be done on Discord.
    """
    left = personal.begun(desk.db)
    if left is not None and left.user != user:
        raise StillOpen(
            f"The erasure of {left.user} was interrupted; finish it first"
            f" (`ogma data forget {left.user}`)."
        )
    own = personal.tickets_of(desk.db, user)
    _refuse_open(desk, [row["id"] for row in own if row["state"] in map(str, HOLDS_SLOT)])
    _refuse_busy(desk, [row["id"] for row in own])
    names = sorted({*personal.names_of(desk.db, user), *(left.names if left else ())})
    channels = [row["channel_id"] for row in own if row["channel_id"]]
    with desk.db.write():
        mentioned = personal.take_out_channels(desk.db, channels)
        begun = personal.Begun(user, names, [*mentioned, *(left.anew if left else ())])
        personal.begin(desk.db, begun)
    done = Forgotten()
    for row in own:
        _forget_ticket(desk, knowledge, row["id"], user, done)
    _forget_elsewhere(desk, begun, done)
    _forget_logs(desk.data, user, done)
    knowledge.write_anew()
    done.copies = copies(desk.data)
    with desk.db.write():
        personal.add_receipt(desk.db, desk.now(), json.dumps(+done.counts, sort_keys=True))
    personal.settle(desk.db)
    personal.end(desk.db)
    return done


def _refuse_open(desk: Desk, numbers: list[int]) -> None:
    if numbers:
        raise StillOpen(
            f"Ticket {numbers[0]} of this person is still open;"
            f" close it first (`ogma tickets close {numbers[0]}`)."
        )


def _refuse_busy(desk: Desk, numbers: Iterable[int]) -> None:
    for number in numbers:
        waiting = personal.to_be_done(desk.db, number)
        if waiting:
            raise StillOpen(
                f"Ticket {number} of this person still has work to be done on Discord"
                f" ({', '.join(waiting)}); wait for it, or see `ogma jobs list`."
            )


def _forget_ticket(
    desk: Desk, knowledge: KnowledgeService, number: int, user: int, done: Forgotten
) -> None:
    _remove_files(desk, number, done)
    with desk.db.write():
        done.private += sum(1 for kind, _ in _posted(desk, number) if kind in _DMS)
        _delete_posts(desk, _posts(desk, number), done)
        _forget_tips(desk, knowledge, number, done)
        _erase_rows(desk, number, user, done)


def _erase_rows(desk: Desk, number: int, customer: int, done: Forgotten) -> None:
    chain.bury(desk, number)
    erased = personal.erase_ticket(desk.db, number, customer, desk.now())
    done.counts["tickets"] += 1
    done.counts["messages"] += erased["message"]
    done.counts["rows"] += sum(erased.values())


def _remove_files(desk: Desk, number: int, done: Forgotten) -> None:
    ticket = desk.ticket(number)
    folder = archive.folder_of(desk, ticket)
    if folder.is_dir():
        shutil.rmtree(folder)
        done.counts["transcripts"] += 1
    _unlink(desk.data, personal.files_of(desk.db, number), done)


def _unlink(data: Path, names: Iterable[str], done: Forgotten) -> None:
    for name in names:
        path = data / name
        if path.is_file():
            path.unlink()
            done.counts["attachments"] += 1


def _posted(desk: Desk, number: int) -> list[tuple[Kind, int]]:
    """What a ticket's effects have posted: kind and message."""
    return [
        (Kind(row["kind"]), int(receipt["message"]))
        for row in outbox.of_ticket(desk.db, number)
        if row["receipt"] and "message" in (receipt := json.loads(row["receipt"]))
    ]


def _posts(desk: Desk, number: int) -> set[tuple[int, int]]:
    """(channel, message) of what the team's channels have of a ticket."""
    channels = desk.settings().channels
    places = {
        Kind.POST_TRANSCRIPT: channels.transcripts,
        Kind.SYNC_REVIEW: channels.staff_review,
        Kind.SYNC_DRAFT: channels.staff_review,
    }
    return {
        (channel, message)
        for kind, message in _posted(desk, number)
        if (channel := places.get(kind)) is not None
    }


def _delete_posts(desk: Desk, posts: Iterable[tuple[int, int]], done: Forgotten) -> None:
    effects = [
        Effect(
            Kind.DELETE_MESSAGE,
            f"forget:{message}",
            f"forget:{channel}",
            None,
            {"channel": channel, "message": message},
        )
        for channel, message in posts
    ]
    outbox.put(desk.db, effects, desk.now())
    done.posted += len(effects)


def _forget_tips(desk: Desk, knowledge: KnowledgeService, number: int, done: Forgotten) -> None:
    taught = tip_store.taught_by(desk.db, number)
    found = tip_store.get(desk.db, taught) if taught is not None else None
    if found is None:
        return
    knowledge.withdraw(found.document)
    if found.channel_id is not None and found.message_id is not None:
        _delete_posts(desk, [(found.channel_id, found.message_id)], done)
    tip_store.delete(desk.db, found.id)
    done.counts["tips"] += 1


def _forget_elsewhere(desk: Desk, begun: personal.Begun, done: Forgotten) -> None:
    """What the person left in other people's tickets, whose transcripts are written anew."""
    others = sorted({*personal.took_part(desk.db, begun.user), *_archived(desk, begun.anew)})
    _unlink(desk.data, personal.files_by(desk.db, begun.user), done)
    with desk.db.write():
        erased = personal.erase_person(desk.db, begun.user, begun.names)
        # Again: the person's id has just been taken out of it, too.
        personal.begin(desk.db, replace(begun, anew=others))
    for number in others:
        _write_anew(desk, number)
    done.counts["messages elsewhere"] += erased["message"]
    done.counts["transcripts written anew"] += len(others)
    done.counts["rows"] += sum(erased.values())


def _archived(desk: Desk, numbers: Iterable[int]) -> list[int]:
    """Of these tickets, those whose archive is still there: not the person's own."""
    return [number for number in numbers if personal.has_archive(desk.db, number)]


def _write_anew(desk: Desk, number: int) -> None:
    again = archive.write(desk, number, {}, "")
    with desk.db.write():
        chain.bury(desk, number)
        archive.stored(desk, number, again.path, again.sha256)


def _forget_logs(data: Path, user: int, done: Forgotten) -> None:
    """Blank the id in the logs, in place and of the same length: a bot may be writing to them."""
    wanted = str(user).encode()
    for path in sorted((data / LOGS).glob("*")):
        with path.open("r+b") as file:
            found = -1
            content = file.read()
            while (found := content.find(wanted, found + 1)) >= 0:
                file.seek(found)
                file.write(b"0" * len(wanted))
                done.counts["log entries"] += 1


def copies(data: Path) -> list[Copy]:
    """Backups and data put aside, which still hold what they held, oldest first."""
    found = {path for pattern in _ASIDE for path in data.glob(pattern)}
    dated = sorted((path.stat().st_mtime, path) for path in found)
    return [Copy(str(path), round(at * 1000)) for at, path in dated]


@dataclass(frozen=True, slots=True)
class Purged:
    """What was dropped for its age, or would be."""

    tickets: tuple[int, ...]
    counts: Counter[str]
    questions: int = 0
    """Of those that were asked with /ask, outside of any ticket."""


def purge(desk: Desk, days: int, *, dry_run: bool = False, limit: int | None = None) -> Purged:
    """Drop content, files and customer of tickets that were closed more than `days` ago.

    With it goes what was asked with /ask before that. The tickets' rows stay without content, so
    that the statistics stay. Tips stay: they are scrubbed.
    """
    before = desk.now() - days * DAY
    due = personal.expired(desk.db, before, limit or 2**31)
    questions = personal.old_questions(desk.db, before)
    done = Forgotten()
    if not dry_run:
        for row in due:
            _remove_files(desk, row["id"], done)
            with desk.db.write():
                _delete_posts(desk, _posts(desk, row["id"]), done)
                _erase_rows(desk, row["id"], row["customer_id"], done)
        if questions:
            with desk.db.write():
                personal.drop_questions(desk.db, before)
    return Purged(tuple(row["id"] for row in due), +done.counts, questions)


def purge_due(desk: Desk) -> int:
    """Drop what is older than the owner keeps; gives how many tickets. Called by the sweep (D1)."""
    days = desk.settings().data.retention_days
    return len(purge(desk, days, limit=AT_ONCE).tickets) if days else 0
