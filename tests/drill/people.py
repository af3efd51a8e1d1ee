"""What people do in a drill. Each deed is tried like a member would, and may be refused."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ogma.sandbox.control_client import ControlError
from tests.drill.plan import CUSTOMERS, KINDS
from tests.e2e.town import NO_WAIT, QUESTION, UNANSWERABLE, Town, buttons

_STAFF = ("sam", "sue")
_REPLIES = (
    "Let me look into that.",
    "Open the settings page, choose Network, and press Restart twice within ten seconds.",
)
_CHAT = (
    "thanks!",
    "hello?",
    "that did not work, says {name}",
    "I will try, {name} goes on.",
    "😀",
    "@everyone look at this",
)


@dataclass
class Memory:
    """What the drill knows that the bot must not have lost."""

    said: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Customers' messages that Discord has taken: id -> (channel, text)."""
    gone: set[int] = field(default_factory=set)
    """Of those, the ones taken back."""
    lost_channels: set[str] = field(default_factory=set)
    """Channels deleted by hand: what was said there last may be unknown to the bot."""


class People:
    """Customers, staff, management and the owner at the shell."""

    def __init__(self, town: Town, memory: Memory) -> None:
        self.town = town
        self.memory = memory

    def do(self, what: str, rng: random.Random) -> str:
        """Do it; gives what happened in a few words. What Discord refuses is no fault."""
        deed: Callable[[random.Random], str] = getattr(self, f"_{what}")
        try:
            return deed(rng)
        except ControlError as refused:
            return f"refused: {refused}"

    # --- helpers ---

    def _channels(self) -> list[dict[str, Any]]:
        return self.town.ticket_channels()

    def _any_channel(self, rng: random.Random) -> dict[str, Any] | None:
        channels = self._channels()
        return rng.choice(channels) if channels else None

    def _customer_of(self, channel: str) -> str:
        rows = self.town.sql("SELECT customer_name FROM ticket WHERE channel_id = ?", int(channel))
        return str(rows[0]["customer_name"]) if rows else CUSTOMERS[0]

    def _say(self, channel: str, text: str) -> str:
        who = self._customer_of(channel)
        message = self.town.say(who, channel, text)
        self.memory.said[int(message["id"])] = (channel, text)
        return f"{who}: {text}"

    def _press(self, who: str, prefix: str, channel: str) -> str:
        for message in reversed(self.town.messages(channel)):
            for custom_id in buttons(message, prefix):
                self.town.control.click(who, custom_id, message["id"], **NO_WAIT)
                return f"{who} presses {custom_id}"
        return "nothing to press"

    # --- customers ---

    def _open(self, rng: random.Random) -> str:
        return self._open_by(rng.choice(CUSTOMERS), rng.choice(KINDS))

    def _open_twice(self, rng: random.Random) -> str:
        who, kind = rng.choice(CUSTOMERS), rng.choice(KINDS)
        return f"{self._open_by(who, kind)}; {self._open_by(who, kind)}"

    def _open_by(self, who: str, kind: str) -> str:
        form = self.town.control.click(who, f"ogma:open:{kind}", None, wait_s=2)
        if form.get("modal"):
            values = {"subject": QUESTION, "description": "I forgot it"}
            self.town.control.modal(who, form["interaction"], values, **NO_WAIT)
        return f"{who} opens {kind}"

    def _ask(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        return self._say(channel["id"], QUESTION) if channel else "no ticket"

    def _ask_unknown(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        if channel is None:
            return "no ticket"
        return self._say(channel["id"], f"{UNANSWERABLE} And in {channel['name']}?")

    def _chat(self, rng: random.Random) -> str:
        """Some of it is said in one ticket only, and is looked for in prompts of others."""
        channel = self._any_channel(rng)
        if channel is None:
            return "no ticket"
        return self._say(channel["id"], rng.choice(_CHAT).format(name=channel["name"]))

    def _request_human(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        if channel is None:
            return "no ticket"
        return self._press(self._customer_of(channel["id"]), "ogma:human:", channel["id"])

    def _edit(self, rng: random.Random) -> str:
        return self._change(rng, "edit")

    def _delete(self, rng: random.Random) -> str:
        return self._change(rng, "delete")

    def _change(self, rng: random.Random, how: str) -> str:
        standing = [one for one in self.memory.said if one not in self.memory.gone]
        if not standing:
            return "nothing said"
        message = rng.choice(standing[-5:])
        channel, _ = self.memory.said[message]
        who = self._customer_of(channel)
        if how == "edit":
            text = f"{QUESTION} (edited)"
            self.town.control.edit(who, str(message), text, channel=channel, **NO_WAIT)
            self.memory.said[message] = (channel, text)
        else:
            self.town.control.delete(who, str(message), channel=channel, **NO_WAIT)
            self.memory.gone.add(message)
        return f"{who} {how}s {message}"

    def _rate(self, rng: random.Random) -> str:
        who = rng.choice(CUSTOMERS)
        for message in reversed(self.town.dm(who)):
            if found := buttons(message, "ogma:csat_"):
                self.town.control.click(who, rng.choice(found), message["id"], **NO_WAIT)
                return f"{who} rates"
        return "nothing to rate"

    # --- staff and the owner ---

    def _claim(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        return self._command(rng.choice(_STAFF), channel, "claim") if channel else "no ticket"

    def _reply(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        if channel is None:
            return "no ticket"
        said = rng.choice(_REPLIES)
        self.town.say(rng.choice(_STAFF), channel["id"], said)
        return f"staff reply: {said}"

    def _hand_back(self, rng: random.Random) -> str:
        return self._press(rng.choice(_STAFF), "ogma:hand_back:", "staff-review")

    def _add_member(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        options = {"member": "stan"}
        return self._command("sam", channel, "add", options) if channel else "no ticket"

    def _lockdown(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        name = rng.choice(["lockdown", "unlock"])
        return self._command("mia", channel, name) if channel else "no ticket"

    def _close_locked(self, rng: random.Random) -> str:
        """Management settles something that nobody else is to learn of."""
        channel = self._any_channel(rng)
        if channel is None:
            return "no ticket"
        self._command("mia", channel, "lockdown")
        time.sleep(0.5)
        for said in (_REPLIES[1], "Then it works again for everybody on that account."):
            self.town.say("mia", channel["id"], said)
        time.sleep(0.5)
        options = {"reason": "resolved", "note": ""}
        return self._command("omar", channel, "close", options)

    def _rename(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        options = {"name": f"case {rng.randrange(99)}"}
        return self._command("sue", channel, "rename", options) if channel else "no ticket"

    def _close(self, rng: random.Random) -> str:
        channel = self._any_channel(rng)
        options = {"reason": rng.choice(["resolved", "duplicate", "spam"]), "note": ""}
        return self._command("omar", channel, "close", options) if channel else "no ticket"

    def _command(
        self, who: str, channel: dict[str, Any], name: str, options: dict[str, str] | None = None
    ) -> str:
        control = self.town.control
        control.command(who, channel["id"], name, options or {}, force=True, **NO_WAIT)
        return f"{who} uses /{name} in {channel['name']}"

    def _close_by_shell(self, rng: random.Random) -> str:
        rows = self.town.sql("SELECT id FROM ticket WHERE state = 'open' ORDER BY id")
        if not rows:
            return "no ticket"
        number = str(rng.choice(rows)["id"])
        done = self.town.ogma("tickets", "close", number, "--reason", "resolved", "--yes")
        return f"shell closes {number}: {done.returncode}"

    def _ingest(self, rng: random.Random) -> str:
        page = self.town.folder / "pages" / f"page-{rng.randrange(5)}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(f"# Page\n\nThe number of the day is {rng.randrange(1000)}.\n")
        return f"shell ingests: {self.town.ogma('kb', 'ingest', str(page)).returncode}"
