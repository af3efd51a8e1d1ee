"""The figures of a period as a message (I1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ogma.bot.render.escape import plain
from ogma.bot.render.limits import Colour, Field, embed
from ogma.bot.render.message import Message
from ogma.reports.figures import duration, percent
from ogma.texts import Texts

Document = Mapping[str, Any]

_TYPES = 8


def summary(texts: Texts, found: Document, days: int) -> Message:
    """The headline figures, each beside that of the period before. Marker: its title."""
    now, before = found["totals"], found["before"]
    fields: list[Field] = [
        _field(texts, "opened", now["opened"], before["opened"]),
        _field(texts, "closed", now["closed"], before["closed"]),
        _field(texts, "escalated", *_shares(texts, now, before, "escalated_share")),
        _field(
            texts,
            "confirmed",
            *_shares(texts, now["deflected"], before["deflected"], "confirmed_share"),
        ),
        _field(
            texts,
            "assumed",
            *_shares(texts, now["deflected"], before["deflected"], "assumed_share"),
        ),
        _field(texts, "helpful", *_shares(texts, now["csat"], before["csat"], "helpful_share")),
        _field(texts, "reply", *_spans(texts, now, before, "first_response_ms")),
        _field(texts, "close", *_spans(texts, now, before, "resolution_ms")),
        _field(texts, "missed", *_shares(texts, now, before, "missed_level_share")),
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


def _shares(texts: Texts, now: Document, before: Document, key: str) -> tuple[str, str]:
    return percent(texts, now[key]), percent(texts, before[key])


def _spans(texts: Texts, now: Document, before: Document, key: str) -> tuple[str, str]:
    return duration(texts, now[key]["p50"]), duration(texts, before[key]["p50"])


def _types(texts: Texts, found: Document) -> str:
    return "\n".join(
        texts(
            "insights.type",
            type=plain(one["type"]),
            opened=one["opened"],
            closed=one["closed"],
            reply=duration(texts, one["first_response_ms"]["p50"]),
        )
        for one in found["by_type"][:_TYPES]
    )
