"""Tips as the command line prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ogma.cli.output import Cell, Column, Output
from ogma.cli.when import to_the_minute
from ogma.domain.clock import Millis, rfc3339
from ogma.domain.tips import Tip, TipState, shortened

_STYLES = {TipState.LIVE: "green", TipState.REVIEW: "yellow", TipState.REMOVED: "dim"}


def document(tip: Tip) -> dict[str, object]:
    """A tip as every command prints it."""
    return {
        "id": str(tip.id),
        "state": str(tip.state),
        "origin": str(tip.origin),
        "title": tip.title,
        "question": tip.question,
        "text": tip.text,
        "types": sorted(tip.types),
        "tickets": list(tip.tickets),
        "differs_from": None if tip.like_tip is None else str(tip.like_tip),
        "merged_into": None if tip.merged_into is None else str(tip.merged_into),
        "created_at": rfc3339(tip.created_at),
        "changed_at": rfc3339(tip.changed_at),
        "changed_by": tip.changed_by,
    }


def print_list(output: Output, counters: Mapping[str, int], found: Sequence[Tip]) -> None:
    """Tips as a table below the counts of all."""
    output.text(", ".join(f"{count} {name}" for name, count in counters.items()))
    columns: list[str | Column] = [
        Column("ID", right=True, keep=True),
        Column("State", keep=True),
        Column("From", keep=True),
        "Tip",
        Column("Changed (UTC)", keep=True),
    ]
    output.table(
        columns,
        [
            (
                tip.id,
                Cell(tip.state, _STYLES[tip.state]),
                _source(tip),
                shortened(tip.text, 160),
                _when(tip.changed_at),
            )
            for tip in found
        ],
        empty="No tips.",
    )


def _source(tip: Tip) -> str:
    if not tip.tickets:
        return str(tip.origin)
    more = f" +{len(tip.tickets) - 1}" if len(tip.tickets) > 1 else ""
    return f"ticket {tip.tickets[0]}{more}"


def _when(at: Millis) -> str:
    return to_the_minute(str(rfc3339(at)))


def print_tip(output: Output, tip: Tip) -> None:
    """One tip, whole."""
    output.text(f"Tip {tip.id}: {tip.title}", style="bold")
    values: dict[str, object] = {
        "State": f"{tip.state}, since {_when(tip.changed_at)} by {tip.changed_by}",
        "From": ", ".join(f"ticket {one}" for one in tip.tickets) or tip.origin,
        "Asked": tip.question or None,
        "Types": ", ".join(sorted(tip.types)) or "all",
    }
    if tip.like_tip is not None:
        values["Differs"] = f"from tip {tip.like_tip} in a figure or a 'not'"
    if tip.merged_into is not None:
        values["Merged"] = f"into tip {tip.merged_into}"
    output.pairs(values)
    output.text()
    output.text(tip.text)
