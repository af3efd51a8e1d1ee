"""Live facts from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.net.conftest import web as web
from tests.net.loopback import Answer, Site

from . import desks
from .desks import ogma, printed

TOOL = """
[network]
internal_hosts = ["{host}"]
[[tools]]
id = "orders"
url = "{url}/orders"
match = "order"
[[tools.arguments]]
name = "order"
type = "integer"
pattern = 'order (\\d+)'
"""
QUESTION = ("--question", "Where is order 4711?")


def test_tools_are_listed_and_tried(
    data_dir: Path,
    web: Site,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The passages are shown, the key never is; each failure has its exit code."""
    file = data_dir.parent / "config.toml"
    file.write_text(desks.CONFIG + TOOL.format(host=web.host, url=web.url))
    monkeypatch.setenv("OGMA_CONFIG", str(file))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    web.routes["/orders"] = Answer(json.dumps({"title": "Order 4711", "text": "On its way."}))
    assert ogma(data_dir, "tools", "test", "orders", *QUESTION) == 5
    assert "OGMA_TOOL_ORDERS" in capsys.readouterr().err
    monkeypatch.setenv("OGMA_TOOL_ORDERS", "a-very-secret-key")
    assert ogma(data_dir, "tools", "test", "orders", *QUESTION, "--user", "2001") == 0
    shown = capsys.readouterr().out
    assert "(order = 4711)" in shown and "Order 4711\nOn its way.\n" in shown
    body = json.loads(web.asked[-1].body)
    assert body["ticket"] is None and body["customer"]["id"] == "2001"
    assert ogma(data_dir, "tools", "test", "orders", *QUESTION, "--json") == 0
    assert printed(capsys)["facts"] == [{"title": "Order 4711", "text": "On its way."}]
    assert ogma(data_dir, "tools", "test", "orders", "--question", "Hello") == 1
    assert ogma(data_dir, "tools", "test", "orders", "--question", "my order") == 1
    assert ogma(data_dir, "tools", "test", "nope", *QUESTION) == 4
    capsys.readouterr()
    assert ogma(data_dir, "tools", "list", "--json") == 0
    listed = capsys.readouterr().out
    [tool] = json.loads(listed)["tools"]
    assert tool["key"] and tool["arguments"]["required"] == ["order"]
    assert "very-secret" not in listed
    assert ogma(data_dir, "tools", "list") == 0
    assert "orders" in capsys.readouterr().out
