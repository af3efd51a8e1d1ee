"""A ticket as a file in any of the four formats. All that the rest of Ogma calls is here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from ogma.domain.archive import ArchivedTicket, View
from ogma.transcripts import page, plain, structured
from ogma.transcripts.index import IndexEntry, index_entry, render_index

__all__ = [
    "IndexEntry",
    "Labels",
    "index_entry",
    "render_html",
    "render_index",
    "render_json",
    "render_markdown",
    "render_text",
]

Labels = Mapping[str, str]
"""Replacements for `labels.LABELS`, for example from a catalogue in another language."""


def render_html(
    ticket: ArchivedTicket, view: View, labels: Labels | None = None, zone: tzinfo = UTC
) -> str:
    """One self-contained HTML file. Reads the pictures it shows from disk."""
    return page.render_page(ticket, view, labels, zone)


def render_json(ticket: ArchivedTicket, view: View) -> str:
    """One JSON document: times as RFC 3339 UTC, ids as strings, texts as they were typed."""
    return structured.render_json(ticket, view)


def render_markdown(
    ticket: ArchivedTicket, view: View, labels: Labels | None = None, zone: tzinfo = UTC
) -> str:
    """Markdown that shows the same in any viewer; what people typed can make no HTML in it."""
    return plain.render_markdown(ticket, view, labels, zone)


def render_text(
    ticket: ArchivedTicket, view: View, labels: Labels | None = None, zone: tzinfo = UTC
) -> str:
    """Plain text for reading and searching, without terminal controls."""
    return plain.render_text(ticket, view, labels, zone)
