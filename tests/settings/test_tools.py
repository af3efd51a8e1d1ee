"""Live facts: what is wrong with a tool is said with its place."""

from __future__ import annotations

import pytest

from .test_automation import said

TOOL = '[[tools]]\nid = "orders"\nurl = "https://example.com/o"\n'


def argument(**keys: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f'{TOOL}[[tools.arguments]]\nname = "order"\n{lines}'


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        (TOOL + TOOL, 'the id "orders" is given twice in [[tools]]'),
        (TOOL.replace("https", "http"), "tools.orders.url is not encrypted"),
        (TOOL + 'types = ["genral"]', 'no ticket type; did you mean "general"?'),
        (TOOL + 'match = "regex:("', "tools.orders.match is no regular expression"),
        (TOOL + "timeout_s = 11", "from 1 to 10"),
        (argument(), "pattern"),
        (argument(pattern='"("'), "arguments.order.pattern is no regular expression"),
        (argument(type='"boolean"', pattern='"x"', enum='["x"]'), "no use with a boolean"),
        (argument(type='"integer"', pattern='"x"', enum='["x"]'), "no whole number"),
        (argument(pattern='"x"') + '[[tools.arguments]]\nname = "order"\npattern = "y"', "twice"),
    ],
)
def test_a_tool_that_cannot_be(added: str, expected: str) -> None:
    [problem] = said(added)
    assert expected in problem
    assert ", line " in problem
