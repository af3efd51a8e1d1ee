"""Finding a ticket from where somebody is."""

from __future__ import annotations

from ogma.domain.tickets import Ticket
from ogma.services.desk import Desk
from ogma.store import tickets


def in_channel(desk: Desk, channel_id: int) -> Ticket | None:
    """The ticket that lives in this channel, None in every other channel."""
    return tickets.by_channel(desk.db, channel_id)
