"""One or several Ollama hosts as one model: least busy first, failing ones rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ogma.answering.breaker import Breaker
from ogma.answering.errors import Busy, ModelError, TooLong, Unreachable
from ogma.answering.ollama import QUICK_S, Ollama, Reply
from ogma.answering.prompt import Prompt
from ogma.answering.queue import FairQueue, OnPosition
from ogma.domain.policies import OllamaPolicy

_TRIES: Final = 2
"""Never more than one retry."""


@dataclass(eq=False, slots=True)
class _Host:
    ollama: Ollama
    breaker: Breaker = field(default_factory=Breaker)
    busy: int = 0
    well: bool = True
    """Whether it answered when it was last looked at."""


class Fleet:
    """Asks one host per question, and another one (or the same) once more where that may help."""

    def __init__(
        self,
        policy: OllamaPolicy,
        *,
        urls: Sequence[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model: Final = policy.model
        self._deadline_s = policy.deadline_s
        self._monotonic = monotonic
        self._hosts = [_Host(Ollama(policy, url=url)) for url in urls or (policy.url,)]
        self._queue = FairQueue(len(self._hosts))

    @property
    def down(self) -> bool:
        """Whether every host counts as down."""
        return all(host.breaker.open for host in self._hosts)

    async def ask(
        self, prompt: Prompt, *, ticket: Hashable = 0, on_position: OnPosition | None = None
    ) -> Reply:
        """The reply of a host, within one deadline for waiting, loading and all tries.

        Raises a ModelError; Unreachable at once while every host rests.
        """
        until = self._monotonic() + self._deadline_s
        try:
            async with (
                asyncio.timeout(self._deadline_s) as waiting,
                self._queue.turn(ticket, on_position),
            ):
                waiting.reschedule(None)  # from here on, each host has what is left
                return await self._tried(prompt, until)
        except TimeoutError as error:
            raise Busy(
                f"No turn at the model within {self._deadline_s:g} s: "
                "raise [ollama] deadline_s, or choose a smaller model"
            ) from error

    async def warm_up(self) -> None:
        """Load the model on every host. Raises the first host's error when none could."""
        results = await asyncio.gather(
            *(host.ollama.warm_up() for host in self._hosts), return_exceptions=True
        )
        errors = [result for result in results if isinstance(result, BaseException)]
        if len(errors) == len(results):
            raise errors[0]

    async def look(self) -> None:
        """Ask each of several hosts whether it has the model: who does not answer is asked last."""
        if len(self._hosts) == 1:
            return
        found = await asyncio.gather(*(_digest(host) for host in self._hosts))
        for host, digest in zip(self._hosts, found, strict=True):
            host.well = digest is not None

    async def aclose(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(host.ollama.aclose() for host in self._hosts))

    async def _tried(self, prompt: Prompt, until: float) -> Reply:
        tried: list[_Host] = []
        while True:
            host = self._pick(tried)
            tried.append(host)
            try:
                return await self._ask_one(host, prompt, until)
            except ModelError as error:
                elsewhere = len(self._hosts) > 1 and not isinstance(error, TooLong)
                if len(tried) >= _TRIES or not (error.retryable or elsewhere):
                    raise
                if not self._available():
                    raise

    def _available(self) -> list[_Host]:
        now = self._monotonic()
        return [host for host in self._hosts if host.breaker.available(now)]

    def _pick(self, tried: Sequence[_Host]) -> _Host:
        """The least busy host that does not rest; untried ones and those that are well first."""
        hosts = self._available()
        if not hosts:
            raise Unreachable("The model failed repeatedly and rests; it is tried again shortly")
        return min(hosts, key=lambda host: (host in tried, not host.well, host.busy))

    async def _ask_one(self, host: _Host, prompt: Prompt, until: float) -> Reply:
        host.breaker.begin()
        host.busy += 1
        try:
            reply = await host.ollama.ask(prompt, within_s=until - self._monotonic())
        except TooLong:
            host.breaker.abandoned()
            raise
        except ModelError:
            host.breaker.failed(self._monotonic())
            raise
        except asyncio.CancelledError:
            host.breaker.abandoned()
            raise
        finally:
            host.busy -= 1
        host.breaker.succeeded()
        host.well = True
        return replace(reply, digest=await _digest(host, until - self._monotonic()))


async def _digest(host: _Host, within_s: float = QUICK_S) -> str | None:
    """The digest of the model on a host; None where it has none or does not tell in time."""
    try:
        return await host.ollama.digest(within_s=min(within_s, QUICK_S))
    except ModelError:
        return None
