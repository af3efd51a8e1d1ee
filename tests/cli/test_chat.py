from __future__ import annotations

from typing import Any

import pytest

from ogma.cli.chat import Chat
from ogma.cli.narrator import Narrator
from ogma.cli.output import Output
from ogma.cli.scenario import Step

OGMA = {"id": "9", "name": "Ogma", "bot": True}
ALICE = {"id": "5", "name": "alice", "bot": False}


def message(number: int, content: str = "", **more: Any) -> dict[str, Any]:
    """A message as the sandbox's state shows it."""
    return {
        "id": str(number),
        "type": 0,
        "author": ALICE,
        "content": content,
        "embeds": [],
        "components": [],
        "attachments": [],
        "edited_at": None,
        "created_at": f"2026-01-01T00:00:{number:02d}.000Z",
        **more,
    }


def state(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A guild with one channel."""
    return {
        "guild": {"name": "Sample"},
        "members": [{"id": "5", "name": "alice"}],
        "roles": [{"id": "6", "name": "Support"}],
        "channels": [{"id": "1", "name": "help", "type": 0, "messages": list(messages)}],
        "deleted_channels": [],
        "dms": {"alice": {"channel": "3", "messages": []}},
        **more,
    }


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def chat() -> Chat:
    return Chat(Output())


def test_a_message_reads_like_in_discord(chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    answer = message(
        2,
        "**Hello** <@5>, see <#1>; [the page](<https://x.example/a>) at <t:1767225600:R>",
        author=OGMA,
        embeds=[
            {
                "title": "Sources",
                "description": "1. " + "a long line " * 10,
                "fields": [{"name": "Type", "value": "General"}],
                "footer": {"text": "AI answer"},
            }
        ],
        components=[
            {
                "type": 1,
                "components": [
                    {"custom_id": "a", "label": "Yes", "emoji": {"name": "👍"}},
                    {"custom_id": "b", "label": "No", "disabled": True},
                    {"url": "https://x.example", "label": "Go"},
                ],
            }
        ],
        attachments=[{"filename": "ticket.html", "size": 20_480}],
    )
    chat.looks(state(answer))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert said.splitlines()[:3] == [
        "  + #help appears",
        "  Ogma (bot) in #help",
        "    Hello @alice, see #help; the page (https://x.example/a) at 00:00 UTC",
    ]
    assert said.splitlines()[-4:] == [
        "    │ Type: General",
        "    │ AI answer",
        "    📎 ticket.html (20 KB)",
        "    [👍 Yes]  [Go]",
    ]


def test_each_message_is_told_once_and_of_an_edit_what_is_new(
    chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    chat.looks(state(message(1, "one\ntwo")))
    chat.looks(state(message(1, "one\ntwo")))
    assert capsys.readouterr().out.count("two") == 1
    edited = message(1, "one\nthree", edited_at="2026-01-01T00:00:09.000Z")
    chat.looks(state(edited, message(2, "later"), message(3, "last")))
    assert capsys.readouterr().out.splitlines() == [
        "  alice in #help",
        "    later",
        "  alice in #help",
        "    last",
        "  alice in #help, edited:",
        "    three",
    ]


def test_a_channel_that_goes_shows_its_last_words(
    chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    chat.looks(state(message(1, "hello")))
    capsys.readouterr()
    before = state(message(1, "hello"), message(2, "good bye"))
    chat.looks(state() | {"channels": [], "deleted_channels": before["channels"]})
    assert capsys.readouterr().out.splitlines() == [
        "  alice in #help",
        "    good bye",
        "  - #help is gone",
    ]


def test_only_what_one_sees_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    chat = Chat(Output(), lambda channel: channel["name"] == "@alice")
    dm = {"alice": {"channel": "3", "messages": [message(2, "How was it?", author=OGMA)]}}
    chat.looks(state(message(1, "secret"), dms=dm))
    assert capsys.readouterr().out.splitlines() == [
        "  Ogma (bot) in a direct message to alice",
        "    How was it?",
    ]


def test_hostile_messages_do_not_drive_the_terminal(
    chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    chat.looks(state(message(1, "\x1b[2Jgone \x1b]0;owned\x07 \u202eevil")))
    said = capsys.readouterr().out
    assert not set(said) & {"\x1b", "\x07", "\u202e"}


def test_a_narrator_says_who_does_what(capsys: pytest.CaptureFixture[str]) -> None:
    panel = message(
        1, author=OGMA, components=[{"components": [{"custom_id": "ogma:open:x", "label": "Go"}]}]
    )
    narrator = Narrator(Output())
    narrator.looks(state(panel))
    capsys.readouterr()
    narrator.begins(Step(1, 1, note="Alice asks."), {"as": "alice", "custom_id": "ogma:open:*"})
    narrator.begins(Step(2, 5, call="click"), {"as": "alice", "custom_id": "ogma:open:*"})
    narrator.begins(
        Step(3, 9, call="command"),
        {"as": "mia", "name": "close", "channel": "1", "options": {"reason": "spam"}},
    )
    reply = message(7, "Done.", author=OGMA)
    narrator.answered(
        Step(3, 9, call="command"),
        {"ack": "reply", "ephemeral": True, "reply": reply, "followups": [], "modal": None},
    )
    assert capsys.readouterr().out.splitlines() == [
        "",
        "▸ Alice asks.",
        "  alice presses [Go]",
        "  mia uses /close reason:spam in #help",
        "  Ogma (bot) to mia alone",
        "    Done.",
    ]
