"""A ticket to be shown to others: nobody in it is named, nothing private is told (T2, `--redact`).

People become "Customer", "Staff 1" and so on, the same person the same all through. Texts lose what
`domain.redaction` knows, and the names of all who take part. Pictures and files are left out: what
they show nobody can mask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ogma.domain.archive import (
    ArchivedEvent,
    ArchivedFile,
    ArchivedMessage,
    ArchivedTicket,
    Person,
    Side,
)
from ogma.domain.redaction import redact
from ogma.transcripts.labels import Words
from ogma.transcripts.views import people

_MENTION: Final = re.compile(r"<@!?(\d{1,20})>")
_LINKS: Final = frozenset({"url", "proxy_url", "icon_url", "custom_id", "id", "type", "style"})
"""Keys of Discord's objects that no reader needs, or that are codes and no texts."""
_NAMING: Final = frozenset({"member_added", "member_removed", "renamed"})
"""Events whose detail is a name, perhaps of somebody who never wrote."""
_CODES: Final = frozenset({"custom_id", "id", "type", "style"})


def redacted(ticket: ArchivedTicket, own: Mapping[str, str] | None = None) -> ArchivedTicket:
    """The same ticket without anybody's name, id or secret."""
    return _Pen(ticket, Words(own)).ticket()


class _Pen:
    def __init__(self, ticket: ArchivedTicket, words: Words) -> None:
        self._ticket = ticket
        self._hidden = _pseudonyms(ticket, words)
        told = (ticket.customer.name, ticket.assignee, ticket.closed_by, ticket.channel)
        names = {name for key, name in ticket.names.items() if key.startswith("@")}
        names |= {person.name for person, _ in people(ticket)} | {one for one in told if one}
        self._names = frozenset(names | {event.actor for event in ticket.events} - {"Ogma"})

    def ticket(self) -> ArchivedTicket:
        one = self._ticket
        return replace(
            one,
            key="",
            channel="",
            customer=self._person(one.customer),
            intake=tuple((label, self._text(answer)) for label, answer in one.intake),
            subject=self._maybe(one.subject),
            assignee=self._actor(one.assignee),
            closed_by=self._actor(one.closed_by),
            close_note=self._maybe(one.close_note),
            messages=tuple(self._message(message) for message in one.messages),
            events=tuple(self._event(event) for event in one.events),
            names={key: name for key, name in one.names.items() if key.startswith("&")},
        )

    def _person(self, person: Person) -> Person:
        number, name = self._hidden[person.id]
        return Person(number, name, person.side)

    def _actor(self, name: str | None) -> str | None:
        """Who did something, known by name only."""
        if not name or name == "Ogma":
            return name
        found = {
            hidden
            for person, (_, hidden) in zip(self._by_id(), self._hidden.values(), strict=True)
            if person.name == name
        }
        return found.pop() if len(found) == 1 else "[name]"

    def _by_id(self) -> list[Person]:
        return [person for person, _ in people(self._ticket)]

    def _text(self, text: str) -> str:
        shown = _MENTION.sub(self._mention, text)
        return redact(shown, names=self._names).text

    def _mention(self, found: re.Match[str]) -> str:
        known = self._hidden.get(int(found[1]))
        return f"@{known[1]}" if known else "[name]"

    def _maybe(self, text: str | None) -> str | None:
        return None if text is None else self._text(text)

    def _message(self, message: ArchivedMessage) -> ArchivedMessage:
        return replace(
            message,
            author=self._person(message.author),
            content=self._text(message.content),
            files=tuple(self._file(file) for file in message.files),
            embeds=tuple(self._plain(one) for one in message.embeds),
            components=tuple(self._plain(one) for one in message.components),
            earlier=tuple((until, self._text(text)) for until, text in message.earlier),
            trace=self._maybe(message.trace),
        )

    def _file(self, file: ArchivedFile) -> ArchivedFile:
        ending = file.name.rpartition(".")[2] if "." in file.name else ""
        name = f"file.{ending}" if ending.isalnum() and len(ending) <= 5 else "file"
        return replace(file, id=0, name=name, sha256=None, path=None)

    def _plain(self, value: Any, key: str = "") -> Any:
        """Discord's objects with every text masked, and without their addresses."""
        match value:
            case str():
                return value if key in _CODES else self._text(value)
            case Mapping():
                kept = {name: one for name, one in value.items() if name not in _LINKS - _CODES}
                return {name: self._plain(one, name) for name, one in kept.items()}
            case list() | tuple():
                return [self._plain(one, key) for one in value]
        return value

    def _event(self, event: ArchivedEvent) -> ArchivedEvent:
        detail = "[name]" if event.kind in _NAMING else self._text(event.detail)
        return replace(event, actor=self._actor(event.actor) or "", detail=detail)


def _pseudonyms(ticket: ArchivedTicket, words: Words) -> dict[int, tuple[int, str]]:
    """By a person's id, the number and the name that stand for them; ordered as `people`."""
    found: dict[int, tuple[int, str]] = {}
    seen: dict[Side, int] = {}
    for number, (person, _) in enumerate(people(ticket), start=1):
        count = seen[person.side] = seen.get(person.side, 0) + 1
        side = words.of("side", person.side.value) or person.side.value
        alone = person.id == ticket.customer.id or person.side is Side.OGMA
        found[person.id] = (number, side if alone else f"{side} {count}")
    return found
