"""The loop that answers: typing is kept alive, and a long wait is told once (A6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import aiohttp
import pytest

from ogma.app import App
from ogma.bot import replies
from ogma.bot.replies import Replies
from ogma.services.replies import Question, wait_longer

QUESTION = cast(Question, "only passed on")


class Writes:
    """The part of the app that is written through."""

    def __init__(self) -> None:
        self.made: list[tuple[Any, ...]] = []

    async def write(self, use_case: Callable[..., Any], *args: Any) -> None:
        self.made.append((use_case, *args))


def looped(app: Writes, send_typing: Callable[[int], Any]) -> Replies:
    return Replies(cast(App, app), lambda: None, send_typing)


async def test_typing_goes_on_after_a_hiccup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "TYPING_AFTER_S", 0)
    monkeypatch.setattr(replies, "TYPING_EVERY_S", 0)
    typed: list[int] = []
    enough = asyncio.Event()

    async def send_typing(channel: int) -> None:
        typed.append(channel)
        if len(typed) == 3:
            enough.set()
        if len(typed) == 1:
            raise aiohttp.ClientConnectionError

    typing = asyncio.create_task(looped(Writes(), send_typing)._type(1001))
    async with asyncio.timeout(5):
        await enough.wait()
    typing.cancel()
    assert typed == [1001] * 3


@pytest.mark.parametrize(("places", "told"), [([], []), ([3, 2], [2]), ([2, 1, 0], [])])
async def test_a6_the_place_in_the_line_is_told_when_the_wait_is_long(
    monkeypatch: pytest.MonkeyPatch, places: list[int], told: list[int]
) -> None:
    monkeypatch.setattr(replies, "WAITING_TOLD_AFTER_S", 0)
    app, line = Writes(), replies._Line()
    for place in places:
        line.moved(place)

    async def send_typing(channel: int) -> None:
        """Nobody looks."""

    await looped(app, send_typing)._tell_wait(QUESTION, line)
    assert app.made == [(wait_longer, QUESTION, place) for place in told]
