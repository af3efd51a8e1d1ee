"""Macros in the config: what is wrong with one is said with its place (Q3, S4)."""

from __future__ import annotations

import pytest

from ogma.errors import ConfigError
from ogma.package_data import example_config
from ogma.settings import parse

GOOD = """
[[macros]]
id = "hello"
text = "Hello {customer}, ticket {ticket}, {staff}, {hours}"
types = ["general"]
"""


def test_q3_a_macro_with_every_placeholder_is_valid() -> None:
    [macro] = parse(example_config() + GOOD, "config.toml").macros
    assert (macro.id, macro.types) == ("hello", ("general",))


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (GOOD.replace("{staff}", "{stuff}"), "has {stuff}; allowed are {customer}, {ticket}"),
        (GOOD.replace("{staff}", "{stuff}"), 'did you mean "staff"?'),
        (GOOD + GOOD, 'the macro id "hello" is given twice'),
        (GOOD.replace('"general"', '"genral"'), 'did you mean "general"?'),
        (GOOD.replace('"hello"', '"Hello you"'), "macros"),
        (GOOD.replace("text =", "txt ="), 'did you mean "text"?'),
    ],
)
def test_q3_what_is_wrong_with_a_macro_is_said(block: str, said: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        parse(example_config() + block, "config.toml")
    assert said in "\n".join([str(wrong.value), *wrong.value.problems])
    assert "line" in "\n".join([str(wrong.value), *wrong.value.problems])
