"""Every string that a person reads, in every language (issue: one catalogue, overridable; U2)."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma import texts
from ogma.answering.case import ANSWERABLE, WHOLE
from ogma.answering.grounding import CHECKS
from ogma.bot.failures import Problem
from ogma.domain.access import Denial
from ogma.domain.automation_policies import ActionKind
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.escalation import Cause, ReviewState
from ogma.domain.events import EVENT_KINDS
from ogma.domain.flags import FlagKind
from ogma.domain.frustration import Sign
from ogma.domain.opening import Refusal
from ogma.domain.rates import Scope
from ogma.domain.sla import Goal
from ogma.domain.tips import TipState
from ogma.errors import ConfigError

ENGLISH = texts.load("en")
NAMED = [
    *(f"escalated.{cause}" for cause in Cause),
    *(f"cause.{cause}" for cause in Cause),
    *(f"review.{state}" for state in ReviewState),
    *(f"review.title_{state}" for state in ReviewState),
    *(f"denied.{denial}" for denial in Denial),
    *(f"refused.{refusal}" for refusal in Refusal),
    *(f"close_reason.{reason}" for reason in CloseReason),
    *(f"close_cause.{cause}" for cause in CloseCause),
    *(f"task.{kind}" for kind in Kind),
    *(f"problem.{problem}" for problem in Problem),
    *(f"flag.{kind}" for kind in FlagKind),
    *(f"sign.{sign}" for sign in Sign),
    *(f"check.{check}" for check in (*CHECKS, ANSWERABLE, WHOLE)),
    *(f"scope.{scope}" for scope in Scope),
    *(f"goal.{goal}" for goal in Goal),
    *(f"action.{action}" for action in ActionKind),
    *(f"report.tip_{state}" for state in TipState),
]


def entries(language: str) -> dict[str, str]:
    """A catalogue as it stands, nothing taken from English."""
    return dict(texts._catalogue(language))


@pytest.mark.parametrize("language", texts.languages())
def test_every_language_is_complete(language: str) -> None:
    """The same keys in the same order, with the same placeholders, within their limits."""
    own = entries(language)
    assert list(own) == list(entries("en"))
    assert {key: texts.placeholders(text) for key, text in own.items()} == {
        key: texts.placeholders(text) for key, text in entries("en").items()
    }
    assert texts.problems(own) == []


def test_english_and_german_are_there() -> None:
    """U2: both ship; another language is one more file."""
    assert texts.languages() == ("de", "en")


@pytest.mark.parametrize("key", [*NAMED, *(f"page.event.{kind}" for kind in EVENT_KINDS)])
def test_every_word_of_the_domain_has_a_text(key: str) -> None:
    """A member added to one of these enums needs its sentence in the catalogue."""
    assert key in ENGLISH.keys()  # noqa: SIM118 - Texts is no mapping


@pytest.mark.parametrize(
    "key",
    [
        key
        for key in NAMED
        if not key.startswith(("refused.", "report.tip_", "review.title_"))
        and key != "denied.not_yours"
    ],
)
def test_most_of_them_need_nothing_filled_in(key: str) -> None:
    """The caller has nothing but the enum's member at hand."""
    assert ENGLISH(key)


def test_fills_in_placeholders() -> None:
    assert ENGLISH("opening.done", channel="<#5>") == "Your ticket is ready: <#5>"
    assert texts.load("de")("opening.done", channel="<#5>") == "Dein Ticket ist bereit: <#5>"


def test_what_is_filled_in_is_not_read_again() -> None:
    """A customer called '{number}' is not a placeholder, and nobody reaches an attribute."""
    hello = ENGLISH("closing.notice", staff="{number} {staff.__class__}")
    assert hello.startswith("🔒 {number} {staff.__class__} is closing")


@pytest.mark.parametrize("values", [{}, {"channel": "x", "more": "y"}, {"chanel": "x"}])
def test_wrong_placeholders_are_a_fault_of_the_caller(values: dict[str, str]) -> None:
    with pytest.raises(TypeError, match=r"'opening\.done' takes \['channel'\]"):
        ENGLISH("opening.done", **values)


def test_an_unknown_key_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError, match=r"opening\.dnoe"):
        ENGLISH("opening.dnoe")


def test_an_override_replaces_one_text_and_may_leave_placeholders_out() -> None:
    own = texts.load("en", {"opening.done": "Come in!"})
    assert own("opening.done", channel="<#5>") == "Come in!"
    assert own("opening.not_ready") == ENGLISH("opening.not_ready")


def test_a_regional_language_falls_back_to_its_base() -> None:
    assert texts.load("de-AT")("button.skip") == "Überspringen"


def test_an_unknown_language_is_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        texts.load("fr")
    assert str(caught.value) == "There are no texts in 'fr'; there are de, en."


def test_overrides_are_checked_with_the_way_out() -> None:
    """All faults at once, each with what is allowed."""
    found = texts.problems(
        {
            "opening.dnoe": "x",
            "nothing.like.it": "x",
            "opening.done": "Here: {chanel}",
            "opening.not_ready": "Wait {when}",
            "button.claim": "x" * 81,
            "button.skip": "  ",
        }
    )
    assert found == [
        "There is no text 'opening.dnoe'; did you mean 'opening.done'?",
        "There is no text 'nothing.like.it'.",
        "The text 'opening.done' has no placeholder {chanel}; it has {channel}.",
        "The text 'opening.not_ready' has no placeholder {when}; it takes none.",
        "The text 'button.claim' has 81 characters; 80 are allowed.",
        "The text 'button.skip' is empty; leave it out to keep Ogma's own.",
    ]


def test_a_list_of_names_is_as_long_as_the_english_one() -> None:
    """A month without a name would stop an archive, so the config is refused."""
    assert set(texts.LISTS) <= set(ENGLISH.keys())
    assert texts.problems(dict.fromkeys(texts.LISTS, "X")) == [
        "The text 'page.months' has 1 words with spaces between them; it needs 12.",
        "The text 'page.weekdays' has 1 words with spaces between them; it needs 7.",
        "The text 'report.weekdays' has 1 words with spaces between them; it needs 7.",
    ]
    assert texts.problems({"report.weekdays": "M T W T F S S"}) == []


def test_loading_names_all_faults() -> None:
    with pytest.raises(ConfigError) as caught:
        texts.load("en", {"a.b": "x", "button.skip": ""})
    assert len(caught.value.problems) == 2


@given(st.sampled_from(ENGLISH.keys()), st.text("{}abcdehnorst ", max_size=60))
def test_an_override_without_problems_can_be_used(key: str, text: str) -> None:
    """Whatever `problems` lets through, the catalogue can fill in."""
    if texts.problems({key: text}) == []:
        names = texts.placeholders(entries("en")[key])
        shown = texts.load("en", {key: text})(key, **dict.fromkeys(names, "value"))
        assert not any(f"{{{name}}}" in shown for name in names)


def test_german_says_du_throughout() -> None:
    """One form of address; 'Sie' inside a sentence would be the other one."""
    formal = [key for key, text in entries("de").items() if " Sie " in text or "Ihr " in text]
    assert formal == []


def test_catalogues_are_package_data() -> None:
    names = {entry.name for entry in resources.files("ogma.texts").iterdir()}
    assert {"en.toml", "de.toml"} <= names
