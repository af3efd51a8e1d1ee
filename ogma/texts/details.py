"""What is stored in codes beside an event, a flag or a hand-over, in the words of a catalogue.

Names, tags and the errors of other machines are stored as they are, and stay so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ogma.texts import Texts

Labels = Mapping[str, str]
"""Texts by their dotted keys, as `labels` gives them."""

TABLES: Final = (
    *("sign", "check", "scope", "action", "history"),
    *("cause", "flag", "goal", "priority", "secret"),
)
_EVENTS: Final = {
    "secret_masked": "secret",
    "frustrated": "sign",
    "flag_resolved": "flag",
    "prioritised": "priority",
    "sla_warning": "goal",
    "sla_breached": "goal",
}
_CAUSES: Final = {
    "frustration": "sign",
    "failed_check": "check",
    "rate_limit": "scope",
    "stale_question": "history",
}
_FLAGS: Final = {"frustration": "sign", "sla_breach": "goal"}
_GIVEN: Final = (("by the rule ", "history.by_rule"), ("by ", "history.by"))


def labels(texts: Texts) -> Labels:
    """The texts that the functions below need."""
    return {f"{table}.{key}": text for table in TABLES for key, text in texts.under(table).items()}


def of_event(known: Labels, kind: str, stored: str) -> str:
    """What stands below an event of this kind."""
    if kind in ("claimed", "unclaimed"):
        return _given(known, stored)
    if kind == "rule_fired":
        rule, colon, done = stored.partition(": ")
        return rule + colon + _listed(known, "action", done)
    return _listed(known, _EVENTS[kind], stored) if kind in _EVENTS else stored


def of_cause(known: Labels, cause: str, stored: str) -> str:
    """What stands beside the cause of a hand-over."""
    return _listed(known, _CAUSES[cause], stored) if cause in _CAUSES else stored


def of_flag(known: Labels, kind: str, stored: str) -> str:
    """What stands beside a flag; that of a hand-over is 'CAUSE' or 'CAUSE: DETAIL'."""
    cause, _, detail = stored.partition(": ")
    if kind == "escalated" and f"cause.{cause}" in known:
        beside = of_cause(known, cause, detail)
        return known[f"cause.{cause}"] + (f" ({beside})" if beside else "")
    return _listed(known, _FLAGS[kind], stored) if kind in _FLAGS else stored


def _listed(known: Labels, table: str, stored: str) -> str:
    """'phrases, marks (2.1)': each code as its text; what is none, and the bracket, stay."""
    codes, bracket, measured = stored.partition(" (")
    shown = ", ".join(known.get(f"{table}.{code}", code) for code in codes.split(", "))
    return shown + bracket + measured


def _given(known: Labels, stored: str) -> str:
    for start, key in _GIVEN:
        if stored.startswith(start):
            return known[key].replace("{name}", stored.removeprefix(start))
    return _listed(known, "history", stored)
