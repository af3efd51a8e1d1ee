"""Transcripts for the owner's own use: one ticket, or many with a page that lists them (T2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ogma.domain.access import Action, Actor, denial
from ogma.domain.archive import View
from ogma.services import archive
from ogma.services.desk import Desk
from ogma.store import tickets
from ogma.transcripts import render
from ogma.transcripts.redacted import redacted

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Exported:
    """A transcript as text, and its line on the index page."""

    text: str
    entry: render.IndexEntry


def export(
    desk: Desk, number: int, form: str, view: View, file: str = "", *, redact: bool = False
) -> Exported:
    """A ticket as html, md, txt or json, from what is stored now; `file` is where it will be."""
    ticket = archive.build(desk, number)
    if redact:
        ticket = redacted(ticket, archive.look(desk)[0])
    return Exported(archive.rendered(desk, ticket, form, view), render.index_entry(ticket, file))


def index(desk: Desk, entries: Iterable[render.IndexEntry]) -> str:
    """The page that lists exported transcripts, newest first."""
    labels, zone = archive.look(desk)
    return render.render_index(entries, labels, zone)


def for_actor(desk: Desk, actor: Actor, number: int, form: str, view: View) -> str | None:
    """A transcript for somebody in Discord; None where there is none, or none for them (Q4)."""
    ticket = tickets.get(desk.db, number)
    if ticket is None or denial(actor, Action.SEE, ticket, desk.rank(ticket)) is not None:
        return None
    return export(desk, number, form, view).text
