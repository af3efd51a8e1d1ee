"""One page that lists exported transcripts, newest first, by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from urllib.parse import quote

from ogma.domain.archive import ArchivedTicket
from ogma.domain.clock import Millis, to_datetime
from ogma.transcripts.labels import Words
from ogma.transcripts.page import environment


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A line of the index: the ticket's facts and its file, relative to the index page."""

    file: str
    number: int
    type_label: str
    subject: str | None
    customer: str
    opened_at: Millis
    closed_at: Millis | None
    close_reason: str | None
    rating: str | None
    handled_by: str


def index_entry(ticket: ArchivedTicket, file: str) -> IndexEntry:
    """The line for a ticket whose transcript is in `file`."""
    return IndexEntry(
        file=file,
        number=ticket.number,
        type_label=ticket.type_label,
        subject=ticket.subject,
        customer=ticket.customer.name,
        opened_at=ticket.opened_at,
        closed_at=ticket.closed_at,
        close_reason=ticket.close_reason,
        rating=ticket.rating,
        handled_by=ticket.handled_by,
    )


def render_index(
    entries: Iterable[IndexEntry], labels: Mapping[str, str] | None = None, zone: tzinfo = UTC
) -> str:
    """The whole page as text, to be written as UTF-8. Links stay inside its folder."""
    words = Words(labels)
    newest = sorted(entries, key=lambda entry: (entry.opened_at, entry.number), reverse=True)
    rows = [_row(entry, words, to_datetime(entry.opened_at).astimezone(zone)) for entry in newest]
    months = [(month, list(found)) for month, found in groupby(rows, lambda row: row.month)]
    template = environment().get_template("index.html")
    return template.render(w=words, months=months, zone=str(zone))


@dataclass(frozen=True, slots=True)
class _Row:
    month: str
    href: str
    number: int
    subject: str
    cells: tuple[str, ...]


def _row(entry: IndexEntry, words: Words, opened: datetime) -> _Row:
    return _Row(
        month=words.moment("month", opened),
        href="./" + quote(entry.file, safe="/"),
        number=entry.number,
        subject=entry.subject or entry.type_label,
        cells=(
            entry.type_label,
            entry.customer,
            words.moment("moment", opened),
            words.of("reason", entry.close_reason) or "",
            words.of("rating", entry.rating) or "",
            words.of("handled", entry.handled_by) or "",
        ),
    )
