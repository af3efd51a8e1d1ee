"""S5, P37: what a reading of the config does to tickets, notices and the settings in use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ogma.domain.access import Denial
from ogma.domain.effects import Kind
from ogma.domain.policies import Settings
from ogma.domain.tickets import State
from ogma.errors import ConfigError
from ogma.services import closing, lockdown, opening, reload, staff
from ogma.services.desk import Desk
from ogma.services.live import Live
from ogma.services.opening import Refused
from ogma.services.reload import Follower
from ogma.settings.last_good import NAME, Opened
from ogma.settings.watch import Reading
from ogma.store import outbox
from tests.services.conftest import CLOSER, SETTINGS, STAFF, SUPPORT, Office

BILLING = 30


class Shop:
    """An office whose settings are followed."""

    def __init__(self, office: Office, data: Path) -> None:
        self.live = Live(SETTINGS, None)
        self.office = office
        self.desk = Desk(office.desk.db, lambda: self.live.now.settings, data, office.clock)
        office.desk = self.desk
        self.data = data
        self.token = data / "token"
        self.token.write_text("one")
        self.follower = self.started(SETTINGS)

    def started(self, settings: Settings, error: ConfigError | None = None) -> Follower:
        """A bot that starts with these settings."""
        self.live.now = self.live.after(settings)
        found = good(settings) if error is None else bad(str(error))
        opened = Opened(settings, text(settings), found)
        follower = Follower(self.live, opened, self.data / "config.toml", self.data, self.token)
        follower.begin(self.desk)
        return follower

    def take(self, found: Reading) -> Any:
        return self.follower.take(self.desk, found)

    def notices(self) -> list[tuple[str, str]]:
        """Text and what is filled in, oldest first."""
        rows = outbox.listed(self.desk.db, None, 100)[::-1]
        payloads = [json.loads(row["payload"]) for row in rows if row["kind"] == Kind.STAFF_NOTICE]
        return [(one["text"], next(iter(one["values"].values()), "")) for one in payloads]

    def effects(self, kind: Kind) -> int:
        return sum(row["kind"] == kind for row in outbox.listed(self.desk.db, None, 100))


def text(settings: Settings) -> str:
    return settings.model_dump_json()


def good(settings: Settings) -> Reading:
    written = text(settings)
    return Reading(hashlib.md5(written.encode()).hexdigest(), written, settings, None)


def bad(*problems: str) -> Reading:
    return Reading(str(hash(problems)), "?", None, ConfigError(problems[0], problems))


def with_(**tables: Any) -> Settings:
    return Settings.model_validate({**SETTINGS.model_dump(), **tables})


def types(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """The types of SETTINGS, each with its changes."""
    known = [kind.model_dump() for kind in SETTINGS.types]
    return [{**kind, **change} for kind, change in zip(known, changes, strict=False)]


@pytest.fixture
def shop(office: Office, tmp_path: Path) -> Shop:
    return Shop(office, tmp_path)


def test_a_good_edit_is_in_use_and_kept(shop: Shop) -> None:
    """S5, P38: settings, texts and answerer are swapped together."""
    before = shop.live.now
    retired = shop.take(good(with_(language="de", ai={"engine": "extractive", "threshold": 0.9})))
    assert shop.desk.settings().ai.threshold == 0.9
    assert shop.live.now.texts.language == "de"
    assert retired is before.answerer
    assert shop.live.now.answerer is not before.answerer
    assert (shop.data / NAME).read_text() == text(
        with_(language="de", ai={"engine": "extractive", "threshold": 0.9})
    )
    assert shop.effects(Kind.SYNC_PANEL) == 1


def test_the_answerer_stays_when_nothing_of_it_changed(shop: Shop) -> None:
    """Its breaker and its connections know how the model is."""
    before = shop.live.now.answerer
    assert shop.take(good(with_(language="de"))) is None
    assert shop.live.now.answerer is before


def test_a_bad_edit_changes_nothing_and_is_told_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """P37: the log has every fault, staff the first without our folders; then all is well."""
    before = shop.live.now
    wrong = bad(f"{shop.data}/config.toml, line 3: a is wrong.", "line 4: b is wrong.")
    shop.take(wrong)
    shop.take(wrong)
    assert shop.live.now is before
    assert shop.notices() == [("staff.config_bad", "config.toml, line 3: a is wrong.")]
    assert "line 4: b is wrong." in caplog.text
    shop.take(good(SETTINGS))
    assert shop.notices()[1:] == [("staff.config_good", "")]
    shop.take(good(with_(language="de")))
    assert len(shop.notices()) == 2


def test_a_start_with_the_last_good_config_is_told(shop: Shop) -> None:
    """P38: and that it is right again."""
    shop.follower = shop.started(SETTINGS, ConfigError("config.toml, line 1: no."))
    assert shop.notices() == [("staff.config_bad", "config.toml, line 1: no.")]
    shop.take(good(SETTINGS))
    assert shop.notices()[1:] == [("staff.config_good", "")]


def test_another_server_or_token_needs_a_restart_and_says_so_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """S5."""
    other = with_(discord={"guild": 99}, language="de")
    shop.take(good(other))
    shop.take(good(with_(discord={"guild": 99}, language="de", ai={"threshold": 0.9})))
    assert shop.live.now.settings == SETTINGS
    assert caplog.text.count("discord.guild") == 1
    assert shop.notices() == [("staff.config_restart", "discord.guild")]
    assert not shop.follower.token_changed()
    shop.token.write_text("two\n")
    assert shop.follower.token_changed()
    shop.follower.check_token(shop.desk)
    shop.follower.check_token(shop.desk)
    assert shop.notices()[1:] == [("staff.config_restart", "discord.token_file")]


def test_staff_roles_reach_tickets_that_are_not_over(shop: Shop) -> None:
    """S5: one effect for each ticket whose roles changed, none for the others, none twice."""
    shop.office.open(type_id="general")
    shop.office.open(type_id="quiet")
    shop.take(good(with_(types=types({"staff_roles": [BILLING]}, {}))))
    assert shop.effects(Kind.SYNC_STAFF) == 1
    [job] = [row for row in outbox.of_ticket(shop.desk.db, 1) if row["kind"] == Kind.SYNC_STAFF]
    assert job["lane"] == "ticket:1"
    shop.take(good(with_(types=types({"staff_roles": [BILLING]}, {"label": "Other"}))))
    assert shop.effects(Kind.SYNC_STAFF) == 1


def test_an_edit_made_while_the_bot_was_away_has_the_same_effect(shop: Shop) -> None:
    """S5: what a config did is read off the database."""
    shop.office.open()
    shop.started(SETTINGS)
    assert shop.effects(Kind.SYNC_STAFF) == 0
    shop.started(with_(roles={"staff": [BILLING], "management": [20]}))
    assert shop.effects(Kind.SYNC_STAFF) == 1


def test_a_removed_type_counts_as_disabled_while_it_has_open_tickets(shop: Shop) -> None:
    """S5: its label, staff and AI setting stay; nobody opens another; then it is forgotten."""
    kinds = types({"staff_roles": [BILLING]}, {})
    shop.take(good(with_(types=kinds)))
    ticket = shop.office.open(type_id="general")
    without = with_(types=kinds[1:])
    for start in (False, True):
        if start:
            shop.follower = shop.started(without)
        else:
            shop.take(good(without))
        kept = shop.desk.settings().type_named("general")
        assert kept is not None
        assert (kept.label, kept.enabled, kept.staff_roles) == ("General", False, (BILLING,))
        assert shop.effects(Kind.SYNC_STAFF) == 0
    wish = opening.Intention(7, "bob", frozenset(), "general", subject="Hello")
    refused = opening.open_ticket(shop.desk, wish, 12345)
    assert isinstance(refused, Refused)
    assert refused.why == "disabled"
    assert staff.claim(shop.desk, STAFF, ticket.id) is not Denial.NOT_STAFF
    assert closing.channel_deleted(shop.desk, 1001) == ticket.id
    shop.office.deliver()
    assert shop.office.ticket().state is State.CLOSED
    shop.take(good(with_(types=kinds[1:], language="de")))
    assert shop.desk.settings().type_named("general") is None


@pytest.mark.parametrize("kept", [True, False])
def test_what_a_locked_ticket_gets_back_follows_the_roles(shop: Shop, kept: bool) -> None:
    """S5, Q4: unlocking gives the overwrites of before with the staff of today."""
    ticket = shop.office.open()
    assert lockdown.lock(shop.desk, CLOSER, ticket.id) is True
    support = {"id": str(SUPPORT), "type": 0, "allow": "1024", "deny": "0"}
    if kept:
        lockdown.keep_overwrites(shop.desk, ticket.id, [support], lockdown.PURPOSE)
    shop.take(good(with_(roles={"staff": [BILLING], "management": [20]})))
    changed = reload.change_kept_staff(shop.desk, ticket.id, lockdown.PURPOSE, frozenset({SUPPORT}))
    assert changed is kept
    found = lockdown.kept_overwrites(shop.desk, ticket.id, lockdown.PURPOSE)
    if found is not None:
        assert sorted(str(one["id"]) for one in found) == ["20", str(BILLING)]
    assert shop.office.ticket().state is State.OPEN


def test_a_copy_that_cannot_be_kept_stops_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """P26: a full disk is no reason to ignore an edit."""

    def full(*_: object) -> None:
        raise ConfigError("Cannot write (No space left on device).")

    monkeypatch.setattr(reload, "keep", full)
    shop.take(good(with_(language="de")))
    assert shop.live.now.settings.language == "de"
    assert "the last good config is not kept" in caplog.text
