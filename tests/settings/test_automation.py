"""Q5 to Q8: what is wrong with service levels, rules and webhooks is said with its place."""

from __future__ import annotations

import pytest

from ogma.errors import ConfigError
from ogma.package_data import example_config
from ogma.settings import parse


def said(added: str, **changed: tuple[str, str]) -> list[str]:
    text = example_config()
    for old, new in changed.values():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(ConfigError) as error:
        parse(f"{text}\n{added}", "c.toml")
    return [*error.value.problems] or [str(error.value)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("first_response_minutes = 4", "first_response_minutes is 4; allowed is 0 for no limit"),
        ('types = ["genral"]\nresolution_minutes = 5', 'no ticket type; did you mean "general"?'),
    ],
)
def test_q5_a_level_that_cannot_be(target: str, expected: str) -> None:
    [problem] = said(f"[[sla.targets]]\n{target}")
    assert expected in problem
    assert ", line " in problem


def test_q5_business_time_without_hours() -> None:
    [problem] = said("", on=("business_time = false", "business_time = true"))
    assert "hours.enabled = true" in problem


RULE = '[[rules]]\nid = "r"\ntrigger = "message_contains"\nmatch = "x"\n'


def action(do: str, value: str = "") -> str:
    return f'[[rules.actions]]\ndo = "{do}"\nvalue = "{value}"\n'


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        (RULE, "has no [[rules.actions]]"),
        (RULE.replace('"x"', "'regex:('") + action("escalate"), "no regular expression"),
        (RULE.replace('"x"', '" "') + action("escalate"), "say what a message must contain"),
        (RULE + action("add_tag", "!"), "actions.0.value is no tag"),
        (RULE + action("assign", "sam"), "the id of a member"),
        (RULE + action("priority", "top"), "one of low, normal, high, urgent"),
        (RULE + action("close", "boring"), "one of resolved"),
        (RULE + action("webhook", "crm"), "which is no webhook"),
        (RULE + action("reply"), "is empty; give it the words"),
        (RULE + action("escalate", "x"), "leave it out"),
        (RULE + action("escalte"), 'did you mean "escalate"?'),
        (RULE + action("escalate") + RULE + action("escalate"), "given twice in [[rules]]"),
        (
            RULE.replace("message_contains", "ticket_closed") + action("reply", "Bye"),
            'is "reply", which needs a channel; after ticket_closed there is none',
        ),
        (
            RULE.replace("message_contains", "csat_negative") + action("assign_round_robin"),
            "needs a channel",
        ),
        ('[[webhooks]]\nid = "crm"\nurl = "http://example.com"\n', "is not encrypted"),
        (
            '[[webhooks]]\nid = "crm"\nurl = "https://a.b"\nevents = ["ping", "ticket.close"]\n',
            'events names "ticket.close", which is no event; did you mean "ticket.closed"?',
        ),
        (
            '[[webhooks]]\nid = "crm"\nurl = "https://a.b"\nevents = ["x"]\n',
            "which is no event; the README lists them",
        ),
    ],
)
def test_q6_a_wrong_rule_is_a_config_error_with_its_place(added: str, expected: str) -> None:
    [problem] = said(added)
    assert expected in problem
    assert ", line " in problem


def test_q7_a_digest_that_is_no_schedule() -> None:
    [problem] = said("", on=('digest = ""', 'digest = "0 25 * * *"'))
    assert "which is no schedule" in problem
