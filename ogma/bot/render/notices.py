"""What staff are told in #staff-review when something needs them (P3)."""

from __future__ import annotations

from collections.abc import Mapping

from ogma.bot.failures import Problem
from ogma.bot.render.escape import plain
from ogma.bot.render.limits import clip
from ogma.bot.render.message import Message, words
from ogma.texts import Texts

_VALUE = 300


def staff_notice(texts: Texts, key: str, values: Mapping[str, object]) -> Message:
    """The text with its values made safe. Marker: its words.

    `task` is a kind of effect; `problem` a sentence, or a Problem with or without ': DETAIL'.
    """
    return words(
        texts(key, **{name: shown_value(texts, name, value) for name, value in values.items()})
    )


def shown_value(texts: Texts, name: str, value: object) -> str:
    """One value made safe, by its name."""
    if name == "task":
        return texts(f"task.{value}")
    code = str(value).partition(":")[0]
    if name == "problem" and code in {problem.value for problem in Problem}:
        return texts(f"problem.{code}")
    return clip(plain(str(value)), _VALUE)
