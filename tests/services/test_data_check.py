"""Everything that is kept is as the database says, or is named."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from ogma.services.data import data_check
from ogma.services.data.data_check import Fault
from ogma.store.database import Database
from tests.services.conftest import Office
from tests.services.test_backup import furnished

DIGEST = hashlib.sha256(b"the file's content").hexdigest()
KEPT = f"attachments/{DIGEST[:2]}/{DIGEST}"


@pytest.fixture
def data(office: Office) -> Path:
    """A data folder with an archive and an attachment."""
    furnished(office)
    return office.desk.data


def test_what_is_as_it_was_is_sound(data: Path) -> None:
    assert data_check.check(data) == data_check.Checked((), (), 1, 1)


def test_a_changed_and_a_lost_attachment_are_named(data: Path) -> None:
    (data / KEPT).write_bytes(b"the file's Content")
    assert data_check.check(data).faults == (Fault(KEPT, "its content has changed"),)
    (data / KEPT).unlink()
    assert data_check.check(data).faults == (Fault(KEPT, "it is missing"),)


def test_an_attachment_of_the_intake_is_checked_too(data: Path, office: Office) -> None:
    with office.desk.db.write():
        office.desk.db.execute("UPDATE message SET files = '[]'")
        files = f'[{{"id": "7", "kept": "{KEPT}", "sha256": "{DIGEST}"}}]'
        insert = (
            "INSERT INTO intake_answer (ticket_id, position, field_id, label, kind, answer, files)"
            " VALUES (1, 0, 'f', 'File', 'file', '', ?)"
        )
        office.desk.db.execute(insert, (files,))
    assert data_check.check(data).attachments == 1
    assert data_check.check(data).orphans == ()


def test_a_file_that_nothing_speaks_of_is_no_fault(data: Path) -> None:
    (data / "attachments" / "stray").write_bytes(b"x")
    (data / "attachments" / "half.partial").write_bytes(b"x")
    found = data_check.check(data)
    assert found.faults == () and found.orphans == ("attachments/stray",)


def test_a_path_that_leads_out_of_the_data_is_never_followed(data: Path, office: Office) -> None:
    with office.desk.db.write():
        office.desk.db.execute("UPDATE ticket SET archive_path = 'transcripts/../../etc'")
    problems = {fault.problem for fault in data_check.check(data).faults}
    assert problems == {"it lies outside the folders of the data"}


def test_rows_that_refer_to_nothing_are_faults(data: Path, office: Office) -> None:
    office.desk.db.close()
    with closing(Database(data / "ogma.db")) as db:
        db.execute("PRAGMA foreign_keys = 0")
        db.execute("DELETE FROM ticket")
    assert "missing row of ticket" in data_check.check(data).faults[0].problem


def test_a_full_text_index_that_lies_is_a_fault(data: Path, office: Office) -> None:
    with office.desk.db.write():
        insert = "INSERT INTO chunk_fts (rowid, context, text) VALUES (9, 'ghost', 'ghost')"
        office.desk.db.execute(insert)
    [fault] = data_check.check(data).faults
    assert fault.where == "database"


def test_a_page_that_was_flipped_is_a_fault(data: Path, office: Office) -> None:
    office.desk.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    office.desk.db.close()
    content = bytearray((data / "ogma.db").read_bytes())
    content[4096 * 6 : 4096 * 6 + 64] = b"\xff" * 64
    (data / "ogma.db").write_bytes(content)
    assert data_check.check(data).faults[0].where == "database"
