"""Messages of the sandbox for a terminal: who says what, where, with which buttons."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from ogma.cli.output import Output
from ogma.domain.clock import SECOND, to_datetime

Message = Mapping[str, Any]
Channel = Mapping[str, Any]

TEXT: Final = 0
"""Discord's channel type for text; the others are categories."""
_PINNED: Final = 6
"""Discord's message type for the notice that something was pinned."""
_WIDTH: Final = 80
_INDENT: Final = "    "
_MENTION: Final = re.compile(r"<(#|@[!&]?)([0-9]+)>")
_TIME: Final = re.compile(r"<t:([0-9]+)(?::[A-Za-z])?>")
_MARKS: Final = re.compile(r"\*\*?|__|^> ?", re.MULTILINE)
_MASKED: Final = re.compile(r"\[([^\]]+)\]\((?:<)?(https?://[^)>]+)>?\)")


class Names:
    """Ids to names, from the newest state."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def learn(self, state: Mapping[str, Any]) -> None:
        """Take in who and what there is."""
        for sign, key in (("#", "deleted_channels"), ("#", "channels"), ("@", "members")):
            self._names |= {one["id"]: f"{sign}{one['name']}" for one in state[key]}
        self._names |= {one["id"]: f"@{one['name'].lstrip('@')}" for one in state["roles"]}

    def of(self, written: object) -> str:
        """The name of an id; what is no id is a channel's name already."""
        return self._names.get(str(written), f"#{written}")

    def spell(self, text: str) -> str:
        """The text as Discord would show it, without its Markdown."""
        named = _MENTION.sub(lambda found: self._names.get(found[2], found[0]), text)
        timed = _TIME.sub(lambda found: _clock(int(found[1])), named)
        return _MASKED.sub(r"\1 (\2)", _MARKS.sub("", timed)).replace("\\", "")


def _clock(seconds: int) -> str:
    return to_datetime(seconds * SECOND).strftime("%H:%M UTC")


def buttons(message: Message) -> list[dict[str, Any]]:
    """The buttons and dropdowns of a message that can be used, in their order."""
    return [one for one in _walk(message["components"]) if not one.get("disabled")]


def _walk(nodes: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if node.get("custom_id") or node.get("url"):
            yield dict(node)
        yield from _walk(node.get("components", ()))


def button_name(button: Mapping[str, Any]) -> str:
    """What is written on it."""
    emoji = (button.get("emoji") or {}).get("name") or ""
    text = button.get("label") or button.get("placeholder") or ""
    return f"{emoji} {text}".strip() or str(button.get("custom_id", ""))


def message_lines(message: Message, names: Names) -> list[str]:
    """A message for a terminal: words, embeds, files, buttons; no line wider than 80."""
    width = min(_WIDTH, shutil.get_terminal_size((_WIDTH, 24)).columns) - len(_INDENT)
    if message["type"] == _PINNED:
        return ["(pins a message)"]
    lines = wrapped(names.spell(message["content"]), width)
    for embed in message["embeds"]:
        lines += [f"│ {line}" for line in _embed_lines(embed, names, width - 2)]
    for file in message["attachments"]:
        lines.append(f"📎 {file['filename']} ({max(1, file['size'] // 1024)} KB)")
    live = "  ".join(f"[{button_name(one)}]" for one in buttons(message))
    return lines + wrapped(live, width)


def _embed_lines(embed: Mapping[str, Any], names: Names, width: int) -> list[str]:
    parts = [str(embed.get(key) or "") for key in ("title", "description")]
    parts += [f"{one['name']}: {one['value']}" for one in embed.get("fields", ())]
    parts.append(str((embed.get("footer") or {}).get("text") or ""))
    return [line for part in parts if part for line in wrapped(names.spell(part), width)]


def wrapped(text: str, width: int = _WIDTH - 2) -> list[str]:
    """The text in lines of at most `width` characters; empty lines are left out."""
    return [
        line
        for written in text.splitlines()
        for line in textwrap.wrap(written, width, break_on_hyphens=False)
    ]


class Chat:
    """Prints each message once, in the order in which they came, and of an edit what is new."""

    def __init__(
        self, output: Output, sees: Callable[[Channel], bool] = lambda channel: True
    ) -> None:
        """`sees` leaves out channels; a member's direct messages come as the channel '@NAME'."""
        self.names = Names()
        self._output = output
        self._sees = sees
        self._seen: dict[str, list[str]] = {}
        self._channels: dict[str, str] = {}

    def looks(self, state: Mapping[str, Any], *, silently: bool = False) -> None:
        """Print what is new in a state; silently, only take it as known."""
        self.names.learn(state)
        channels = [one for one in _channels(state) if self._sees(one)]
        now = {one["id"]: one["name"] for one in channels if one["name"].startswith("#")}
        gone = {one["id"] for one in state["deleted_channels"]}
        output = None if silently else self._output
        for channel_id, name in now.items():
            if channel_id not in self._channels and channel_id not in gone and output:
                output.text(f"  + {name} appears", "dim")
        self._tell_new(channels, silently)
        for channel_id, name in self._channels.items():
            if (channel_id not in now or channel_id in gone) and output:
                output.text(f"  - {name} is gone", "dim")
        self._channels = {key: name for key, name in now.items() if key not in gone}

    def _tell_new(self, channels: Sequence[Channel], silently: bool) -> None:
        new = [
            (message, channel["name"])
            for channel in channels
            for message in channel["messages"]
            if self._seen.get(message["id"]) != message_lines(message, self.names)
        ]
        for message, place in sorted(new, key=lambda one: self._when(one[0])):
            if not silently:
                self.tell(message, place)
            self._seen[message["id"]] = message_lines(message, self.names)

    def _when(self, message: Message) -> tuple[str, int]:
        """Messages come in the order of their writing, or of the edit that is told now."""
        edited = message["id"] in self._seen and message["edited_at"]
        return str(edited or message["created_at"]), int(message["id"])

    def tell(self, message: Message, where: str, *, to: str = "") -> None:
        """Print one message; `to` says that only this member sees it."""
        author = message["author"]
        who = f"{author['name']} (bot)" if author.get("bot") else author["name"]
        if to:
            place = f"to {to} alone"
        elif where.startswith("@"):
            place = f"in a direct message to {where[1:]}"
        else:
            place = f"in {where}"
        before = self._seen.get(message["id"], [])
        lines = [line for line in message_lines(message, self.names) if line not in before]
        if before and not lines:
            return
        edits = ", edited:" if before else ""
        self._output.text(f"  {who} {place}{edits}", _style(author))
        for line in lines:
            self._output.text(f"{_INDENT}{line}")

    def answered(self, who: str, answer: Any) -> None:
        """Print what only the person who acted sees: a private reply, a form."""
        if not isinstance(answer, dict) or "ack" not in answer:
            return
        for message in (answer.get("reply"), *answer["followups"]):
            if message and answer["ephemeral"] and message["id"] not in self._seen:
                self.tell(message, "", to=who)
        if answer.get("modal"):
            self._output.text(f"  A form opens for {who}: {answer['modal']['title']}", "dim")


def _channels(state: Mapping[str, Any]) -> Iterator[Channel]:
    """Text channels, those that are gone, and direct messages, each with its name as shown."""
    for one in (*state["deleted_channels"], *state["channels"]):
        if one["type"] == TEXT:
            yield {**one, "name": f"#{one['name']}"}
    for name, dm in state["dms"].items():
        yield {"id": dm["channel"], "name": f"@{name}", "messages": dm["messages"]}


def _style(author: Mapping[str, Any]) -> str:
    return "bold magenta" if author.get("bot") else "bold cyan"
