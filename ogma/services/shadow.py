"""What staff do with drafts: send, send in other words, or call wrong (A7)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.clock import Millis
from ogma.domain.events import EventKind
from ogma.domain.shadow import Agreement, Draft, DraftState
from ogma.domain.tickets import State, Ticket
from ogma.services import drafts, replies, shield
from ogma.services.desk import Desk
from ogma.store import drafts as store
from ogma.store import outbox, tickets

_JUDGED: Final[Mapping[DraftState, EventKind]] = {
    DraftState.SENT: "draft_sent",
    DraftState.EDITED: "draft_edited",
    DraftState.WRONG: "draft_wrong",
}


class Sending(StrEnum):
    """What came of pressing Send or Edit; each is a text below 'draft.'."""

    DONE = "done"
    OUTDATED = "outdated"
    JUDGED = "judged"
    EMPTY = "empty"


def editable(desk: Desk, actor: Actor, draft_id: int) -> Denial | Sending | str:
    """The words to be edited, or why there is nothing to edit; changes nothing."""
    shown = drafts.item(desk, draft_id)
    refused = denial(actor, Action.SEND_DRAFT, shown.ticket, desk.rank(shown.ticket))
    if refused is not None:
        return refused
    return _standing(desk, shown.ticket, shown.draft) or shown.text


def send(desk: Desk, actor: Actor, draft_id: int, text: str | None = None) -> Denial | Sending:
    """Send a draft to the customer, in other words if `text` is given; A3 holds as ever."""
    with desk.db.write():
        shown = drafts.item(desk, draft_id)
        ticket, draft = shown.ticket, shown.draft
        refused = denial(actor, Action.SEND_DRAFT, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        standing = _standing(desk, ticket, draft)
        if standing is not None:
            if standing is Sending.OUTDATED:
                _expire(desk, draft)
            return standing
        words = shown.text if text is None else shield.masked(text.strip())
        if not words:
            return Sending.EMPTY
        edited = words.split() != shown.text.split()
        state = DraftState.EDITED if edited else DraftState.SENT
        _judge(desk, actor, draft, state, text=words if edited else None)
        outbox.put(desk.db, [replies.answer_effect(ticket, draft.answer_id)], desk.now())
        return Sending.DONE


def wrong(desk: Desk, actor: Actor, draft_id: int) -> Denial | bool:
    """The draft is wrong; False when it was judged already. Possible as long as it is kept."""
    with desk.db.write():
        draft = drafts.found(desk, draft_id)
        ticket = desk.ticket(draft.ticket_id)
        refused = denial(actor, Action.JUDGE_DRAFT, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if draft.state not in (DraftState.OPEN, DraftState.OUTDATED):
            return False
        _judge(desk, actor, draft, DraftState.WRONG)
        return True


def _standing(desk: Desk, ticket: Ticket, draft: Draft) -> Sending | None:
    """Why the draft cannot be sent at this moment, or None when it can."""
    if draft.state is DraftState.OUTDATED:
        return Sending.OUTDATED
    if draft.state is not DraftState.OPEN:
        return Sending.JUDGED
    moved_on = ticket.revision != draft.revision or replies.silence_now(desk, ticket) is not None
    return Sending.OUTDATED if moved_on else None


def _judge(
    desk: Desk, actor: Actor, draft: Draft, state: DraftState, text: str | None = None
) -> None:
    now = desk.now()
    store.update(
        desk.db,
        draft.id,
        state=state,
        text=text,
        judged_at=now,
        judged_by=actor.id,
        judged_by_name=actor.name,
    )
    who = (actor.id, actor.name)
    tickets.add_event(desk.db, draft.ticket_id, now, _JUDGED[state], who, staff_only=True)
    drafts.show_one(desk, draft)


def expire_overtaken(desk: Desk) -> int:
    """Drafts whose ticket has moved on may not be sent any more; gives how many there were.

    A question that was edited since is asked anew, as it is where answers are live.
    """
    found = store.overtaken(desk.db)
    for draft in found:
        with desk.db.write():
            _expire(desk, drafts.found(desk, draft.id))
    return len(found)


def _expire(desk: Desk, draft: Draft) -> None:
    if draft.state is not DraftState.OPEN:
        return
    store.update(desk.db, draft.id, state=DraftState.OUTDATED)
    drafts.show_one(desk, draft)
    if desk.ticket(draft.ticket_id).state is State.OPEN:
        replies.withdrawn(desk, draft.answer_id)


def agreement(desk: Desk, since: Millis, until: Millis | None = None) -> list[Agreement]:
    """By ticket type, how far staff agreed with the drafts made since then: for insights."""
    return store.agreement(desk.db, since, desk.now() + 1 if until is None else until)
