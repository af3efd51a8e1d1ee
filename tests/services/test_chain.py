"""T3: archives are chained; any change to the past is told, an erasure leaves a tombstone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Job, Kind
from ogma.errors import NotFound
from ogma.services import archive, attachments, closing
from ogma.services.attachments import Wanted
from ogma.services.data import chain
from ogma.store.chain import links as links_of
from ogma.store.opening import open_database

from .conftest import CLOSER, CUSTOMER, Office


def closed(office: Office, number: int = 1) -> Path:
    """A ticket with an attachment, closed and archived for good; gives its folder."""
    office.open()
    file = {"id": "7", "filename": "a.txt", "size": 3, "url": "https://cdn.example/a.txt"}
    message = office.say(CUSTOMER, f"I am {number}", 1000 + number, files=[file])
    attachments.save(office.desk, Wanted(message, 1000 + number, 7, "u", 3), b"%d" % number)
    closing.close(
        office.desk, CLOSER, number, closing.Closure(CloseReason.RESOLVED, CloseCause.COMMAND)
    )
    office.deliver()
    return archive.folder_of(office.desk, office.ticket(number))


class Archivist(Office):
    """An office whose archives are really written."""

    def receipt(self, job: Job) -> dict[str, object]:
        if job.kind is not Kind.ARCHIVE:
            return super().receipt(job)
        assert job.ticket_id is not None
        stored = archive.write(self.desk, job.ticket_id, {}, "S")
        return {"path": stored.path, "sha256": stored.sha256, "names": {}, "server": "S"}


@pytest.fixture
def office(office: Office) -> Office:
    return Archivist(office.desk, office.clock)


@pytest.fixture
def folders(office: Office) -> list[Path]:
    return [closed(office, number) for number in (1, 2, 3)]


def test_t3_what_has_not_changed_is_proved(office: Office, folders: list[Path]) -> None:
    """T3: nothing has changed since the head that the owner noted."""
    first = chain.verify(office.desk)
    assert (first.links, first.archives, first.erased, first.faults) == (3, 3, 0, ())
    assert first.files == 3 * (3 + 1)
    folders.append(closed(office, 4))
    second = chain.verify(office.desk, first.head[:16])
    assert second.since is not None and second.since.ticket == 3
    assert second.head != first.head and not second.faults


def change(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace("I am 2", "I was 2"), encoding="utf-8")


def lose_attachment(folder: Path) -> None:
    archived = json.loads((folder / "transcript.json").read_text(encoding="utf-8"))
    digest = archived["messages"][0]["files"][0]["sha256"]
    (folder.parents[1] / attachments.FOLDER / digest[:2] / digest).write_bytes(b"other")


TAMPERINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a word": (lambda folder: change(folder, "transcript.json"), "ticket 2: transcript.json was"),
    "the page": (lambda folder: change(folder, "transcript.html"), "ticket 2: transcript.html was"),
    "the customer's page": (lambda folder: change(folder, "customer.html"), "customer.html was"),
    "a file": (lambda folder: (folder / "transcript.json").unlink(), "transcript.json is missing"),
    "an attachment": (lose_attachment, "ticket 2: the attachment"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_t3_a_changed_archive_is_told(office: Office, folders: list[Path], what: str) -> None:
    """T3: the conversation, both pages, what was attached: each by its digest."""
    act, told = TAMPERINGS[what]
    act(folders[1])
    [fault] = chain.verify(office.desk).faults
    assert told in fault


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE archive_link SET at = at + 1 WHERE id = 2", "link 2 (ticket 2)"),
        ("UPDATE archive_link SET ticket_id = 9 WHERE id = 1", "link 1 (ticket 9)"),
        ("DELETE FROM archive_link WHERE id = 2", "link 2 is missing"),
        ("DELETE FROM archive_link WHERE id = 3", "ticket 3 has an archive that is not in"),
    ],
)
def test_t3_a_changed_chain_is_told(
    office: Office, folders: list[Path], sql: str, told: str
) -> None:
    office.desk.db.execute(sql)
    assert any(told in fault for fault in chain.verify(office.desk).faults)


def test_t3_a_past_that_was_made_up_anew_has_other_heads(
    office: Office, folders: list[Path]
) -> None:
    """T3: whoever changes a file and computes all digests anew is found by the noted head."""
    noted = chain.verify(office.desk).head
    links = links_of(office.desk.db)
    change(folders[1], "transcript.json")
    office.desk.db.execute("DELETE FROM archive_link")
    for link, folder in zip(links, folders, strict=True):
        with office.desk.db.write():
            chain.add(office.desk, link.ticket, folder, chain._digest(folder / "transcript.json"))
    assert not chain.verify(office.desk).faults
    with pytest.raises(NotFound, match="No link of the chain has the head"):
        chain.verify(office.desk, noted)


def test_t3_an_erasure_leaves_a_tombstone(office: Office, folders: list[Path]) -> None:
    """T3, D2: the erased archive is gone, and everything else is still proved."""
    noted = chain.verify(office.desk).head
    for path in folders[1].iterdir():
        path.unlink()
    with office.desk.db.write():
        chain.bury(office.desk, 2)
    office.desk.db.execute("UPDATE ticket SET archive_path = NULL WHERE id = 2")
    found = chain.verify(office.desk, noted)
    assert (found.links, found.archives, found.erased, found.faults) == (4, 2, 1, ())


def test_an_archive_written_again_and_the_same_is_one_link(
    office: Office, folders: list[Path]
) -> None:
    lengths = []
    for _ in range(2):
        again = archive.write(office.desk, 1, {}, "S")
        with office.desk.db.write():
            archive.stored(office.desk, 1, again.path, again.sha256)
        lengths.append(chain.verify(office.desk).links)
    assert lengths[0] == lengths[1]


def test_t3_archives_from_before_the_chain_begin_it(office: Office, folders: list[Path]) -> None:
    """T3: an upgrade chains what is there, so that it is proved from then on."""
    db = office.desk.db
    db.execute("DROP TABLE archive_link")
    db.execute("DELETE FROM schema_migration WHERE name = '0010_archive_chain'")
    upgraded = open_database(office.desk.data)
    desk = replace(office.desk, db=upgraded)
    found = chain.verify(desk)
    assert (found.links, found.archives, found.faults) == (3, 3, ())
    change(folders[0].parent / folders[1].name, "transcript.json")
    assert chain.verify(desk).faults
    upgraded.close()
