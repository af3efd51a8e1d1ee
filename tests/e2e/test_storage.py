"""A database that another program holds: nothing is lost, and nobody is kept waiting for an ack."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import apsw
import pytest

from tests.e2e.town import QUESTION, Town


@contextmanager
def _locked(town: Town) -> Iterator[None]:
    """Hold the write lock, as a command of the owner's might."""
    connection = apsw.Connection(str(town.data / "ogma.db"))
    connection.set_busy_timeout(10_000)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_a_click_while_the_database_is_locked(town: Town) -> None:
    """P10, P27: acknowledged from reads in 3 s; the ticket opens once the lock is gone."""
    with _locked(town):
        form = town.control.click("alice", "ogma:open:general")
        assert form["modal"], "the form needs no write"
        quick = town.control.click("bob", "ogma:open:quick", wait_s=4)
        assert (quick["ack"], quick.get("error")) == ("deferred", None)
    town.wait_until(lambda: town.channel_of("bob", "quick"), "the ticket is open")


def test_what_is_said_while_the_database_is_locked(town: Town) -> None:
    """P27: messages, edits and a command wait for the lock, and none is lost."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    with _locked(town):
        town.say("alice", channel, "One")
        second = town.say("alice", channel, "Tow")
        town.control.edit("alice", second["id"], "Two", wait_s=0)
        town.say("alice", channel, QUESTION)
        claim = town.control.command("sam", channel, "claim", wait_s=4)
        assert claim.get("error") is None, "acknowledged in time"
    town.wait_until(lambda: town.ticket()["claimed_by_name"] == "sam", "the claim has worked")
    rows = town.sql("SELECT content FROM message WHERE side = 'customer' ORDER BY id")
    assert [row["content"] for row in rows] == ["One", "Two", QUESTION]


def test_a_disk_that_takes_nothing(town: Town) -> None:
    """P26: everything waits, staff are told once, nothing is lost, and it goes on by itself."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux lets one process take another's space away")
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    limit = resource.RLIMIT_FSIZE
    before = resource.prlimit(town.bot.pid, limit)
    resource.prlimit(town.bot.pid, limit, (1, before[1]))
    try:
        town.say("alice", channel, QUESTION)
        [told] = town.wait_until(town.notices, "staff are told")
        assert "save nothing" in told
        town.say("alice", channel, "Are you there?")
        assert not town.count("FROM message WHERE side = 'customer'")
    finally:
        resource.prlimit(town.bot.pid, limit, before)
    town.until_answered(channel)
    town.until_idle()
    rows = town.sql("SELECT content FROM message WHERE side = 'customer' ORDER BY id")
    assert [row["content"] for row in rows] == [QUESTION, "Are you there?"]
    assert len(town.notices()) == 1
