"""Several machines with the same model, and a line of questions before a busy one (A6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.processes import Ollama
from tests.e2e.town import ANSWER, QUESTION, Town

Hosts = Callable[[int], list[Ollama]]


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    """Starts so many fake Ollamas on loopback."""
    with ExitStack() as ends:

        def start(count: int) -> list[Ollama]:
            started = [Ollama(tmp_path / f"ollama-{number}") for number in range(count)]
            for one in started:
                ends.callback(one.kill)
            return started

        yield start


def _answered(town: Town, who: str) -> str:
    """Opens a ticket, asks, and gives what comes of it."""
    channel = town.open_ticket(who, "quick")
    town.until_idle()
    town.say(who, channel, QUESTION)
    [answer] = town.until_answered(channel)
    content: str = answer["content"]
    return content


def test_a6_the_other_host_answers_and_staff_hear_once_when_none_is_left(
    build_town: BuildTown, hosts: Hosts
) -> None:
    """A6, P23: one machine of two dies: nobody notices. Both are dead: quotes, and one notice."""
    both = hosts(2)
    town = build_town(
        ai={"engine": "ollama"},
        ollama={"url": both[0].url, "hosts": [both[1].url], "deadline_s": 30, "warm_up_s": 30},
    )
    town.run_bot()
    _answered(town, "alice")
    first, other = sorted(both, key=lambda one: -len(one.asked()))
    assert (len(first.asked()), len(other.asked())) == (1, 0), "one question, one host"
    first.kill()
    _answered(town, "bob")
    assert len(other.asked()) == 1, "the host that is left answers"
    town.until_idle()
    assert town.notices() == [] and town.review_items() == []
    engines = {row["engine"] for row in _engines(town)}
    assert engines == {"ollama"}
    other.kill()
    assert ANSWER in _answered(town, "carol"), "a quote, which needs no model"
    assert ANSWER in _answered(town, "stan")
    town.until_idle()
    assert len(town.notices()) == 1
    assert [row["engine"] for row in _engines(town)][2:] == ["extractive"] * 2


def _engines(town: Town) -> list[dict[str, str]]:
    return town.sql("SELECT record ->> 'engine' AS engine FROM answer ORDER BY id")


def test_a6_the_place_in_the_line_is_told_when_the_wait_is_long(
    build_town: BuildTown, hosts: Hosts
) -> None:
    """A6: who waits long for the busy model is told the place, nobody else; both are answered."""
    [ollama] = hosts(1)
    town = build_town(
        ai={"engine": "ollama"}, ollama={"url": ollama.url, "deadline_s": 120, "warm_up_s": 60}
    )
    town.run_bot()
    channels = {who: town.open_ticket(who, "quick") for who in ("alice", "bob")}
    town.until_idle()
    ollama.script({"do": "normal", "delay_s": 30, "times": 1})
    town.say("alice", channels["alice"], QUESTION)
    town.wait_until(ollama.asked, "the model is busy")
    town.say("bob", channels["bob"], QUESTION)
    for channel in channels.values():
        town.until_answered(channel)
    town.until_idle()
    told = {who: _waited(town, channel) for who, channel in channels.items()}
    assert told == {
        "alice": [],
        "bob": ["⏳ I am still busy with another question; yours is next."],
    }
    for channel in channels.values():
        assert len(town.matching("POST", f".*/{channel}/typing")) >= 2, "typing is kept alive"


def _waited(town: Town, channel: str) -> list[str]:
    return [one["content"] for one in town.by_bot(channel) if one["content"].startswith("⏳")]
