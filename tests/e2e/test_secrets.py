"""A ticket full of secrets, from its form to its archive: no byte of them is kept (D4)."""

from __future__ import annotations

from tests.e2e.conftest import BuildTown
from tests.e2e.town import QUESTION, Town

CARD = "4111 1111 1111 1111"
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
IBAN = "DE89370400440532013000"
MISSED = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
PASSWORD = "hunter2canary"
CANARIES = (CARD, CARD.replace(" ", ""), TOKEN, IBAN, MISSED, PASSWORD)


def _known(town: Town, content: str) -> None:
    town.wait_until(
        lambda: town.count("FROM message WHERE content = ?", content), f"{content!r} is known"
    )


def _count(town: Town, what: str, number: int) -> None:
    town.wait_until(lambda: town.count(what) == number, f"{what} is {number}")


def _words(town: Town, channel: str, sign: str) -> int:
    return sum(one["content"].startswith(sign) for one in town.by_bot(channel))


def test_d4_no_byte_of_a_secret_is_kept(build_town: BuildTown) -> None:
    """D4, A1: form, message, edit, missed history, close note; database, log, transcript.

    Beside it, greetings and thanks get one friendly word each, and nothing is searched for them.
    """
    town = build_town(logging={"level": "debug"})
    town.run_bot()
    channel = town.open_ticket(
        subject=f"Card {CARD} declined", description=f"password: {PASSWORD}. {QUESTION}"
    )
    town.until_idle()
    asked = town.say("alice", channel, f"my token is {TOKEN}")
    _known(town, "my token is [key]")
    town.control.edit("alice", asked["id"], f"take {IBAN}", wait_s=0)
    _known(town, "take [bank]")
    town.until_idle()
    town.kill_bot()
    town.say("alice", channel, f"and {MISSED}")
    town.run_bot()
    _known(town, "and [key]")
    town.until_idle()
    town.command("omar", channel, "close", reason="resolved", note=f"password: {PASSWORD}")
    town.until_closed()
    assert _words(town, channel, "🛡️") == 1, "told once"
    masked = "FROM event WHERE kind = 'secret_masked'"
    assert town.count(masked) == 4, "form, message, edit and what was missed"
    assert town.stop_bot() == 0
    files = [path for path in town.data.rglob("*") if path.is_file()]
    names = {path.suffix for path in files}
    assert {".db", ".log", ".html", ".json"} <= names
    for path in files:
        content = path.read_bytes()
        found = [canary for canary in CANARIES if canary.encode() in content]
        assert found == [], path
    assert any(b"[card]" in path.read_bytes() for path in files if path.suffix == ".html")


def test_a1_greetings_and_thanks_cost_nothing(town: Town) -> None:
    """A1: one friendly word each, no search, no hand-over; a question beside them is answered."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    for number, text in enumerate(("hi", "thanks!", "Hello", "👍"), 1):
        town.say("alice", channel, text)
        _count(town, "FROM message WHERE ai = 'silent:small_talk'", number)
    town.until_idle()
    assert (_words(town, channel, "👋"), _words(town, channel, "You are welcome")) == (1, 1)
    assert town.count("FROM answer") == 0 and town.review_items() == []
    town.say("alice", channel, f"Hi! {QUESTION}")
    assert town.until_answered(channel)
