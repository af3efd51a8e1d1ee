"""The HTML transcript: one file that looks like Discord, loads nothing and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ogma.domain.archive import (
    ArchivedEvent,
    ArchivedMessage,
    ArchivedTicket,
    Side,
    View,
)
from ogma.domain.clock import Millis, rfc3339, to_datetime
from ogma.transcripts import embeds
from ogma.transcripts.cleaning import clean_line, clean_text
from ogma.transcripts.facts import event_detail, header_rows, size_text
from ogma.transcripts.images import ImageBudget
from ogma.transcripts.labels import Words
from ogma.transcripts.timeline import Day, Group, timeline
from ogma.transcripts.views import people, visible
from ogma.transcripts.write_html import HtmlWriter
from ogma.transcripts.write_text import TextWriter

PREVIEW_LENGTH: Final = 120
ACTOR: Final = "\ue000"
"""A character of no language, to find the place of the name in a label."""
HIDDEN: Final = "▇▇▇"
"""What stands for a spoiler in the preview of a reply."""


def render_page(
    ticket: ArchivedTicket, view: View, own: Mapping[str, str] | None, zone: tzinfo
) -> str:
    """The whole file as text, to be written as UTF-8."""
    page = _Page(visible(ticket, view), view, Words(own), zone)
    return environment().get_template("ticket.html").render(page=page, w=page.words)


@cache
def environment() -> Environment:
    """The templates; every value is cleaned and escaped on its way in, except `Markup`."""
    made = Environment(
        loader=PackageLoader("ogma.transcripts", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    kinds: dict[str, type] = {
        "day": Day,
        "group": Group,
        "row": embeds.Row,
        "text_part": embeds.TextPart,
        "picture_part": embeds.PicturePart,
        "container": embeds.Container,
        "separator": embeds.Line,
    }
    for name, kind in kinds.items():
        made.tests[name] = lambda value, kind=kind: isinstance(value, kind)
    return made


def _finalize(value: object) -> object:
    return clean_line(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


class _Page:
    """What the template asks for: the ticket as seen in this view, and how to show its parts."""

    def __init__(self, ticket: ArchivedTicket, view: View, words: Words, zone: tzinfo) -> None:
        self.ticket = ticket
        self.staff = view is View.STAFF
        self.words = words
        self.entries = tuple(timeline(ticket, zone))
        self.people = people(ticket)
        self._zone = zone
        self._writer = HtmlWriter(ticket.names, words, zone)
        self._lines = TextWriter(ticket.names, words, zone, spoiler=HIDDEN)
        self._images = ImageBudget()
        self._by_id = {message.id: message for message in ticket.messages}
        self.embed = embeds.read_embed
        self.components = embeds.read_components
        self.reaction = embeds.read_reaction
        self.markdown = self._writer.markdown
        self.picture = self._images.inline
        self.size = size_text

    @property
    def title(self) -> str:
        """For the browser's tab."""
        parts = [f"#{self.ticket.number}", self.ticket.type_label, self.ticket.subject or ""]
        return " · ".join(part for part in parts if part)

    @property
    def zone_name(self) -> str:
        """The zone that all times of the file are in."""
        return str(self._zone)

    def at(self, pattern: str, at: Millis) -> str:
        """The instant by a label's pattern: 'date', 'time' or 'moment'."""
        return self.words.moment(pattern, to_datetime(at).astimezone(self._zone))

    def time(self, at: Millis, pattern: str = "moment") -> Markup:
        """The instant as a <time> element."""
        shown = self.at(pattern, at)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            rfc3339(at), self.at("moment", at), shown
        )

    def facts(self) -> list[tuple[str, str | Markup]]:
        """The header's rows: (label, value), those that are known."""
        rows = header_rows(self.ticket, self.words)
        return [
            (label, self.time(value) if isinstance(value, int) else value) for label, value in rows
        ]

    def event(self, event: ArchivedEvent) -> Markup:
        """The sentence of an event, the name kept apart from the sentence's direction."""
        before, name, after = self.words.event(event.kind, ACTOR).partition(ACTOR)
        if not name:
            return Markup.escape(before)
        return Markup("{}<bdi>{}</bdi>{}").format(
            clean_text(before), clean_line(event.actor), clean_text(after)
        )

    def detail(self, event: ArchivedEvent) -> Markup:
        """What stands below an event; empty where the sentence says it all."""
        return self.markdown(event_detail(event, self.words))

    def reply(self, message: ArchivedMessage) -> ArchivedMessage | None:
        """The message that this one replies to, if it is in the ticket."""
        return None if message.reply_to is None else self._by_id.get(message.reply_to)

    def preview(self, message: ArchivedMessage) -> str:
        """One line of a message, as plain text."""
        if message.deleted_at is not None and not message.content:
            return self.words("deleted_hidden")
        text = message.content or embeds.read_embed(next(iter(message.embeds), None)).title
        line = clean_line(" ".join(self._lines.body(text)))
        if len(line) > PREVIEW_LENGTH:
            line = line[:PREVIEW_LENGTH].rstrip() + "…"
        return line or self.words("reply_empty")

    @staticmethod
    def initials(name: str) -> str:
        """Up to two letters that stand for a face."""
        letters = [word[0] for word in re.findall(r"\w+", clean_line(name))]
        return "".join(letters[:2]).upper() or "?"

    @staticmethod
    def badge(message: ArchivedMessage) -> str | None:
        """The label key of the badge beside the author's name."""
        if message.ai:
            return "ai"
        return {Side.STAFF: "staff", Side.OGMA: "bot", Side.OTHER: None}.get(message.author.side)
