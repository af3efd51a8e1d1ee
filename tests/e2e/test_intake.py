"""A type's own questions over the wire, from the form to the transcript (O4)."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.conftest import OPTIONS, BuildTown
from tests.e2e.town import ANSWER, QUESTION, Town, embeds_text

FIELDS: list[dict[str, Any]] = [
    {"id": "order", "label": "Order number", "required": False, "max_length": 20},
    {"id": "story", "label": "Your question", "kind": "paragraph", "hint": "In full sentences"},
    {"id": "device", "label": "Device", "kind": "select", "options": ["Phone", "Computer"]},
    {"id": "shot", "label": "Screenshot", "kind": "file", "required": False},
]
BUG = {"id": "bug", "label": "Report a bug", "fields": FIELDS}


def with_bugs(build_town: BuildTown) -> Town:
    town = build_town(more_types=[*OPTIONS["more_types"], BUG])
    town.run_bot()
    return town


def report(town: Town, **values: Any) -> str:
    """Fill in the form; gives the ticket's channel."""
    form = town.click("alice", "ogma:open:bug").modal
    assert form is not None
    assert form["title"] == "Report a bug"
    town.submit("alice", form["interaction"], values)
    found = town.wait_until(
        lambda: town.channel_of("alice", "bug"), "the ticket's channel is there"
    )
    return str(found)


def test_o4_own_fields_from_form_to_transcript(build_town: BuildTown) -> None:
    """O4, T2: pinned, stored, found, the first question, in the header of the transcript."""
    town = with_bugs(build_town)
    shot = [{"name": "shot.png", "text": "a picture of it"}]
    channel = report(town, order="4711", story=QUESTION, device=["Phone"], shot=shot)
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"]

    town.until_idle()
    greeting = town.by_bot(channel)[0]
    assert greeting["pinned"]
    text = embeds_text(greeting)
    for said in ("**Order number**\n> 4711", f"**Your question**\n> {QUESTION}", "> Phone"):
        assert said in text
    assert [one["filename"] for one in greeting["attachments"]] == ["shot.png"]

    found = town.ogma("tickets", "list", "--search", "4711", "--json")
    assert [one["number"] for one in json.loads(found.stdout)["tickets"]] == [1]
    town.close(channel)
    ticket = town.until_closed()
    page = (town.data / ticket["archive_path"] / "transcript.html").read_text(encoding="utf-8")
    for said in ("Order number", "4711", "Your question", "Device", "shot.png"):
        assert said in page
    kept = list((town.data / "attachments").rglob("*"))
    assert any(one.is_file() and one.read_bytes() == b"a picture of it" for one in kept)


def test_d4_a_files_name_with_a_secret_is_listed_without_it(build_town: BuildTown) -> None:
    """D4: a form's file has no message to ask for its address again, so the name alone is kept."""
    town = with_bugs(build_town)
    shot = [{"name": "card 4111 1111 1111 1111.png", "text": "a picture of it"}]
    channel = report(town, story=QUESTION, device=["Phone"], shot=shot)
    town.until_answered(channel)
    town.until_idle()
    greeting = town.by_bot(channel)[0]
    assert "[card].png" in embeds_text(greeting).replace("\\", "")
    assert not greeting["attachments"]
    town.close(channel)
    ticket = town.until_closed()
    page = (town.data / ticket["archive_path"] / "transcript.html").read_text(encoding="utf-8")
    assert "card [card].png" in page
    [row] = town.sql("SELECT files FROM message WHERE origin = 'intake'")
    [file] = json.loads(row["files"])
    assert (file["filename"], file["url"]) == ("card [card].png", "") and file["missing"]
    for path in town.data.rglob("*"):
        assert not path.is_file() or b"4111" not in path.read_bytes(), path


def test_o4_what_is_optional_may_be_left_out(build_town: BuildTown) -> None:
    town = with_bugs(build_town)
    channel = report(town, story=QUESTION, device=["Computer"])
    town.until_answered(channel)
    text = embeds_text(town.by_bot(channel)[0])
    assert "Order number" not in text
    assert "Screenshot" not in text


def test_o4_a_form_of_an_old_config_opens_nothing(build_town: BuildTown) -> None:
    """O4, S5: a question that was added meanwhile must be answered too."""
    town = with_bugs(build_town)
    form = town.click("alice", "ogma:open:bug").modal
    assert form is not None
    town.kill_bot()
    town.configure({**town.options, "more_types": [{**BUG, "fields": [*FIELDS, EXTRA]}]})
    town.run_bot()
    values: dict[str, Any] = {"story": QUESTION, "device": ["Phone"]}
    told = town.submit("alice", form["interaction"], values)
    assert told.ephemeral
    assert "Please fill in the form" in told.text
    assert town.count("FROM ticket") == 0


EXTRA = {"id": "version", "label": "Version"}
