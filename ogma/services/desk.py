"""What every use case works with: the database, the clock, the settings of the moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ogma.domain.access import Rank
from ogma.domain.clock import Millis
from ogma.domain.policies import Settings
from ogma.domain.tickets import Ticket
from ogma.errors import NotFound
from ogma.store import people, tickets
from ogma.store.database import Database


@dataclass(slots=True)
class Clock:
    """The machine's clock plus an offset learned from Discord's `Date`."""

    offset: Millis = 0

    def now(self) -> Millis:
        """The time that tickets live by."""
        return self.real() + self.offset

    @staticmethod
    def real() -> Millis:
        """The machine's own time, for delays under a minute."""
        return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Given to every use case; built once by `app`."""

    db: Database
    settings: Callable[[], Settings]
    data: Path
    clock: Clock = field(default_factory=Clock)

    def now(self) -> Millis:
        """The time that tickets live by."""
        return self.clock.now()

    def rank(self, ticket: Ticket) -> Rank:
        """Who is staff of a ticket, who is management, who is on its customer's side."""
        settings = self.settings()
        return Rank(
            staff=settings.staff_roles(ticket.type_id),
            management=frozenset(settings.roles.management),
            added=people.added(self.db, ticket.id),
        )

    def ticket(self, number: int) -> Ticket:
        """The ticket with this number; raises NotFound."""
        found = tickets.get(self.db, number)
        if found is None:
            raise NotFound(f"There is no ticket {number}; `ogma tickets list` shows all.")
        return found
