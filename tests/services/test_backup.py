"""D3, P29: a backup taken beside a running bot is whole, verified, and without the token."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ogma.errors import NotFound, OgmaError, UsageError
from ogma.services import archive, attachments
from ogma.services.data import backup
from ogma.services.data.backup import Damaged, Secrets, back_up, verify
from ogma.store import copies
from tests.services.conftest import CUSTOMER, START, Office

WRITES = 1_000

WRITER = """
import sys
from pathlib import Path
from ogma.store.opening import open_database
db = open_database(Path(sys.argv[1]))
sql = "INSERT INTO event (ticket_id, at, kind, actor) VALUES (1, ?, 'noted', 'writer')"
for number in range(int(sys.argv[2])):
    with db.write():
        db.execute(sql, (2 * number,))
        db.execute(sql, (2 * number + 1,))
    print(number, flush=True)
"""


def furnished(office: Office) -> Path:
    """A data folder with a ticket, its archive and an attachment; gives the config beside it."""
    office.open()
    office.say(CUSTOMER, "Here it is", files=[{"id": "7", "filename": "a.txt", "url": "u"}])
    [wanted] = attachments.wanted(office.desk, office.ticket())
    attachments.save(office.desk, wanted, b"the file's content")
    stored = archive.write(office.desk, 1, {}, "Server")
    with office.desk.db.write():
        archive.stored(office.desk, 1, stored.path, stored.sha256)
    config = office.desk.data / "config.toml"
    config.write_text('[discord]\nguild = "1"\n', encoding="utf-8")
    return config


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_d3_a_backup_has_everything_that_cannot_be_made_again(office: Office) -> None:
    config = furnished(office)
    made = back_up(office.desk.data, config, START)
    assert made.path == office.desk.data / "backups" / "ogma-20270115-080000"
    found = names(made.path)
    assert found == {"manifest.json", *made.manifest.files}
    assert {"ogma.db", "config.toml"} < found
    assert {name.split("/")[0] for name in found} >= {"transcripts", "attachments"}
    assert made.manifest.rows["ticket"] == 1
    assert verify(made.path) == made.manifest
    assert made.path.stat().st_mode & 0o077 == 0
    assert all((made.path / name).stat().st_mode & 0o077 == 0 for name in found)


def test_d3_two_backups_in_one_second_are_two(office: Office) -> None:
    config = furnished(office)
    first, second = (back_up(office.desk.data, config, START) for _ in range(2))
    assert first.path != second.path
    assert verify(first.path) and verify(second.path)
    assert sorted(path.name for path in first.path.parent.iterdir()) == [
        "ogma-20270115-080000",
        "ogma-20270115-080000-2",
    ]


def test_p29_a_backup_under_a_thousand_writes_is_consistent(office: Office) -> None:
    """Each write adds two rows: every copy has both of it or neither, whatever the moment."""
    config = furnished(office)
    before = len(office.events())
    command = [sys.executable, "-c", WRITER, str(office.desk.data), str(WRITES)]
    counts: list[int] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        while writer.poll() is None and len(counts) < 4:
            made = back_up(office.desk.data, config, START)
            counts.append(made.manifest.rows["event"] - before)
            assert copies.look_into(made.path / "ogma.db").rows["event"] - before == counts[-1]
        for _ in writer.stdout:
            pass
    assert writer.returncode == 0
    assert len(office.events()) - before == 2 * WRITES
    assert counts and all(count > 0 and count % 2 == 0 for count in counts)
    assert counts == sorted(counts) and counts[0] < 2 * WRITES


def test_p29_the_token_is_never_in_a_backup(office: Office) -> None:
    config = furnished(office)
    token = "MTIzNDU2Nzg5.canary.token-of-the-bot"
    (office.desk.data / "token").write_text(token, encoding="utf-8")
    hidden = office.desk.data / "transcripts" / "token"
    hidden.write_text(token, encoding="utf-8")
    made = back_up(office.desk.data, config, START, secrets=Secrets((token,), hidden))
    assert token.encode() not in b"".join(
        path.read_bytes() for path in made.path.rglob("*") if path.is_file()
    )


def test_p29_a_config_that_holds_the_token_is_refused(office: Office) -> None:
    config = furnished(office)
    config.write_text('token = "abc.def.ghi"', encoding="utf-8")
    with pytest.raises(OgmaError, match="holds the bot's token"):
        back_up(office.desk.data, config, START, secrets=Secrets(("abc.def.ghi",)))
    assert list((office.desk.data / "backups").iterdir()) == []


@pytest.mark.parametrize("part", ["ogma.db", "config.toml", "transcripts", "attachments"])
def test_d3_one_changed_byte_is_found_and_its_file_named(office: Office, part: str) -> None:
    made = back_up(office.desk.data, furnished(office), START)
    name = next(name for name in made.manifest.files if name.startswith(part))
    content = bytearray((made.path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (made.path / name).write_bytes(content)
    with pytest.raises(Damaged, match=name):
        verify(made.path)


def test_d3_a_missing_file_and_a_broken_manifest_are_found(office: Office) -> None:
    made = back_up(office.desk.data, furnished(office), START)
    manifest = made.path / "manifest.json"
    document = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**document, "rows": {**document["rows"], "ticket": 2}}))
    with pytest.raises(Damaged, match="rows"):
        verify(made.path)
    files = {**document["files"], "../token": {"size": 1, "sha256": ""}}
    manifest.write_text(json.dumps({**document, "files": files}))
    with pytest.raises(Damaged, match=r"manifest\.json"):
        verify(made.path)
    manifest.write_text(json.dumps(document))
    (made.path / "config.toml").unlink()
    with pytest.raises(Damaged, match=r"config\.toml"):
        verify(made.path)


def test_d3_nothing_half_written_stays_when_the_disk_refuses(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = furnished(office)

    def refuse(source: Path, target: Path) -> backup.Print:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "copy", refuse)
    with pytest.raises(OgmaError, match="No space left"):
        back_up(office.desk.data, config, START)
    assert list((office.desk.data / "backups").iterdir()) == []


def test_d3_files_that_are_still_being_written_are_left_out(office: Office) -> None:
    config = furnished(office)
    half = office.desk.data / "attachments" / "ab.partial"
    half.write_bytes(b"half")
    made = back_up(office.desk.data, config, START)
    assert "attachments/ab.partial" not in made.manifest.files


def test_d3_a_place_that_cannot_be_a_new_folder_is_refused(office: Office, tmp_path: Path) -> None:
    config = furnished(office)
    data = office.desk.data
    with pytest.raises(UsageError, match="exists already"):
        back_up(data, config, START, out=data)
    with pytest.raises(UsageError, match="which is copied"):
        back_up(data, config, START, out=data / "transcripts" / "backup")
    with pytest.raises(NotFound, match="nothing to back up"):
        back_up(tmp_path / "elsewhere", config, START)
