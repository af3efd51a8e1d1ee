"""The README says what the code does: every command, the diagram, no path of a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma.cli import registry
from ogma.cli.shell import load
from ogma.domain.events import EVENT_KINDS
from ogma.domain.tickets import diagram
from ogma.domain.webhooks import PING, RULE_FIRED

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def commands() -> Iterator[str]:
    """Every command and subcommand by name."""
    yield from (entry.name for entry in registry.COMMANDS)
    for entry in registry.GROUPS:
        for name in sorted(load(entry.name).commands):
            yield f"{entry.name} {name}"


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"`ogma {name}`" in README


def test_no_command_is_described_that_does_not_exist() -> None:
    table = README[README.index("| command |") :]
    listed = re.findall(r"^\| `ogma ([a-z -]+)` \|", table, re.M)
    assert sorted(listed) == sorted(commands())


def test_the_diagram_is_the_one_of_the_table() -> None:
    assert diagram() in README


def test_q8_the_events_of_webhooks_are_listed_and_no_others() -> None:
    """Q8: `ticket.` and the kinds of the history, and those beside them."""
    told = README[README.index("Events are `ticket.` and") :]
    kinds, others = told.partition("(")[2].split(")", 1)
    assert sorted(re.split(r",\s", kinds)) == sorted(EVENT_KINDS)
    assert f"`{RULE_FIRED}`" in others and f"`{PING}`" in others


def test_the_two_commands_stand_near_the_top() -> None:
    top = README[: README.index("## Go live")]
    assert "scripts/start" in top and "scripts/test" in top


def test_every_picture_is_there() -> None:
    top = Path(__file__).parent.parent
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (top / picture).is_file(), picture
