"""D3: `ogma data` keeps copies, brings them back, and says what is not as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.services import archive
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
    assert "1 tickets" in done.out and "is verified" in done.out
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
