"""Which of Discord's messages are accounted for already."""

from __future__ import annotations

from ogma.services.desk import Desk
from ogma.store import outbox


def messages(desk: Desk, number: int | None) -> frozenset[int]:
    """Messages that finished effects of a ticket have made: none of them is a lost one."""
    return frozenset(outbox.receipts(desk.db, number)) if number is not None else frozenset()
