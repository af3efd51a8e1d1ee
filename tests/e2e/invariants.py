"""What must hold after every test, whatever happened in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import apsw

from ogma.bot.custom_ids import decode
from ogma.store.register import FILES
from tests.contract.discord_contract import broken
from tests.e2e.prompts import leaks, prompts
from tests.e2e.town import Town, buttons

_MARKER = re.compile(r"ogma:[0-9a-f]{16}")
_ONCE = ("ogma:human:", "ogma:helpful:", "ogma:claim:", "ogma:csat_")
_FAULTS = re.compile(r"^Traceback|\bCRITICAL\b|\bERROR\b", re.MULTILINE)


def faults(town: Town) -> list[str]:
    """One sentence for each thing that is wrong in this town."""
    if not town.bots:
        return []
    town.bot.kill()
    return [
        *broken(town.requests()),
        *_pings(town),
        *_twice(town),
        *_deleted_too_early(town),
        *_database(town),
        *_secrets(town),
        *leaks(town, prompts(town)),
        *_components(town),
        *_unregistered(town),
        *_log(town),
    ]


def _messages(town: Town) -> Iterator[tuple[str, dict[str, Any]]]:
    """The bot's messages with where they stand or stood."""
    state = town.state()
    for place in [*state["channels"], *state["deleted_channels"]]:
        for message in place["messages"]:
            if message["author"]["bot"]:
                yield place["name"], message
    for name, place in state["dms"].items():
        for message in place["messages"]:
            yield f"DM of {name}", message


def _pings(town: Town) -> Iterator[str]:
    """Nobody is notified but the configured roles: in #staff-review, and by a reminder."""
    document = town.config.read_text(encoding="utf-8")
    for where, message in _messages(town):
        pings = message["pings"]
        reminded = "⏰" in message["content"]  # whoever has the next word (Q7)
        if pings["everyone"] or (pings["users"] and not reminded):
            yield f"a message in {where} notifies {pings}"
        for role in pings["roles"]:
            expected = where == "staff-review" or reminded
            if not expected or f'ping_roles = ["{role}"]' not in document:
                yield f"a message in {where} notifies role {role}"


def _twice(town: Town) -> Iterator[str]:
    """P1: one channel for each ticket, one greeting, one item, one transcript, one question."""
    homes = {str(row["channel_id"]) for row in town.sql("SELECT channel_id FROM ticket")}
    # A channel that was made twice, and found and deleted, is what is wanted of it.
    gone = [one for one in town.ticket_channels(deleted=True) if one["id"] in homes]
    places = [*town.ticket_channels(), *gone]
    seen = Counter(_MARKER.search(one["topic"])[0] for one in places)  # type: ignore[index]
    for where, message in _messages(town):
        first = buttons(message, "ogma:")[:1]
        if not message["embeds"] and first and first[0].startswith("ogma:human:"):
            first = []  # an offer of a person, which has the greeting's button
        seen.update(f"{where}: {one}" for one in first if one.startswith(_ONCE))
        if where == "ticket-transcripts":
            seen.update(f"{where}: {one['filename']}" for one in message["attachments"])
        if where == "open-a-ticket":
            seen.update(["the panel"])
    for what, times in seen.items():
        # Items of several tickets and answers differ in their number, so two are always too many.
        if times > 1 and not (what.startswith("open-a-ticket:")):
            yield f"{times} times instead of once: {what}"


def _deleted_too_early(town: Town) -> Iterator[str]:
    """P2: no channel is deleted by the bot before its archive is on disk."""
    for gone in town.matching("DELETE", r"/channels/\d+"):
        channel = int(gone["path"].rpartition("/")[2])
        for row in town.sql(
            "SELECT * FROM ticket WHERE channel_id = ? AND erased_at IS NULL", channel
        ):
            folder = town.data / str(row["archive_path"])
            if row["archived_at"] is None or not (folder / "transcript.json").is_file():
                yield f"ticket {row['id']}: its channel was deleted without an archive"
            else:
                json.loads((folder / "transcript.json").read_text(encoding="utf-8"))


def _database(town: Town) -> Iterator[str]:
    connection = apsw.Connection(str(town.data / "ogma.db"))
    try:
        for (verdict,) in connection.execute("PRAGMA integrity_check"):
            if verdict != "ok":
                yield f"the database is damaged: {verdict}"
        for row in connection.execute("PRAGMA foreign_key_check"):
            yield f"a row refers to nothing: {row}"
    finally:
        connection.close()
    for row in town.sql("SELECT id, state, slot, archived_at FROM ticket"):
        if row["state"] == "closed" and row["archived_at"] is None:
            yield f"ticket {row['id']} is closed without an archive"


def _components(town: Town) -> Iterator[str]:
    """P10: whatever can be pressed carries an action and a row, and nothing else."""
    for where, message in _messages(town):
        for custom_id in buttons(message):
            if custom_id and (len(custom_id) > 100 or decode(custom_id) is None):
                yield f"a component in {where} carries {custom_id!r}"


def _secrets(town: Town) -> Iterator[str]:
    """The token stands nowhere but in its own file."""
    token = town.server.ready["token"].encode()
    logs = [bot.log for bot in town.bots]
    for path in [*town.data.rglob("*"), *logs]:
        if path.is_file() and token in path.read_bytes():
            yield f"the token stands in {path.relative_to(town.folder)}"


def _unregistered(town: Town) -> Iterator[str]:
    """P44: every kind of file in the data folder is known to the register of personal data."""
    known = {path for pattern in FILES for path in town.data.glob(pattern.replace("/**", "/**/*"))}
    for path in town.data.rglob("*"):
        if path.is_file() and path not in known:
            yield f"{path.relative_to(town.data)} is of no registered kind"


def _log(town: Town) -> Iterator[str]:
    for bot in town.bots:
        for match in _FAULTS.finditer(bot.output()):
            line = bot.output()[match.start() :].partition("\n")[0]
            start = bot.output().rfind("\n", 0, match.start()) + 1
            whole = bot.output()[start : start + 2000]
            if not any(words in whole for words in town.forgiven):
                yield f"{bot.log.name}: {line}\n{whole}"
