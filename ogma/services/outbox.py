"""Small builders of the effects that several use cases ask for."""

from __future__ import annotations

import secrets
from dataclasses import replace
from enum import StrEnum
from typing import Any

from ogma.domain.effects import Effect, Job, Kind, review_lane, ticket_lane
from ogma.domain.tickets import Ticket


class Notice(StrEnum):
    """What the bot says in a ticket's channel by itself."""

    ESCALATED = "escalated"
    CLAIMED = "claimed"
    RELEASED = "released"
    ADDED = "added"
    REMOVED = "removed"
    CLOSE_REQUEST = "close_request"
    INACTIVE = "inactive"
    GRACE = "grace"
    REOPENED = "reopened"
    AWAY = "away"
    NUDGE = "nudge"
    RULE = "rule"
    SECRET_MASKED = "secret_masked"
    SMALL_TALK = "small_talk"
    OFFER_HUMAN = "offer_human"
    WAITING = "waiting"
    MACRO = "macro"
    TRANSFERRED = "transferred"


def say(number: int, notice: Notice, **values: Any) -> Effect:
    """A notice in the ticket's channel."""
    key = f"say:{number}:{secrets.token_hex(4)}"
    payload = {"notice": notice, "values": values}
    return Effect(Kind.SAY, key, ticket_lane(number), number, payload)


def aside(ticket: Ticket, notice: Notice, **values: Any) -> Effect:
    """A notice that has lost its sense once something has happened in the ticket."""
    effect = say(ticket.id, notice, **values)
    return replace(effect, payload={**effect.payload, "revision": ticket.revision})


def sync_review(number: int, escalation_id: int) -> Effect:
    """Bring the review item in #staff-review up to what the database says."""
    key = f"review:{escalation_id}:{secrets.token_hex(4)}"
    payload = {"escalation": escalation_id}
    return Effect(Kind.SYNC_REVIEW, key, review_lane(number), number, payload)


def staff_notice(key: str, text: str, **values: Any) -> Effect:
    """A notice to staff in #staff-review, once per key."""
    return Effect(
        Kind.STAFF_NOTICE, f"notice:{key}", "staff", None, {"text": text, "values": values}
    )


def trouble(job: Job, error: str) -> Effect:
    """What staff are told of an effect that does not work, once."""
    return staff_notice(
        f"failed:{job.id}",
        "staff.close_blocked" if job.kind is Kind.ARCHIVE else "staff.job_failed",
        number=job.ticket_id or 0,
        task=job.kind,
        problem=error,
        job=job.id,
    )
