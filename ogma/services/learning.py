"""From a closed ticket to a tip: what it teaches, and whether that is known already (L1).

A lesson is three steps, so that nothing slow stands in a transaction: a read gathers what staff
wrote, masked; the text is worded (by the model, elsewhere, or by rule); then it is embedded and
compared, and one write stores it. Each step may be done again: a ticket teaches one tip at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ogma.answering.pieces import pieces
from ogma.domain import lessons
from ogma.domain import tips as rules
from ogma.domain.archive import Side
from ogma.domain.likeness import Likeness, likeness, overlap, tokens
from ogma.domain.redaction import holds_mask, redact
from ogma.domain.tickets import Ticket
from ogma.domain.tips import Lesson, Said, Tip, TipOrigin, TipState, Untaught
from ogma.services import tips
from ogma.services.desk import Desk
from ogma.store import messages, people
from ogma.store import tips as store
from ogma.store.database import Row

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService

_NEAREST: Final = 20
"""Tips with the most common words, whose meaning is compared."""
LEARNER: Final = "Ogma"


@dataclass(frozen=True, slots=True)
class Material:
    """What a ticket has to teach: what was asked, and the pieces of what staff wrote, masked."""

    ticket_id: int
    question: str
    pieces: tuple[str, ...]


def material(desk: Desk, number: int) -> Material | Untaught | Tip:
    """What the ticket may teach, why it may not, or the tip that it has taught already."""
    known = store.taught_by(desk.db, number)
    if known is not None:
        return tips.tip(desk, known)
    ticket = desk.ticket(number)
    rows = [row for row in messages.of_ticket(desk.db, number) if row["deleted_at"] is None]
    said = [
        Said(Side(row["side"]), row["content"], row["ai"] == messages.ANSWERED)
        for row in rows
        if row["content"].strip()
    ]
    why = rules.untaught(desk.settings().learning, ticket.locked, said)
    if why is not None:
        return why
    names = _names(desk, ticket, rows)
    told = [
        piece
        for one in said
        if one.side is Side.STAFF
        for piece in _pieces(redact(one.text, names=names).text)
    ]
    return Material(number, _question(said, names), tuple(told)) if told else Untaught.NOTHING


def _pieces(text: str) -> list[str]:
    """The pieces of a masked message that may help others."""
    bare = (lessons.without_greeting(piece.text) for piece in pieces(text))
    return [piece for piece in bare if lessons.teaches(piece)]


def _names(desk: Desk, ticket: Ticket, rows: Sequence[Row]) -> frozenset[str]:
    """Everybody who has to do with the ticket."""
    written = {row["author_name"] for row in rows if row["side"] != Side.OGMA}
    added = {row["name"] for row in people.ever_added(desk.db, ticket.id)}
    own = {ticket.customer_name, ticket.claimed_by_name or "", ticket.closed_by_name or ""}
    return frozenset(written | added | own)


def _question(said: Sequence[Said], names: frozenset[str]) -> str:
    """What the customer asked the team, without what is private: words to be found by.

    Only the questions of the first message with any, else its first sentence: the rest is the
    customer's own story.
    """
    told = [_told(one.text, names) for one in rules.asked_of_team(said)]
    asked = next((found for one in told if (found := _questions(one))), [])
    asked = asked or next((one[:1] for one in told if one), [])
    return rules.shortened(" ".join(asked), rules.QUESTION_MAX)


def _told(text: str, names: frozenset[str]) -> list[str]:
    masked = [piece.text for piece in pieces(redact(text, names=names).text)]
    return [piece for piece in masked if not holds_mask(piece)]


def _questions(told: Sequence[str]) -> list[str]:
    return [text for text in told if text.rstrip().endswith(("?", "？"))]


def by_rule(material: Material) -> Lesson | None:
    """The lesson in the team's own words."""
    return lessons.lesson(material.pieces, material.question)


def by_model(material: Material, text: str) -> Lesson | None:
    """The lesson in the model's words, which were checked against the team's."""
    masked = redact(text).text
    if holds_mask(masked):
        return None
    return lessons.worded([piece.text for piece in pieces(masked)], material.question)


def learn(
    desk: Desk, knowledge: KnowledgeService, number: int, lesson: Lesson
) -> Callable[[Desk], Tip]:
    """Compare and embed a lesson; gives the write that stores it."""
    ticket = desk.ticket(number)
    kind = desk.settings().type_named(ticket.type_id)
    types = frozenset({ticket.type_id} if kind is not None and kind.open_roles else ())
    found = nearest(desk, knowledge, lesson, types)
    ready = knowledge.prepare(tips.written(lesson, types))

    def keep(desk: Desk) -> Tip:
        with desk.db.write():
            known = store.taught_by(desk.db, number)
            if known is None and found is not None and found[1] is Likeness.SAME:
                known = tips.taught_again(desk, found[0], number)
            if known is not None:
                return tips.tip(desk, known)
            like = found[0] if found is not None else None
            draft = tips.Draft(lesson, TipOrigin.LEARNED, types, like)
            made = tips.add(desk, knowledge, draft, ready, _state(desk, like), LEARNER)
            store.add_source(desk.db, made.id, number, desk.now())
            tips.show(desk, tips.tip(desk, made.id))
            return tips.tip(desk, made.id)

    return keep


def _state(desk: Desk, like: int | None) -> TipState:
    """Live at once only where staff see it at once, and where it contradicts no other tip."""
    settings = desk.settings()
    seen = settings.channels.learned_tips is not None
    at_once = settings.learning.mode == "live" and seen and like is None
    return TipState.LIVE if at_once else TipState.REVIEW


def nearest(
    desk: Desk, knowledge: KnowledgeService, lesson: Lesson, types: frozenset[str] = frozenset()
) -> tuple[int, Likeness] | None:
    """The tip that teaches the same, or the same with another figure, to at least these types.

    A tip that staff have removed is known as well: it is not to come back.
    """
    known = [one for one in store.listed(desk.db) if one.merged_into is None]
    known = [one for one in known if _serves(one, types)]
    mine = tokens(lesson.text)
    known.sort(key=lambda tip: -overlap(mine, tokens(tip.text)))
    known = known[:_NEAREST]
    cosines: list[float | None] = [None] * len(known)
    if knowledge.embed is not None and known:
        vectors = knowledge.embed([lesson.text, *(tip.text for tip in known)])
        cosines = [float(cosine) for cosine in vectors[1:] @ vectors[0]]
    found = [
        (tip.id, likeness(lesson.text, tip.text, cosine))
        for tip, cosine in zip(known, cosines, strict=True)
    ]
    for kind in (Likeness.SAME, Likeness.DIFFERING):
        if best := next((one for one in found if one[1] is kind), None):
            return best
    return None


def _serves(tip: Tip, types: frozenset[str]) -> bool:
    """Whether a tip answers all the types; none means every type."""
    return not tip.types or (bool(types) and types <= tip.types)
