"""What may hold a close back, and what may not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.e2e.conftest import BuildTown
from tests.e2e.town import ANSWER, QUESTION, Town


def _archive_blocked(town: Town) -> Path:
    """A file where the folder of transcripts should be: a disk on which nothing can be stored."""
    folder = town.data / "transcripts"
    assert not folder.exists(), "nothing has been stored yet"
    folder.touch()
    return folder


def test_a_dm_that_hangs_holds_nothing_back(town: Town) -> None:
    """C2: while the rating is under way for ever, the channel is deleted and the ticket closed."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.control.faults("POST", "/users/@me/channels", times=1, delay_ms=20_000, wait_s=0)
    town.close(channel)
    town.wait_until(lambda: town.ticket()["state"] == "closed", "the ticket is closed")
    [hanging] = town.matching("POST", "/users/@me/channels")
    assert hanging["status"] is None, "it still hangs"
    assert not town.ticket_channels()
    assert town.open_ticket("alice") != channel


def test_a_transcript_channel_that_is_gone_holds_nothing_back(town: Town) -> None:
    """C2, P17: the archive is what counts; staff are told that the card could not be posted."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.control.admin("delete_channel", channel="ticket-transcripts", wait_s=0)
    town.close(channel)
    town.until_closed()
    town.wait_until(town.notices, "staff are told")
    [notice] = town.notices()
    assert "1" in notice
    jobs = town.sql("SELECT kind, state FROM job WHERE state <> 'done'")
    assert jobs == [{"kind": "post_transcript", "state": "failed"}]


def test_an_archive_that_fails_holds_the_deletion_back(town: Town) -> None:
    """C2, P2, P3: nothing is deleted without an archive; once mended, it goes on by itself."""
    channel = town.open_ticket("alice")
    town.until_idle()
    blocked = _archive_blocked(town)
    town.forgiven = ("archive",)
    town.close(channel)
    failing = "FROM job WHERE kind = 'archive' AND attempts >= 2 AND last_error IS NOT NULL"
    town.wait_until(lambda: town.count(failing), "archiving has failed twice")
    assert town.ticket_channels(), "the channel is still there"
    assert not town.matching("DELETE", r"/channels/\d+")
    blocked.unlink()
    ticket = town.until_closed()
    folder = town.data / ticket["archive_path"]
    assert json.loads((folder / "transcript.json").read_text(encoding="utf-8"))["messages"]
    assert not town.ticket_channels()


def test_an_archive_that_failed_for_good_is_retried_by_hand(town: Town) -> None:
    """C2, P3: staff are told once, in words; `ogma jobs retry` finishes the close."""
    channel = town.open_ticket("alice")
    town.until_idle()
    blocked = _archive_blocked(town)
    town.forgiven = ("archive",)
    town.close(channel)
    town.wait_until(
        lambda: town.count("FROM job WHERE kind = 'archive' AND attempts = 3"), "failed three times"
    )
    # Twelve hours of patience in a moment: the next failures are the sixth, and the last one.
    town.sql("UPDATE job SET attempts = 5 WHERE kind = 'archive'")
    town.advance(3600)
    town.wait_until(town.notices, "staff are told while it is still tried")
    town.sql("UPDATE job SET attempts = 49 WHERE kind = 'archive'")
    town.advance(3600)
    town.wait_until(
        lambda: town.count("FROM job WHERE kind = 'archive' AND state = 'failed'"), "given up"
    )
    town.until_idle()
    [notice] = town.notices()
    assert "ogma jobs retry" in notice
    assert town.count("FROM job WHERE kind = 'delete_channel' AND state = 'blocked'") == 1
    assert town.ticket_channels()
    blocked.unlink()
    job = town.sql("SELECT id FROM job WHERE kind = 'archive'")[0]["id"]
    done = town.ogma("jobs", "retry", str(job))
    assert done.returncode == 0, done.stderr
    town.until_closed()
    assert not town.ticket_channels()
    assert len(town.by_bot("ticket-transcripts")) == 1


def test_a_lost_database_folder_is_not_a_lost_channel(town: Town) -> None:
    """C2: an archive is written anew when its files have vanished before the deletion."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.close(channel)
    ticket = town.until_closed()
    shutil.rmtree(town.data / ticket["archive_path"])
    exported = town.ogma("tickets", "export", "1", "--format", "txt", "--out", "-")
    assert exported.returncode == 0, exported.stderr
    assert "Forgot password" in exported.stdout
    # The files are still gone for the check at the end, which wants them: write them again.
    (town.data / ticket["archive_path"]).mkdir(parents=True)
    (town.data / ticket["archive_path"] / "transcript.json").write_text("{}", encoding="utf-8")


def test_closed_from_the_command_line(town: Town) -> None:
    """C1: `ogma tickets close` writes what is to be done, and the running bot does it."""
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    done = town.ogma("tickets", "close", "1", "--reason", "resolved", "--yes")
    assert done.returncode == 0, done.stderr
    ticket = town.until_closed()
    assert (ticket["close_cause"], ticket["close_reason"]) == ("cli", "resolved")
    assert not town.ticket_channels()
    assert len(town.by_bot("ticket-transcripts")) == 1
    assert len(town.dm("alice")) == 1


def test_closed_from_the_command_line_without_a_bot(town: Town) -> None:
    """C1: with no bot running nothing is lost: the next start performs it."""
    town.open_ticket("alice")
    town.until_idle()
    town.kill_bot()
    done = town.ogma("tickets", "close", "1", "--reason", "spam", "--yes")
    assert done.returncode == 0, done.stderr
    assert town.ticket_channels()
    town.run_bot()
    assert town.until_closed()["close_reason"] == "spam"
    assert not town.ticket_channels()


def test_c1_what_a_close_cut_off_goes_on_after_reopen(build_town: BuildTown) -> None:
    """C1, A1, E2: the answer that was on its way is given once, the hand-over is in its item."""
    town = build_town(closing={"grace_minutes": 60})
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    # The answer cannot be posted for a while, and so it waits when the ticket is closed.
    town.control.faults(
        "POST", f"/channels/{channel}/messages", times=50, status=503, after_effect=False, wait_s=0
    )
    town.say("alice", channel, QUESTION)
    tried = "FROM job WHERE kind = 'answer' AND state = 'todo' AND attempts > 0"
    town.wait_until(lambda: town.count(tried), "it was tried once")
    assert town.close(channel)
    town.wait_until(lambda: town.ticket()["state"] == "closing", "it is in its grace period")
    town.control.clear_faults(wait_s=0)
    town.until_idle()
    assert not town.answers(channel)
    told = town.click("alice", "ogma:reopen:*")
    assert told.text == "The ticket is open again; please go on there."
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"]
    town.until_idle()
    assert len(town.answers(channel)) == 1

    assert town.click("alice", "ogma:human:*")
    town.until_idle()
    town.close(channel)
    town.until_idle()
    assert _pressable(town) == [False]
    assert town.click("alice", "ogma:reopen:*")
    town.until_idle()
    assert _pressable(town) == [True]


def _pressable(town: Town) -> list[bool]:
    """By review item, whether somebody can claim its ticket there."""
    return [
        not part.get("disabled", False)
        for item in town.review_items()
        for row in item["components"]
        for part in row["components"]
        if part.get("custom_id", "").startswith("ogma:claim:")
    ]
