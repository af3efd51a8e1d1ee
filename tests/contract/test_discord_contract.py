"""The contract itself: it knows Discord's limits, and lets through what Discord takes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.discord_contract import broken, violations
from tests.contract.openapi import description_file

needs_description = pytest.mark.skipif(
    description_file() is None, reason="Discord's OpenAPI description is not on this machine"
)
MESSAGES = "/api/v10/channels/1/messages"
QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}
BUTTON: dict[str, Any] = {"type": 2, "style": 1, "label": "Open", "custom_id": "open:1"}
COMMAND: dict[str, Any] = {"name": "close", "description": "Close the ticket", "type": 1}


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def buttons(count: int) -> list[dict[str, Any]]:
    return [{**BUTTON, "custom_id": f"b:{number}"} for number in range(count)]


def option(name: str, *, required: bool = False, **rest: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": name, "required": required, **rest}


ACCEPTED: list[tuple[str, str, Any]] = [
    ("POST", MESSAGES, {"content": "x" * 2000, **QUIET}),
    ("POST", MESSAGES, {"embeds": [{"title": "t" * 256}], "nonce": 1, **QUIET}),
    ("POST", MESSAGES, {"content": "hi", "components": [row(*buttons(5))] * 1, **QUIET}),
    ("POST", MESSAGES, {"content": "a", "allowed_mentions": {"parse": [], "roles": [7]}}),
    ("POST", MESSAGES, {"attachments": [{"id": 0, "filename": "t.html"}], **QUIET}),
    ("PATCH", MESSAGES + "/2", {"content": None, "components": [], **QUIET}),
    ("POST", "/guilds/1/channels", {"name": "t", "type": 0, "parent_id": 5, "topic": "x" * 1024}),
    ("PATCH", "/channels/1", {"permission_overwrites": [{"id": 1, "type": 0, "allow": "1024"}]}),
    ("PUT", "/channels/1/permissions/2", {"type": 1, "allow": 1024, "deny": "0"}),
    ("DELETE", "/channels/1", None),
    ("POST", "/channels/1/typing", None),
    ("GET", "/gateway/bot", None),
    ("GET", MESSAGES + "?after=5&limit=100", None),
    ("PUT", "/applications/1/commands", [{**COMMAND, "default_permission": True}]),
    ("POST", "/interactions/1/token/callback", {"type": 5, "data": {"flags": 64}}),
    ("POST", "/interactions/1/token/callback", {"type": 6}),
    ("POST", "/interactions/1/token/callback", {"type": 4, "data": {"content": "x", **QUIET}}),
    ("PATCH", "/webhooks/1/token/messages/@original", {"content": "x", **QUIET}),
    ("POST", "/users/@me/channels", {"recipient_id": 5}),
]

LIMITS: list[tuple[str, str, Any, str]] = [
    ("POST", MESSAGES, {"content": "x" * 2001, **QUIET}, "the limit is 2000"),
    ("PATCH", MESSAGES + "/2", {"content": "x" * 2001, **QUIET}, "the limit is 2000"),
    ("POST", MESSAGES, QUIET, "a message needs content"),
    ("POST", MESSAGES, {"embeds": [{"description": "x" * 3001}] * 2, **QUIET}, "limit is 6000"),
    (
        "POST",
        MESSAGES,
        {"content": "x", "components": [row(BUTTON)] * 6, **QUIET},
        "at most 5 rows",
    ),
    ("POST", MESSAGES, {"content": "x", "components": [row(BUTTON, BUTTON)], **QUIET}, "twice"),
    ("POST", MESSAGES, {"content": "x", "components": [row()], **QUIET}, "row is empty"),
    ("POST", MESSAGES, {"content": "x", "components": [BUTTON], **QUIET}, "only rows"),
    (
        "POST",
        MESSAGES,
        {"content": "x", "components": [row({**BUTTON, "label": ""})], **QUIET},
        "a label or an emoji",
    ),
    (
        "POST",
        MESSAGES,
        {"content": "x", "components": [row({**BUTTON, "style": 5})], **QUIET},
        "link button",
    ),
    (
        "POST",
        MESSAGES,
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}], **QUIET},
        "newer component layout",
    ),
    ("POST", MESSAGES, {"content": "x"}, "allowed_mentions is missing"),
    ("PATCH", MESSAGES + "/2", {"content": "x"}, "allowed_mentions is missing"),
    ("POST", MESSAGES, {"content": "x", "allowed_mentions": {"parse": ["roles"]}}, "parses"),
    ("POST", MESSAGES, {"content": "x", "allowed_mentions": {}}, "no empty parse list"),
    (
        "POST",
        MESSAGES,
        {"content": "x", "allowed_mentions": {"parse": [], "replied_user": True}},
        "pings the author",
    ),
    ("POST", "/interactions/1/t/callback", {"type": 4, "data": {"content": "x"}}, "missing"),
    ("POST", "/interactions/1/t/callback", {"type": 7, "data": {"content": "x"}}, "missing"),
    ("POST", "/webhooks/1/t", {"content": "x"}, "allowed_mentions is missing"),
    ("PATCH", "/webhooks/1/t/messages/@original", {"content": "x"}, "allowed_mentions is missing"),
    ("PATCH", "/webhooks/1/t/messages/2", {"content": "x"}, "allowed_mentions is missing"),
    ("POST", "/interactions/1/t/callback", {"type": 4}, "a message needs content"),
    (
        "POST",
        "/interactions/1/t/callback",
        {"type": 9, "data": {"custom_id": "m", "title": "t", "components": [{}] * 6}},
        "1 to 5 rows",
    ),
    ("POST", "/guilds/1/channels", {"name": "t", "topic": "x" * 1025}, "the limit is 1024"),
    ("PATCH", "/channels/1", {}, "changes nothing"),
    ("PUT", "/applications/1/commands", [{**COMMAND, "name": "Close"}], "no name"),
    ("PUT", "/applications/1/commands", [{**COMMAND, "name": "close it"}], "no name"),
    ("PUT", "/applications/1/commands", [COMMAND, COMMAND], "twice"),
    (
        "PUT",
        "/applications/1/commands",
        [{**COMMAND, "name": f"c{number}"} for number in range(101)],
        "the limit is 100",
    ),
    (
        "PUT",
        "/applications/1/guilds/2/commands",
        [{**COMMAND, "options": [option("note"), option("reason", required=True)]}],
        "required option after",
    ),
    (
        "POST",
        "/applications/1/commands",
        {
            **COMMAND,
            "options": [option("a", choices=[{"name": "x" * 90, "value": "y" * 4000}] * 2)],
        },
        "the limit is 8000",
    ),
]

DESCRIBED: list[tuple[str, str, Any, str]] = [
    ("POST", MESSAGES, {"content": "x", "silent": True, **QUIET}, "'silent' was unexpected"),
    ("POST", MESSAGES, {"embeds": [{"title": "t" * 257}], **QUIET}, "body.embeds[0].title"),
    ("POST", MESSAGES, {"embeds": [{}] * 11, **QUIET}, "body.embeds"),
    (
        "POST",
        MESSAGES,
        {"content": "x", "components": [row(*buttons(6))], **QUIET},
        "body.components[0].components",
    ),
    (
        "POST",
        MESSAGES,
        {"content": "x", "components": [row({**BUTTON, "label": "x" * 81})], **QUIET},
        "body.components[0].components[0].label",
    ),
    (
        "POST",
        MESSAGES,
        {"content": "x", "components": [row({**BUTTON, "custom_id": "x" * 101})], **QUIET},
        "custom_id",
    ),
    ("POST", MESSAGES, None, "needs a body"),
    ("POST", "/guilds/1/channels", {"name": "x" * 101}, "body.name"),
    ("POST", "/guilds/1/channels", {"name": "x", "parent_id": "five"}, "body.parent_id"),
    ("PUT", "/applications/1/commands", [{**COMMAND, "description": "x" * 101}], "description"),
    ("POST", "/channels/1/messages/bulk-delete", {"messages": ["1"]}, "body.messages"),
    ("POST", "/channels/1/shout", {}, "not part of Discord's API"),
    ("DELETE", "/channels/abc", None, "not part of Discord's API"),
]


@pytest.mark.parametrize(("method", "path", "body"), ACCEPTED)
def test_what_discord_takes_passes(method: str, path: str, body: Any) -> None:
    assert violations(method, path, body) == []


@pytest.mark.parametrize(("method", "path", "body", "said"), LIMITS)
def test_limits_that_the_description_misses(method: str, path: str, body: Any, said: str) -> None:
    assert any(said in sentence for sentence in violations(method, path, body))


@needs_description
@pytest.mark.parametrize(("method", "path", "body", "said"), DESCRIBED)
def test_limits_of_the_description(method: str, path: str, body: Any, said: str) -> None:
    assert any(said in sentence for sentence in violations(method, path, body))


def test_a_file_is_enough_for_a_message() -> None:
    assert violations("POST", MESSAGES, dict(QUIET), files=1) == []


def test_ids_may_be_numbers_or_digits() -> None:
    for channel in (5, "5"):
        assert violations("POST", "/guilds/1/channels", {"name": "t", "parent_id": channel}) == []


def test_broken_names_the_request() -> None:
    log = [
        {"n": 1, "method": "GET", "path": "/gateway/bot", "body": None, "files": []},
        {"n": 2, "method": "POST", "path": MESSAGES, "body": {"content": "x"}, "files": []},
    ]
    assert broken(log) == [f"POST {MESSAGES}: allowed_mentions is missing"]
