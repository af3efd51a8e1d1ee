"""What `ogma setup` finds, for people as a diff of 80 columns, for programs as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ogma.cli.output import Output
from ogma.domain.diagnosis import Finding, Level
from ogma.domain.permissions import names
from ogma.domain.setup import Action, Plan, State, Step

if TYPE_CHECKING:
    from ogma.domain.permissions import Overwrite

SIGNS: Final = {Action.CREATE: "+", Action.CHANGE: "~", Action.ADOPT: "~", Action.KEEP: "="}
STYLES: Final = {"+": "green", "~": "yellow", "=": ""}
WIDTH: Final = 80
_INDENT: Final = " " * 6


def document(found: Plan) -> dict[str, Any]:
    """A plan as JSON; ids as strings."""
    return {
        "state": found.state.value,
        "server": {"id": str(found.server.id), "name": found.server.name},
        "steps": [_step_document(found, step) for step in found.steps],
        "panel": found.panel.value,
        "problems": [{"text": one.text, "fix": one.fix} for one in found.problems],
        "notes": [{"text": one.text, "fix": one.fix} for one in found.notes],
    }


def missing(found: Plan) -> Iterator[str]:
    """What keeps a server from being ready, one sentence each."""
    for problem in found.problems:
        yield problem.text
    for step in found.steps:
        if step.action is not Action.KEEP:
            yield f"{step.place.shown}: {_what(step)}."
    if found.panel is Action.CREATE:
        yield "The panel message is not there."
    elif found.panel is Action.CHANGE:
        yield "The panel message is out of date."


def print_plan(output: Output, found: Plan) -> None:
    """The diff: + is made, ~ is changed or taken, = stays."""
    output.text(f"{found.server.name} ({found.server.id})")
    output.text()
    for step in found.steps:
        _print_step(output, found, step)
    sign = SIGNS[found.panel]
    what = {Action.CREATE: "is posted", Action.CHANGE: "is edited in place"}
    _line(output, sign, f"the panel message {what.get(found.panel, 'is as it should be')}")
    _findings(output, (*found.problems, *found.notes))
    output.text()
    output.text(_sum(found))


def _print_step(output: Output, found: Plan, step: Step) -> None:
    kind = "category" if step.place.category else "channel"
    _line(output, SIGNS[step.action], f"{kind} {step.place.shown} {_what(step)}")
    for key in step.outdated:
        written = f'"{step.id}"' if step.id else "its new id"
        _detail(output, f"{key} = {written}")
    for line in _overwrites(found, step):
        _detail(output, line)


def _what(step: Step) -> str:
    """What happens, or is to happen, with a place."""
    if step.action is Action.CREATE:
        return "is made"
    if step.action is Action.ADOPT and step.id not in step.place.ids.values():
        return "is taken, found by its name"
    if step.action is Action.ADOPT:
        return "is taken for another setting too"
    if step.action is Action.CHANGE:
        return "gets other permissions"
    return "is as it should be"


def _overwrites(found: Plan, step: Step) -> Iterator[str]:
    """One line per side of each overwrite: only the bits that change."""
    before = {one.target: one for one in step.before}
    for one in step.overwrites:
        old = before.get(one.target)
        for side, bits, had in (
            ("allow", one.allow, old.allow if old else 0),
            ("deny", one.deny, old.deny if old else 0),
        ):
            if bits & ~had:
                yield f"+ {_target(found, one)}: {side} {', '.join(names(bits & ~had))}"
            if had & ~bits:
                gone = names(had & ~bits) or ["other permissions"]
                yield f"- {_target(found, one)}: {side} {', '.join(gone)}"


def _target(found: Plan, one: Overwrite) -> str:
    if not one.role:
        return "the bot"
    role = found.server.roles.get(one.target)
    return "@everyone" if one.target == found.server.id else role.name if role else str(one.target)


def _line(output: Output, sign: str, text: str) -> None:
    folded = textwrap.wrap(f"{sign} {text}", WIDTH, subsequent_indent="  ")
    output.text("\n".join(folded), style=STYLES[sign])


def _detail(output: Output, text: str) -> None:
    hanging = f"{_INDENT}  "
    output.text(
        "\n".join(textwrap.wrap(text, WIDTH, initial_indent=_INDENT, subsequent_indent=hanging))
    )


def _findings(output: Output, found: Iterable[Finding]) -> None:
    for one in found:
        output.text()
        style = "red" if one.level is Level.FAILURE else "yellow"
        output.text(f"{one.level}: {one.text}", style=style)
        output.text(f"  {one.fix}")


def _sum(found: Plan) -> str:
    if found.problems:
        return "Nothing can be done before that is mended."
    if found.state is State.READY:
        return "Ready: nothing is left to do."
    actions = [step.action for step in found.steps] + [found.panel]
    counted = (
        (Action.CREATE, "to make"),
        (Action.ADOPT, "to take"),
        (Action.CHANGE, "to change"),
        (Action.KEEP, "as it should be"),
    )
    parts = [f"{actions.count(one)} {words}" for one, words in counted if one in actions]
    return f"{found.state.capitalize()}: {', '.join(parts)}. 'ogma setup apply' does it."


def print_result(output: Output, after: Plan, *, changed: bool) -> None:
    """How the server is after the steps."""
    if after.state is State.READY:
        if changed:
            output.text()
        output.text(f"{after.server.name} is ready; 'ogma run' starts the bot.")
        return
    output.text()
    output.text(f"{after.server.name} is not ready yet:")
    for sentence in missing(after):
        output.text(f"  {sentence}")


def _step_document(found: Plan, step: Step) -> dict[str, Any]:
    before = {one.target: one for one in step.before}
    return {
        "action": step.action.value,
        "kind": "category" if step.place.category else "channel",
        "name": step.place.name,
        "id": str(step.id) if step.id else None,
        "keys": list(step.place.ids),
        "config": list(step.outdated),
        "overwrites": [
            {
                "target": str(one.target),
                "type": "role" if one.role else "member",
                "name": _target(found, one),
                "allow": str(one.allow),
                "deny": str(one.deny),
                "before": _bits(before.get(one.target)),
            }
            for one in step.overwrites
        ],
    }


def _bits(one: Overwrite | None) -> dict[str, str] | None:
    return {"allow": str(one.allow), "deny": str(one.deny)} if one else None
