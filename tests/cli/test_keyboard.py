from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ogma.cli import keyboard
from ogma.cli.keyboard import Keyboard, form_fields
from ogma.cli.output import Output
from ogma.errors import OgmaError
from ogma.sandbox.control_client import ControlError

from .test_chat import OGMA, message, state

PANEL = message(
    1,
    "Choose",
    author=OGMA,
    components=[{"components": [{"custom_id": "ogma:open:general", "label": "General"}]}],
)
FORM = {
    "title": "General",
    "components": [
        {"type": 18, "label": "Subject", "component": {"custom_id": "subject"}},
        {"type": 1, "components": [{"label": "Details", "custom_id": "description"}]},
    ],
}


class FakeStage:
    """A guild with a panel; tickets and messages are added by the calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.ended = False
        self.channels: list[dict[str, Any]] = [
            {"id": "1", "name": "open-a-ticket", "type": 0, "topic": None, "messages": [PANEL]},
            {"id": "2", "name": "general", "type": 0, "topic": None, "messages": []},
            {"id": "4", "name": "secret", "type": 0, "topic": None, "messages": []},
        ]

    def look(self) -> dict[str, Any]:
        if self.ended:
            raise OgmaError("The bot has ended (exit code 1): oh.")
        members = [
            {"id": "5", "name": "alice", "bot": False, "role_names": []},
            {"id": "7", "name": "sam", "bot": False, "role_names": ["Support"]},
            {"id": "9", "name": "Ogma", "bot": True, "role_names": []},
        ]
        nobody: dict[str, Any] = {"channel": None, "messages": []}
        dms = {"alice": nobody, "sam": nobody}
        return state(channels=list(self.channels), members=members, dms=dms)

    def call(self, method: str, name: str, fields: Mapping[str, Any]) -> Any:
        if name == "visible":
            return [one for one in self.channels if one["name"] != "secret"]
        self.calls.append((name, fields))
        if name == "clock":
            return {"now": "2026-01-01T00:31:00.000Z"}
        if name == "click":
            return _answer(modal=FORM)
        if name == "modal":
            topic = "Ticket 1 ogma:ab"
            ticket = {"id": "8", "name": "alice", "type": 0, "topic": topic, "messages": []}
            self.channels.append(ticket)
        if name == "message" and fields["content"] == "forbidden":
            raise ControlError(403, 50013, "Missing Permissions")
        return _answer()


def _answer(modal: Any = None) -> dict[str, Any]:
    return {"ack": "reply", "ephemeral": False, "followups": [], "modal": modal, "interaction": "3"}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> FakeStage:
    monkeypatch.setattr(keyboard, "SETTLES_S", 0)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    return FakeStage()


def typed(stage: FakeStage, *lines: str) -> None:
    Keyboard(Output(), stage, iter(f"{line}\n" for line in lines)).run()  # type: ignore[arg-type]


def test_a_ticket_is_opened_by_filling_in_the_form(
    stage: FakeStage, capsys: pytest.CaptureFixture[str]
) -> None:
    """R1: the keyboard is a customer's."""
    typed(stage, "hello?", ":open general", "Refund", "When?", "thanks")
    assert stage.calls == [
        ("click", {"as": "alice", "message": "1", "custom_id": "ogma:open:general"}),
        (
            "modal",
            {
                "as": "alice",
                "interaction": "3",
                "values": {"subject": "Refund", "description": "When?"},
            },
        ),
        ("message", {"as": "alice", "channel": "8", "content": "thanks"}),
    ]
    said = capsys.readouterr()
    assert "Subject:\n  Details:" in said.out
    assert "You have no ticket" in said.err


def test_being_somebody_else(stage: FakeStage, capsys: pytest.CaptureFixture[str]) -> None:
    typed(stage, ":as sam", ":in general", "hi", ":as nobody", ":as Ogma", ":quit", "unheard")
    assert stage.calls == [("message", {"as": "sam", "channel": "2", "content": "hi"})]
    said = capsys.readouterr()
    assert "You are sam now." in said.out
    assert "There is no 'nobody'; there are alice, sam." in said.err


def test_staff_commands_come_from_the_usual_people(stage: FakeStage) -> None:
    typed(stage, ":open", "a", "b", ":claim", ":close spam go away", ":as sam", ":close")
    done = [(fields["as"], fields["name"], fields["options"]) for _, fields in stage.calls[2:]]
    assert done == [
        ("sam", "claim", {}),
        ("mia", "close", {"reason": "spam", "note": "go away"}),
        ("sam", "close", {"reason": "resolved"}),
    ]


def test_buttons_are_pressed_by_number(
    stage: FakeStage, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(stage, ":buttons", ":click 2", ":click 1", "a", "b")
    assert "   1  [General]  #open-a-ticket" in capsys.readouterr().out
    assert [name for name, _ in stage.calls] == ["click", "modal"]


def test_only_what_this_member_sees_is_printed(
    stage: FakeStage, capsys: pytest.CaptureFixture[str]
) -> None:
    """R1: alice sees her channels, not the team's."""

    def lines() -> Iterator[str]:
        yield ":where\n"
        stage.channels[1]["messages"].append(message(2, "for everybody"))
        stage.channels[2]["messages"].append(message(3, "for the team"))
        yield ":where\n"

    Keyboard(Output(), stage, lines()).run()  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "for everybody" in said
    assert "for the team" not in said


def test_time_moves(stage: FakeStage, capsys: pytest.CaptureFixture[str]) -> None:
    typed(stage, ":advance 31m", ":advance soon")
    assert stage.calls == [("clock", {"advance_s": 1860.0})]
    said = capsys.readouterr()
    assert "It is 2026-01-01T00:31:00.000Z now." in said.out
    assert ":advance takes a span" in said.err


def test_what_cannot_be_done_is_said_and_goes_on(
    stage: FakeStage, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(
        stage, ":dance", ":click x", ":in secret", ":open sales", ":in general", "forbidden", "ok"
    )
    said = capsys.readouterr().err
    assert "There is no :dance; :help lists" in said
    assert ":click takes a number from 1 to 1" in said
    assert "You see no channel 'secret'" in said
    assert "There is no ticket type 'sales'" in said
    assert "Discord refuses: Missing Permissions (50013)" in said
    assert stage.calls[-1][1]["content"] == "ok"


def test_help_names_every_command(stage: FakeStage, capsys: pytest.CaptureFixture[str]) -> None:
    typed(stage, ":help", ":where")
    said = capsys.readouterr().out
    for command in Keyboard._commands:
        assert command in said
    assert "You see #open-a-ticket, #general." in said


def test_an_unfinished_form_sends_nothing(
    stage: FakeStage, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(stage, ":open", "only the subject")
    assert [name for name, _ in stage.calls] == ["click"]
    assert "nothing was sent" in capsys.readouterr().err


def test_a_bot_that_ends_is_an_error(stage: FakeStage) -> None:
    def dies() -> Iterator[str]:
        yield ":where\n"
        stage.ended = True
        yield "hello\n"

    with pytest.raises(OgmaError, match="The bot has ended"):
        Keyboard(Output(), stage, dies()).run()  # type: ignore[arg-type]


def test_form_fields_with_either_kind_of_label() -> None:
    assert list(form_fields(FORM["components"])) == [  # type: ignore[arg-type]
        {"label": "Subject", "custom_id": "subject"},
        {"label": "Details", "custom_id": "description"},
    ]
