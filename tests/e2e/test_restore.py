"""D3, P29, P30: back up while the bot works, go on, restore: nothing is said a second time."""

from __future__ import annotations

import json

from tests.e2e.town import Town


def test_p30_a_restored_bot_says_nothing_again(town: Town) -> None:
    """The ticket was closed after the backup; its restored twin ends without a second word."""
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    town.until_idle()
    made = json.loads(town.ogma("data", "backup", "--json").stdout)
    running = town.ogma("data", "restore", made["path"], "--yes")
    assert running.returncode == 6, running.stderr
    town.close(channel)
    town.until_closed()
    town.until_idle()
    before = {name: len(town.by_bot(name)) for name in ("ticket-transcripts", "staff-review")}
    assert before["ticket-transcripts"] == 1
    town.stop_bot()
    done = town.ogma("data", "restore", made["path"], "--yes")
    assert done.returncode == 0, done.stderr
    town.run_bot()
    assert town.until_closed()["close_cause"] == "channel_deleted"
    town.until_idle()
    assert {name: len(town.by_bot(name)) for name in before} == before
    checked = town.ogma("data", "check", "--json")
    assert json.loads(checked.stdout)["ok"], checked.stdout
