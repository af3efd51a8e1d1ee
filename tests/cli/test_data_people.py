"""D1, D2: `ogma data forget`, `export` and `purge` as an owner calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.domain.access import OWNER, Actor
from ogma.domain.closing import CloseCause, CloseReason
from ogma.services import closing, jobs
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import outbox
from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG, customer_id, make_desk, open_ticket


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """alice's ticket, closed long ago and done with; bob's, still open."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    made = make_desk(tmp_path / "data")
    number = open_ticket(made, "alice", "Refund").id
    open_ticket(made, "bob", "Other")
    with made.db.write():
        closing.close_by_itself(
            made,
            made.ticket(number),
            Actor(0, "owner", owner=OWNER.owner),
            Closure(CloseReason.RESOLVED, CloseCause.CLI),
        )
    receipt = {"path": "transcripts/x", "sha256": "0" * 64, "names": {}, "server": "S"}
    while claimed := jobs.claim(made, 50):
        for job in claimed:
            jobs.complete(made, job, receipt)
    assert made.ticket(number).closed_at
    return made


def test_forget_asks_first_and_gives_a_receipt(ogma: Ogma, desk: Desk) -> None:
    """D2: without a yes nothing happens; the receipt counts and names what is left."""
    refused = ogma("data", "forget", "alice")
    assert refused.code == 2 and "--yes" in refused.err
    assert desk.ticket(1).customer_name == "alice"
    done = ogma("data", "forget", "alice", "--yes", "--json")
    receipt = json.loads(done.out)
    assert done.code == 0 and receipt["erased"]["tickets"] == 1
    assert receipt["user"] == str(customer_id("alice"))
    assert desk.ticket(1).customer_name == ""
    again = ogma("data", "forget", "alice", "--yes")
    assert again.code == 4 and "Nothing is kept" in again.err


def test_forget_in_words(ogma: Ogma, desk: Desk) -> None:
    """D2: a table at 80 columns, and what is out of reach."""
    done = ogma("data", "forget", str(customer_id("alice")), "--yes")
    assert done.code == 0 and "tickets" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert "tickets export" in done.err


def test_who_has_an_open_ticket_is_not_forgotten(ogma: Ogma, desk: Desk) -> None:
    """D2: one sentence with the way out, and nothing changed."""
    done = ogma("data", "forget", "bob", "--yes")
    assert done.code == 1 and "ogma tickets close 2" in done.err
    assert desk.ticket(2).customer_name == "bob"


def test_export_into_a_new_folder(ogma: Ogma, desk: Desk, tmp_path: Path) -> None:
    """D2: pages for the person, and everything for machines."""
    out = tmp_path / "alice"
    done = ogma("data", "export", "alice", "--out", out, "--json")
    assert json.loads(done.out)["tickets"] == 1
    assert json.loads((out / "data.json").read_text())["user"] == str(customer_id("alice"))
    assert (out / "ticket-1.html").exists()
    assert ogma("data", "export", "alice", "--out", out).code == 2


def test_purge_by_days(ogma: Ogma, desk: Desk) -> None:
    """D1: a dry run names the tickets; without a number of days nothing is guessed."""
    asked = ogma("data", "purge")
    assert asked.code == 2 and "retention_days" in asked.err
    dry = ogma("data", "purge", "--older-than", 30, "--dry-run", "--json")
    assert json.loads(dry.out)["tickets"] == [1]
    assert desk.ticket(1).subject == "Refund"
    done = ogma("data", "purge", "--older-than", 30, "--yes")
    assert done.code == 0 and "is gone: 1" in done.out
    assert desk.ticket(1).subject is None
    assert outbox.of_ticket(desk.db, 1) == []
