"""Issue 5: a component carries an action and a row id, and lives for ever: every builder is walked.

The builders are found, not listed: whatever in `ogma.bot.render` makes a message or a form is
called with arguments made from its annotations.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import ogma.bot.render
from ogma.bot.custom_ids import Action, decode, encode
from ogma.bot.render.message import Form, Message
from ogma.domain.intake import FieldAnswer, FieldPolicy
from ogma.domain.policies import TypePolicy
from ogma.domain.tickets import Ticket
from ogma.texts import Texts, load
from tests.bot.rendered import TICKET

Builder = Callable[..., Message | Form | None]

numbers = st.integers(1, 10**12)
times = st.integers(1_420_070_400_000, 4_000_000_000_000)
slugs = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True)
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
KNOWN: dict[Any, st.SearchStrategy[Any]] = {
    Texts: st.just(load()),
    Ticket: st.builds(
        replace,
        st.just(TICKET),
        id=numbers,
        close_reason=st.just("resolved"),
        close_cause=st.just("command"),
    ),
    TypePolicy: st.builds(TypePolicy, id=slugs, label=words, category=numbers),
    FieldAnswer: st.builds(FieldAnswer, slugs, words, st.just("short"), words),
    FieldPolicy: st.builds(FieldPolicy, id=slugs, label=words),
    str: words,
    int: numbers,
}


def builders() -> Iterator[Any]:
    for found in pkgutil.iter_modules(ogma.bot.render.__path__, "ogma.bot.render."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            made = typing.get_type_hints(function).get("return")
            if {Message, Form} & {made, *typing.get_args(made)}:
                yield pytest.param(function, id=f"{found.name.rpartition('.')[2]}.{name}")


def called(builder: Builder) -> st.SearchStrategy[Any]:
    """Calls of this builder, its arguments made from their annotations."""
    hints = {name: one for name, one in typing.get_type_hints(builder).items() if name != "return"}
    given_by = {name: _made(one) for name, one in hints.items()}
    return st.fixed_dictionaries(given_by)


def _made(hint: Any) -> st.SearchStrategy[Any]:
    if "Any" in str(hint):
        return st.just({})
    return KNOWN[hint] if hint in KNOWN else st.from_type(hint)


for _type, _strategy in KNOWN.items():
    if _type not in (str, int):
        st.register_type_strategy(_type, _strategy)


def custom_ids(made: Message | Form | None) -> list[str]:
    if made is None:
        return []
    if isinstance(made, Form):
        return [made.custom_id]
    return [item.custom_id for row in made.rows for item in row if item.custom_id]


@pytest.mark.parametrize("builder", list(builders()))
@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_builder(builder: Builder, data: st.DataObject) -> None:
    """At most 100 characters; an action and a row of ours, and nothing else."""
    try:
        made = builder(**data.draw(called(builder)))
    except InvalidArgument:
        pytest.skip("it takes values of any type")
    except (KeyError, ValueError, TypeError):
        return  # arguments that nobody gives: a text without its placeholders, a row without a name
    for custom_id in custom_ids(made):
        assert len(custom_id) <= 100
        assert decode(custom_id) is not None, custom_id


def test_the_walk_sees_the_builders_and_their_components() -> None:
    """Most builders can be called, and most actions are met: the walk is not empty."""
    names = {one.id for one in builders()}
    assert {"panel.panel", "ticket.greeting", "review.review", "csat.csat", "life.grace"} <= names
    assert len(names) > 25


def test_no_custom_id_is_written_by_hand() -> None:
    """Only `custom_ids.encode` makes one, so none carries a name, a state or a right."""
    package = Path(ogma.bot.render.__file__).parents[1]
    found = []
    for path in sorted(package.rglob("*.py")):
        if path.name == "custom_ids.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and str(node.value).startswith("ogma:"):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("action", Action)
def test_every_action_fits_with_the_largest_row(action: Action) -> None:
    for row in (10**18 - 1, "a" * 32):
        try:
            custom_id = encode(action, row)
        except ValueError:
            continue
        assert len(custom_id) <= 100
