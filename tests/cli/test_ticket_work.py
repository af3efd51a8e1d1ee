"""What staff do, done from the shell: the same services, the same gate (Q1, Q3, E3, T3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.cli import watching
from ogma.cli.output import Output
from ogma.domain.assignment import Teammate
from ogma.domain.tickets import Ticket
from ogma.errors import UsageError
from ogma.services import team
from ogma.services.desk import Desk
from ogma.store import tickets

from . import desks
from .desks import ogma, printed


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desks.alone(data_dir, monkeypatch)
    made = desks.make_desk(data_dir)
    shipped = desks.settings()
    for name in (
        "ogma.cli.context.Context.settings_or_defaults",
        "ogma.cli.context.Context.settings",
    ):
        monkeypatch.setattr(name, shipped)
    team.saw(made, [Teammate(501, "sam", frozenset({desks.STAFF_ROLE}))])
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desks.open_ticket(desk, "alice", "The basilisk stares")


def test_q1_claim_and_release(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q1: in the name of a teammate; who holds it stands in the answer."""
    assert ogma(data_dir, "tickets", "claim", "1", "--as", "Sam") == 0
    assert capsys.readouterr().out == "sam looks after ticket 1 now.\n"
    assert desk.ticket(1).claimed_by == 501
    assert ogma(data_dir, "tickets", "release", "1", "--json") == 0
    assert printed(capsys)["assignee"] is None
    assert ogma(data_dir, "tickets", "release", "1") == 0
    assert "claimed by nobody" in capsys.readouterr().out


def test_q1_refusals_say_why(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q1, Q4: nobody unknown or without the role, nothing of somebody else's, nothing locked."""
    assert ogma(data_dir, "tickets", "claim", "1", "--as", "nobody") == 4
    assert "Nobody of the team is known as 'nobody'" in capsys.readouterr().err
    team.saw(desk, [Teammate(7, "eva", frozenset({desks.STAFF_ROLE}))])
    desks.claim(desk, ticket)
    assert ogma(data_dir, "tickets", "claim", "1", "--as", "eva") == 1
    assert "claimed by sam" in capsys.readouterr().err
    assert ogma(data_dir, "tickets", "release", "1", "--as", "eva") == 1
    assert "only they or management" in capsys.readouterr().err
    team.saw(desk, [Teammate(7, "eva", frozenset({5}))])
    assert ogma(data_dir, "tickets", "assign", "1", "eva") == 1
    assert "eva is not staff of this ticket" in capsys.readouterr().err
    tickets.update(desk.db, 1, locked_at=desk.now())
    assert ogma(data_dir, "tickets", "note", "1", "x", "--as", "sam") == 1
    assert "lockdown" in capsys.readouterr().err
    assert ogma(data_dir, "tickets", "claim", "77", "--as", "sam") == 4


def test_d4_what_is_masked_of_a_note_is_said(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """D4: whoever writes a secret at the shell is told, as in Discord; JSON stays one document."""
    secret = "password: hunter2canary"
    assert ogma(data_dir, "tickets", "note", "1", secret, "--as", "sam", "--json") == 0
    said = capsys.readouterr()
    assert "looks like a secret was masked" in said.err and "password" in said.err
    assert "hunter2" not in said.err + said.out and said.out.startswith("{")
    assert ogma(data_dir, "tickets", "note", "1", "nothing", "--as", "sam") == 0
    assert "masked" not in capsys.readouterr().err


def test_q1_the_team_and_who_is_away(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q1: as /away and /back, for somebody who cannot say it."""
    assert ogma(data_dir, "tickets", "claim", "1", "--as", "sam") == 0
    capsys.readouterr()
    assert ogma(data_dir, "team", "away", "Sam") == 0
    assert ogma(data_dir, "team", "away", "501") == 0
    assert capsys.readouterr().out == "sam gets no new tickets now.\nsam is away already.\n"
    assert ogma(data_dir, "team", "list", "--json") == 0
    [one] = printed(capsys)["team"]
    assert one.pop("away_since") is not None
    assert one == {"id": "501", "name": "sam", "open_tickets": 1}
    assert ogma(data_dir, "team", "back", "sam", "--json") == 0
    assert printed(capsys)["away_since"] is None
    assert ogma(data_dir, "team", "back", "sam") == 0
    assert ogma(data_dir, "team", "list") == 0
    assert "sam was not away." in (told := capsys.readouterr().out) and "501" in told


def test_q1_only_the_team_is_away(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q1: nobody unknown, and nobody who has lost the role."""
    assert ogma(data_dir, "team", "away", "nobody") == 4
    team.left(desk, 501)
    assert ogma(data_dir, "team", "away", "501") == 1
    assert "sam holds no staff role any more" in capsys.readouterr().err
    assert ogma(data_dir, "team", "list") == 0
    assert "Nobody of the team is known yet" in capsys.readouterr().out


def test_q3_note_tag_priority_and_transfer(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q3: as in Discord; the JSON is the ticket as in every listing."""
    assert ogma(data_dir, "tickets", "note", "1", "Careful.", "--as", "sam") == 0
    assert ogma(data_dir, "tickets", "tag", "1", "Stone Eyes") == 0
    assert "has the tag stone-eyes." in capsys.readouterr().out
    assert ogma(data_dir, "tickets", "priority", "1", "urgent", "--json") == 0
    document = printed(capsys)
    assert (document["tags"], document["priority"]) == (["stone-eyes"], "urgent")
    assert ogma(data_dir, "tickets", "tag", "1", "stone-eyes", "--remove", "--json") == 0
    assert printed(capsys)["tags"] == []
    assert ogma(data_dir, "tickets", "tag", "1", "#no") == 2
    assert ogma(data_dir, "tickets", "transfer", "1", "nothing") == 1
    assert "There is no enabled type 'nothing'" in capsys.readouterr().err
    assert ogma(data_dir, "tickets", "show", "1") == 0
    assert "sam  note: Careful." in capsys.readouterr().out


def test_e3_flags_from_the_shell(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """E3: list, list all, resolve; what is not there has exit code 4."""
    assert ogma(data_dir, "flags", "list") == 0
    assert capsys.readouterr().out == "Nothing is flagged.\n"
    desks.decide(desk, ticket, answered=False)
    assert ogma(data_dir, "flags", "list", "--json") == 0
    [flag] = printed(capsys)["flags"]
    assert (flag["ticket"], flag["kind"], flag["resolved_at"]) == (1, "escalated", None)
    assert ogma(data_dir, "flags", "list", "--kind", "sla_breach", "--json") == 0
    assert printed(capsys) == {"flags": []}
    assert ogma(data_dir, "flags", "resolve", flag["id"]) == 0
    assert ogma(data_dir, "flags", "resolve", flag["id"], "--json") == 0
    assert '"resolved": []' in capsys.readouterr().out
    assert ogma(data_dir, "flags", "list", "--all", "--json") == 0
    assert printed(capsys)["flags"][0]["resolved_by"] == "owner"
    assert ogma(data_dir, "flags", "resolve", "99") == 4


def test_t3_search_from_the_shell(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """T3: newest first, ranked, within times; lockdown is left out unless asked for."""
    desks.say(desk, ticket, "alice", "The basilisks are two now")
    assert ogma(data_dir, "tickets", "search", "basilisk", "--json") == 0
    results = printed(capsys)["results"]
    assert [one["excerpt"].split("\n")[0] for one in results] == [
        "The basilisks are two now",
        "The basilisk stares",
    ]
    assert ogma(data_dir, "tickets", "search", "basilisk", "--rank", "--limit", "1") == 0
    told = capsys.readouterr()
    assert "[basilisk" in told.out and "Only the best 1 are shown" in told.err
    assert ogma(data_dir, "tickets", "search", "basilisk", "--until", "2025-12-31", "--json") == 0
    assert printed(capsys)["results"] == []
    tickets.update(desk.db, 1, locked_at=desk.now())
    assert ogma(data_dir, "tickets", "search", "basilisk") == 0
    assert capsys.readouterr().out == "Nothing was found.\n"
    assert ogma(data_dir, "tickets", "search", "basilisk", "--include-restricted", "--json") == 0
    assert len(printed(capsys)["results"]) == 2
    assert ogma(data_dir, "tickets", "search", "?!") == 2


def test_q4_the_counters_leave_out_what_the_list_leaves_out(
    desk: Desk, ticket: Ticket, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q2, Q4: a locked ticket is in neither."""
    tickets.update(desk.db, 1, locked_at=desk.now())
    for options, count in ([], 0), (["--include-restricted"], 1):
        assert ogma(data_dir, "tickets", "list", *options, "--json") == 0
        document = printed(capsys)
        assert (document["counters"]["open"], len(document["tickets"])) == (count, count)


def test_q2_watch_draws_again_until_it_is_stopped(
    desk: Desk,
    ticket: Ticket,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Q2: --watch refreshes in place; without a terminal it says the way out."""
    assert ogma(data_dir, "tickets", "list", "--watch") == 2
    assert "--watch needs a terminal" in capsys.readouterr().err

    class Screen(Output):
        on_screen = True

    drawn: list[int] = []

    def sleep(seconds: float) -> None:
        if len(drawn) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    watching.watch(Screen(), lambda: drawn.append(1))
    assert len(drawn) == 3
    with pytest.raises(UsageError):
        watching.watch(Output(), lambda: None)
