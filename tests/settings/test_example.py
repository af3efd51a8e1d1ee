"""S1, S4: the example config is valid and lists every setting with its default."""

from __future__ import annotations

import re
from importlib import import_module

from pydantic import BaseModel

from ogma.domain.automation_policies import (
    ActionPolicy,
    RulePolicy,
    SlaTargetPolicy,
    WebhookPolicy,
)
from ogma.domain.intake import FieldPolicy
from ogma.domain.macros import MacroPolicy
from ogma.domain.policies import Settings
from ogma.domain.tool_policies import ArgumentPolicy, ToolPolicy
from ogma.package_data import example_config
from ogma.settings import parse
from ogma.settings.advice import advice
from ogma.settings.lines import line_numbers
from ogma.settings.listing import rows

COMMENTED: tuple[type[BaseModel], ...] = (
    MacroPolicy,
    FieldPolicy,
    SlaTargetPolicy,
    RulePolicy,
    ActionPolicy,
    WebhookPolicy,
    ToolPolicy,
    ArgumentPolicy,
)


def with_own_fields() -> str:
    """The example with the blocks that are shipped as comments."""
    text, count = re.subn(r"(?m)^# (\[\[[\w.]+\]\]|\w+ = .+  # .+)$", r"\1", example_config())
    fields = [field for block in COMMENTED for field in block.model_fields.values()]
    inner = [field for field in fields if "Policy" in str(field.annotation)]
    assert count == len(COMMENTED) + len(fields) - len(inner)
    return text


def test_every_setting_is_there_with_its_default() -> None:
    """Required ones have a placeholder, all others the shipped value, none is left out."""
    text = with_own_fields()
    for row in rows(parse(text, "config.example.toml"), text):
        assert row.line is not None, f"{row.key} is not in config.example.toml"
        placeholder = row.default is None or row.key in {"roles.staff", "roles.management"}
        assert placeholder or not row.differs, f"{row.key} is {row.value}, not its default"


def test_every_setting_is_explained() -> None:
    """A comment stands above each key and each table that has no key with one."""
    text = example_config()
    lines = text.splitlines()
    for path, line in line_numbers(text).items():
        if isinstance(path[-1], int) or path[0] == "texts" or len(path) < 2:
            continue
        assert lines[line - 2].startswith("#") or path == ("ollama", "url"), path


def test_nothing_is_listed_that_does_not_exist() -> None:
    """Each key is a field of a policy; a policy's every field is a key."""

    def names(model: type[BaseModel], above: str = "") -> set[str]:
        found = set()
        for name, field in model.model_fields.items():
            inner = re.findall(r"(ogma\.domain\.\w+)\.(\w+Policy)", str(field.annotation))
            if inner:
                module, policy = inner[0]
                found |= names(getattr(import_module(module), policy), f"{above}{name}.")
            else:
                found.add(above + name)
        return found

    listed = {
        ".".join(step for step in path if isinstance(step, str))
        for path in line_numbers(with_own_fields())
    }
    tables = {name.rpartition(".")[0] for name in names(Settings)} - {""}
    assert listed == names(Settings) | tables


def test_untouched_placeholders_are_pointed_out() -> None:
    """Whoever forgets an id is told before Discord is asked."""
    [said, *rest] = advice(parse(example_config(), "config.example.toml"))
    for key in ("discord.guild", "channels.panel", "roles.staff", "types.general.category"):
        assert key in said
    assert not rest


def test_a_type_without_staff_is_pointed_out() -> None:
    """Only administrators would see its tickets."""
    text = re.sub(r'"1000000000000000(\d\d)"', r"9\1", example_config())
    bare = re.sub(r"^(staff|management) = .*", r"\1 = []", text, flags=re.M)
    assert advice(parse(text, "c")) == []
    assert [sentence.split(":")[0] for sentence in advice(parse(bare, "c"))] == [
        "No role is staff for the type general",
        "No management role is set, so only staff roles see tickets.",
    ]
