"""Which rules fire on what has happened (Q6): pure, and safe with whatever pattern is given.

Patterns are RE2's: the time that they take grows with the text alone, never with the pattern's
cleverness, and the text has a limit. So there is no pattern that could hold the desk up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ogma.domain.automation_policies import ActionKind, RulePolicy, Trigger

if TYPE_CHECKING:
    import re2

REGEX: Final = "regex:"
TEXT_MAX: Final = 8_000
"""Characters of a text that are looked at; a message of Discord has at most half."""

ON_CLOSED: Final = frozenset({Trigger.CSAT_NEGATIVE, Trigger.TICKET_CLOSED})
"""Triggers whose ticket has no channel any more."""

NEEDS_CHANNEL: Final = frozenset(
    {ActionKind.REPLY, ActionKind.CLOSE, ActionKind.ASSIGN, ActionKind.ASSIGN_ROUND_ROBIN}
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What has happened: `text` is the message, or else what the ticket is about."""

    trigger: Trigger
    type_id: str
    text: str


def firing(rules: Iterable[RulePolicy], occasion: Occasion) -> list[RulePolicy]:
    """The rules that fire, in the order of the config."""
    return [rule for rule in rules if fires(rule, occasion)]


def fires(rule: RulePolicy, occasion: Occasion) -> bool:
    """Whether this rule does."""
    if not rule.enabled or rule.trigger is not occasion.trigger:
        return False
    if rule.types and occasion.type_id not in rule.types:
        return False
    return matches(rule.match, occasion.text)


def looks_at_messages(rules: Iterable[RulePolicy]) -> bool:
    """Whether any rule is about what customers write."""
    return any(rule.enabled and rule.trigger is Trigger.MESSAGE_CONTAINS for rule in rules)


def matches(match: str, text: str) -> bool:
    """Whether a text has what `match` names; nothing named is in every text."""
    shown = text[:TEXT_MAX]
    if match.startswith(REGEX):
        return bool(_compiled(match.removeprefix(REGEX)).search(shown))
    return match.casefold() in shown.casefold()


def first_match(pattern: str, text: str) -> str | None:
    """What a pattern first finds in a text: its first group, where it has one, else the whole."""
    found = _compiled(pattern).search(text[:TEXT_MAX])
    if found is None:
        return None
    value: str | None = found[1] if found.re.groups else found[0]
    return value


def fault_of(match: str) -> str | None:
    """What is wrong with a pattern, None where nothing is."""
    import re2

    if not match.startswith(REGEX):
        return None
    try:
        _compiled(match.removeprefix(REGEX))
    except re2.error as wrong:
        said = wrong.args[0] if wrong.args else "not understood"
        return said.decode() if isinstance(said, bytes) else str(said)
    return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re2._Regexp[str]:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options)
