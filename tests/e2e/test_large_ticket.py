"""A very long ticket over the wire: its close keeps all of it, also what nobody heard (C2, T1, T2).

Much of it is said while the bot is down, so it comes from Discord's history and not as it happens.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ogma.bot.deliver_close import UPLOAD_MAX
from tests.e2e.conftest import BuildTown
from tests.e2e.town import Town
from tests.transcripts.dom import faults, parse
from tests.transcripts.samples import png

EVERY = 10
"""Each tenth message has a picture."""
FULL = 2_000
MINUTES_S = 600.0
"""What is waited for so much, at most."""
LONG = '"' * 1_990
"""Of all that may be typed, the letter that takes most room in a page."""
SMALL_PICTURE = png(16, 16)
LARGE_PICTURE = SMALL_PICTURE + bytes(190 * 1024)
"""So large that some twenty fill all the room that a page has for pictures."""


def talk(town: Town, channel: str, numbers: range, words: str, picture: bytes) -> None:
    """Messages with these numbers; staff's, so that the AI stays out of it."""
    for number in numbers:
        more: dict[str, Any] = {}
        if number % EVERY == 0:
            content = base64.b64encode(picture + b"%d" % number).decode()
            more["files"] = [{"name": f"p{number}.png", "base64": content}]
        town.say("sam", channel, f"{number} {words}", **more)


def until_heard(town: Town, count: int) -> None:
    """Wait until the bot has stored so many of staff's messages, and their files."""
    town.wait_until(
        lambda: town.count("FROM message WHERE side = 'staff'") >= count,
        f"{count} are stored",
        MINUTES_S,
    )
    town.until_idle()


def spoken(town: Town, count: int, words: str, picture: bytes = SMALL_PICTURE) -> Path:
    """A ticket of so many messages, closed; gives the folder of its archive."""
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    heard = count // 4
    talk(town, channel, range(heard), words, picture)
    until_heard(town, heard)
    town.kill_bot()
    talk(town, channel, range(heard, count), words, picture)
    town.run_bot()
    town.close(channel)
    town.wait_until(lambda: town.ticket()["state"] == "closed", "it is closed", MINUTES_S)
    ticket = town.until_closed()
    return town.data / str(ticket["archive_path"])


def kept(folder: Path, count: int) -> str:
    """Everything is in the archive, each picture on disk; gives the page for staff."""
    document = json.loads((folder / "transcript.json").read_text(encoding="utf-8"))
    said = [one for one in document["messages"] if one["author"]["name"] == "sam"]
    assert [one["content"].split()[0] for one in said] == [str(one) for one in range(count)]
    assert not [one for one in said if one["deleted_at"]]
    files = [file for one in said for file in one["files"]]
    assert len({file["sha256"] for file in files}) == len(files) == -(-count // EVERY)
    assert all(file["kept"] for file in files)
    page = (folder / "transcript.html").read_text(encoding="utf-8")
    assert faults(page) == []
    assert page.count(' id="m') == len(document["messages"])
    return page


def posted(town: Town) -> dict[str, Any]:
    """The one card in #ticket-transcripts."""
    [card] = town.by_bot("ticket-transcripts")
    return card


@pytest.mark.parametrize("count", [120, pytest.param(FULL, marks=pytest.mark.full)])
def test_c2_t1_a_long_ticket_is_kept_and_posted(build_town: BuildTown, count: int) -> None:
    """C2, T1: nothing is lost of what was said while the bot was down; below 8 MiB it is posted."""
    town = build_town(learning={"auto": False})
    folder = spoken(town, count, "A line as people write it in a chat.")
    page = kept(folder, count)
    assert len(parse(page).all("img")) == -(-count // EVERY)
    assert len(page.encode()) < UPLOAD_MAX
    names = [one["filename"] for one in posted(town)["attachments"]]
    assert [Path(one).suffix for one in names] == [".html", ".json"]
    assert [one["size"] for one in posted(town)["attachments"]] == [
        (folder / name).stat().st_size for name in ("transcript.html", "transcript.json")
    ]
    assert not town.ticket_channels()


@pytest.mark.parametrize("count", [240, pytest.param(FULL, marks=pytest.mark.full)])
def test_c2_what_discord_does_not_take_is_summed_up(build_town: BuildTown, count: int) -> None:
    """C2: more than 8 MiB stays on disk, whole; the card says so and names the command."""
    town = build_town(learning={"auto": False})
    folder = spoken(town, count, LONG, LARGE_PICTURE)
    assert len(kept(folder, count).encode()) > UPLOAD_MAX
    card = posted(town)
    assert card["attachments"] == []
    shown = json.dumps(card["embeds"])
    assert "ogma tickets export 1" in shown
    assert "alice" in shown
    out = town.folder / "ticket.html"
    done = town.ogma("tickets", "export", "1", "--format", "html", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > UPLOAD_MAX
    assert not town.ticket_channels()
