"""The running bot follows its config: good edits at once and whole, bad ones not at all (S5, P37).

What a config did to tickets is noted in the database, so that an edit made while the bot was away
has the same effects as one made while it ran.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ogma.answering.engine import Answerer
from ogma.domain import reload
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.policies import Settings, TypePolicy
from ogma.errors import OgmaError
from ogma.services import panel
from ogma.services.desk import Desk
from ogma.services.live import Live
from ogma.services.outbox import staff_notice
from ogma.settings.last_good import Opened, keep
from ogma.settings.watch import Reading, Watch
from ogma.store import outbox, people, records, tickets

log = logging.getLogger(__name__)

_TYPES: Final = "config.types"
"""What each type was when the config was last taken over: its table, and its staff roles."""


class Follower:
    """One bot's view of its config file. `token` is the file with its token, if it has one."""

    def __init__(
        self, live: Live, opened: Opened, config: Path, data: Path, token: Path | None = None
    ) -> None:
        self._live = live
        self._opened = opened
        self._config = config
        self._data = data
        self._watch = Watch(config, opened.found.digest)
        self._bad: str | None = None
        self._token = token
        self._token_seen = _print_of(token)
        self._restart_said = ""

    def begin(self, desk: Desk) -> None:
        """At start: note the config as in use, with what changed since the last start."""
        with desk.db.write():
            settings = _taken_over(desk, self._opened.settings)
            self._live.now = self._live.after(settings)
            if self._opened.found.error is not None:
                self._say_bad(desk, self._opened.found)
        self._keep(self._opened.text)

    def poll(self) -> Reading | None:
        """What the file newly says. Reads the disk, so it is for a thread."""
        return self._watch.poll()

    def take(self, desk: Desk, found: Reading) -> Answerer | None:
        """Use a new reading, or tell what is wrong with it; gives an answerer that is over."""
        if found.settings is None or found.text is None:
            with desk.db.write():
                self._say_bad(desk, found)
            return None
        before = self._live.now
        change = reload.change(before.settings, found.settings)
        with desk.db.write():
            self._say_good(desk, found)
            self._say_restart(desk, change.restart, _mark(found.settings))
            if change.other_server:
                return None
            settings = _taken_over(desk, change.settings)
            if reload.panel_differs(before.settings, settings):
                panel.refresh(desk)
            self._live.now = self._live.after(settings)
        self._keep(found.text)
        log.info("the changed config %s is in use", self._config)
        return before.answerer if before.answerer is not self._live.now.answerer else None

    def check_token(self, desk: Desk) -> None:
        """A token that was exchanged is used after a restart."""
        if not self.token_changed():
            return
        self._token_seen = _print_of(self._token)
        with desk.db.write():
            self._say_restart(desk, ("discord.token_file",), secrets.token_hex(8))

    def token_changed(self) -> bool:
        """Whether the token's file has another token than at the start; reads the disk."""
        return _print_of(self._token) not in ("", self._token_seen)

    def _keep(self, text: str) -> None:
        """A copy for later is not worth stopping for."""
        try:
            keep(self._data, text)
        except OgmaError as failed:
            log.warning("the last good config is not kept: %s", failed)

    def _say_restart(self, desk: Desk, keys: tuple[str, ...], mark: str) -> None:
        """Once for the same values."""
        if not keys or mark == self._restart_said:
            return
        self._restart_said = mark
        named = ", ".join(keys)
        log.warning("changed in the config, in use after a restart: %s", named)
        notice = staff_notice(f"config.restart:{mark}", "staff.config_restart", settings=named)
        outbox.put(desk.db, [notice], desk.now())

    def _say_bad(self, desk: Desk, found: Reading) -> None:
        """Once per content: in the log with all faults, to staff with the first."""
        self._bad = found.digest
        for problem in found.problems:
            log.warning("the config is not valid, the last good one stays in use: %s", problem)
        first = found.problems[0].replace(str(self._config), self._config.name)
        notice = staff_notice(f"config.bad:{found.digest}", "staff.config_bad", problem=first)
        outbox.put(desk.db, [notice], desk.now())

    def _say_good(self, desk: Desk, found: Reading) -> None:
        if self._bad is None:
            return
        log.info("the config is valid again")
        notice = staff_notice(f"config.good:{self._bad}:{found.digest}", "staff.config_good")
        outbox.put(desk.db, [notice], desk.now())
        self._bad = None


def _taken_over(desk: Desk, wanted: Settings) -> Settings:
    """The settings that count: a removed type is kept, switched off, while it has open tickets.

    Open tickets whose staff roles are others now get the effect that shows them to those. Runs
    in the caller's transaction, in which the config is noted as in use.
    """
    known = json.loads(records.meta(desk.db, _TYPES) or "{}")
    live = tickets.live(desk.db)
    removed = {ticket.type_id for ticket in live} - {kind.id for kind in wanted.types}
    kept = [_policy(known[one]["policy"]) for one in sorted(removed) if one in known]
    settings = wanted.model_copy(update={"types": (*wanted.types, *kept)})
    for ticket in live:
        staff = settings.staff_roles(ticket.type_id)
        before = frozenset(known.get(ticket.type_id, {}).get("staff", staff))
        if staff != before:
            effect = Effect(
                Kind.SYNC_STAFF,
                f"staff:{ticket.id}:{secrets.token_hex(4)}",
                ticket_lane(ticket.id),
                ticket.id,
                {"gone": sorted(before - staff)},
            )
            outbox.put(desk.db, [effect], desk.now())
    noted = {
        kind.id: {
            "policy": kind.model_dump(mode="json"),
            "staff": sorted(settings.staff_roles(kind.id)),
        }
        for kind in settings.types
    }
    records.set_meta(desk.db, _TYPES, json.dumps(noted, ensure_ascii=False))
    return settings


def _policy(noted: Mapping[str, Any]) -> TypePolicy:
    """A removed type as it was, switched off; keys of another version are left out."""
    known = {key: value for key, value in noted.items() if key in TypePolicy.model_fields}
    return TypePolicy.model_validate({**known, "enabled": False})


def change_kept_staff(desk: Desk, number: int, purpose: str, gone: frozenset[int]) -> bool:
    """Change the staff in the overwrites that a ticket gets back later; False: none are kept."""
    ticket = desk.ticket(number)
    staff = desk.settings().staff_roles(ticket.type_id)
    with desk.db.write():
        before = people.snapshot(desk.db, number, purpose)
        if before is None:
            return False
        after = reload.with_staff(before, staff, gone - staff)
        people.drop_snapshot(desk.db, number, purpose)
        people.keep_snapshot(desk.db, number, purpose, after, desk.now())
    return True


def _mark(settings: Settings) -> str:
    """Names the values of what only a restart takes over."""
    values = settings.model_dump_json(include=set(reload.FIXED))
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def _print_of(path: Path | None) -> str:
    """A fingerprint of the token's file, "" where there is none to read."""
    try:
        return hashlib.sha256(path.read_bytes().strip()).hexdigest() if path else ""
    except OSError:
        return ""
