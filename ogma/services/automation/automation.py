"""What Ogma does by itself about tickets, as time passes and as things happen (Q5 to Q8)."""

from __future__ import annotations

from collections.abc import Sequence

from ogma.domain.tickets import Ticket
from ogma.services.automation import alerts, digest, happenings, nudges, sla
from ogma.services.desk import Desk


def sweep(desk: Desk, live: Sequence[Ticket]) -> None:
    """Do what is due now. `live` are the tickets that are not closed."""
    sla.sweep(desk, live)
    happenings.look(desk)
    nudges.post_due(desk, live)
    digest.post_due(desk)
    alerts.post_waiting(desk)
