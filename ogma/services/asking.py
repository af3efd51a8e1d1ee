"""/ask: one question outside of any ticket, answered to whoever asks and to nobody else (A9)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ogma.domain.access import Actor
from ogma.domain.answers import Verdict
from ogma.domain.clock import DAY
from ogma.domain.passages import Search
from ogma.domain.rates import Allowance
from ogma.services import hours, listing, outages, rates
from ogma.services.desk import Desk
from ogma.services.replies import as_record
from ogma.services.shield import masked
from ogma.store import records


class Unavailable(StrEnum):
    """Why nothing is asked; each is a text below 'ask.'."""

    OFF = "off"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was taken, and whose sources its asker may see: by ticket types and roles."""

    asker_id: int
    text: str
    types: frozenset[str]
    roles: frozenset[int]


def begin(desk: Desk, actor: Actor, text: str) -> Asked | Unavailable | Allowance:
    """Take a question, or say why not; an Allowance that is false is a limit that is used up."""
    if not text.strip():
        return Unavailable.EMPTY
    policy = desk.settings().ai
    if not policy.enabled or policy.mode != "live" or hours.ai_paused(desk, desk.now()):
        return Unavailable.OFF
    allowed = rates.allow(desk, actor.id, None, desk.now())
    if not allowed:
        return allowed
    return Asked(actor.id, masked(text.strip()), visible_types(desk, actor), actor.roles)


def visible_types(desk: Desk, actor: Actor) -> frozenset[str]:
    """The types that this member may open, or is staff of: what is limited to others stays unseen.

    Sources that are limited to no type are everybody's.
    """
    settings = desk.settings()
    return frozenset(
        kind.id
        for kind in settings.types
        if actor.roles & settings.staff_roles(kind.id)
        or (kind.enabled and (not kind.open_roles or actor.roles & set(kind.open_roles)))
    )


def lately(desk: Desk, days: int, limit: int) -> list[dict[str, Any]]:
    """The questions of so many days and what was decided, newest first."""
    rows = records.asked(desk.db, desk.now() - days * DAY, limit)
    return [{**listing.decision(row), "asker": str(row["asker_id"])} for row in rows]


def finish(desk: Desk, asked: Asked, verdict: Verdict, search: Search) -> None:
    """Keep the record of the decision (A8)."""
    values = {
        "ticket_id": None,
        "asker_id": asked.asker_id,
        "at": desk.now(),
        "question": asked.text,
        "searched": search.query,
        "outcome": verdict.outcome,
        "record": json.dumps(as_record(verdict, search), ensure_ascii=False),
    }
    with desk.db.write():
        records.add_answer(desk.db, values)
        outages.note(desk, verdict)
