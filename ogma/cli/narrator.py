"""Tells a scenario to a person while it is played."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ogma.cli.chat import TEXT, Chat, button_name, buttons, wrapped
from ogma.cli.output import Output
from ogma.cli.scenario import Step


class Narrator:
    """An audience that prints what is done, what it leads to, and who sees it."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._chat = Chat(output)
        self._labels: dict[str, str] = {}
        self._began = False
        self._who = ""

    def begins(self, step: Step, fields: Mapping[str, Any]) -> None:
        """The step's note, and what the person does."""
        self._who = str(fields.get("as", ""))
        if step.note:
            self._output.text()
            for line in wrapped(f"▸ {step.note}"):
                self._output.text(line, "bold")
        for line in wrapped(self._deed(step.call, fields)):
            self._output.text(f"  {line}", "dim")

    def answered(self, step: Step, answer: Any) -> None:
        """What only that person sees."""
        self._chat.answered(self._who, answer)

    def looks(self, state: Mapping[str, Any]) -> None:
        """What is new; the guild as it stands at first is told in one line."""
        if not self._began:
            self._began = True
            self._introduce(state)
        self._chat.looks(state)
        for place in (*state["channels"], *state["dms"].values()):
            for message in place["messages"]:
                self._labels |= {
                    one["custom_id"]: button_name(one)
                    for one in buttons(message)
                    if one.get("custom_id")
                }

    def _introduce(self, state: Mapping[str, Any]) -> None:
        self._chat.looks(
            {**state, "channels": [_emptied(one) for one in state["channels"]]}, silently=True
        )
        names = ", ".join(f"#{one['name']}" for one in state["channels"] if one["type"] == TEXT)
        for line in wrapped(f"{state['guild']['name']} has the channels {names}."):
            self._output.text(line)

    def _deed(self, call: str | None, fields: Mapping[str, Any]) -> str:
        """What a person does, in words; what shows as a message needs none."""
        who = fields.get("as")
        match call:
            case "click":
                return f"{who} presses [{self._label(str(fields.get('custom_id')))}]"
            case "select":
                return f"{who} chooses {', '.join(map(str, fields.get('values', ())))}"
            case "modal":
                answers = fields.get("values", {}).items()
                return f"{who} fills it in.\n" + "\n".join(
                    f"{key}: {text}" for key, text in answers
                )
            case "command":
                options = "".join(f" {key}:{one}" for key, one in fields.get("options", {}).items())
                place = self._chat.names.of(fields.get("channel"))
                return f"{who} uses /{fields.get('name')}{options} in {place}"
            case "clock":
                return f"{fields.get('advance_s')} seconds pass."
            case "admin":
                return f"An administrator: {fields.get('do')}"
            case _:
                return ""

    def _label(self, custom_id: str) -> str:
        known = (label for key, label in self._labels.items() if fnmatchcase(key, custom_id))
        return next(known, custom_id)


def _emptied(channel: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**channel, "messages": []}
