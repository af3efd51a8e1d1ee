"""The figures of a period as one page: light and dark, printable, no script, no network (I1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ogma import __version__
from ogma.reports import charts, figures
from ogma.texts import Texts

Document = Mapping[str, Any]

_LINES = ("opened", "closed")


def page(found: Document, texts: Texts) -> str:
    """The whole page as text, to be written as UTF-8. `found` is the document of `insights`."""
    words = _Words(texts)
    template = _environment().get_template("insights.html")
    return template.render(
        found=found,
        charts=_charts(found, texts, words),
        version=__version__,
        t=texts,
        words=words,
        percent=partial(figures.percent, texts),
        duration=partial(figures.duration, texts),
        trend=partial(figures.trend, texts),
        points=partial(figures.points, texts),
    )


class _Words:
    """Days, and what is stored as a code."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._reasons = texts.under("close_reason")
        self._flags = texts.under("flag")

    def date(self, day: str, pattern: str = "date") -> str:
        """A day that is stored as 2026-01-31, in full or by month and day ('day')."""
        year, month, of_month = day.split("-")
        values = {"month": month, "day": of_month}
        if pattern == "date":
            values["year"] = year
        return self._texts(f"report.{pattern}", **values)

    def reason(self, code: str) -> str:
        """Why tickets were closed."""
        return self._reasons.get(code, code)

    def tips(self, counts: Mapping[str, int]) -> str:
        """How many tips there are in each state."""
        shown = (self._texts(f"report.tip_{state}", count=n) for state, n in counts.items())
        return ", ".join(shown) or self._texts("report.none")

    def flags(self, counts: Mapping[str, int]) -> str:
        """How many flags of each kind nobody has looked at."""
        named = ((self._flags.get(kind, kind), n) for kind, n in counts.items())
        shown = (self._texts("report.flag", flag=flag, count=n) for flag, n in named)
        return ", ".join(shown) or self._texts("report.none")


def _charts(found: Document, texts: Texts, words: _Words) -> dict[str, Markup]:
    days: Sequence[Document] = found["by_day"]
    weekdays = texts("report.weekdays").split()
    reasons = found["close_reasons"].items()
    nothing = texts("report.nothing")
    return {
        "days": charts.lines(
            texts("report.by_day"),
            [words.date(day["date"], "day") for day in days],
            [(texts(f"report.column.{one}"), [day[one] for day in days]) for one in _LINES],
            nothing,
        ),
        "weekdays": charts.bars(
            texts("report.by_weekday"),
            list(zip(weekdays, found["by_weekday"], strict=True)),
            nothing,
        ),
        "hours": charts.bars(
            texts("report.by_hour"),
            [(str(hour), count) for hour, count in enumerate(found["by_hour"])],
            nothing,
        ),
        "reasons": charts.lying_bars(
            texts("report.reasons"), [(words.reason(code), n) for code, n in reasons], nothing
        ),
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ogma.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
