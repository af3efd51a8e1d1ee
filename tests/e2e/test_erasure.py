"""A person is forgotten while the bot runs: on disk at once, on Discord by the bot."""

from __future__ import annotations

import json

from tests.e2e.town import UNANSWERABLE, Town


def test_forgotten_beside_a_running_bot(town: Town) -> None:
    """D2, P44: transcript and review item go from Discord, and no byte is left in the folder."""
    channel = town.open_ticket("alice", "quick")
    town.say("alice", channel, f"{UNANSWERABLE} I am the oriole.")
    town.wait_until(town.review_items, "the question is handed over")
    refused = town.ogma("data", "forget", "alice", "--yes")
    assert refused.returncode == 1 and "ogma tickets close 1" in refused.stderr
    town.close(channel)
    town.until_closed()
    [customer] = town.sql("SELECT customer_id FROM ticket")
    assert town.messages("ticket-transcripts") and town.messages("staff-review")
    done = town.ogma("data", "forget", "alice", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    receipt = json.loads(done.stdout)
    assert receipt["discord"] == {"deleting": 2, "private_messages_left": 1}
    town.wait_until(lambda: not town.messages("ticket-transcripts"), "the transcript is gone")
    town.wait_until(lambda: not town.review_items(), "the item is gone")
    town.until_idle()
    for path in town.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for canary in (b"oriole", b"unladen swallow", str(customer["customer_id"]).encode()):
                assert canary not in content, f"{canary!r} is left in {path.name}"
