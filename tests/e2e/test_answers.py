"""Answers and the time that they take: what happens meanwhile, and a model that is ill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answering.illnesses import ANSWERED, HANDED_OVER, QUOTED
from tests.drill import loop_watch
from tests.e2e.conftest import BuildTown
from tests.e2e.processes import Ollama
from tests.e2e.town import ANSWER, QUESTION, Town

SECOND = "How do I turn on two-factor sign-in?"


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    """A fake Ollama on loopback."""
    running = Ollama(tmp_path / "ollama")
    yield running
    running.kill()


@pytest.fixture
def thinking(build_town: BuildTown, ollama: Ollama) -> Town:
    """A town whose bot asks the fake Ollama, with a ticket of alice's in it."""
    town = build_town(
        ai={"engine": "ollama"}, ollama={"url": ollama.url, "deadline_s": 20, "warm_up_s": 20}
    )
    town.run_bot()
    return town


def _ask_slowly(town: Town, ollama: Ollama, delay_s: float = 3.0) -> tuple[str, str]:
    """A ticket whose question is being answered just now; gives channel and question."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    ollama.script({"do": "normal", "delay_s": delay_s, "times": 1})
    asked = town.say("alice", channel, QUESTION)
    town.wait_until(ollama.asked, "the model is asked")
    return channel, asked["id"]


def _until_decided(town: Town, count: int = 1) -> None:
    town.wait_until(lambda: town.count("FROM answer") >= count, "the decision is recorded")
    town.until_idle()


def test_a_model_answers(thinking: Town, ollama: Ollama) -> None:
    """A1, A4: the model's answer with its source."""
    channel = thinking.open_ticket("alice")
    [answer] = thinking.until_answered(channel)
    assert "Forgot password" in answer["content"]
    assert ollama.asked()


def _staff_message(town: Town, channel: str, question: str) -> None:
    town.say("sam", channel, "I will take this one.")
    town.wait_until(lambda: town.ticket()["last_staff_at"], "it is known")


def _close(town: Town, channel: str, question: str) -> None:
    town.close(channel)


def _deletion(town: Town, channel: str, question: str) -> None:
    town.control.delete("alice", question, wait_s=0)
    town.wait_until(lambda: town.count("FROM message WHERE deleted_at IS NOT NULL"), "it is known")


def _hand_over(town: Town, channel: str, question: str) -> None:
    town.click("alice", "ogma:human:*")
    town.wait_until(lambda: town.ticket()["escalated_at"], "it is known")


@pytest.mark.parametrize("event", [_staff_message, _close, _deletion, _hand_over])
def test_no_answer_after(
    thinking: Town, ollama: Ollama, event: Callable[[Town, str, str], None]
) -> None:
    """A3, P24: staff wrote, or it was closed, taken back or handed over: nothing is sent."""
    channel, question = _ask_slowly(thinking, ollama)
    event(thinking, channel, question)
    _until_decided(thinking)
    assert not thinking.answers(channel)
    [record] = thinking.sql("SELECT outcome, withdrawn FROM answer")
    assert record == {"outcome": "answer", "withdrawn": "outdated"}


def test_an_edited_question_is_answered_as_it_now_stands(thinking: Town, ollama: Ollama) -> None:
    """A3, P24: the answer to the old wording is dropped, and the new one is asked."""
    channel, question = _ask_slowly(thinking, ollama)
    thinking.control.edit("alice", question, SECOND, wait_s=0)
    [answer] = thinking.until_answered(channel)
    assert "two-factor" in answer["content"]
    thinking.until_idle()
    assert len(thinking.answers(channel)) == 1
    outcomes = [row["withdrawn"] for row in thinking.sql("SELECT withdrawn FROM answer")]
    assert outcomes == ["outdated", None]


def test_an_answer_that_crossed_is_taken_back(town: Town) -> None:
    """A3: a staff message that arrives while the answer is on the wire: the answer is deleted."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.control.faults(
        "POST", "/channels/*/messages", times=1, delay_ms=3_000, after_effect=True, wait_s=0
    )
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    town.say("sam", channel, "I will take this one.")
    town.wait_until(lambda: not town.answers(channel), "the answer is taken back")
    town.until_idle()
    assert town.sql("SELECT withdrawn FROM answer") == [{"withdrawn": "crossed"}]


def test_killed_while_an_answer_crossed(town: Town) -> None:
    """A3, P1: it got out, staff wrote, and the bot died before it knew: it is taken back too."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.control.faults(
        "POST", "/channels/*/messages", times=1, delay_ms=30_000, after_effect=True, wait_s=0
    )
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    town.say("sam", channel, "I will take this one.")
    town.wait_until(lambda: town.ticket()["last_staff_at"], "the reply is known")
    town.restart_bot()
    town.wait_until(lambda: not town.answers(channel), "the answer is taken back")
    town.until_idle()
    assert town.sql("SELECT withdrawn FROM answer") == [{"withdrawn": "crossed"}]


@pytest.mark.parametrize("point", ["reply.decided", "reply.planned", "answer.claimed"])
def test_staff_replied_to_a_dead_bot(build_town: BuildTown, point: str) -> None:
    """A3, P9: what was missed is known before anything is answered."""
    town = build_town()
    bot = town.run_bot(crash_at=point)
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.say("alice", channel, QUESTION)
    bot.wait()
    town.say("sam", channel, "I will take this one.")
    town.run_bot()
    town.wait_until(lambda: town.ticket()["last_staff_at"], "the reply is known")
    town.until_idle()
    assert not town.answers(channel)
    assert not town.review_items()


@pytest.mark.parametrize(
    "illness",
    [
        {"do": "status", "status": 500},
        {"do": "status", "status": 503},
        {"do": "normal", "delay_s": 120},
        {"do": "reply", "content": {"answer": "wrong schema"}},
        {"do": "reply", "content": {}, "prompt_eval_count": 3},
        {"do": "no_done"},
        {"do": "html"},
        {"do": "empty"},
        {"do": "not_json"},
        {"do": "drop"},
        {"do": "hang"},
        {"do": "garbage"},
        {"do": "cut"},
        {"do": "midstream_error"},
        {"do": "invalid_json"},
        {"do": "truncated"},
        {"do": "thinking_only"},
        {"do": "repeat"},
    ],
    ids=lambda rule: rule["do"],
)
def test_a_model_that_is_ill(build_town: BuildTown, ollama: Ollama, illness: Any) -> None:
    """A6, P23: opening, a person and closing work; the question is answered by quotes or people."""
    town = build_town(
        ai={"engine": "ollama"}, ollama={"url": ollama.url, "deadline_s": 2, "warm_up_s": 2}
    )
    ollama.script({**illness, "times": None, "preload": True})
    town.run_bot()
    channel = town.open_ticket("alice")
    town.wait_until(
        lambda: town.answers(channel) or town.review_items(), "somebody takes the question"
    )
    town.close(channel)
    assert town.until_closed()["close_cause"] == "command"
    assert len(town.notices()) <= 1, "staff are told of an outage once"


@pytest.mark.full
@pytest.mark.parametrize("name", [*ANSWERED, *QUOTED, *HANDED_OVER])
def test_every_illness_has_one_outcome_for_the_customer(
    build_town: BuildTown, ollama: Ollama, name: str
) -> None:
    """A6, P23: whatever the model does to this question, and nothing holds up the event loop."""
    town = build_town(
        ai={"engine": "ollama"}, ollama={"url": ollama.url, "deadline_s": 5, "warm_up_s": 5}
    )
    town.environment[loop_watch.VARIABLE] = "1"
    bot = town.run_bot()
    town.until_idle()
    rule = ANSWERED.get(name) or (QUOTED.get(name) or HANDED_OVER[name])[0]
    ollama.script({"do": "status", "times": None, **rule})
    channel = town.open_ticket("alice")
    if name in HANDED_OVER:
        town.wait_until(town.review_items, "a person is asked")
        assert not town.answers(channel)
    else:
        [answer] = town.until_answered(channel)
        assert ANSWER in answer["content"]
        engine = "ollama" if name in ANSWERED else "extractive"
        told = town.sql("SELECT json_extract(record, '$.engine') AS engine FROM answer")
        assert told == [{"engine": engine}]
    town.close(channel)
    assert town.until_closed()["close_cause"] == "command"
    assert loop_watch.MARK not in bot.output()
    assert loop_watch.WRITES not in bot.output()


def test_no_model_at_all(build_town: BuildTown) -> None:
    """A6, P23: nothing listens where Ollama should be; two questions, one notice to staff."""
    town = build_town(ai={"engine": "ollama"}, ollama={"url": "http://127.0.0.1:9"})
    town.run_bot()
    channel = town.open_ticket("alice")
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"], "a quote, which needs no model"
    town.say("alice", channel, SECOND)
    town.until_answered(channel, 2)
    town.until_idle()
    assert len(town.notices()) == 1
    town.close(channel)
    town.until_closed()


def test_a7_in_shadow_mode_nobody_sees_that_the_model_thinks(
    build_town: BuildTown, ollama: Ollama
) -> None:
    """A7: no typing in the customer's channel, however long the draft takes."""
    town = build_town(ai={"engine": "ollama", "mode": "shadow"}, ollama={"url": ollama.url})
    town.run_bot()
    _ask_slowly(town, ollama)
    town.wait_until(town.review_items, "the draft is shown to staff")
    assert not town.matching("POST", ".*/typing")


def test_a_model_that_hangs_holds_no_other_ticket_back(thinking: Town, ollama: Ollama) -> None:
    """P23, C2: while a question hangs, others open, are handed over and close."""
    ollama.script({"do": "hang", "times": None})
    channel = thinking.open_ticket("alice")
    thinking.wait_until(ollama.asked, "the model is asked")
    other = thinking.open_ticket("bob", "quick")
    thinking.click("bob", "ogma:human:*")
    thinking.wait_until(thinking.review_items, "staff are asked")
    thinking.close(other)
    thinking.wait_until(lambda: thinking.ticket(2)["state"] == "closed", "bob's is closed")
    thinking.close(channel)
    thinking.wait_until(lambda: thinking.ticket(1)["state"] == "closed", "alice's is closed")
    assert not thinking.answers(channel)
