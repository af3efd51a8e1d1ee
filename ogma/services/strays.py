"""Channels that were made twice for one ticket, and what people said in the wrong one (P1)."""

from __future__ import annotations

from collections.abc import Mapping

from ogma.domain.tickets import State
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, tickets


def strays(desk: Desk, marked: Mapping[int, str]) -> dict[int, int | None]:
    """Of these channels with the ticket's key in their topic, those whose ticket lives elsewhere,
    each with that other channel; None where the ticket has none, because its opening failed.

    One that is still being opened has no channel yet, and a key that is not known may be that of
    a ticket which a restored database does not have: those are left.
    """
    homes = tickets.channels_by_key(desk.db, set(marked.values()))
    found = {channel: homes.get(key, channel) for channel, key in marked.items()}
    return {channel: home for channel, home in found.items() if home != channel}


def heard(desk: Desk, stray: int, home: int) -> None:
    """Words from the wrong channel were stored in the ticket: staff hear of it if it is over."""
    ticket = tickets.by_channel(desk.db, home)
    if ticket is None or ticket.state is State.OPEN or ticket.locked_at is not None:
        return
    with desk.db.write():
        notice = build.staff_notice(f"stray:{stray}", "staff.heard_late", number=ticket.id)
        outbox.put(desk.db, [notice], desk.now())
