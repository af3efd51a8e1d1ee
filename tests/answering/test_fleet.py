"""Several hosts as one model: another host is tried once, failing hosts rest (A6, P23)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ogma.answering.breaker import TRIPS_AFTER
from ogma.answering.engine import Answerer
from ogma.answering.errors import BadReply, Busy, ServerError, Timeout, TooLong, Unreachable
from ogma.answering.fleet import Fleet
from ogma.answering.ollama import QUICK_S
from ogma.answering.prompt import Prompt, build
from ogma.domain.passages import Passage
from ogma.domain.policies import AiPolicy, OllamaPolicy
from ogma.sandbox.fake_ollama import FakeOllama, running

PASSAGE = Passage(1, "billing.md", "Billing", "", None, "Refunds are paid within 14 days.")
POLICY = OllamaPolicy(num_ctx=4096, num_predict=256, deadline_s=5, warm_up_s=5)
FAILING: dict[str, Any] = {"do": "status", "status": 500, "body": {"error": "out of memory"}}


def prompt() -> Prompt:
    return build("When are refunds paid?", [PASSAGE], (), num_ctx=4096, num_predict=256)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_busy_host_is_asked_once_more_and_never_a_third_time(
    fake_ollama: FakeOllama,
) -> None:
    fleet = Fleet(POLICY, urls=[fake_ollama.url])
    fake_ollama.script("status", status=503, body={"error": "server busy"})
    assert "14 days" in (await fleet.ask(prompt())).content
    assert len(fake_ollama.asked()) == 2
    fake_ollama.script("status", status=503, body={"error": "server busy"}, times=None)
    with pytest.raises(Busy):
        await fleet.ask(prompt())
    assert len(fake_ollama.asked()) == 4
    await fleet.aclose()


async def test_a_bad_reply_of_the_only_host_is_not_asked_for_again(
    fake_ollama: FakeOllama,
) -> None:
    fleet = Fleet(POLICY, urls=[fake_ollama.url])
    fake_ollama.script("truncated")
    with pytest.raises(BadReply):
        await fleet.ask(prompt())
    assert len(fake_ollama.asked()) == 1
    await fleet.aclose()


async def test_the_second_host_answers_where_the_first_fails(fake_ollama: FakeOllama) -> None:
    async with running() as second:
        fleet = Fleet(POLICY, urls=[fake_ollama.url, second.url])
        fake_ollama.script(**FAILING, times=None)
        assert "14 days" in (await fleet.ask(prompt())).content
        assert (len(fake_ollama.asked()), len(second.asked())) == (1, 1)
        await fleet.aclose()


async def test_what_is_too_long_is_too_long_everywhere(fake_ollama: FakeOllama) -> None:
    async with running() as second:
        fleet = Fleet(POLICY, urls=[fake_ollama.url, second.url])
        fake_ollama.script("status", status=400, body={"error": "exceed_context_size_error"})
        with pytest.raises(TooLong):
            await fleet.ask(prompt())
        assert not second.asked() and not fleet.down
        await fleet.aclose()


async def test_the_least_busy_host_is_asked(fake_ollama: FakeOllama) -> None:
    async with running() as second:
        fleet = Fleet(POLICY, urls=[fake_ollama.url, second.url])
        await fleet.warm_up()
        for fake in (fake_ollama, second):
            fake.script("normal", delay_s=0.2)
        await asyncio.gather(fleet.ask(prompt()), fleet.ask(prompt()))
        assert (len(fake_ollama.asked()), len(second.asked())) == (1, 1)
        await fleet.aclose()


async def test_a_failing_host_rests_and_is_tried_again(fake_ollama: FakeOllama) -> None:
    clock = Clock()
    fleet = Fleet(POLICY, urls=[fake_ollama.url], monotonic=clock)
    fake_ollama.script(**FAILING, times=TRIPS_AFTER)
    for _ in range(TRIPS_AFTER):
        with pytest.raises(ServerError):
            await fleet.ask(prompt())
    assert fleet.down
    with pytest.raises(Unreachable, match="rests"):
        await fleet.ask(prompt())
    assert len(fake_ollama.asked()) == TRIPS_AFTER
    clock.now += 31
    assert "14 days" in (await fleet.ask(prompt())).content
    assert not fleet.down
    await fleet.aclose()


async def test_time_spent_on_a_silent_host_counts_against_it(fake_ollama: FakeOllama) -> None:
    fleet = Fleet(POLICY.model_copy(update={"deadline_s": 0.1}), urls=[fake_ollama.url])
    fake_ollama.script("hang", times=None)
    for _ in range(TRIPS_AFTER):
        with pytest.raises(Timeout):
            await fleet.ask(prompt())
    assert fleet.down
    await fleet.aclose()


async def test_waiting_for_a_turn_ends_at_the_deadline_without_blaming_the_host(
    fake_ollama: FakeOllama,
) -> None:
    """The model works and is only asked too much: that is no outage."""
    fleet = Fleet(POLICY.model_copy(update={"deadline_s": 0.1}), urls=[fake_ollama.url])
    places: list[int] = []
    async with fleet._queue.turn(1):
        with pytest.raises(Busy, match="No turn"):
            await fleet.ask(prompt(), ticket=2, on_position=places.append)
    assert places == [1]
    assert not fleet.down and fake_ollama.asked() == []
    await fleet.aclose()


async def test_a_host_that_does_not_answer_is_asked_last(fake_ollama: FakeOllama) -> None:
    """Health checks: the customer's question does not find out that a machine is gone."""
    fleet = Fleet(POLICY, urls=["http://127.0.0.1:9", fake_ollama.url])
    await fleet.look()
    assert [host.well for host in fleet._hosts] == [False, True]
    assert fleet._pick([]).ollama.url == fake_ollama.url
    fleet._hosts[1].busy = 3
    assert fleet._pick([]).ollama.url == fake_ollama.url
    assert fleet._pick(fleet._hosts[1:]).ollama.url == "http://127.0.0.1:9"
    await fleet.aclose()


async def test_a_reply_carries_the_digest_of_the_host_that_gave_it(
    fake_ollama: FakeOllama,
) -> None:
    async with running() as second:
        second.state.models["gemma4:e4b"].digest = "5c" * 32
        fleet = Fleet(POLICY, urls=[fake_ollama.url, second.url])
        fleet._hosts[0].busy = 1
        assert (await fleet.ask(prompt())).digest == "5c" * 32
        await fleet.aclose()


async def test_an_answer_waits_for_no_digest_beyond_the_deadline(fake_ollama: FakeOllama) -> None:
    """The digest is asked for after the reply, and counts against the same deadline."""
    fake_ollama.script("hang", path="/api/tags", times=None)
    patient = POLICY.model_copy(update={"deadline_s": 4, "warm_up_s": 60})
    fleet = Fleet(patient, urls=[fake_ollama.url])
    await fleet.warm_up()
    async with asyncio.timeout(QUICK_S):
        reply = await fleet.ask(prompt())
    assert "14 days" in reply.content and reply.digest is None
    assert not fleet.down
    await fleet.aclose()


async def test_a_second_machine_is_one_line_in_the_config(fake_ollama: FakeOllama) -> None:
    policy = POLICY.model_copy(update={"url": "http://127.0.0.1:9", "hosts": (fake_ollama.url,)})
    answerer = Answerer(AiPolicy(engine="ollama"), policy)
    await answerer.look()
    await answerer.warm_up()
    assert fake_ollama.state.loads == 1
    await answerer.aclose()


async def test_warm_up_fails_only_where_no_host_can(fake_ollama: FakeOllama) -> None:
    fleet = Fleet(POLICY, urls=["http://127.0.0.1:9", fake_ollama.url])
    await fleet.warm_up()
    assert fake_ollama.state.loads == 1
    await fleet.aclose()
    alone = Fleet(POLICY, urls=["http://127.0.0.1:9"])
    with pytest.raises(Unreachable):
        await alone.warm_up()
    await alone.aclose()
