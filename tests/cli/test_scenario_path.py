from __future__ import annotations

from typing import Any

import pytest

from ogma.cli.scenario_path import holds, parse, same

STATE: dict[str, Any] = {
    "channels": [
        {"id": "1", "name": "general", "messages": []},
        {
            "id": "2",
            "name": "alice",
            "topic": "Ticket 1 ogma:ab",
            "messages": [
                {"author": {"name": "Ogma", "bot": True}, "content": "Hello", "embeds": []},
                {"author": {"name": "alice", "bot": False}, "content": "A refund?", "embeds": []},
            ],
        },
    ],
    "dms": {"alice": {"open": True, "messages": [{"content": "Helpful?"}]}},
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("state.channels.name", ["general", "alice"]),
        ("state.channels[1].name", ["alice"]),
        ("state.channels[-1].id", ["2"]),
        ("state.channels[name=alice].id", ["2"]),
        ("state.channels[id=2].messages.content", ["Hello", "A refund?"]),
        ("state.channels[topic~ogma:].messages[-1].author.name", ["alice"]),
        ("state.channels.messages[author.name=alice].content", ["A refund?"]),
        ("state.channels.messages[author.bot=true].content", ["Hello"]),
        ("state.channels[messages~refund].name", ["alice"]),
        ("state.channels[name=general].messages", []),
        ("state.channels[7]", []),
        ("state.channels[name=bob].id", []),
        ("state.nothing.at.all", []),
        ("state.dms.alice.messages[0].content", ["Helpful?"]),
    ],
)
def test_what_paths_find(text: str, found: list[Any]) -> None:
    assert parse(text).find({"state": STATE}) == found


def test_the_root_itself() -> None:
    assert parse("answer").find({"answer": [1, 2]}) == [1, 2]
    assert parse("answer[name=x]").find({"answer": None}) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "does not start with state or answer"),
        ("channels[0]", "does not start with state or answer"),
        ("statement.x", "does not start with state or answer"),
        ("state.channels[", r"not understood from '\[' on"),
        ("state..x", "not understood from"),
        ("state.x y", "not understood from ' y' on"),
        ("state[=x]", "not understood from"),
    ],
)
def test_what_is_no_path_is_said(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse(text)


def test_equality_is_as_written() -> None:
    assert same("5", 5) is False
    assert same(5, "5")
    assert same(True, "true")
    assert same(None, "null")
    assert not same("a", "b")


def test_text_is_found_however_deep() -> None:
    assert holds({"a": [{"b": "the refund policy"}]}, "refund")
    assert not holds({"refund": "x"}, "refund")
    assert not holds(None, "None")
