from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ogma.cli import play, scenario
from ogma.cli.play import Differs, Player, unmet
from ogma.cli.rehearse import Silent
from ogma.sandbox.control_client import ControlError


class Fake:
    """A sandbox whose state grows by one message each time it is looked at."""

    def __init__(self, answers: list[Any] | None = None) -> None:
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []
        self.looked = 0
        self._answers = answers or []

    def look(self) -> dict[str, Any]:
        self.looked += 1
        return {"messages": [f"message {number}" for number in range(self.looked)]}

    def call(self, method: str, name: str, fields: Mapping[str, Any]) -> Any:
        self.calls.append((method, name, fields))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look costs a tenth of a second of a clock that nobody waits for."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(play.time, "sleep", sleep)
    monkeypatch.setattr(play.time, "monotonic", lambda: now[0])


def played(text: str, answers: list[Any] | None = None) -> Fake:
    fake = Fake(answers)
    Player(fake, Silent()).play(scenario.read(text, "test.toml"))
    return fake


def test_values_are_saved_and_used() -> None:
    """R3: a step uses what an earlier one found."""
    fake = played(
        """
        [[step]]
        click = { as = "alice", custom_id = "x" }
        save = { form = "answer.interaction" }
        [[step]]
        modal = { as = "alice", interaction = "{form}" }
        [[step]]
        visible = { as = "alice" }
        expect = "answer[name=alice]"
        """,
        [{"interaction": "12"}, {}, [{"name": "alice"}]],
    )
    assert fake.calls == [
        ("POST", "click", {"as": "alice", "custom_id": "x"}),
        ("POST", "modal", {"as": "alice", "interaction": "12"}),
        ("GET", "visible", {"as": "alice"}),
    ]


def test_an_expectation_is_waited_for() -> None:
    fake = played('[[step]]\nexpect = "state.messages[-1]"\nis = "message 9"')
    assert fake.looked >= 10


def test_what_does_not_come_is_a_difference_with_what_was_found() -> None:
    with pytest.raises(Differs) as raised:
        played('[[step]]\nexpect = "state.messages[0]"\ncontains = "good bye"\nwithin_s = 1')
    assert str(raised.value) == (
        "Step 1 (line 1): expected state.messages[0] to contain 'good bye', found: message 0"
    )


def test_what_must_stay_is_watched() -> None:
    """A silence is proved by nothing new for a while."""
    with pytest.raises(Differs, match=r"found: message 0; message 1; message 2$"):
        played('[[step]]\nexpect = "state.messages"\ncount = 2\nfor_s = 5')
    assert played('[[step]]\nexpect = "state.messages[0]"\nfor_s = 2').looked >= 10


def test_an_answer_does_not_change_by_waiting() -> None:
    with pytest.raises(Differs, match="found: nothing"):
        played('[[step]]\nclick = {}\nexpect = "answer.modal"', [{"ack": "reply"}])


def test_a_value_to_save_must_be_one() -> None:
    with pytest.raises(Differs, match=r"to find one value for \{x\}, but found 2"):
        played('[[step]]\nclick = {}\nsave = { x = "answer.list" }', [{"list": [1, 2]}])


def test_refusals_are_expected_or_told() -> None:
    refused = ControlError(403, 50013, "Missing Permissions")
    played("[[step]]\nmessage = {}\nrefused = 50013", [refused])
    with pytest.raises(Differs, match="'message' was refused: 403"):
        played("[[step]]\nmessage = {}", [refused])
    with pytest.raises(Differs, match="was to be refused with 50001, but was with 403"):
        played("[[step]]\nmessage = {}\nrefused = 50001", [refused])
    with pytest.raises(Differs, match="was to be refused with 50013, but was not"):
        played("[[step]]\nmessage = {}\nrefused = 50013", [{}])


def test_a_click_that_nobody_answers_is_a_difference() -> None:
    with pytest.raises(Differs, match="no answer from the bot: interaction failed"):
        played("[[step]]\nclick = {}", [{"error": "interaction failed"}])


@pytest.mark.parametrize(
    ("conditions", "found", "fault"),
    [
        ({}, [], "to be there"),
        ({}, [None], None),
        ({"count": 0}, [], None),
        ({"count": 2}, [1], "to be 2 in number"),
        ({"is": "b"}, ["a", "b"], None),
        ({"is": "c"}, ["a", "b"], "to be 'c'"),
        ({"contains": ["x", "y"]}, ["ax", "by"], None),
        ({"contains": ["x", "z"]}, ["ax", "by"], "to contain 'z'"),
        ({"lacks": "x"}, [], None),
        ({"lacks": ["q", "x"]}, [{"deep": ["ax"]}], "to lack 'x'"),
        ({"count": 1, "contains": "a"}, ["b"], "to contain 'a'"),
    ],
)
def test_conditions(conditions: dict[str, Any], found: list[Any], fault: str | None) -> None:
    assert unmet(conditions, found) == fault
