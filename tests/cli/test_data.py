"""D3: `ogma data` keeps copies, brings them back, and says what is not as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.services import archive, instance
from ogma.services.desk import Desk
from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG, make_desk, open_ticket

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GcanaR.y_y_y_y_y_y_y_y_y_y_y_y"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A data folder with one archived ticket, a config and a token."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    made = make_desk(tmp_path / "data")
    (made.data / "token").write_text(TOKEN, encoding="utf-8")
    (made.data / "token").chmod(0o600)
    ticket = open_ticket(made, "alice", "Refund")
    stored = archive.write(made, ticket.id, {}, "Server")
    with made.db.write():
        archive.stored(made, ticket.id, stored.path, stored.sha256)
    return made


def test_backup_says_where_it_is_and_what_it_holds(ogma: Ogma, desk: Desk) -> None:
    done = ogma("data", "backup")
    assert done.code == 0
    assert f"The backup is {desk.data / 'backups'}" in done.out
    assert "Tickets: 1" in done.out and "is verified" in done.out
    assert "keep it safe" in done.err


def test_backup_as_json_goes_where_it_is_told(ogma: Ogma, desk: Desk, tmp_path: Path) -> None:
    done = ogma("data", "backup", "--out", tmp_path / "copy", "--json")
    document = json.loads(done.out)
    assert document["path"] == str(tmp_path / "copy")
    assert document["rows"]["ticket"] == 1
    assert document["schema"] and document["bytes"] > 0
    again = ogma("data", "backup", "--out", tmp_path / "copy")
    assert again.code == 2 and "exists already" in again.err


def test_p29_no_byte_of_the_token_gets_into_a_backup(
    ogma: Ogma, desk: Desk, tmp_path: Path
) -> None:
    config = CONFIG.replace("[discord]", '[discord]\ntoken_file = "transcripts/token"', 1)
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    (desk.data / "token").rename(desk.data / "transcripts" / "token")
    assert ogma("data", "backup", "--out", tmp_path / "copy").code == 0
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if TOKEN.encode() in path.read_bytes()]
    (tmp_path / "config.toml").write_text(f"{config}# {TOKEN}\n", encoding="utf-8")
    refused = ogma("data", "backup", "--out", tmp_path / "other")
    assert refused.code == 1 and "holds the bot's token" in refused.err
    assert not (tmp_path / "other").exists()


def test_a_broken_config_stops_no_backup(ogma: Ogma, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("what = [", encoding="utf-8")
    assert ogma("data", "backup").code == 0


def test_backup_without_a_database_makes_nothing(ogma: Ogma, tmp_path: Path) -> None:
    done = ogma("data", "backup")
    assert done.code == 4 and "nothing to back up" in done.err
    assert not (tmp_path / "data").exists()


def test_restore_brings_back_what_was_and_keeps_what_is(
    ogma: Ogma, desk: Desk, tmp_path: Path
) -> None:
    ogma("data", "backup", "--out", tmp_path / "copy")
    open_ticket(desk, "bob", "After the backup")
    desk.db.close()
    done = ogma("data", "restore", tmp_path / "copy", "--yes")
    assert done.code == 0, done.err
    assert "What was there before lies in" in done.out
    assert "was left as it is" in done.err
    listed = json.loads(ogma("tickets", "list", "--json").out)
    assert "After the backup" not in json.dumps(listed) and "Refund" in json.dumps(listed)
    [aside] = desk.data.glob("before-restore-*")
    assert (aside / "ogma.db").exists() and (aside / "transcripts").is_dir()


def test_restore_asks_first(ogma: Ogma, desk: Desk, tmp_path: Path) -> None:
    ogma("data", "backup", "--out", tmp_path / "copy")
    refused = ogma("data", "restore", tmp_path / "copy")
    assert refused.code == 2 and "--yes" in refused.err
    assert not list(desk.data.glob("before-restore-*"))


def test_restore_onto_a_new_machine_brings_the_config_too(
    ogma: Ogma, desk: Desk, tmp_path: Path
) -> None:
    ogma("data", "backup", "--out", tmp_path / "copy")
    desk.db.close()
    desk.data.rename(tmp_path / "lost")
    (tmp_path / "config.toml").unlink()
    done = json.loads(ogma("data", "restore", tmp_path / "copy", "--yes", "--json").out)
    assert done["config_restored"] and done["aside"] is None
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == CONFIG
    assert ogma("status").code == 0


def test_p30_restore_is_refused_while_a_bot_runs(ogma: Ogma, desk: Desk, tmp_path: Path) -> None:
    ogma("data", "backup", "--out", tmp_path / "copy")
    with instance.held(desk):
        refused = ogma("data", "restore", tmp_path / "copy", "--yes")
    assert refused.code == 6 and "stop it first" in refused.err
    assert not list(desk.data.glob("before-restore-*"))


def test_restore_of_something_else_is_refused(ogma: Ogma, desk: Desk, tmp_path: Path) -> None:
    done = ogma("data", "restore", tmp_path, "--yes")
    assert done.code == 4 and "is no backup" in done.err


def test_check_says_that_all_is_sound(ogma: Ogma, desk: Desk) -> None:
    done = ogma("data", "check")
    assert (done.code, done.err) == (0, "")
    assert "All is sound" in done.out and "1 archives" in done.out


def test_check_names_what_has_changed(ogma: Ogma, desk: Desk) -> None:
    [page] = desk.data.glob("transcripts/*/transcript.json")
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    (page.parent / "customer.html").unlink()
    (desk.data / "transcripts" / "stray.txt").write_text("whose?", encoding="utf-8")
    done = ogma("data", "check")
    assert done.code == 1
    assert "transcript.json: its content has changed" in done.out
    assert "customer.html: it is missing" in done.out
    assert "transcripts/stray.txt: no ticket speaks of it" in done.out
    document = json.loads(ogma("data", "check", "--json").out)
    assert document["ok"] is False and len(document["faults"]) == 2
    assert document["orphans"] == ["transcripts/stray.txt"]


def test_check_without_a_database(ogma: Ogma) -> None:
    assert ogma("data", "check").code == 4
