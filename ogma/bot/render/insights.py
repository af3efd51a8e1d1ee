"""The figures of a period as a message (I1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ogma.bot.render.escape import plain
from ogma.bot.render.limits import Colour, Field, embed
from ogma.bot.render.message import Message
from ogma.domain.clock import DAY, HOUR, MINUTE, Millis
from ogma.texts import Texts

Document = Mapping[str, Any]

_TYPES = 8


def summary(texts: Texts, found: Document, days: int) -> Message:
    """The headline figures, each beside that of the period before. Marker: its title."""
    now, before = found["totals"], found["before"]
    fields: list[Field] = [
        _field(texts, "opened", now["opened"], before["opened"]),
        _field(texts, "closed", now["closed"], before["closed"]),
        _field(texts, "escalated", *_shares(now, before, "escalated_share")),
        _field(
            texts, "confirmed", *_shares(now["deflected"], before["deflected"], "confirmed_share")
        ),
        _field(texts, "assumed", *_shares(now["deflected"], before["deflected"], "assumed_share")),
        _field(texts, "helpful", *_shares(now["csat"], before["csat"], "helpful_share")),
        _field(texts, "reply", *_spans(now, before, "first_response_ms")),
        _field(texts, "close", *_spans(now, before, "resolution_ms")),
        _field(texts, "missed", *_shares(now, before, "missed_level_share")),
    ]
    if found["by_type"]:
        fields.append((texts("insights.by_type"), _types(texts, found), False))
    shown = embed(
        colour=Colour.PANEL,
        title=texts("insights.title", days=days),
        text=texts("insights.explained"),
        fields=fields,
        footer=texts("insights.footer"),
    )
    return Message(embeds=(shown,))


def _field(texts: Texts, name: str, now: object, before: object) -> Field:
    value = texts("insights.beside", now=now, before=before)
    return texts(f"insights.{name}"), value, True


def _shares(now: Document, before: Document, key: str) -> tuple[str, str]:
    return _percent(now[key]), _percent(before[key])


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def _spans(now: Document, before: Document, key: str) -> tuple[str, str]:
    return _span(now[key]["p50"]), _span(before[key]["p50"])


def _span(span: Millis | None) -> str:
    if span is None:
        return "–"
    if span < 2 * HOUR:
        return f"{span / MINUTE:.0f} min"
    return f"{span / HOUR:.1f} h" if span < 2 * DAY else f"{span / DAY:.1f} d"


def _types(texts: Texts, found: Document) -> str:
    return "\n".join(
        texts(
            "insights.type",
            type=plain(one["type"]),
            opened=one["opened"],
            closed=one["closed"],
            reply=_span(one["first_response_ms"]["p50"]),
        )
        for one in found["by_type"][:_TYPES]
    )
