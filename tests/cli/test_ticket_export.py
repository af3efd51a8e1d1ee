"""T2, T3: `ogma tickets export` with its index page and `--redact`, and `ogma tickets verify`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.access import OWNER
from ogma.domain.closing import CloseCause, CloseReason
from ogma.services import archive, closing
from ogma.services.desk import Desk
from tests.transcripts.dom import faults, parse

from . import desks
from .desks import ogma, printed


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Three tickets, the second archived, the third in lockdown."""
    desks.alone(data_dir, monkeypatch)
    desk = desks.make_desk(data_dir)
    desks.open_ticket(desk, "alice", "Write to alice@example.org")
    bob = desks.open_ticket(desk, "xaver", "Refund")
    carol = desks.open_ticket(desk, "carol", "Secret matter")
    desks.say(desk, bob, "xaver", "I am xaver, 0171 2345678")
    closing.close(
        desk, OWNER, bob.id, closing.Closure(CloseReason.SPAM, CloseCause.CLI, "staff only")
    )
    stored = archive.write(desk, bob.id, {}, "S")
    with desk.db.write():
        archive.stored(desk, bob.id, stored.path, stored.sha256)
        desk.db.execute("UPDATE ticket SET locked_at = 1 WHERE id = ?", (carol.id,))
    return desk


def test_t2_a_folder_has_an_index_page(
    desk: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """T2: one page leads to all; what is in lockdown is in it on request only."""
    out = tmp_path / "out"
    assert ogma(data_dir, "tickets", "export", "--out", str(out), "--json") == 0
    document = printed(capsys)
    assert [one["number"] for one in document["files"]] == [1, 2]
    page = Path(document["index"]).read_text(encoding="utf-8")
    assert faults(page) == []
    links = [a.attributes["href"] for a in parse(page).all("a")]
    assert links == ["./ticket-000002.html", "./ticket-000001.html"]
    assert all((out / link).is_file() for link in links)
    assert "Secret matter" not in page
    everything = ("export", "--include-restricted", "--format", "md", "--out", str(out))
    assert ogma(data_dir, "tickets", *everything) == 0
    assert "3 transcripts in" in capsys.readouterr().out
    assert "Secret matter" in (out / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["html", "md", "json", "txt"])
def test_t2_redacted_and_for_the_customer(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """T2: `--redact` and `--view` in every format, to stdout."""
    export = ("tickets", "export", "2", "--format", form, "--out", "-")
    assert ogma(data_dir, *export) == 0
    whole = capsys.readouterr().out
    assert "staff only" in whole and "xaver" in whole
    assert ogma(data_dir, *export, "--view", "customer") == 0
    assert "staff only" not in capsys.readouterr().out
    assert ogma(data_dir, *export, "--redact") == 0
    masked = capsys.readouterr().out
    assert "xaver" not in masked.casefold() and "2345678" not in masked


def test_t2_by_date_and_type(
    desk: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """T2: nothing fits: a sentence and exit code 4."""
    for filters in (["--until", "2025-12-31"], ["--type", "billing"], ["--since", "2027-01-01"]):
        assert ogma(data_dir, "tickets", "export", "--out", str(tmp_path / "x"), *filters) == 4
    assert not (tmp_path / "x").exists()
    capsys.readouterr()


def test_t3_verify_gives_a_head_and_proves_it_later(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """T3: exit 0 with the head; the same head proves it; a change is told with exit code 1."""
    assert ogma(data_dir, "tickets", "verify", "--json") == 0
    document = printed(capsys)
    assert (document["archives"], document["links"], document["faults"]) == (1, 1, [])
    head = document["head"]
    assert ogma(data_dir, "tickets", "verify", "--head", head) == 0
    assert "Nothing has changed since that head" in capsys.readouterr().out
    assert ogma(data_dir, "tickets", "verify", "--head", "f" * 64) == 4
    assert "No link of the chain has the head" in capsys.readouterr().err
    page = next(data_dir.glob("transcripts/*/transcript.html"))
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert ogma(data_dir, "tickets", "verify") == 1
    said = capsys.readouterr()
    assert "ticket 2: transcript.html was changed" in said.err
    assert "head" not in said.out
