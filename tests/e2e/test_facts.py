"""Live facts over the wire: an answer from a tool, and one without it when the tool is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.processes import Ollama
from tests.e2e.prompts import leaks
from tests.e2e.town import QUESTION, embeds_text
from tests.net.conftest import web as web
from tests.net.loopback import Answer, Asked, Site

TOOL = """
[network]
internal_hosts = ["{host}"]
[[tools]]
id = "orders"
url = "{url}/orders"
match = "regex:order|password"
[[tools.arguments]]
name = "order"
pattern = 'order (\\d+)'
required = false
"""


def reply(asked: Asked) -> Answer:
    """The state of the order asked for, with a canary of its customer."""
    body = json.loads(asked.body)
    number = body["arguments"].get("order")
    if number is None:
        return Answer(json.dumps({"facts": []}))
    text = f"Your order {number} was shipped by canary-{body['customer']['name']}."
    return Answer(json.dumps({"title": f"Order {number}", "text": text}))


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    running = Ollama(tmp_path / "ollama")
    yield running
    running.kill()


def test_a_fact_is_cited_in_its_own_ticket_and_a_tool_that_is_down_is_left_out(
    build_town: BuildTown, web: Site, ollama: Ollama
) -> None:
    """A8: the fact is in one ticket's prompt and answer; without the tool the pages answer."""
    quick = {"id": "quick", "label": "Quick question", "intake": "none"}
    town = build_town(ai={"engine": "ollama"}, ollama={"url": ollama.url}, more_types=[quick])
    more = TOOL.format(host=web.host, url=web.url)
    town.config.write_text(town.config.read_text(encoding="utf-8") + more, encoding="utf-8")
    secret = town.data / "tool-orders.secret"
    secret.touch(mode=0o600)
    secret.write_text("the-key-of-the-orders", encoding="utf-8")
    web.routes["/orders"] = reply
    town.run_bot()

    alices = town.open_ticket("alice", "quick")
    town.say("alice", alices, "Was my order 4711 shipped?")
    [answer] = town.until_answered(alices)
    assert "canary-alice" in answer["content"]
    assert "1. Order 4711" in embeds_text(answer)
    bobs = town.open_ticket("bob", "quick")
    town.say("bob", bobs, "Was my order 4712 shipped?")
    [answer] = town.until_answered(bobs)
    assert "canary-bob" in answer["content"] and "canary-alice" not in answer["content"]

    web.down = True
    town.say("alice", alices, QUESTION)
    answer = town.until_answered(alices, 2)[-1]
    assert "reset" in answer["content"] and "canary" not in answer["content"]
    asked = ["\n".join(m["content"] for m in one["body"]["messages"]) for one in ollama.asked()]
    assert any("canary-alice" in prompt for prompt in asked)
    assert not any("canary-alice" in one and "canary-bob" in one for one in asked)
    assert list(leaks(town, asked)) == []
    rows = town.sql("SELECT record ->> '$.tools[0].status' AS status FROM answer ORDER BY id")
    assert [row["status"] for row in rows] == ["answered", "answered", "failed"]
    why = town.ogma("tickets", "why", "1")
    assert "tool orders: failed after" in why.stdout and "canary-alice" in why.stdout
    assert town.count("FROM chunk WHERE text LIKE '%canary-%'") == 0
