"""The Markdown and the text transcript: the same parts in the same order, told line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from ogma.domain.archive import (
    ArchivedEvent,
    ArchivedFile,
    ArchivedMessage,
    ArchivedTicket,
    Side,
    View,
)
from ogma.domain.clock import Millis, to_datetime
from ogma.transcripts import embeds
from ogma.transcripts.facts import event_detail, header_rows, size_text
from ogma.transcripts.labels import Words
from ogma.transcripts.timeline import Day, Group, timeline
from ogma.transcripts.views import people, visible
from ogma.transcripts.write_text import MarkdownWriter, TextWriter


def render_markdown(
    ticket: ArchivedTicket, view: View, own: Mapping[str, str] | None, zone: tzinfo
) -> str:
    """See `render.render_markdown`."""
    return _render(ticket, view, own, zone, markdown=True)


def render_text(
    ticket: ArchivedTicket, view: View, own: Mapping[str, str] | None, zone: tzinfo
) -> str:
    """See `render.render_text`."""
    return _render(ticket, view, own, zone, markdown=False)


def _render(
    ticket: ArchivedTicket,
    view: View,
    own: Mapping[str, str] | None,
    zone: tzinfo,
    *,
    markdown: bool,
) -> str:
    lines = _Sheet(visible(ticket, view), view, Words(own), zone, markdown=markdown).lines()
    written: list[str] = []
    for line in lines:
        if line.strip() or (written and written[-1].strip()):
            written.append(line)
    return "\n".join(written).rstrip() + "\n"


class _Sheet:
    def __init__(
        self, ticket: ArchivedTicket, view: View, words: Words, zone: tzinfo, *, markdown: bool
    ) -> None:
        self._ticket = ticket
        self._view = view
        self._words = words
        self._zone = zone
        self._markdown = markdown
        writer = MarkdownWriter if markdown else TextWriter
        self._write: TextWriter = writer(ticket.names, words, zone)
        self._by_id = {message.id: message for message in ticket.messages}

    def lines(self) -> Iterator[str]:
        yield from self._header()
        for entry in timeline(self._ticket, self._zone):
            match entry:
                case Day(at):
                    yield from self._heading(2, self._at("date", at))
                case Group():
                    for message in entry.messages:
                        yield from self._message(message)
                case ArchivedEvent():
                    yield from self._event(entry)
        yield ""
        yield self._words("footer", zone=self._zone)

    def _header(self) -> Iterator[str]:
        ticket, words, line = self._ticket, self._words, self._write.line
        title = f"{words('ticket')} #{ticket.number}: {ticket.subject or ticket.type_label}"
        yield from self._heading(1, title)
        view = words("staff_view" if self._view is View.STAFF else "customer_view")
        yield from ([line(view)] + ([line(words("restricted"))] if ticket.locked else []))
        yield ""
        for label, value in header_rows(ticket, words):
            shown = self._at("moment", value) if isinstance(value, int) else value
            yield from self._row(label, shown)
        if ticket.tags:
            yield from self._row(words("tags"), ", ".join(ticket.tags))
        if ticket.close_note:
            yield from self._heading(3, words("close_note"))
            yield from self._body(ticket.close_note)
        if ticket.intake:
            yield from self._heading(3, words("intake"))
            for label, answer in ticket.intake:
                yield from self._row(label, "")
                yield from ["", *self._body(answer), ""]
        yield from self._heading(3, words("people"))
        for person, count in people(ticket):
            side = words.of("side", person.side.value)
            yield from self._row(person.name, f"{side}, {words.count(count)}")

    def _message(self, message: ArchivedMessage) -> Iterator[str]:
        words, line = self._words, self._write.line
        marks = [self._at("time", message.at)]
        if message.author.side is not Side.CUSTOMER:
            marks.append(words.of("side", message.author.side.value) or "")
        if message.ai:
            marks.append(words("ai"))
        if message.pinned:
            marks.append(words("pinned"))
        if message.edited_at is not None:
            marks.append(words("edited_at", moment=self._at("moment", message.edited_at)))
        if message.deleted_at is not None:
            marks.append(words("deleted", moment=self._at("moment", message.deleted_at)))
        yield ""
        name = line(message.author.name)
        yield f"{f'**{name}**' if self._markdown else name} ({line(', '.join(marks))})"
        yield ""
        yield from self._set_in(self._content(message))

    def _set_in(self, parts: Iterable[list[str]]) -> Iterator[str]:
        """Parts with an empty line between them, set off from the left."""
        prefix = ">" if self._markdown else "   "
        filled = [part for part in parts if any(line.strip() for line in part)]
        for number, part in enumerate(filled):
            if number:
                yield prefix.rstrip()
            yield from (f"{prefix} {line}" if line else prefix.rstrip() for line in part)

    def _content(self, message: ArchivedMessage) -> Iterator[list[str]]:
        words, line, body = self._words, self._write.line, self._write.body
        origin = self._by_id.get(message.reply_to or 0)
        if origin is not None:
            yield [line(f"↪ {origin.author.name}, {self._at('time', origin.at)}")]
        yield body(message.content)
        for file in message.files:
            yield [line(f"📎 {file.name} ({self._file(file)})")]
        for data in message.embeds:
            yield from self._embed(embeds.read_embed(data))
        yield from self._parts(embeds.read_components(message.components))
        if message.reactions:
            seen = (embeds.read_reaction(data) for data in message.reactions)
            yield [line(" ".join(f"{emoji} {count}" for emoji, count in seen))]
        for until, text in message.earlier:
            yield [line(f"{words('earlier')}, {self._until(until)}:")]
            yield body(text)
        if message.trace:
            yield [line(words("trace") + ":")]
            yield body(message.trace)

    def _embed(self, embed: embeds.Embed) -> Iterator[list[str]]:
        line, body = self._write.line, self._write.body
        yield from ([line(text)] for text in (embed.author, embed.title) if text)
        yield body(embed.text)
        for field in embed.fields:
            value = body(field.value)
            if len(value) == 1:
                yield [f"{line(field.name)}: {value[0]}"]
            else:
                yield [line(field.name) + ":"]
                yield value
        yield from ([line(self._words("image", host=host))] for host, _ in embed.images)
        yield [line(embed.footer)]

    def _parts(self, parts: tuple[embeds.Part, ...]) -> Iterator[list[str]]:
        line = self._write.line
        for part in parts:
            match part:
                case embeds.Row(buttons):
                    labels = (b.label or self._words("select") for b in buttons)
                    yield [line(" ".join(f"[ {label} ]" for label in labels))]
                case embeds.TextPart(text):
                    yield self._write.body(text)
                case embeds.PicturePart(images):
                    yield from ([line(self._words("image", host=host))] for host, _ in images)
                case embeds.Container(inner):
                    yield from self._parts(inner)

    def _event(self, event: ArchivedEvent) -> Iterator[str]:
        told = self._words.event(event.kind, event.actor)
        yield ""
        yield self._write.line(f"• {told}, {self._at('time', event.at)}")
        if detail := event_detail(event, self._words):
            yield from ["", *self._body(detail)]

    def _heading(self, level: int, text: str) -> Iterator[str]:
        shown = self._write.line(text)
        yield ""
        yield f"{'#' * level} {shown}" if self._markdown else shown
        if not self._markdown and level < 3:
            yield ("=" if level == 1 else "-") * len(shown)
        yield ""

    def _row(self, label: str, value: str) -> Iterator[str]:
        label, value = self._write.line(label), self._write.line(value)
        yield f"- **{label}:** {value}".rstrip() if self._markdown else f"{label}: {value}".rstrip()

    def _body(self, text: str) -> Iterator[str]:
        return self._set_in([self._write.body(text)])

    def _file(self, file: ArchivedFile) -> str:
        if file.path is not None:
            kept = self._words("file_kept")
        elif file.missing:
            kept = self._words("file_missing_because", reason=file.missing)
        else:
            kept = self._words("file_missing")
        return f"{size_text(file.size)}, {kept}"

    def _at(self, pattern: str, at: Millis) -> str:
        return self._words.moment(pattern, to_datetime(at).astimezone(self._zone))

    def _until(self, at: Millis) -> str:
        return self._words("until", moment=self._at("moment", at))
