"""What a transcript says in words of its own: the catalogue's table `page`, and stored codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ogma.texts import REFERENCE, Texts, details, load


def labels(texts: Texts) -> Mapping[str, str]:
    """All that a transcript says, of this catalogue."""
    return {**details.labels(texts), **texts.under("page")}


LABELS: Final[Mapping[str, str]] = labels(load(REFERENCE))
"""In English, for those who name no catalogue; in a label `{hour:02}` is a number of two digits."""


_PLACEHOLDER = re.compile(r"\{(\w+)(?::0(\d))?\}")


class Words:
    """English labels with a catalogue's own laid over them; moments in one time zone."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._labels = {**LABELS, **(own or {})}

    def __call__(self, key: str, **values: object) -> str:
        """The label with its placeholders filled; values are never read as placeholders."""
        return _fill(self._labels[key], values)

    def of(self, group: str, value: str | None) -> str | None:
        """The label of a stored value (`reason.spam`), or the value itself, made readable."""
        if not value:
            return None
        label = self._labels.get(f"{group}.{value}")
        return label or value[:1].upper() + value[1:].replace("_", " ")

    def count(self, number: int) -> str:
        """How many messages."""
        return self("messages_one" if number == 1 else "messages_many", count=number)

    def event(self, kind: str, actor: str) -> str:
        """The sentence for this kind of event."""
        key = f"event.{kind}"
        known = key in self._labels
        return self(key if known else "event.other", actor=actor, kind=kind)

    def beside(self, kind: str, detail: str) -> str:
        """What is stored beside an event of this kind."""
        return details.of_event(self._labels, kind, detail)

    def measured(self, cause: str, detail: str) -> str:
        """What is stored beside the cause of a hand-over."""
        return details.of_cause(self._labels, cause, detail)

    def moment(self, pattern: str, at: datetime) -> str:
        """`at` by the label `pattern`: 'date', 'time' or 'moment'."""
        return self(
            pattern,
            year=at.year,
            month=self._labels["months"].split()[at.month - 1],
            month_number=at.month,
            weekday=self._labels["weekdays"].split()[at.weekday()],
            day=at.day,
            hour=at.hour,
            minute=at.minute,
            second=at.second,
        )


def _fill(label: str, values: Mapping[str, object]) -> str:
    """The label with `{name}` and `{name:02}` replaced, in one pass: values stay values."""

    def value(found: re.Match[str]) -> str:
        name, width = found[1], found[2]
        if name not in values:
            return found[0]
        return f"{values[name]:0{width}d}" if width else str(values[name])

    return _PLACEHOLDER.sub(value, label)
