"""Q8: webhooks are told of everything once, signed, and never where they must not go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ogma.domain.automation_policies import RulePolicy, WebhookPolicy
from ogma.domain.clock import SECOND
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import WEBHOOK_LANES, Job, Kind
from ogma.domain.policies import NetworkPolicy
from ogma.domain.webhooks import signature
from ogma.errors import ConfigError
from ogma.net.places import Refused
from ogma.services import closing, jobs, staff, timers
from ogma.services.automation import webhooks
from ogma.services.automation.webhooks import Rejected, Sender, Undelivered
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import happenings, outbox
from ogma.store.opening import open_database
from tests.net.conftest import web as web
from tests.net.loopback import Answer, Site

from .conftest import CLOSER, SETTINGS, STAFF, Office, TestClock

Make = Callable[..., Office]
_MANY = [kind.model_copy(update={"max_open": 0}) for kind in SETTINGS.types]
CRM = WebhookPolicy(id="crm", url="https://example.com/ogma")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(*hooks: WebhookPolicy, **tables: object) -> Office:
        settings = SETTINGS.model_copy(update={"webhooks": hooks, **tables})
        clock = TestClock()
        desk = Desk(open_database(tmp_path), lambda: settings, tmp_path, clock)
        return Office(desk, clock)

    return made


def planned(office: Office) -> list[Job]:
    """What is to be sent; everything else is delivered."""
    found = []
    for _ in range(3):
        timers.sweep(office.desk)
        while claimed := jobs.claim(office.desk, 50):
            for job in claimed:
                found += [job] if job.kind is Kind.WEBHOOK else []
                jobs.complete(office.desk, job, office.receipt(job))
    return found


def test_q8_the_events_of_a_whole_life_each_once(make: Make) -> None:
    office = make(CRM)
    office.open()
    staff.claim(office.desk, STAFF, 1)
    office.say(STAFF, "Hello")
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    sent = planned(office)
    assert [job.payload["body"]["event"] for job in sent] == [
        "ticket.opened",
        "ticket.claimed",
        "ticket.closed",
    ]
    assert len({job.payload["body"]["id"] for job in sent}) == 3
    assert planned(office) == []
    assert happenings.ready(office.desk.db, 9) == [], "what was looked at is off the list"


def test_q8_only_what_was_asked_for_and_nothing_while_off(make: Make) -> None:
    some = CRM.model_copy(update={"id": "some", "events": ("ticket.claimed",)})
    off = CRM.model_copy(update={"id": "off", "enabled": False})
    office = make(some, off)
    office.open()
    staff.claim(office.desk, STAFF, 1)
    assert [(job.payload["hook"], job.payload["body"]["event"]) for job in planned(office)] == [
        ("some", "ticket.claimed")
    ]


def test_q8_a_server_that_hangs_holds_no_ticket_up(make: Make) -> None:
    """Its effects wait in lanes of their own: the ticket closes to the end."""
    office = make(CRM)
    office.open()
    timers.sweep(office.desk)
    [hanging] = [job for job in jobs.claim(office.desk, 50) if job.kind is Kind.WEBHOOK]
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    assert Kind.DELETE_CHANNEL in office.deliver()
    assert hanging.lane == "webhook:crm:1"


def test_q8_a_server_that_hangs_takes_few_of_the_places(make: Make) -> None:
    """However many tickets it should hear of, the others' effects find room."""
    office = make(CRM, types=tuple(_MANY))
    for _ in range(20):
        office.open()
    timers.sweep(office.desk)
    claimed = jobs.claim(office.desk, 99)
    assert sum(job.kind is Kind.WEBHOOK for job in claimed) == WEBHOOK_LANES


async def test_q8_what_the_server_will_never_take_is_not_sent_again(
    web: Site, tmp_path: Path
) -> None:
    web.routes["/ogma"] = Answer(b"", 422)
    secret_in(tmp_path)
    sender, hook = local(web, tmp_path)
    with pytest.raises(Rejected):
        await webhooks.send(sender, hook, {"id": "x"}, NOW)


def test_q6_q8_a_rule_tells_its_webhook(make: Make) -> None:
    quiet = CRM.model_copy(update={"events": ("ticket.nothing",)})
    given = {
        "id": "r",
        "trigger": "ticket_claimed",
        "actions": [{"do": "webhook", "value": "crm"}],
    }
    office = make(quiet, rules=(RulePolicy.model_validate(given),))
    office.open()
    staff.claim(office.desk, STAFF, 1)
    [job] = planned(office)
    assert (job.payload["body"]["event"], job.payload["body"]["detail"]) == ("rule.webhook", "r")


def secret_in(folder: Path, mode: int = 0o600) -> None:
    file = folder / "webhook-crm.secret"
    file.write_text("s3cret-key-of-the-crm\n")
    file.chmod(mode)


def local(web: Site, tmp_path: Path, path: str = "/ogma") -> tuple[Sender, WebhookPolicy]:
    hook = WebhookPolicy(id="crm", url=web.url + path)
    network = NetworkPolicy(internal_hosts=(web.host,))
    settings = SETTINGS.model_copy(update={"webhooks": (hook,), "network": network})
    return Sender(settings, tmp_path, {}), hook


NOW = 1_800_000_000_000


async def test_q8_what_arrives_is_signed(web: Site, tmp_path: Path) -> None:
    web.routes["/ogma"] = Answer(b"thanks", 204)
    secret_in(tmp_path)
    sender, hook = local(web, tmp_path)
    body = {"id": "1-7-9", "event": "ticket.opened"}
    assert await webhooks.send(sender, hook, body, NOW) == 204
    [asked] = web.asked
    assert json.loads(asked.body) == body
    expected = signature("s3cret-key-of-the-crm", asked.body, NOW // SECOND)
    assert asked.headers["x-ogma-signature"] == expected
    assert asked.headers["x-ogma-event-id"] == "1-7-9"


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_q8_anything_but_a_2xx_is_tried_again(web: Site, tmp_path: Path, status: int) -> None:
    web.routes["/ogma"] = Answer(b"", status, {"retry-after": "7", "location": "/other"})
    secret_in(tmp_path)
    sender, hook = local(web, tmp_path)
    with pytest.raises(Undelivered) as failed:
        await webhooks.send(sender, hook, {"id": "x"}, NOW)
    assert failed.value.asked_s == 7
    assert len(web.asked) == 1


async def test_p41_q8_a_private_address_is_not_called(web: Site, tmp_path: Path) -> None:
    secret_in(tmp_path)
    for url in ("https://127.0.0.1/x", "https://169.254.169.254/latest", "https://[::1]/"):
        hook = WebhookPolicy(id="crm", url=url)
        with pytest.raises(Refused):
            await webhooks.send(Sender(SETTINGS, tmp_path, {}), hook, {"id": "x"}, NOW)
    assert not web.asked


async def test_q8_without_encryption_nothing_is_sent(web: Site, tmp_path: Path) -> None:
    secret_in(tmp_path)
    hook = WebhookPolicy(id="crm", url="http://example.com/x")
    with pytest.raises(ConfigError, match="not encrypted"):
        await webhooks.send(Sender(SETTINGS, tmp_path, {}), hook, {"id": "x"}, NOW)


def test_q8_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    sender = Sender(SETTINGS, tmp_path, {})
    with pytest.raises(ConfigError, match="OGMA_WEBHOOK_CRM"):
        sender.secret(CRM)
    secret_in(tmp_path, 0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        sender.secret(CRM)
    given = Sender(SETTINGS, tmp_path, {"OGMA_WEBHOOK_CRM": "from-the-environment"})
    assert given.secret(CRM).reveal() == "from-the-environment"
    assert "from" not in repr(given.secret(CRM))


def test_q8_what_is_given_up_stays_to_be_seen_and_is_told_once_a_day(make: Make) -> None:
    channels = SETTINGS.channels.model_copy(update={"alerts": 34})
    office = make(CRM, channels=channels)
    office.open()
    staff.claim(office.desk, STAFF, 1)
    timers.sweep(office.desk)
    for job in jobs.claim(office.desk, 50):
        jobs.give_up(office.desk, job, "example.com answers with status 500.")
    office.deliver(fail=frozenset({Kind.WEBHOOK}))
    failed = outbox.listed(office.desk.db, ["failed"], 9)
    assert [row["kind"] for row in failed if row["kind"] == Kind.WEBHOOK] == [Kind.WEBHOOK] * 2
    timers.sweep(office.desk)
    told = [row for row in outbox.listed(office.desk.db, None, 99) if row["kind"] == Kind.ALERT]
    assert len(told) == 1
