"""Q6: which rules fire, whatever the pattern and the text."""

from __future__ import annotations

import time

import pytest

from ogma.domain.automation import Occasion, fault_of, firing, looks_at_messages, matches
from ogma.domain.automation_policies import RulePolicy, Trigger


def rule(**values: object) -> RulePolicy:
    return RulePolicy.model_validate(
        {"id": "r", "trigger": "message_contains", "match": "refund", **values}
    )


@pytest.mark.parametrize(
    ("match", "text", "fits"),
    [
        ("refund", "I want a REFUND now", True),
        ("refund", "I want my money", False),
        ("straße", "In der STRASSE", True),
        ("", "anything", True),
        (r"regex:\brefund(s|ed)?\b", "You Refunded me", True),
        (r"regex:\brefund\b", "refunding", False),
        ("regex:^order [0-9]+$", "Order 12", True),
        ("regex:ä+", "ÄÄ", True),
    ],
)
def test_q6_text_in_whatever_case_or_a_pattern(match: str, text: str, fits: bool) -> None:
    assert matches(match, text) is fits


def test_q6_only_the_trigger_and_the_types_named() -> None:
    rules = (
        rule(id="a"),
        rule(id="b", types=["billing"]),
        rule(id="c", enabled=False),
        rule(id="d", trigger="ticket_opened"),
        rule(id="e", match="money"),
    )
    occasion = Occasion(Trigger.MESSAGE_CONTAINS, "general", "refund please")
    assert [one.id for one in firing(rules, occasion)] == ["a"]
    billing = Occasion(Trigger.MESSAGE_CONTAINS, "billing", "refund please")
    assert [one.id for one in firing(rules, billing)] == ["a", "b"]
    assert looks_at_messages(rules)
    assert not looks_at_messages((rule(enabled=False), rule(trigger="ticket_opened")))


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){25}", "(x+x+)+y"])
def test_q6_no_pattern_holds_the_desk_up(pattern: str) -> None:
    """Patterns that take for ever elsewhere: many of them on the longest text, in CPU time."""
    before = time.process_time()
    for _ in range(20):
        assert not matches(f"regex:{pattern}", "ax" * 4000 + "!") or pattern.startswith("(.*a)")
    assert time.process_time() - before < 20


@pytest.mark.parametrize("pattern", ["regex:(", "regex:(?<=a)b", r"regex:(a)\1", "regex:a{2000}"])
def test_q6_what_is_no_pattern_is_told(pattern: str) -> None:
    assert fault_of(pattern)


def test_q6_what_is_a_pattern_has_no_fault() -> None:
    assert fault_of("regex:[a-z]+") is None
    assert fault_of("(plain text") is None
