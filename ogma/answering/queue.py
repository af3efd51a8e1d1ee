"""The waiting line before the model: bounded, fair between tickets, with a position to show."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from ogma.answering.errors import Busy

LONGEST: Final = 32
"""Questions that may wait at once; the next one is handed over instead."""

OnPosition = Callable[[int], None]
"""Told the place in the line, from 1, whenever it changes; 0 once the turn has come."""


@dataclass(eq=False, slots=True)
class _Waiter:
    on_position: OnPosition | None
    turn: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    position: int = 0


class FairQueue:
    """As many turns at once as there are slots. Tickets take turns; each ticket is in order."""

    def __init__(self, slots: int, *, longest: int = LONGEST) -> None:
        self._free = slots
        self._longest = longest
        self._lines: dict[Hashable, deque[_Waiter]] = {}
        """In the order in which tickets are served next; no line is empty."""

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(line) for line in self._lines.values())

    @asynccontextmanager
    async def turn(
        self, ticket: Hashable, on_position: OnPosition | None = None
    ) -> AsyncIterator[None]:
        """Wait for a turn and hold it while the block runs. Raises Busy when the line is full."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(ticket, _Waiter(on_position))
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, ticket: Hashable, waiter: _Waiter) -> None:
        if self.waiting >= self._longest:
            raise Busy("Too many questions wait for the model: try again in a moment")
        self._lines.setdefault(ticket, deque()).append(waiter)
        self._announce()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.done() and not waiter.turn.cancelled():
                self._pass_on()
            else:
                self._leave(ticket, waiter)
            raise

    def _leave(self, ticket: Hashable, waiter: _Waiter) -> None:
        line = self._lines.get(ticket, deque())
        if waiter in line:
            line.remove(waiter)
            if not line:
                del self._lines[ticket]
            self._announce()

    def _pass_on(self) -> None:
        """Give the turn to the ticket that was served longest ago, or free the slot."""
        while self._lines:
            ticket = next(iter(self._lines))
            line = self._lines.pop(ticket)
            waiter = line.popleft()
            if line:
                self._lines[ticket] = line  # to the end of the round
            if not waiter.turn.done():  # else it was cancelled and has not noticed yet
                waiter.turn.set_result(None)
                if waiter.on_position is not None:
                    waiter.on_position(0)
                self._announce()
                return
        self._free += 1

    def _announce(self) -> None:
        for position, waiter in enumerate(self._order(), start=1):
            if waiter.position != position:
                waiter.position = position
                if waiter.on_position is not None:
                    waiter.on_position(position)

    def _order(self) -> list[_Waiter]:
        """Everybody who waits, in the order of their turns."""
        rounds = max((len(line) for line in self._lines.values()), default=0)
        return [
            line[number]
            for number in range(rounds)
            for line in self._lines.values()
            if number < len(line)
        ]
