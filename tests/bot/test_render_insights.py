"""I1: what `/insights` shows to management."""

from __future__ import annotations

from ogma.bot.render.insights import summary
from ogma.domain.clock import HOUR, MINUTE
from ogma.domain.insights import Times, Totals
from ogma.services.insights import totals_document
from ogma.texts import load


def totals(reply: int | None, helpful: int) -> dict[str, object]:
    times = Times(0 if reply is None else 1, reply, reply)
    return totals_document(Totals(4, 1, 0, times, 2, times, 1, 0, helpful, 0))


def test_i1_each_figure_stands_beside_the_one_before() -> None:
    found = {
        "totals": totals(90 * MINUTE, 3),
        "before": totals(None, 0),
        "by_type": [{"type": "general", **totals(5 * HOUR, 0)}],
    }
    [shown] = summary(load("en"), found, 30).embeds
    fields = {field.name: field.value for field in shown.fields}
    assert shown.title == "The desk in the last 30 days"
    assert fields["Opened"] == "**4** (before: 4)"
    assert fields["Solved by AI, confirmed"] == "**50 %** (before: 50 %)"
    assert fields["Helpful"] == "**100 %** (before: –)"
    assert fields["First reply, half within"] == "**90 min** (before: –)"
    assert fields["By type"] == "general: 4 opened, 2 closed, first reply 5.0 h"
