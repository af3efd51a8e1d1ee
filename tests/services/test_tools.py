"""Live facts: asked through the guard, signed, in time; what fails is left out and told of."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from ogma.domain.clock import DAY, SECOND
from ogma.domain.facts import Asked, Called, Fact, Status
from ogma.domain.policies import NetworkPolicy, Settings
from ogma.domain.tool_policies import ToolPolicy
from ogma.domain.webhooks import signature
from ogma.services import listing, replies
from ogma.services.automation import tools
from ogma.services.automation.tools import Toolbox
from ogma.services.desk import Desk
from ogma.store import alerts
from ogma.store.opening import open_database
from tests.net.conftest import web as web
from tests.net.loopback import Answer, Site

from .conftest import CUSTOMER, SETTINGS, Office, TestClock
from .test_replies import SEARCH, UNKNOWN

NOW = 1_800_000_000_000
TEXT = "Order 4711 was shipped on Monday."
ASKED = Asked(7, "general", 2, "alice", "Where is order 4711?")
KEY = "s3cret-key"
Box = Callable[..., Toolbox]


@pytest.fixture
def box(web: Site, tmp_path: Path) -> Box:
    def made(*policies: dict[str, Any], internal: bool = True) -> Toolbox:
        given = [
            {
                "id": "orders",
                "url": f"{web.url}/orders",
                "match": "order",
                "timeout_s": 1,
                "arguments": [{"name": "order", "type": "integer", "pattern": r"order (\d+)"}],
                **policy,
            }
            for policy in policies or ({},)
        ]
        network = NetworkPolicy(internal_hosts=(web.host,) if internal else ())
        update = {
            "tools": tuple(ToolPolicy.model_validate(one) for one in given),
            "network": network,
        }
        keys = {"OGMA_TOOL_ORDERS": KEY, "OGMA_TOOL_SLOW": KEY}
        return Toolbox(SETTINGS.model_copy(update=update), tmp_path, keys)

    web.routes["/orders"] = Answer(json.dumps({"title": "Order 4711", "text": TEXT}))
    return made


async def test_what_is_asked_and_given(web: Site, box: Box) -> None:
    """Signed as webhooks are; the customer is the ticket's."""
    [called] = await tools.ask(box(), ASKED, NOW)
    assert called.facts == (Fact("Order 4711", TEXT),)
    assert (called.status, called.arguments) == (Status.ANSWERED, {"order": 4711})
    [asked] = web.asked
    assert asked.method == "POST"
    body = json.loads(asked.body)
    assert body["customer"] == {"id": "2", "name": "alice"}
    assert asked.headers["x-ogma-signature"] == signature(KEY, asked.body, NOW // SECOND)


@pytest.mark.parametrize(
    ("policy", "question"),
    [
        ({"enabled": False}, ASKED.text),
        ({"types": ["quiet"]}, ASKED.text),
        ({}, "Where is it?"),
        ({}, "Where is my order?"),
    ],
)
async def test_nobody_is_asked_without_need(
    web: Site, box: Box, policy: dict[str, Any], question: str
) -> None:
    asked = Asked(7, "general", 2, "alice", question)
    assert await tools.ask(box(policy), asked, NOW) == ()
    assert not web.asked


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer("down", 500), "status 500"),
        (Answer.to("/other"), "status 302"),
        (Answer(b"", 204), "status 204"),
        (Answer("<html>"), "its reply is not"),
        (Answer(b" " * (64 * 1024 + 1)), "larger than"),
        (Answer.packed(b" " * 10_000_000), "larger than"),
    ],
)
async def test_a_bad_reply_is_a_problem_and_no_error(
    web: Site, box: Box, answer: Answer, problem: str
) -> None:
    web.routes["/orders"] = answer
    [called] = await tools.ask(box(), ASKED, NOW)
    assert called.status is Status.FAILED and called.facts == ()
    assert problem in called.problem


@pytest.fixture
def slow(web: Site) -> Iterator[None]:
    """A server that sends a good answer with seconds of single bytes before it."""
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(15):
            handler.wfile.write(b" ")
            if over.wait(0.2):
                return
        handler.wfile.write(json.dumps({"title": "Late", "text": TEXT}).encode())

    web.streams["/slow"] = drip
    yield
    over.set()


async def test_one_that_drips_is_given_up_and_the_others_are_heard(
    web: Site, box: Box, slow: None
) -> None:
    """The limit is for the whole call, not for each byte."""
    asked = box({"id": "slow", "url": f"{web.url}/slow"}, {})
    first, second = await tools.ask(asked, ASKED, NOW)
    assert first.status is Status.FAILED
    assert first.problem == "it does not answer within 1 s"
    assert second.facts == (Fact("Order 4711", TEXT),)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://127.0.0.1/x", "not connected to"),
        ("https://169.254.169.254/latest", "not connected to"),
        ("http://example.com/x", "not encrypted"),
    ],
)
async def test_p41_the_rules_for_addresses_hold(
    web: Site, box: Box, url: str, problem: str
) -> None:
    [called] = await tools.ask(box({"url": url}, internal=False), ASKED, NOW)
    assert problem in called.problem
    assert not web.asked


async def test_without_a_key_nothing_is_sent(web: Site, box: Box) -> None:
    with_key = box()
    [called] = await tools.ask(Toolbox(with_key.settings, with_key.data, {}), ASKED, NOW)
    assert "OGMA_TOOL_ORDERS" in called.problem
    assert not web.asked


async def test_what_is_invisible_is_taken_out(web: Site, box: Box) -> None:
    hidden = {"title": "Order\u200b 4711", "text": f"{TEXT}\U000e0041\u202e"}
    web.routes["/orders"] = Answer(json.dumps(hidden))
    [called] = await tools.ask(box(), ASKED, NOW)
    assert called.facts == (Fact("Order 4711", TEXT),)


FAILED = Called("orders", Status.FAILED, 3.0, {"order": 4711}, (), "it does not answer")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    channels = SETTINGS.channels.model_copy(update={"alerts": 34})
    settings: Settings = SETTINGS.model_copy(update={"channels": channels})
    clock = TestClock()
    db = open_database(tmp_path)
    yield Office(Desk(db, lambda: settings, tmp_path, clock), clock)
    db.close()


def asked_in(office: Office) -> replies.Question:
    office.say(CUSTOMER, "My password is hunter2hunter2. Where is order 4711?")
    office.clock.at += 4 * SECOND
    question = replies.begin(office.desk, 1)
    assert question is not None
    return question


def test_the_record_has_the_calls_and_managers_hear_once_a_day(office: Office) -> None:
    office.open(subject=None)
    question = asked_in(office)
    given = Called("stock", Status.ANSWERED, 1.0, {}, (Fact("Order 4711", TEXT),))
    for _ in range(2):
        replies.finish(office.desk, question, UNKNOWN, SEARCH, (FAILED, given))
        office.clock.at += SECOND
    [first, *_] = listing.why(office.desk, office.ticket())["answers"]
    assert [one["status"] for one in first["tools"]] == ["failed", "answered"]
    assert first["tools"][0]["problem"] == "it does not answer"
    assert first["tools"][1]["facts"] == [{"title": "Order 4711", "text": TEXT}]
    assert len(alerts.waiting(office.desk.db, 9)) == 1
    office.clock.at += DAY
    with office.desk.db.write():
        tools.note(office.desk, [FAILED])
    assert len(alerts.waiting(office.desk.db, 9)) == 2


def test_d4_a_secret_is_masked_before_a_tool_hears_of_it(office: Office) -> None:
    office.open(subject=None)
    asked = asked_in(office).asked()
    assert "hunter2" not in asked.text and "4711" in asked.text
    assert (asked.ticket, asked.customer_id, asked.customer_name) == (1, CUSTOMER.id, "alice")
