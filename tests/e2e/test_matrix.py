"""The permission matrix over the wire: what `tests/domain/test_matrix.py` says at the gate is so.

By default every actor and every command and button is tried; `--full` plays every cell. Whoever
Discord itself keeps out of a channel is let in by hand first, so that it is the gate that refuses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ogma import texts
from ogma.bot.custom_ids import Action as Button
from ogma.domain.access import Action
from ogma.sandbox.control_client import ControlError
from tests.bot.test_render_commands import our_commands
from tests.domain import test_matrix as gate
from tests.e2e.conftest import OPTIONS, BuildTown
from tests.e2e.permissions import SEND_MESSAGES, VIEW_CHANNEL, effective
from tests.e2e.town import QUESTION, Town, _words, buttons

WHO = {
    "stranger": "stan",
    "customer": "alice",
    "other_customer": "bob",
    "added": "carol",
    "staff": "sam",
    "other_staff": "bill",
    "management": "mia",
    "manage_channels": "chan",
    "administrator": "adam",
}
BOT = "Ogma"
LEAKED = ("stan", "bob", "bill", "chan", "sam")

INSIDE = "customer added management administrator"
SEEN = {
    **dict.fromkeys(
        ("open", "escalated", "grace"), "customer added staff management administrator"
    ),
    "locked": "customer added management administrator",
}
WRITTEN = {**SEEN, "grace": "administrator"}

TEAM = "staff other_staff management administrator"
MANAGERS = "management administrator"
EVERYBODY = " ".join(WHO)
MACRO = "A prepared reply for"
SAM, DAVE, STAN = "{sam}", "{dave}", "{stan}"

COMMANDS: dict[str, tuple[dict[str, Any], Action | str]] = {
    "claim": ({}, Action.CLAIM),
    "unclaim": ({}, Action.UNCLAIM),
    "assign": ({"member": SAM}, Action.ASSIGN),
    "tag": ({"name": "vip"}, Action.TAG),
    "priority": ({"level": "high"}, Action.PRIORITISE),
    "close": ({"reason": "resolved"}, Action.CLOSE),
    "close-request": ({}, Action.REQUEST_CLOSE),
    "add": ({"member": DAVE}, Action.ADD),
    "remove": ({"member": DAVE}, Action.REMOVE),
    "rename": ({"name": "renamed"}, Action.RENAME),
    "note": ({"text": "Careful."}, Action.NOTE),
    "macro": ({"name": "hello"}, Action.MACRO),
    "transfer": ({"type": "other"}, Action.TRANSFER),
    "lockdown": ({}, Action.LOCKDOWN),
    "unlock": ({}, Action.UNLOCK),
    "transcript": ({}, Action.SEE),
    "queue": ({}, TEAM),
    "search": ({"query": "password"}, TEAM),
    "flags": ({}, TEAM),
    "insights": ({}, MANAGERS),
    "tips": ({}, TEAM),
    "block": ({"member": STAN}, MANAGERS),
    "unblock": ({"member": STAN}, MANAGERS),
    "away": ({}, TEAM),
    "back": ({}, TEAM),
    "ask": ({"question": QUESTION}, EVERYBODY),
}
"""Each command with options that fit, and what it takes: an action of the gate, or these actors."""

UNDONE: dict[str, tuple[str, dict[str, Any]]] = {
    "claim": ("unclaim", {}),
    "assign": ("unclaim", {}),
    "tag": ("tag", {"name": "vip", "remove": True}),
    "priority": ("priority", {"level": "normal"}),
    "add": ("remove", {"member": DAVE}),
    "transfer": ("transfer", {"type": "quick"}),
    "block": ("unblock", {"member": STAN}),
    "away": ("back", {}),
}
"""What mia, or whoever did it, does afterwards, so that the next finds the ticket as it was."""

STORIES_OF_THEIR_OWN = {"close", "close-request", "lockdown", "unlock", "remove", "rename"}
"""Granted where the story below needs them; here they are only refused."""

BUTTONS: dict[Button, Action | str] = {
    Button.HUMAN: Action.REQUEST_HUMAN,
    Button.HELPFUL: Action.JUDGE_ANSWER,
    Button.UNHELPFUL: Action.JUDGE_ANSWER,
    Button.CLAIM: Action.CLAIM,
    Button.HAND_BACK: Action.HAND_BACK,
    Button.OUT_OF_SCOPE: Action.OUT_OF_SCOPE,
    Button.CONFIRM_CLOSE: Action.ANSWER_REQUEST,
    Button.KEEP_OPEN: Action.ANSWER_REQUEST,
    Button.REOPEN: Action.REOPEN,
    Button.REMOVE_TIP: TEAM,
    Button.APPROVE_TIP: TEAM,
}
"""Buttons in channels. Those in a DM are reached by its owner alone: Discord's own rule."""


def _refusals() -> re.Pattern[str]:
    own = texts.load()
    denied = own.under("denied")
    sentences = [text for key, text in denied.items() if key not in ("too_fast", "internal")]
    sentences.append(own.under("archive")["none"])
    patterns = [re.sub(r"\\\{\w+\\\}", ".*", re.escape(one)) for one in sentences]
    return re.compile("|".join(patterns))


REFUSED = _refusals()


@dataclass
class Play:
    """A town in one situation after another, and how much of the matrix is played."""

    town: Town
    whole: bool
    channel: str = ""
    situation: str = "open"
    turn: int = 0
    said: str = ""
    tried: set[str] = field(default_factory=set)
    ids: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[Button, Action | str] = field(default_factory=lambda: BUTTONS)

    def may(self, rule: Action | str) -> set[str]:
        """The actors that a rule lets."""
        if not isinstance(rule, Action):
            return set(rule.split())
        allowed = gate.allowed(rule, self.situation) & set(WHO)
        if rule is Action.CLOSE and "administrator" in allowed:
            allowed.add("management")  # mia's role has Manage Channels
        return allowed

    def chosen(self, may: set[str]) -> Iterator[str]:
        """Everybody; or two who may not and one who may, others at each turn."""
        if self.whole:
            yield from WHO
            return
        self.turn += 1
        refused = [one for one in WHO if one not in may]
        granted = [one for one in WHO if one in may]
        yield from {refused[(self.turn + step) % len(refused)] for step in (0, 1) if refused}
        if granted:
            yield granted[self.turn % len(granted)]

    # --- one cell ---

    def granted(self, act: Callable[[], Any]) -> bool:
        """Do it over the wire; False where Discord or the bot refuses."""
        since = len(self.town.requests())
        try:
            act()
        except ControlError as error:
            self.said = str(error)
            return False
        said = self.town.wait_until(
            lambda: _words(self.town.requests(since)) or _modal(self.town, since), "an answer"
        )
        self.said = said
        return not REFUSED.search(said)

    def command(self, who: str, name: str, options: Mapping[str, Any]) -> bool:
        filled = {
            key: one.format(**self.ids) if isinstance(one, str) else one
            for key, one in options.items()
        }
        call = self.town.control.command
        return self.granted(
            lambda: call(WHO[who], self.channel, name, filled, force=True, wait_s=0)
        )

    def press(self, who: str, button: Button, message: str | None = None) -> bool:
        self.tried |= {button, who}
        wanted = f"ogma:{button}:*"
        click = self.town.control.click
        return self.granted(lambda: click(WHO[who], wanted, message, wait_s=0))

    def facts(self) -> Any:
        """What a refused attempt must not change."""
        self.town.until_idle()
        tables = ("participant WHERE removed_at IS NULL", "tag", "block", "flag")
        return (
            self.town.sql("SELECT * FROM ticket"),
            self.town.sql("SELECT id, state FROM draft"),
            [self.town.count(f"FROM {table}") for table in tables],
        )

    # --- one situation ---

    def enter(self, situation: str) -> None:
        """Who sees the channel and writes in it, for all actors; then everybody is let in."""
        self.town.until_idle()
        self.situation = situation
        self.let_in(False)
        state = self.town.state()
        [place] = [one for one in state["channels"] if one["id"] == self.channel]
        for table, bits in ((SEEN, VIEW_CHANNEL), (WRITTEN, VIEW_CHANNEL | SEND_MESSAGES)):
            having = {one for one in WHO if effective(state, WHO[one], place) & bits == bits}
            assert having == set(table[situation].split()), (situation, bits)
            assert effective(state, BOT, place) & bits == bits
        self.let_in(True)

    def let_in(self, there: bool) -> None:
        for name in LEAKED:
            if there:
                how: dict[str, Any] = {"allow": ["view_channel", "read_message_history"]}
            else:
                how = {"remove": True}
            call = self.town.control.admin
            call("set_overwrite", member=name, channel=self.channel, **how, wait_s=0)

    def commands(self) -> None:
        """Each command by each of the chosen actors."""
        for name, (options, rule) in COMMANDS.items():
            may = self.may(rule)
            for who in self.chosen(may):
                if who in may and name in STORIES_OF_THEIR_OWN:
                    continue
                before = self.facts()
                assert self.command(who, name, options) == (who in may), self.cell(name, who)
                self.tried |= {name, who}
                if who not in may:
                    assert self.facts() == before, self.cell(name, who)
                    continue
                self.has_worked(who, name)
                if name in UNDONE:
                    again, how = UNDONE[name]
                    assert self.command(who, again, how), self.cell(again, who)

    def has_worked(self, who: str, name: str) -> None:
        """Of two commands, that they did what they are for: the macro is said, the type another.

        A transfer writes the channel's permissions anew, so everybody is let in once more.
        """
        if name == "macro" and self.situation != "escalated":  # as a reply, it would end that
            before = self.macros_said()
            assert self.press(who, Button.SEND_MACRO), self.cell("its button", who)
            self.town.until_idle()
            assert self.macros_said() == before + 1, self.cell(name, who)
        elif name == "transfer":
            self.town.until_idle()
            rows = self.town.sql("SELECT type_id FROM ticket WHERE channel_id = ?", self.channel)
            assert [row["type_id"] for row in rows] == ["other"], self.cell(name, who)
            self.let_in(True)

    def macros_said(self) -> int:
        """How often the macro's words stand in the channel."""
        said = [one["content"] for one in self.town.by_bot(self.channel)]
        return len([one for one in said if one.startswith(MACRO)])

    def refuse(self, *pressed: Button, message: str | None = None) -> None:
        """Each button by those of the chosen actors who may not press it."""
        for button in pressed:
            may = self.may(self.rules[button])
            for who in self.chosen(may):
                if who not in may:
                    before = self.facts()
                    assert not self.press(who, button, message), self.cell(button, who)
                    assert self.facts() == before, self.cell(button, who)

    def cell(self, what: str, who: str) -> str:
        return f"{what} by {who}, {self.situation}: {self.said}"


def _modal(town: Town, since: int) -> str:
    """A form in answer to a click is an answer too."""
    for one in town.requests(since):
        if (one["body"] or {}).get("type") == 9:
            return "a form"
    return ""


def people(town: Town) -> dict[str, str]:
    """Three more members, staff's channels open to all, and everybody's ids."""
    admin = town.control.admin
    for name, permission in (("chan", "manage_channels"), ("adam", "administrator")):
        admin("create_role", name=name.title(), permissions=[permission], wait_s=0)
        admin("add_member", name=name, roles=[name.title()], wait_s=0)
    admin("add_member", name="dave", wait_s=0)
    view = {"role": "everyone", "allow": ["view_channel", "read_message_history"]}
    for channel in ("staff-review", "learned-tips"):
        admin("set_overwrite", channel=channel, **view, wait_s=0)
    return {one["name"]: one["id"] for one in town.state()["members"]}


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.full)])
def test_the_matrix(build_town: BuildTown, whole: bool) -> None:
    """Q1 to Q4, C1, C3, C4, E2: actors by what they do, from open to closed in lockdown."""
    town = build_town(
        closing={"grace_minutes": 5, "follow_up_hours": 1},
        learning={"min_messages": 1},
        more_types=[*OPTIONS["more_types"], {"id": "other", "label": "Other", "intake": "none"}],
        macros=[{"id": "hello", "text": f"{MACRO} {{customer}}"}],
    )
    town.run_bot()
    play = Play(town, whole, ids=people(town))
    play.channel = town.open_ticket("alice", "quick")
    town.until_idle()
    assert play.command("management", "add", {"member": "{carol}"})

    play.enter("open")
    town.say("alice", play.channel, QUESTION)
    [answer] = town.until_answered(play.channel)
    play.refuse(Button.HELPFUL, Button.UNHELPFUL, message=answer["id"])
    assert play.press("customer", Button.HELPFUL, answer["id"])
    play.commands()
    play.refuse(Button.HUMAN)
    _close_request(play)

    assert play.press("customer", Button.HUMAN)
    [item] = town.wait_until(town.review_items, "staff are asked")
    play.enter("escalated")
    play.commands()
    play.refuse(Button.CLAIM, Button.HAND_BACK, Button.OUT_OF_SCOPE, message=item["id"])
    for button in (Button.CLAIM, Button.OUT_OF_SCOPE, Button.HAND_BACK):
        assert play.press("staff", button, item["id"])
    assert play.command("management", "unclaim", {})

    assert play.command("administrator", "lockdown", {})
    play.enter("locked")
    play.commands()
    assert _listed(town) == []
    assert play.command("management", "unlock", {})
    town.until_idle()

    _close(play)
    _after(play)
    _in_lockdown(play)
    everything = {*COMMANDS, *BUTTONS, *WHO}
    assert everything - play.tried == set()


def _tip(play: Play) -> None:
    """What the ticket taught, with its buttons, in a channel that everybody was let into."""
    [post] = play.town.wait_until(lambda: play.town.by_bot("learned-tips"), "the tip is shown")
    play.refuse(Button.REMOVE_TIP, message=post["id"])
    assert play.press("other_staff", Button.REMOVE_TIP, post["id"])
    play.town.until_idle()
    play.refuse(Button.APPROVE_TIP, message=post["id"])
    assert play.press("management", Button.APPROVE_TIP, post["id"])


def _close_request(play: Play) -> None:
    assert play.command("staff", "close-request", {})
    play.town.until_idle()
    play.refuse(Button.CONFIRM_CLOSE, Button.KEEP_OPEN)
    assert play.press("customer", Button.KEEP_OPEN)


def _listed(town: Town, *more: str) -> list[int]:
    """The queue and the archive as regular staff's tools list them."""
    document = json.loads(town.ogma("tickets", "list", "--json", *more).stdout)
    return [one["number"] for one in document["tickets"]]


def _close(play: Play) -> None:
    """Closed by Manage Channels alone, reopened by the customer, closed again for good."""
    close = ("close", {"reason": "resolved"})
    told = "Hold the reset button of the lantern for ten seconds until it blinks green."
    play.town.say("sam", play.channel, told)
    play.town.wait_until(lambda: play.town.ticket()["last_staff_at"], "sam has been heard")
    play.let_in(True)
    play.situation = "escalated"
    assert play.command("manage_channels", *close)
    play.enter("grace")
    play.refuse(Button.REOPEN)
    assert play.press("customer", Button.REOPEN)
    play.town.until_idle()
    assert play.command("administrator", *close)
    play.town.until_idle()
    play.town.advance(6 * 60)
    play.town.until_closed()


def _after(play: Play) -> None:
    """The transcript by its number; the rating and the follow-up by the customer alone."""
    play.situation, play.channel = "closed", "general"
    _transcripts(play, 1)
    assert _listed(play.town) == [1]
    _tip(play)
    [asked] = play.town.dm("alice")
    for button in ("csat_helpful", "csat_unhelpful", "csat_skip"):
        with pytest.raises(ControlError):
            play.town.control.click("bob", f"ogma:{button}:1", asked["id"], wait_s=0)
    assert play.press("customer", Button.CSAT_UNHELPFUL, asked["id"])
    assert play.press("customer", Button.CSAT_COMMENT, asked["id"])
    play.town.advance(3600)
    [later] = play.town.wait_until(
        lambda: [one for one in play.town.dm("alice") if buttons(one, "ogma:solved:")],
        "it is asked whether it was solved",
    )
    assert play.press("customer", Button.UNSOLVED, later["id"])
    play.town.until_idle()
    _for_one_alone(play)


def _for_one_alone(play: Play) -> None:
    """What only the one who asked can see, nobody else can press, wherever they look."""
    for command, button in (("queue", Button.QUEUE_AGAIN), ("flags", Button.RESOLVE_FLAG)):
        assert play.command("staff", command, {})
        assert not play.press("other_staff", button)
        assert play.press("staff", button)


def _in_lockdown(play: Play) -> None:
    """A second ticket, closed in lockdown."""
    play.channel = play.town.open_ticket("bob", "quick")
    play.town.until_idle()
    play.situation = "open"
    assert play.command("management", "lockdown", {})
    assert play.command("management", "close", {"reason": "other"})
    play.town.until_idle()
    play.town.advance(6 * 60)
    play.town.until_closed(2)
    play.situation, play.channel = "closed_locked", "general"
    _transcripts(play, 2)
    assert _listed(play.town) == [1]
    assert _listed(play.town, "--include-restricted") == [2, 1]
    assert len(play.town.by_bot("ticket-transcripts")) == 1


def _transcripts(play: Play, number: int) -> None:
    """/transcript NUMBER by every actor: nine cells, in the short run too."""
    may = play.may(Action.SEE)
    for who in WHO:
        assert play.command(who, "transcript", {"number": number}) == (who in may), who


def test_every_command_and_button_stands_in_the_table() -> None:
    """What is added to the bot has to be added to the matrix."""
    assert {command.name for command in our_commands()} - set(COMMANDS) == set()
    elsewhere = {
        *(Button.OPEN, Button.CHOOSE, Button.INTAKE, Button.CSAT_COMMENT_FORM),
        *(Button.CSAT_HELPFUL, Button.CSAT_UNHELPFUL, Button.CSAT_SKIP, Button.CSAT_COMMENT),
        *(Button.SOLVED, Button.UNSOLVED, Button.OPEN_AGAIN),
        # On messages that only the one who asked can see, so nobody else can press them:
        *(Button.QUEUE, Button.QUEUE_BACK, Button.QUEUE_NEXT, Button.QUEUE_AGAIN),
        *(Button.QUEUE_CLAIM, Button.FLAGS_PAGE, Button.RESOLVE_FLAG, Button.SEND_MACRO),
        # Only where drafts are shown, in `test_matrix_drafts.py`:
        *(one for one in Button if "draft" in one),
    }
    assert set(Button) - set(BUTTONS) - elsewhere == set()
