"""Arguments and options that the `ogma tickets` commands share, and what they mean together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from ogma.cli.when import instant
from ogma.domain.queue import Queue
from ogma.domain.tickets import State
from ogma.errors import UsageError
from ogma.services import listing
from ogma.services.desk import Desk

Number = Annotated[int, typer.Argument(metavar="ID", help="The ticket's number.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", show_default=False)]
InQueue = Annotated[Queue | None, typer.Option(help="Only open tickets, narrowed.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="USER", help="Whose queue 'mine' is: name or id.")
]
Restricted = Annotated[bool, typer.Option("--include-restricted", help="Also tickets in lockdown.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Opened at or after: 2026-01-31, or 7d for a week ago."),
]
Until = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Opened before; a date includes that day.")
]
Type = Annotated[str | None, typer.Option("--type", metavar="ID", help="Only this ticket type.")]
Search = Annotated[
    str | None, typer.Option(metavar="TEXT", help="In subject, description or customer.")
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tickets, as the options say it; None where an option was not given."""

    queue: Queue | None = None
    as_: str | None = None
    type_id: str | None = None
    since: str | None = None
    until: str | None = None
    search: str | None = None
    restricted: bool = False

    @property
    def narrows(self) -> bool:
        """Whether any filter was given."""
        wanted = (self.queue, self.as_, self.type_id, self.since, self.until, self.search)
        return any(one is not None for one in wanted)

    def filter(
        self, desk: Desk, states: list[State] | None = None, limit: int = listing.EVERYTHING
    ) -> listing.Filter:
        """As the store takes it. Raises UsageError for what cannot be meant."""
        if self.queue is Queue.MINE and self.as_ is None:
            raise UsageError(
                "--queue mine needs --as USER, the name or id of whoever claimed them."
            )
        now = desk.now()
        return listing.Filter(
            states=[str(one) for one in states] if states else None,
            type_id=self.type_id,
            since=instant(self.since, "--since", now) if self.since else None,
            until=instant(self.until, "--until", now, whole_day=True) if self.until else None,
            text=self.search,
            queue=self.queue,
            assignee=listing.claimant(desk, self.as_) if self.as_ else None,
            limit=limit,
            restricted=self.restricted,
        )
