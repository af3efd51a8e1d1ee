"""S2 over the wire: a server is set up, repaired, and set up on after every possible crash."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ogma import crash
from ogma.cli.setup import is_panel
from ogma.domain.setup import Action, Plan, State
from ogma.errors import OgmaError, Unreachable
from ogma.sandbox.control_client import ControlClient, ControlError
from ogma.sandbox.server import Sandbox
from ogma.services import setup
from ogma.services.desk import Clock
from ogma.services.rest import connect
from ogma.services.setup import Done, Panel
from ogma.settings import load
from ogma.settings.token import Secret

TEXT = ["open-a-ticket", "staff-review", "ticket-transcripts", "learned-tips"]
CATEGORIES = ["General support", "Billing"]
REASON = "Ogma: Einrichtung für größere Server"
BUTTON = {"type": 2, "style": 1, "label": "General", "custom_id": "ogma:open:general"}
PANEL = Panel(
    is_panel,
    {
        "content": "",
        "embeds": [{"title": "Help", "description": "Choose a topic."}],
        "components": [{"type": 1, "components": [BUTTON]}],
        "allowed_mentions": {"parse": []},
    },
)


class Killed(BaseException):
    """What a crash point does here in place of ending the process."""


class Trap:
    """Kills at the n-th point that is passed, whatever its name."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.passed: list[str] = []

    def pass_by(self, name: str) -> None:
        self.passed.append(name)
        self.left -= 1
        if self.left == 0:
            raise Killed


@dataclass
class Site:
    """A loopback Discord, a config that fits it, and `ogma setup` on both."""

    sandbox: Sandbox
    config: Path

    @property
    def control(self) -> ControlClient:
        return ControlClient(self.sandbox.ready.control)

    def admin(self, **fields: Any) -> None:
        self.control.request("POST", "admin", {**fields, "wait_s": 0})

    def emptied(self) -> Site:
        """A server without any of Ogma's channels."""
        for name in (*TEXT, "General Tickets", "Billing Tickets"):
            self.admin(do="delete_channel", channel=name)
        return self

    def plan(self, panel: Panel = PANEL) -> Plan:
        ready = self.sandbox.ready
        token = Secret(ready.token)
        with connect(token, Clock.real, api=ready.api) as rest:
            return setup.survey(rest, load(self.config), token, panel)

    def apply(self, panel: Panel = PANEL) -> list[Done]:
        ready = self.sandbox.ready
        token = Secret(ready.token)
        with connect(token, Clock.real, api=ready.api) as rest:
            found = setup.survey(rest, load(self.config), token, panel)
            return list(setup.apply(rest, found, panel, self.config, REASON))

    def channels(self) -> dict[str, dict[str, Any]]:
        """By name, which must be there once only."""
        found = self.control.state(wait_s=0)["channels"]
        names = [one["name"] for one in found]
        assert len(names) == len(set(names)), f"doubled: {names}"
        return {one["name"]: one for one in found}

    def changes(self) -> list[str]:
        """The requests that changed something."""
        requests = self.control.requests(wait_s=0)
        return [f"{one['method']} {one['path']}" for one in requests if one["method"] != "GET"]

    def ids(self) -> list[str]:
        settings = load(self.config)
        kinds = [str(kind.category) for kind in settings.types]
        channels = settings.channels.model_dump().values()
        return [*kinds, *(str(one) for one in channels if one is not None)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The sample server, in a thread of this process."""
    loop = asyncio.new_event_loop()
    sandbox = Sandbox(folder=tmp_path)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(sandbox.start(), loop).result()
    yield Site(sandbox, Path(sandbox.ready.config))
    asyncio.run_coroutine_threadsafe(sandbox.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_from_an_empty_server_to_ready(site: Site) -> None:
    """S2: everything is made, the config has the ids and keeps its comments; again: nothing."""
    site.emptied()
    assert site.plan().state is State.PENDING
    done = site.apply()
    assert [one.what for one in done[:7]] == [
        *CATEGORIES, *(f"#{name}" for name in TEXT), "the panel message"
    ]  # fmt: skip
    assert site.plan().state is State.READY
    there = site.channels()
    assert site.ids() == [there[name]["id"] for name in (*CATEGORIES, *TEXT)]
    assert site.config.read_text("utf-8").startswith("# Written by the sandbox")
    before = site.changes()
    assert site.apply() == []
    assert site.changes() == before
    assert not [one for one in before if one.startswith("DELETE")]
    requests = site.control.requests(wait_s=0)
    said = {one["reason"] for one in requests if one["method"] != "GET"}
    assert said == {REASON}, "the audit log has it as it was worded"


def test_who_sees_and_writes_where(site: Site) -> None:
    """S2, by Discord's published rule: the panel is everybody's, the rest is the team's."""
    site.emptied().apply()
    for who, seen in {
        "alice": {"open-a-ticket"},
        "stan": {"open-a-ticket"},
        "sam": {*TEXT},
        "bill": {*TEXT},
        "mia": {*TEXT},
    }.items():
        visible = site.control.visible(who, wait_s=0)
        assert {one["name"] for one in visible} & {*TEXT} == seen, who
    for who in ("alice", "sam"):
        with pytest.raises(ControlError, match="Missing Permissions"):
            site.control.message(who, "open-a-ticket", "hello", wait_s=0)


def test_killed_at_every_point_and_called_again(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2: it finishes after a crash, whichever; nothing is doubled, nothing is deleted."""
    original = site.config.read_text("utf-8")
    kills = 0
    while True:
        kills += 1
        site.config.write_text(original, "utf-8")
        for name in {*site.channels()} - {"general"}:
            site.admin(do="delete_channel", channel=name)
        monkeypatch.setattr(crash, "_trap", trap := Trap(kills))
        try:
            site.apply()
            break
        except Killed:
            trap.left = -1
        site.apply()
        assert site.plan().state is State.READY, f"after a kill at point {kills}"
        there = site.channels()
        assert {*CATEGORIES, *TEXT} < there.keys()
        assert len(there["open-a-ticket"]["messages"]) == 1
    # Six places, the panel, and six ids for the config.
    assert trap.passed == ["setup.channel"] * 6 + ["setup.panel"] + ["setup.config"] * 6


def test_killed_while_overwrites_are_repaired(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """S2: no order of overwrites shuts the bot out half-way."""
    for name in ("staff-review", "ticket-transcripts"):
        for role in ("Support", "Billing", "@everyone"):
            site.admin(do="set_overwrite", channel=name, role=role, remove=True)
    for _ in range(6):  # one overwrite more with each attempt
        monkeypatch.setattr(crash, "_trap", trap := Trap(1))
        with pytest.raises(Killed):
            site.apply()
        assert trap.passed == ["setup.overwrite"]
    monkeypatch.setattr(crash, "_trap", None)
    site.apply()
    assert site.plan().state is State.READY


def test_an_answer_that_is_lost_makes_no_second_channel(site: Site) -> None:
    """P14: the channel was made, Discord's answer never came; the next call takes it."""
    site.emptied()
    fault = {"method": "POST", "route": "/guilds/*/channels", "times": 1, "status": 502}
    site.control.request("POST", "faults", {**fault, "after_effect": True, "wait_s": 0})
    with pytest.raises(Unreachable, match="status 502; try again"):
        site.apply()
    done = site.apply()
    assert done[0] == Done(Action.ADOPT, "General support")
    assert site.plan().state is State.READY
    assert {*CATEGORIES, *TEXT} < site.channels().keys()


def test_a_rate_limit_is_waited_for(site: Site) -> None:
    """P12: what Discord asks to wait is waited, then it goes on."""
    fault = {"method": "POST", "route": "/channels/*/messages", "status": 429, "retry_after": 0.05}
    site.control.request("POST", "faults", {**fault, "times": 2, "wait_s": 0})
    site.apply()
    assert site.plan().state is State.READY


def test_channels_are_taken_by_name_and_by_id(site: Site) -> None:
    """S2: ids of another server, names of this one."""
    text = site.config.read_text("utf-8")
    for number in site.ids():
        text = text.replace(f'"{number}"', f'"2{number[1:]}"')
    text = text.replace('id = "general"', 'id = "general"\ncategory_name = "General Tickets"')
    text = text.replace('id = "billing"', 'id = "billing"\ncategory_name = "billing tickets"')
    site.config.write_text(text, "utf-8")
    found = site.plan()
    assert {step.action for step in found.steps} == {Action.ADOPT}
    assert found.state is State.PENDING
    site.apply()
    assert site.plan().state is State.READY
    assert [one.partition(" ")[0] for one in site.changes()] == ["POST"]
    there = site.channels()
    assert site.ids() == [
        there[name]["id"] for name in ("General Tickets", "Billing Tickets", *TEXT)
    ]


def test_overwrites_changed_by_hand_are_repaired_and_others_stay(site: Site) -> None:
    """P21: #staff-review opened to everybody, the panel closed, an own overwrite of the owner."""
    site.apply()
    site.admin(do="set_overwrite", channel="staff-review", role="@everyone", allow=["view_channel"])
    site.admin(do="set_overwrite", channel="open-a-ticket", role="@everyone", deny=["view_channel"])
    site.admin(do="set_overwrite", channel="staff-review", member="carol", allow=["view_channel"])
    found = site.plan()
    assert found.state is State.PARTIAL
    assert [one.place.shown for one in found.steps if one.action is Action.CHANGE] == [
        "#open-a-ticket", "#staff-review"
    ]  # fmt: skip
    site.apply()
    assert site.plan().state is State.READY
    seen = {who: site.control.visible(who, wait_s=0) for who in ("alice", "carol")}
    assert "staff-review" not in {one["name"] for one in seen["alice"]}
    assert "open-a-ticket" in {one["name"] for one in seen["alice"]}
    assert "staff-review" in {one["name"] for one in seen["carol"]}


def test_a_lacking_permission_is_named_before_anything_is_done(site: Site) -> None:
    """S2, P13: no request is made that Discord would refuse."""
    site.emptied()
    site.admin(do="set_bot_permissions", permissions=["view_channel", "manage_channels"])
    [problem] = site.plan().problems
    assert "Manage Roles" in problem.text
    assert "permissions=" in problem.fix
    assert site.changes() == []


def test_a_refusal_half_way_says_what_was_refused(site: Site) -> None:
    """S2: permissions taken away while it works."""
    site.emptied()
    fault = {"method": "POST", "route": "/channels/*/messages", "status": 403, "code": 50013}
    site.control.request("POST", "faults", {**fault, "times": 1, "wait_s": 0})
    with pytest.raises(OgmaError) as caught:
        site.apply()
    assert str(caught.value) == (
        "Discord refuses to post the panel: the bot lacks a permission; see 'ogma doctor'."
        " What was done stays; 'ogma setup apply' goes on."
    )
    site.apply()
    assert site.plan().state is State.READY


def test_the_panel_is_edited_in_place(site: Site) -> None:
    """O1: changed types change the message that is there."""
    site.apply()
    assert PANEL.body is not None
    changed = replace(PANEL, body={**PANEL.body, "embeds": [{"title": "Hilfe"}]})
    assert site.plan(changed).panel is Action.CHANGE
    assert [one.action for one in site.apply(changed)] == [Action.CHANGE]
    [message] = site.channels()["open-a-ticket"]["messages"]
    assert message["embeds"][0]["title"] == "Hilfe"
    assert site.plan(changed).state is State.READY


def test_a_panel_is_found_behind_other_messages(site: Site) -> None:
    """O1: never doubled, also when somebody who may writes in that channel."""
    site.admin(do="set_overwrite", channel="open-a-ticket", role="@everyone", allow=[])
    for number in range(101):
        site.control.message("alice", "open-a-ticket", f"hello {number}", wait_s=0)
    site.apply()
    site.apply()
    mine = [one for one in site.channels()["open-a-ticket"]["messages"] if one["author"]["bot"]]
    assert len(mine) == 1
