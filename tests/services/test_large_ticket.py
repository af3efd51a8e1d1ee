"""C2, T1, T2: a ticket of 2,000 messages with 200 attachments: its close keeps all of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.bot.deliver_close import UPLOAD_MAX, _fitting
from ogma.bot.render.message import Upload
from ogma.bot.render.transcript import transcript_card
from ogma.domain.clock import SECOND
from ogma.services import archive, attachments
from ogma.services.attachments import Wanted
from ogma.texts import load
from tests.transcripts.dom import faults, parse
from tests.transcripts.samples import png

from .conftest import CUSTOMER, STAFF, Office

MESSAGES = 2_000
EVERY = 10
"""Each tenth message has an attachment."""


def long_life(office: Office, words: str, messages: int = MESSAGES) -> Path:
    """So many messages, every tenth with a picture; gives the archive's folder."""
    office.open()
    with office.desk.db.write():
        for number in range(messages):
            office.clock.at += SECOND
            who = STAFF if number % 3 else CUSTOMER
            file = {"id": str(number), "filename": f"p{number}.png", "size": 1, "url": "u"}
            files = [] if number % EVERY else [{**file, "content_type": "image/png"}]
            message = office.say(who, f"{number} {words}", files=files)
            if files:
                content = png(16, 16) + b"%d" % number
                attachments.save(office.desk, Wanted(message, 1001, number, "u", 1), content)
    stored = archive.write(office.desk, 1, {}, "S")
    return office.desk.data / stored.path


def posted(folder: Path) -> list[str]:
    """What of it Discord gets."""
    files = [Upload(name, str(folder / name)) for name in ("transcript.html", "transcript.json")]
    return [one.name for one in _fitting(files)]


@pytest.mark.parametrize("messages", [150, pytest.param(MESSAGES, marks=pytest.mark.full)])
def test_t1_all_messages_are_kept(office: Office, messages: int) -> None:
    """T1, C2: all of it in the archive, each picture on disk; the transcript is posted."""
    folder = long_life(office, "A line as people write it in a chat.", messages)
    document = json.loads((folder / "transcript.json").read_text(encoding="utf-8"))
    assert [one["content"].split()[0] for one in document["messages"]] == [
        str(number) for number in range(messages)
    ]
    files = [file for one in document["messages"] for file in one["files"]]
    assert len(files) == len({file["sha256"] for file in files}) == messages // EVERY
    assert all(file["kept"] for file in files)
    page = (folder / "transcript.html").read_text(encoding="utf-8")
    assert faults(page) == []
    assert page.count(' id="m') == messages
    assert len(parse(page).all("img")) + page.count("kept in the archive") >= messages // EVERY
    assert (folder / "transcript.html").stat().st_size < UPLOAD_MAX
    assert posted(folder) == ["transcript.html", "transcript.json"]


@pytest.mark.full
def test_c2_what_is_too_large_is_kept_and_summed_up(office: Office) -> None:
    """C2: more than Discord takes stays on disk whole; the card says where it is to be had."""
    folder = long_life(office, "words " * 320)
    assert (folder / "transcript.html").stat().st_size > UPLOAD_MAX / 2
    assert (folder / "transcript.json").stat().st_size + (
        folder / "transcript.html"
    ).stat().st_size > UPLOAD_MAX
    assert posted(folder) != ["transcript.html", "transcript.json"]
    page = (folder / "transcript.html").read_text(encoding="utf-8")
    assert page.count(' id="m') == MESSAGES


def test_c2_the_card_of_a_transcript_that_is_too_large(office: Office, tmp_path: Path) -> None:
    """C2: a summary is posted in its place, with the command that gives all of it."""
    large = tmp_path / "transcript.html"
    large.write_bytes(b"x" * (UPLOAD_MAX + 1))
    assert posted(tmp_path) == []
    ticket = office.open("Lost parcel")
    card = transcript_card(
        load(), ticket, type_label="General", messages=MESSAGES, handled_by="human", files=()
    )
    shown = card.embeds[0].to_dict()
    assert "ogma tickets export 1" in shown["description"]
    assert "Lost parcel" in shown["description"]
    assert str(MESSAGES) in json.dumps(shown)
