"""The figures of a period on 80 columns: tables, bars and a line of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ogma.cli.output import Cell, Column, Output
from ogma.cli.terminal_text import one_line
from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis

Document = Mapping[str, Any]

_BAR: Final = 40
_SPARKS: Final = "▁▂▃▄▅▆▇█"
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_QUESTION: Final = 66
_TOP: Final = 5
"""Questions shown; --json has more."""


def show(output: Output, found: Document) -> None:
    """Everything, the most important first."""
    days = found["by_day"]
    output.text(f"{days[0]['date']} to {days[-1]['date']}", "bold")
    _headline(output, found["totals"], found["before"])
    _days(output, found["by_day"])
    _groups(output, "By type", "type", found["by_type"])
    _groups(output, "By staff", "staff", found["by_staff"])
    _bars(output, "Opened by weekday", dict(zip(_WEEKDAYS, found["by_weekday"], strict=True)))
    _hours(output, found["by_hour"], found["time_zone"])
    _bars(output, "Why closed", found["close_reasons"])
    _questions(output, found["questions"])
    _rest(output, found)


def _headline(output: Output, now: Document, before: Document) -> None:
    columns: list[str | Column] = [
        Column("", keep=True),
        Column("Now", right=True, keep=True),
        Column("Before", right=True, keep=True),
        Column("Change", right=True, keep=True),
    ]
    rows = [
        _row("Tickets opened", now["opened"], before["opened"]),
        _row("Tickets closed", now["closed"], before["closed"]),
        _shares("Handed to the team", now["escalated_share"], before["escalated_share"], -1),
        _shares(
            "Solved by the AI, confirmed",
            now["deflected"]["confirmed_share"],
            before["deflected"]["confirmed_share"],
            1,
        ),
        _shares(
            "Solved by the AI, assumed",
            now["deflected"]["assumed_share"],
            before["deflected"]["assumed_share"],
            0,
        ),
        _times("First reply, half within", now, before, "first_response_ms", "p50"),
        _times("First reply, 90% within", now, before, "first_response_ms", "p90"),
        _times("Closed, half within", now, before, "resolution_ms", "p50"),
        _times("Closed, 90% within", now, before, "resolution_ms", "p90"),
        _shares(
            f"Helpful ({_rated(now)} ratings)",
            now["csat"]["helpful_share"],
            before["csat"]["helpful_share"],
            1,
        ),
        _shares(
            "Service level missed", now["missed_level_share"], before["missed_level_share"], -1
        ),
    ]
    output.table(columns, rows)


def _rated(totals: Document) -> int:
    return int(totals["csat"]["helpful"] + totals["csat"]["unhelpful"])


def _row(name: str, now: int, before: int) -> tuple[object, ...]:
    change = f"{(now - before) / before:+.0%}" if before else None
    return name, now, before, change


def _shares(name: str, now: float | None, before: float | None, good: int) -> tuple[object, ...]:
    """`good`: 1 where more is better, -1 where less is, 0 where neither."""
    points = 0 if now is None or before is None else round((now - before) * 100)
    change = _judged(points, f"{points:+d} pt", good) if points else None
    return name, percent(now), percent(before), change


def _times(name: str, now: Document, before: Document, what: str, which: str) -> tuple[object, ...]:
    one, other = now[what][which], before[what][which]
    if one is None or not other:
        return name, duration(one), duration(other), None
    change = (one - other) / other
    return name, duration(one), duration(other), _judged(change, f"{change:+.0%}", -1)


def _judged(change: float, text: str, good: int) -> Cell:
    if not change or not good:
        return Cell(text, "")
    return Cell(text, "green" if (change > 0) == (good > 0) else "red")


def percent(share: float | None) -> str | None:
    """A share for people."""
    return None if share is None else f"{share:.0%}"


def duration(span: Millis | None) -> str | None:
    """'40 s', '12 min', '3.5 h' or '2.1 d'."""
    if span is None:
        return None
    if span < MINUTE:
        return f"{span / SECOND:.0f} s"
    if span < 2 * HOUR:
        return f"{span / MINUTE:.0f} min"
    return f"{span / HOUR:.1f} h" if span < 2 * DAY else f"{span / DAY:.1f} d"


def _days(output: Output, days: Sequence[Document]) -> None:
    if not any(day["opened"] or day["closed"] for day in days):
        return
    output.text()
    output.text("Day by day", "bold")
    for name in ("opened", "closed"):
        counts = _folded([day[name] for day in days], 64)
        output.text(f"  {name:<7} {sparkline(counts)}  at most {max(counts)}")


def _folded(counts: Sequence[int], width: int) -> list[int]:
    """Neighbours added up until they fit on a line."""
    size = -(-len(counts) // width)
    return [sum(counts[at : at + size]) for at in range(0, len(counts), size)]


def sparkline(counts: Sequence[int]) -> str:
    """One character for each count."""
    most = max(counts, default=0) or 1
    return "".join(_SPARKS[round(count / most * (len(_SPARKS) - 1))] for count in counts)


def _groups(output: Output, title: str, name: str, groups: Sequence[Document]) -> None:
    if not groups:
        return
    output.text()
    columns: list[str | Column] = [
        title,
        Column("Opened", right=True, keep=True),
        Column("Closed", right=True, keep=True),
        Column("Reply 50%", right=True, keep=True),
        Column("90%", right=True, keep=True),
        Column("Close 50%", right=True, keep=True),
        Column("Helpful", right=True, keep=True),
    ]
    rows = [
        (
            one[name],
            one["opened"],
            one["closed"],
            duration(one["first_response_ms"]["p50"]),
            duration(one["first_response_ms"]["p90"]),
            duration(one["resolution_ms"]["p50"]),
            percent(one["csat"]["helpful_share"]),
        )
        for one in groups
    ]
    output.table(columns, rows)


def _bars(output: Output, title: str, counts: Mapping[str, int]) -> None:
    if not any(counts.values()):
        return
    output.text()
    output.text(title, "bold")
    most, width = max(counts.values()), max(map(len, counts))
    for name, count in counts.items():
        bar = "█" * max(1 if count else 0, round(count / most * _BAR))
        output.text(f"  {name:<{width}}  {bar:<{_BAR}}  {count}")


def _hours(output: Output, counts: Sequence[int], zone: str) -> None:
    if any(counts):
        output.text()
        output.text(f"Opened by hour ({zone})", "bold")
        output.text(f"  0 {sparkline(counts)} 23  at most {max(counts)}")


def _questions(output: Output, questions: Document) -> None:
    asked = questions["answered"] + questions["handed_over"]
    if not asked:
        return
    output.text()
    output.text(f"{asked} questions, {questions['answered']} answered by the AI", "bold")
    for title, key in (("Answered", "top_answered"), ("Handed over", "top_handed_over")):
        if questions[key]:
            output.text(f"  {title}:")
        for one in questions[key][:_TOP]:
            text = one_line(one["question"])
            shown = text if len(text) <= _QUESTION else f"{text[: _QUESTION - 1]}…"
            output.text(f"  {one['times']:>5}  {shown}")


def _rest(output: Output, found: Document) -> None:
    lines = {
        "Tips made": ", ".join(f"{count} {state}" for state, count in found["tips"].items()),
        "Open flags": ", ".join(f"{count} {kind}" for kind, count in found["open_flags"].items()),
        "Drafts": ", ".join(
            f"{one['type']}: {percent(one['agreement']) or '-'} of {one['drafts']} sent as drafted"
            for one in found["shadow"]
        ),
    }
    if any(lines.values()):
        output.text()
        output.pairs({name: text for name, text in lines.items() if text})
