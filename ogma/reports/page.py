"""The figures of a period as one page: light and dark, printable, no script, no network (I1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from ogma import __version__
from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis
from ogma.reports import charts

Document = Mapping[str, Any]

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def page(found: Document) -> str:
    """The whole page as text, to be written as UTF-8. `found` is the document of `insights`."""
    drawn = {
        "days": charts.lines(
            "Tickets day by day",
            [day["date"][5:] for day in found["by_day"]],
            {
                "opened": [day["opened"] for day in found["by_day"]],
                "closed": [day["closed"] for day in found["by_day"]],
            },
        ),
        "weekdays": charts.bars(
            "Tickets opened by weekday", dict(zip(_WEEKDAYS, found["by_weekday"], strict=True))
        ),
        "hours": charts.bars(
            "Tickets opened by hour",
            {str(hour): count for hour, count in enumerate(found["by_hour"])},
        ),
        "reasons": charts.lying_bars(
            "Why tickets were closed",
            {_words(name): count for name, count in found["close_reasons"].items()},
        ),
    }
    template = _environment().get_template("insights.html")
    return template.render(found=found, charts=drawn, version=__version__)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ogma.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "percent": _percent,
        "duration": _duration,
        "words": _words,
        "trend": _trend,
        "points": _points,
    }
    return made


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _duration(span: Millis | None) -> str:
    if span is None:
        return "–"
    if span < MINUTE:
        return f"{span / SECOND:.0f} s"
    if span < 2 * HOUR:
        return f"{span / MINUTE:.0f} min"
    return f"{span / HOUR:.1f} h" if span < 2 * DAY else f"{span / DAY:.1f} d"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _points(now: float | None, before: float | None) -> str:
    """The same for shares: how many of a hundred more or fewer."""
    if now is None or before is None:
        return ""
    change = round((now - before) * 100)
    return f"{'▲' if change > 0 else '▼'} {abs(change)} pt" if change else "= as before"


def _trend(now: float | None, before: float | None) -> str:
    """The change against the period before: an arrow and per cent, '' where nothing can be said."""
    if now is None or not before:
        return ""
    change = (now - before) / before
    if abs(change) < 0.005:
        return "= as before"
    return f"{'▲' if change > 0 else '▼'} {abs(change):.0%}"
