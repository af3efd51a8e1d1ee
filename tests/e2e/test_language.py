"""U2 over the wire: in a German desk nobody reads an English word of Ogma's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from ogma.texts import load
from tests.e2e.conftest import BuildTown
from tests.e2e.town import QUESTION, UNANSWERABLE, Town

SHOWN = ("content", "title", "description", "text", "label", "placeholder")
NAMED = {"name": "value", "value": "inline"}
"""Shown where the other key stands beside it: in fields and choices, not in commands."""


def test_u2_a_german_desk_speaks_german_alone(build_town: BuildTown) -> None:
    """A ticket's life: every message, button, private reply, transcript and audit reason."""
    town = build_town(
        language="de",
        closing={"grace_minutes": 5, "follow_up_hours": 1},
        learning={"min_messages": 1},
        escalation={"frustration": "auto"},
        macros=[{"id": "hello", "text": "Hallo {customer}"}],
    )
    town.run_bot()
    _live(town)
    heard = {text for text in _everything(town) if re.search(r"\w{3}", text)}
    assert any("Wie können wir helfen?" in text for text in heard)
    assert len(heard) > 60
    english = _english()
    assert [
        (text, key) for text in sorted(heard) for key in english if english[key].search(text)
    ] == []


def _live(town: Town) -> None:
    """Asked, answered, upset, handed over, claimed, marked, closed, reopened, closed, rated."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    town.click("alice", "ogma:helpful:*")
    town.say("alice", channel, UNANSWERABLE)
    town.wait_until(town.review_items, "staff are asked")
    town.until_idle()
    town.click("sam", "ogma:claim:*")
    town.until_idle()
    for name, options in (
        ("note", {"text": "VIP"}),
        ("tag", {"name": "vip"}),
        ("priority", {"level": "high"}),
        ("queue", {}),
        ("flags", {}),
        ("search", {"query": "password"}),
        ("tips", {}),
        ("macro", {"name": "hello"}),
        ("close-request", {}),
        ("unclaim", {}),
    ):
        town.command("sam", channel, name, **options)
        town.until_idle()
    for name in ("insights", "lockdown", "unlock"):
        town.command("mia", channel, name)
        town.until_idle()
    town.say("sam", channel, "Hold the reset button of the lantern for ten seconds.")
    town.say("alice", channel, "My password: Tr0ub4dor&3xyz")
    town.until_idle()
    town.close(channel)
    town.until_idle()
    town.click("alice", "ogma:reopen:*")
    town.until_idle()
    town.close(channel)
    town.until_idle()
    town.advance(6 * 60)
    town.until_closed()
    town.until_idle()
    town.click("alice", "ogma:csat_unhelpful:*")
    town.advance(3600)
    town.wait_until(lambda: len(town.dm("alice")) == 2, "it is asked whether it was solved")
    town.click("alice", "ogma:unsolved:*")
    town.until_idle()


def _everything(town: Town) -> Iterator[str]:
    """What the bot has sent, as Discord got it, and what its transcripts say."""
    for request in town.requests():
        if request["method"] != "GET":
            yield from _strings(request["body"])
    for file in town.data.rglob("transcript*.html"):
        bare = re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        yield from (html.unescape(text).strip() for text in re.split(r"<[^<>]*>", bare))


def _strings(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        for key, value in body.items():
            if not isinstance(value, str):
                yield from _strings(value)
            elif key in SHOWN or (key in NAMED and NAMED[key] in body):
                yield value
    elif isinstance(body, list):
        for one in body:
            yield from _strings(one)


def _english() -> dict[str, re.Pattern[str]]:
    """The English texts that cannot be meant for German ones: of some length, and not the same."""
    same = set(_entries("de").values())
    found = {}
    for key, text in _entries("en").items():
        pieces = re.split(r"\{[^{}]*\}", text)
        if len(re.findall(r"[A-Za-z]", "".join(pieces))) >= 5 and text not in same:
            found[key] = re.compile(rf"(?<!\w){'.{1,80}'.join(map(re.escape, pieces))}(?!\w)")
    return found


def _entries(language: str) -> dict[str, str]:
    """A catalogue with nothing filled in."""
    texts = load(language)
    tables = {key.partition(".")[0] for key in texts.keys()}  # noqa: SIM118 - no mapping
    return {f"{table}.{key}": text for table in tables for key, text in texts.under(table).items()}


def test_the_english_texts_are_known_by_their_words() -> None:
    """What is looked for: a sentence with what was filled in, but no word both languages have."""
    english = _english()
    assert english["closing.notice"].search(load("en")("closing.notice", staff="Sam"))
    assert "page.ticket" not in english
    assert not english["closing.notice"].search(load("de")("closing.notice", staff="Sam"))
