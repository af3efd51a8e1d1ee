"""A ticket full of secrets, from its form to its archive: no byte of them is kept (D4)."""

from __future__ import annotations

from tests.e2e.conftest import BuildTown
from tests.e2e.town import QUESTION, Town

CARD = "4111 1111 1111 1111"
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
IBAN = "DE89370400440532013000"
MISSED = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
PASSWORD = "hunter2canary"
CANARIES = (CARD, CARD.replace(" ", ""), CARD.replace(" ", "_"), TOKEN, IBAN, MISSED, PASSWORD)


def _known(town: Town, content: str) -> None:
    town.wait_until(
        lambda: town.count("FROM message WHERE content = ?", content), f"{content!r} is known"
    )


def _count(town: Town, what: str, number: int) -> None:
    town.wait_until(lambda: town.count(what) == number, f"{what} is {number}")


def _words(town: Town, channel: str, sign: str) -> int:
    return sum(one["content"].startswith(sign) for one in town.by_bot(channel))


def test_d4_no_byte_of_a_secret_is_kept(build_town: BuildTown) -> None:
    """D4: form, message, file's name, edit, missed history, close note; database, log, transcript.

    Beside it, greetings and thanks get one friendly word each, and nothing is searched for them.
    """
    town = build_town(logging={"level": "debug"})
    town.run_bot()
    channel = town.open_ticket(
        subject=f"Card {CARD} declined", description=f"password: {PASSWORD}. {QUESTION}"
    )
    town.until_idle()
    proof = {"name": f"card {CARD}.txt", "text": "paid"}
    asked = town.say("alice", channel, f"my token is {TOKEN}", files=[proof])
    _known(town, "my token is [key]")
    kept = "FROM message WHERE files LIKE '%\"card [card].txt\"%' AND files LIKE '%\"kept\"%'"
    town.wait_until(lambda: town.count(kept), "the file is kept, under its masked name")
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


def test_d4_whoever_writes_a_secret_in_a_command_or_form_is_told(town: Town) -> None:
    """D4: a note, a channel's name, a block's reason, a close note and a comment on a rating: what
    is masked is said to its writer alone, once each, and what has no secret says nothing of it."""
    channel = town.open_ticket("alice")
    [stan] = [one["id"] for one in town.state()["members"] if one["name"] == "stan"]
    said = [
        town.command("sam", channel, "note", text=f"their token is {TOKEN}"),
        town.command("sam", channel, "rename", name=f"card {CARD}"),
        town.command("mia", "general", "block", member=stan, reason=f"shares {MISSED}"),
    ]
    for told in said:
        assert told.ephemeral and told.text.count("🛡️") == 1, told.text
        assert not any(canary in told.text for canary in CANARIES)
    plainly = town.command("sam", channel, "note", text="nothing to hide")
    assert "🛡️" not in plainly.text
    since = len(town.requests())
    town.command("omar", channel, "close", reason="resolved", note=f"password: {PASSWORD}")
    _told_apart(town, since, "a password or code")
    town.until_closed()
    [question] = town.dm("alice")
    town.click("alice", "ogma:csat_unhelpful:*", question["id"])
    form = town.click("alice", "ogma:csat_comment:*", question["id"]).modal
    assert form is not None
    since = len(town.requests())
    town.submit("alice", form["interaction"], {"comment": f"I even gave {IBAN}"})
    _told_apart(town, since, "a bank account number")
    assert town.ticket()["csat_comment"] == "I even gave [bank]"
    words = [str(one["body"]) for one in town.requests()]
    assert sum("🛡️" in one for one in words) == 5, "each once"


def _told_apart(town: Town, since: int, kind: str) -> None:
    """What is answered in public, or in a form's own message, is followed by a private word."""

    def told() -> bool:
        bodies = [one["body"] or {} for one in town.matching("POST", r".*/webhooks/.*", since)]
        return any("🛡️" in b["content"] and kind in b["content"] and b["flags"] & 64 for b in bodies)

    town.wait_until(told, f"a private word about {kind}")


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
