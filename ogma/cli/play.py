"""Plays a scenario against a sandbox, and says where the outcome differs (R3)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final, Protocol

from ogma.cli import scenario
from ogma.cli.chat import Names, message_lines
from ogma.cli.scenario import LOOKS, Scenario, Step
from ogma.cli.scenario_path import holds, same, written
from ogma.errors import OgmaError

LOOK_EVERY_S: Final = 0.2
_SHOWN: Final = 600


class Audience(Protocol):
    """Whoever watches a scenario."""

    def begins(self, step: Step, fields: Mapping[str, Any]) -> None:
        """A step is about to be played, with its fields as they are sent."""

    def answered(self, step: Step, answer: Any) -> None:
        """The sandbox has answered the step's call."""

    def looks(self, state: Mapping[str, Any]) -> None:
        """The state, as often as it is looked at."""


class Differs(OgmaError):
    """The outcome is not the expected one; `step` is where."""

    def __init__(self, step: Step, message: str) -> None:
        super().__init__(f"{step.place[:1].upper()}{step.place[1:]}: {message}")
        self.step = step


class Sandbox(Protocol):
    """What a scenario is played on; both raise OgmaError when a process of it has ended."""

    def look(self) -> dict[str, Any]:
        """The state now."""

    def call(self, method: str, name: str, fields: Mapping[str, Any]) -> Any:
        """A call of the control API; raises ControlError where it is refused."""


class Player:
    """One play of one scenario."""

    def __init__(self, sandbox: Sandbox, audience: Audience) -> None:
        self._sandbox = sandbox
        self._audience = audience
        self._saved: dict[str, Any] = {}
        self._answer: Any = None

    def play(self, played: Scenario) -> None:
        """Play every step; raises Differs at the first that does not come out as expected."""
        self._look()
        for step in played.steps:
            fields = scenario.filled(dict(step.fields), self._saved)
            self._audience.begins(step, fields)
            if step.call is not None:
                self._call(step, step.call, fields)
            if step.expect is not None:
                self._expect(step, step.expect)
            for name, where in step.save.items():
                self._save(step, name, where)
            self._look()

    def _call(self, step: Step, call: str, fields: dict[str, Any]) -> None:
        from ogma.sandbox.control_client import ControlError

        try:
            self._answer = self._sandbox.call("GET" if call in LOOKS else "POST", call, fields)
        except ControlError as error:
            if step.refused is None:
                raise Differs(step, f"'{call}' was refused: {error}.") from error
            if step.refused != error.code:
                text = f"'{call}' was to be refused with {step.refused}, but was with {error}."
                raise Differs(step, text) from error
            return
        if step.refused is not None:
            raise Differs(step, f"'{call}' was to be refused with {step.refused}, but was not.")
        failed = self._answer.get("error") if isinstance(self._answer, dict) else None
        if failed:
            raise Differs(step, f"'{call}' got no answer from the bot: {failed}.")
        self._look()
        self._audience.answered(step, self._answer)

    def _expect(self, step: Step, expect: str) -> None:
        path = scenario.path(expect, self._saved)
        conditions = scenario.filled(dict(step.conditions), self._saved)
        until, held_since = time.monotonic() + step.within_s, None
        while True:
            found = path.find(self._roots(path.root))
            now = time.monotonic()
            if unmet(conditions, found) is None:
                held_since = now if held_since is None else held_since
                if now - held_since >= step.for_s:
                    return
            elif held_since is not None or now >= until or path.root != "state":
                raise Differs(step, _difference(path.text, conditions, found))
            time.sleep(LOOK_EVERY_S)

    def _save(self, step: Step, name: str, where: str) -> None:
        path = scenario.path(where, self._saved)
        until = time.monotonic() + step.within_s
        while len(found := path.find(self._roots(path.root))) != 1:
            if time.monotonic() >= until or path.root != "state":
                text = f"{path.text} was to find one value for {{{name}}}, but found {len(found)}."
                raise Differs(step, text)
            time.sleep(LOOK_EVERY_S)
        self._saved[name] = found[0]

    def _roots(self, root: str) -> dict[str, Any]:
        return {"state": self._look()} if root == "state" else {"answer": self._answer}

    def _look(self) -> dict[str, Any]:
        state = self._sandbox.look()
        self._audience.looks(state)
        return state


def unmet(conditions: Mapping[str, Any], found: list[Any]) -> str | None:
    """What of the conditions is not met by what was found, None when all are."""
    if not conditions and not found:
        return "to be there"
    if "count" in conditions and len(found) != conditions["count"]:
        return f"to be {conditions['count']} in number"
    if "is" in conditions and not any(same(one, conditions["is"]) for one in found):
        return f"to be {written(conditions['is'])!r}"
    for text in _texts(conditions.get("contains")):
        if not any(holds(one, text) for one in found):
            return f"to contain {text!r}"
    for text in _texts(conditions.get("lacks")):
        if any(holds(one, text) for one in found):
            return f"to lack {text!r}"
    return None


def _texts(given: Any) -> list[str]:
    if given is None:
        return []
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]


def _difference(path: str, conditions: Mapping[str, Any], found: list[Any]) -> str:
    shown = "; ".join(_readable(one) for one in found) or "nothing"
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    return f"expected {path} {unmet(conditions, found) or 'to stay so'}, found: {shown}"


def _readable(found: Any) -> str:
    """A message as it reads, anything else as scenarios write it."""
    if isinstance(found, dict) and found.keys() >= {"author", "content", "embeds", "components"}:
        return f"{found['author']['name']} says: {' / '.join(message_lines(found, Names()))}"
    return written(found)
