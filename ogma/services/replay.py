"""The questions of a ticket asked once more, of the present knowledge base and model (A8).

Nothing of it is stored, sent, or counted: it only shows what would be different today.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ogma.answering.engine import Answerer
from ogma.domain.archive import Side
from ogma.domain.clock import Millis
from ogma.domain.intake import facts
from ogma.domain.tickets import Ticket
from ogma.services import answers, listing
from ogma.services.desk import Desk
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.replies import CONTEXT_MESSAGES, as_record
from ogma.store import intake, messages, records
from ogma.store.database import Row

Document = dict[str, Any]

CLOSE: Final = 0.005
"""Scores that differ by less are the same."""
_COMPARED: Final = ("outcome", "reason", "engine", "model", "model_digest", "model_error", "answer")
_SCORES: Final = ("confidence", "threshold")
_DOCUMENTS: Final = 3
"""Passages found first whose documents are compared."""


async def replay(
    desk: Desk, knowledge: KnowledgeService, answerer: Answerer, ticket: Ticket
) -> list[Document]:
    """The decisions of a ticket, oldest first, each as `{"before", "after", "changes"}`.

    The customer's roles of that time are not known, so sources that are limited to roles stay out.
    `before` and `after` are decisions as `tickets why --json` shows them; `changes` has one
    `{"what", "before", "after"}` for each thing that differs.
    """
    replayed = []
    for row in records.answers(desk.db, ticket.id):
        before = listing.decision(row)
        verdict, search = await answers.answer(
            knowledge,
            answerer,
            row["question"],
            type_id=ticket.type_id,
            roles=(),
            context=_context(desk, ticket, row),
            ticket=ticket.id,
        )
        after = listing.decision_now(
            row["question"], desk.now(), search, as_record(verdict, search)
        )
        changes = compared(before, after)
        replayed.append({"before": before, "after": after, "changes": changes})
    return replayed


def _context(desk: Desk, ticket: Ticket, row: Row) -> tuple[str, ...]:
    """What customer and Ogma had said before, as it was when the question was asked."""
    at: Millis = row["at"]
    said = [
        f"{one['side']}: {one['content']}"
        for one in messages.of_ticket(desk.db, ticket.id)
        if one["answer_id"] != row["id"]
        and one["at"] < at
        and one["content"]
        and one["side"] in (Side.CUSTOMER, Side.OGMA)
        and (one["deleted_at"] is None or one["deleted_at"] > at)
    ][-CONTEXT_MESSAGES:]
    given = facts(intake.of_ticket(desk.db, ticket.id))
    return (f"customer: {given}", *said) if given else tuple(said)


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Document]:
    """What differs between two decisions about one question."""
    sides = [_essence(before), _essence(after)]
    return [
        {"what": name, "before": sides[0][name], "after": sides[1][name]}
        for name in sides[0]
        if not _same(name, sides[0][name], sides[1][name])
    ]


def _essence(decision: Mapping[str, Any]) -> Document:
    found = [one["document"] for one in decision["candidates"][:_DOCUMENTS]]
    cited = [one["document"] for one in decision["citations"]]
    return {
        **{name: decision[name] for name in (*_COMPARED, *_SCORES)},
        "found": list(dict.fromkeys(found)),
        "cited": list(dict.fromkeys(cited)),
        "failed_checks": [one["name"] for one in decision["checks"] if not one["passed"]],
    }


def _same(name: str, before: Any, after: Any) -> bool:
    if name in _SCORES:
        return bool(abs(before - after) < CLOSE)
    return bool(before == after)
