"""The look for doubled channels where the gateway has not told of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ogma.bot.strays import Strays

CHANNELS = [{"id": "5001", "topic": "Ticket 1 · ogma:0badcafe"}, {"id": "5002", "topic": None}]


@pytest.mark.parametrize("expected", [False, True])
async def test_p1_discord_itself_is_asked_only_while_a_second_channel_is_expected(
    expected: bool,
) -> None:
    """P1: a stub, for the sandbox's gateway loses nothing; by its word there is no such channel."""
    asked: list[int] = []
    looked: list[dict[int, str]] = []

    async def channels(guild: int) -> list[dict[str, Any]]:
        asked.append(guild)
        return CHANNELS

    async def read(use_case: object, marked: dict[int, str]) -> dict[int, int]:
        looked.append(marked)
        return {}

    bot: Any = SimpleNamespace(
        get_guild=lambda guild: SimpleNamespace(text_channels=[]),
        http=SimpleNamespace(get_all_guild_channels=channels),
    )
    app: Any = SimpleNamespace(
        settings=SimpleNamespace(discord=SimpleNamespace(guild=7)), read=read
    )
    strays = Strays(bot, app)
    if expected:
        strays.expect()
    await strays.tidy()
    assert asked == [7] * expected
    assert looked == [{5001: "0badcafe"} if expected else {}]
