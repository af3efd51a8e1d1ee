"""What Discord refuses although its own description allows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

COMPONENTS_V2: Final = 1 << 15
ROW, BUTTON, LABEL = 1, 2, 18
SELECTS: Final = frozenset({3, 5, 6, 7, 8})
SUBCOMMANDS: Final = frozenset({1, 2})
_MESSAGES = re.compile(r"/channels/\d+/messages(?:/\d+)?|/webhooks/\d+/[^/]+(?:/messages/[^/]+)?")
_CALLBACK = re.compile(r"/interactions/\d+/[^/]+/callback")
_CHANNEL = re.compile(r"/channels/\d+|/guilds/\d+/channels")
_COMMANDS = re.compile(r"/applications/\d+(?:/guilds/\d+)?/commands(?:/\d+)?")

Objects = list[Mapping[str, Any]]


def limit_violations(method: str, path: str, body: Any, files: int) -> list[str]:
    """The sentences against this request; `files` counts the files sent beside the body."""
    return list(_check(method.upper(), path, body, files))


def _check(method: str, path: str, body: Any, files: int) -> Iterator[str]:
    if method not in ("POST", "PATCH", "PUT"):
        return
    fields = _object(body)
    if _MESSAGES.fullmatch(path):
        yield from _message(fields, files, new=method == "POST")
    elif _CALLBACK.fullmatch(path):
        yield from _callback(fields, files)
    elif _CHANNEL.fullmatch(path):
        yield from _channel(fields)
    elif _COMMANDS.fullmatch(path):
        yield from _commands(body if isinstance(body, list) else [body])
    if method == "PATCH" and not fields and not files and not isinstance(body, list):
        yield f"PATCH {path} changes nothing: the body is empty"


def _callback(body: Mapping[str, Any], files: int) -> Iterator[str]:
    data = _object(body.get("data"))
    match body.get("type"):
        case 4:
            yield from _message(data, files, new=True)
        case 7 if data:
            yield from _message(data, files, new=False)
        case 9:
            rows = _objects(data.get("components"))
            if not 1 <= len(rows) <= 5:
                yield f"a modal has 1 to 5 rows, not {len(rows)}"
            yield from _custom_ids(rows)


def _message(message: Mapping[str, Any], files: int, *, new: bool) -> Iterator[str]:
    said = ("content", "embeds", "components", "sticker_ids", "poll", "attachments")
    if new and not files and not any(message.get(key) for key in said):
        yield "a message needs content, an embed, a component or a file"
    content = message.get("content")
    if isinstance(content, str) and len(content) > 2000:
        yield f"content has {len(content)} characters; the limit is 2000"
    size = sum(_embed_size(embed) for embed in _objects(message.get("embeds")))
    if size > 6000:
        yield f"the embeds have {size} characters together; the limit is 6000"
    yield from _components(message)
    yield from _mentions(message.get("allowed_mentions"))


def _components(message: Mapping[str, Any]) -> Iterator[str]:
    top = _objects(message.get("components"))
    flags = message.get("flags")
    if isinstance(flags, int) and flags & COMPONENTS_V2:
        if message.get("content") or message.get("embeds"):
            yield "a message in the newer component layout has no content and no embeds"
        if (count := len(list(_walk(top)))) > 40:
            yield f"the message has {count} components; the limit is 40"
    else:
        if len(top) > 5:
            yield f"a message has at most 5 rows, not {len(top)}"
        if any(part.get("type") != ROW for part in top):
            yield "only rows may stand at the top of a message without the newer layout's flag"
    yield from _custom_ids(top)
    for part in _walk(top):
        if part.get("type") == BUTTON:
            yield from _button(part)
        elif part.get("type") in SELECTS:
            yield from _select(part)
        elif part.get("type") == ROW:
            yield from _row(_objects(part.get("components")))


def _row(children: Objects) -> Iterator[str]:
    selects = sum(child.get("type") in SELECTS for child in children)
    if not children:
        yield "a row is empty"
    if selects and len(children) > 1:
        yield "a dropdown fills its row alone"


def _button(button: Mapping[str, Any]) -> Iterator[str]:
    if not button.get("label") and not button.get("emoji"):
        yield "a button needs a label or an emoji"
    link = button.get("style") == 5
    if link and (button.get("custom_id") or not button.get("url")):
        yield "a link button has an address and no custom_id"
    if button.get("style") in (1, 2, 3, 4) and (not button.get("custom_id") or button.get("url")):
        yield "a button has a custom_id and no address"


def _select(select: Mapping[str, Any]) -> Iterator[str]:
    options = _objects(select.get("options"))
    values = [option.get("value") for option in options]
    if len(set(values)) < len(values):
        yield "a dropdown has two options of one value"
    least, most = select.get("min_values") or 1, select.get("max_values") or 1
    if least > most or (options and most > len(options)):
        yield "a dropdown asks for more values than it offers"


def _custom_ids(parts: Objects) -> Iterator[str]:
    seen = [part["custom_id"] for part in _walk(parts) if part.get("custom_id")]
    for twice in sorted({one for one in seen if seen.count(one) > 1}):
        yield f"custom_id {twice!r} stands there twice"


def _walk(parts: Objects) -> Iterator[Mapping[str, Any]]:
    for part in parts:
        yield part
        yield from _walk(_objects(part.get("components")))
        yield from _walk(_objects([part.get("accessory"), part.get("component")]))


def _mentions(allowed: Any) -> Iterator[str]:
    """A4: the bot pings nobody but whom it names; also on edits, which would parse anew."""
    if not isinstance(allowed, Mapping):
        yield "allowed_mentions is missing"
    elif allowed.get("parse"):
        yield f"allowed_mentions parses {allowed['parse']}"
    elif allowed.get("parse") is None and not (allowed.get("roles") or allowed.get("users")):
        yield "allowed_mentions has no empty parse list"
    elif allowed.get("replied_user"):
        yield "allowed_mentions pings the author of the message replied to"


def _embed_size(embed: Mapping[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [_object(embed.get("footer")).get("text"), _object(embed.get("author")).get("name")]
    for field in _objects(embed.get("fields")):
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _channel(channel: Mapping[str, Any]) -> Iterator[str]:
    topic = channel.get("topic")
    if isinstance(topic, str) and len(topic) > 1024:
        yield f"the topic has {len(topic)} characters; the limit is 1024"


def _commands(commands: list[Any]) -> Iterator[str]:
    found = _objects(commands)
    chat = [command.get("name") for command in found if command.get("type", 1) == 1]
    if len(chat) > 100:
        yield f"there are {len(chat)} commands; the limit is 100"
    for name in sorted({str(name) for name in chat if chat.count(name) > 1}):
        yield f"command {name!r} stands there twice"
    for command in found:
        if command.get("type", 1) == 1:
            yield from _named(command)
            if command.get("description") == "":
                yield f"command {command.get('name')!r} has no description"
        if (size := _command_size(command)) > 8000:
            yield f"command {command.get('name')!r} has {size} characters; the limit is 8000"


def _named(command: Mapping[str, Any]) -> Iterator[str]:
    """The name of a command or option, and those of what is inside it."""
    name = command.get("name")
    if isinstance(name, str) and not is_command_name(name):
        yield f"{name!r} is no name for a command or option"
    options = _objects(command.get("options"))
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        yield f"{name!r} has two options of one name"
    required = [
        bool(option.get("required")) for option in options if option.get("type") not in SUBCOMMANDS
    ]
    if required != sorted(required, reverse=True):
        yield f"{name!r} has a required option after an optional one"
    for option in options:
        yield from _named(option)


def _command_size(command: Mapping[str, Any]) -> int:
    size = len(str(command.get("name", ""))) + len(str(command.get("description", "")))
    for choice in _objects(command.get("choices")):
        size += len(str(choice.get("name", ""))) + len(str(choice.get("value", "")))
    return size + sum(_command_size(option) for option in _objects(command.get("options")))


def is_command_name(name: str) -> bool:
    """Discord's `^[-_'\\p{L}\\p{N}]{1,32}$`, lowercase where the script has case."""
    allowed = all(char in "-_'" or char.isalpha() or char.isnumeric() for char in name)
    return allowed and 1 <= len(name) <= 32 and name == name.lower()


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> Objects:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
