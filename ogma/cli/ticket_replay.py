"""`ogma tickets why --replay`: what today's knowledge base and model would decide."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ogma.cli import kb_search
from ogma.cli.context import Context
from ogma.cli.output import Output
from ogma.cli.terminal_text import one_line
from ogma.cli.when import to_the_minute
from ogma.domain.tickets import Ticket

_NAMES = {
    "outcome": "decision",
    "model_digest": "model's digest",
    "model_error": "model's error",
    "found": "documents found first",
    "cited": "documents cited",
    "failed_checks": "failed checks",
}


def replayed(context: Context, ticket: Ticket, *, json: bool) -> None:
    """Ask the ticket's questions again, and print what differs. Nothing is kept of it."""
    from ogma.services.replay import replay

    with kb_search.opened(context) as app:
        found = asyncio.run(replay(app.desk, app.knowledge, app.answerer, ticket))
    if json:
        context.output.json({"ticket": ticket.id, "answers": found})
    else:
        _print(context.output, ticket, found)


def _print(output: Output, ticket: Ticket, found: list[dict[str, Any]]) -> None:
    if not found:
        output.text(f"In ticket {ticket.id} nothing has been asked yet.")
    for one in found:
        before, after = one["before"], one["after"]
        output.text(f"{to_the_minute(before['at'])} UTC: {one_line(before['question'])}", "bold")
        if not one["changes"]:
            output.text(f"  The same today: {_decision(after)}.")
        for change in one["changes"]:
            output.text(f"  {_NAMES.get(change['what'], change['what'])}")
            output.text(f"    then: {_value(change['before'])}")
            output.text(f"    now:  {_value(change['after'])}")
        output.text()


def _decision(decision: Mapping[str, Any]) -> str:
    if decision["outcome"] == "answer":
        return "answered"
    return f"handed over ({decision['reason']})"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else one_line(str(value))
