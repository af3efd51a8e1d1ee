"""Q5 to Q8: what is wrong with service levels, rules and webhooks is said with its place."""

from __future__ import annotations

import pytest

from ogma.errors import ConfigError
from ogma.package_data import example_config
from ogma.settings import parse


def said(added: str, **changed: tuple[str, str]) -> list[str]:
    text = example_config()
    for old, new in changed.values():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(ConfigError) as error:
        parse(f"{text}\n{added}", "c.toml")
    return [*error.value.problems] or [str(error.value)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("first_response_minutes = 4", "first_response_minutes is 4; allowed is 0 for no limit"),
        ('types = ["genral"]\nresolution_minutes = 5', 'no ticket type; did you mean "general"?'),
    ],
)
def test_q5_a_level_that_cannot_be(target: str, expected: str) -> None:
    [problem] = said(f"[[sla.targets]]\n{target}")
    assert expected in problem
    assert ", line " in problem


def test_q5_business_time_without_hours() -> None:
    [problem] = said("", on=("business_time = false", "business_time = true"))
    assert "hours.enabled = true" in problem
