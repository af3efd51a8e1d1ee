"""P1, P14: look before you act, by marker, in bounded reads."""

from __future__ import annotations

from typing import Any

import pytest

from ogma.bot.lookup import carries, custom_ids, find_channel, find_own_message, find_panel
from ogma.bot.render.message import Marker

ME = 1
OTHER = 2


class History:
    """The two reads of disnake's HTTP client that the look-up uses, over plain lists."""

    def __init__(
        self, messages: list[dict[str, Any]] | None = None, channels: list[Any] | None = None
    ) -> None:
        self.messages = messages or []
        self.channels = channels or []
        self.reads: list[tuple[int, int]] = []

    async def get_all_guild_channels(self, guild_id: int) -> list[dict[str, Any]]:
        return self.channels

    async def logs_from(self, channel_id: int, limit: int, after: int) -> list[dict[str, Any]]:
        """As Discord does: the oldest after the id, newest of them first."""
        self.reads.append((limit, after))
        newer = sorted((m for m in self.messages if int(m["id"]) > after), key=lambda m: m["id"])
        return list(reversed(newer[:limit]))


def message(number: int, author: int = ME, **fields: Any) -> dict[str, Any]:
    empty = {"content": "", "embeds": [], "components": [], "attachments": []}
    return {"id": f"{number:05}", "author": {"id": str(author)}, **empty, **fields}


def buttons(*ids: str) -> list[dict[str, Any]]:
    return [{"type": 1, "components": [{"type": 2, "custom_id": one} for one in ids]}]


async def own(history: History, marker: Marker, after: int = 0, limit: int = 500) -> int | None:
    http: Any = history
    return await find_own_message(http, 5, me=ME, after=after, marker=marker, limit=limit)


@pytest.mark.parametrize(
    ("marker", "fields"),
    [
        (Marker("custom_id", "ogma:claim:7"), {"components": buttons("ogma:x:1", "ogma:claim:7")}),
        (Marker("content", "Hello"), {"content": "Hello"}),
        (Marker("file", "t-7.html"), {"attachments": [{"filename": "t-7.html"}]}),
        (Marker("title", "Ticket 7"), {"embeds": [{"title": "Ticket 7"}]}),
    ],
)
async def test_finds_its_message_by_each_marker(marker: Marker, fields: dict[str, Any]) -> None:
    """Not before the snowflake, not another's, not one that is only like it."""
    history = History(
        [
            message(1, **fields),
            message(2, author=OTHER, **fields),
            message(3, content="Hello!", embeds=[{"title": "Ticket 70"}]),
            message(4, components=buttons("ogma:claim:70"), attachments=[{"filename": "t-7.htm"}]),
            message(5, **fields),
            message(6, **fields),
        ]
    )
    assert await own(history, marker, after=1) == 5
    assert await own(history, marker, after=6) is None


async def test_reads_page_by_page_and_stops_at_the_limit() -> None:
    history = History([message(number) for number in range(1, 1001)])
    history.messages[449]["content"] = "found"
    assert await own(history, Marker("content", "found")) == 450
    assert history.reads == [(100, 0), (100, 100), (100, 200), (100, 300), (100, 400)]
    assert await own(history, Marker("content", "found"), limit=449) is None
    assert await own(history, Marker("content", "found"), limit=450) == 450


async def test_a_short_page_is_the_last() -> None:
    history = History([message(number) for number in range(1, 150)])
    assert await own(history, Marker("content", "x")) is None
    assert len(history.reads) == 2


@pytest.mark.parametrize(
    ("topics", "found"),
    [
        ({10: "Ticket 4 · General · ogma:a1b2"}, 10),
        ({10: None, 11: "", 12: "ogma:a1b2"}, 12),
        ({11: "x ogma:a1b2 y", 10: "x ogma:a1b2 y"}, 10),
        ({10: "ogma:a1b2c3", 11: "ogma:a1b2-c", 12: "xogma:a1b2"}, None),
        ({}, None),
    ],
)
async def test_finds_the_channel_by_its_whole_marker(
    topics: dict[int, str | None], found: int | None
) -> None:
    channels: list[Any] = [
        {"id": str(id), "type": 0, "topic": topic} for id, topic in topics.items()
    ]
    channels += [{"id": "1", "type": 4}, {"id": "2", "type": 2, "topic": "ogma:a1b2"}]
    http: Any = History(channels=channels)
    assert await find_channel(http, 3, "ogma:a1b2") == found


async def test_finds_a_panel_whatever_it_offers() -> None:
    """O1: never doubled, also when its types have changed meanwhile."""
    history: Any = History(
        [
            message(1, components=buttons("other:open:billing")),
            message(2, author=OTHER, components=buttons("ogma:open:billing")),
            message(3, components=buttons("ogma:human:4")),
            message(4, components=buttons("ogma:open:removed")),
            message(5, components=buttons("ogma:choose:panel")),
        ]
    )
    assert await find_panel(history, 5, me=ME) == 4
    assert await find_panel(history, 5, me=ME, after=4) == 5
    assert await find_panel(history, 5, me=ME, after=5) is None


def test_custom_ids_are_found_however_deep() -> None:
    """Sections and containers of newer messages have components inside components."""
    deep = message(
        1,
        components=[
            {
                "type": 17,
                "components": [
                    {"type": 9, "components": [{"type": 10}], "accessory": {"custom_id": "a"}},
                    {"type": 1, "components": [{"custom_id": "b"}, {"custom_id": "c"}]},
                ],
            }
        ],
    )
    assert sorted(custom_ids(deep)) == ["a", "b", "c"]
    assert carries(deep, Marker("custom_id", "b"))
