"""What goes wrong in a drill: the process, the gateway, Discord's API, and people's hands."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable

from ogma.sandbox.control_client import ControlError
from tests.drill.people import Memory
from tests.drill.plan import CUSTOMERS
from tests.e2e.town import NO_WAIT, Town

_WRITES = ("POST", "PATCH", "DELETE", "PUT")


class Weather:
    """Brings one fault at a time."""

    def __init__(self, town: Town, memory: Memory) -> None:
        self.town = town
        self.memory = memory

    def bring(self, what: str, rng: random.Random) -> str:
        """Let it happen; gives what happened in a few words."""
        family, _, rest = what.partition("_")
        try:
            if family == "gateway":
                self.town.control.gateway(rest, **NO_WAIT)
                return rest
            if family == "http":
                return self._http(rest, rng)
            fault: Callable[[random.Random], str] = getattr(self, f"_{what}")
            return fault(rng)
        except ControlError as refused:
            return f"refused: {refused}"

    def clear(self) -> None:
        """The weather is fine again: no fault is armed, everybody is back, DMs are open."""
        self.town.control.clear_faults(**NO_WAIT)
        for who in CUSTOMERS:
            try:
                self.town.control.admin("open_dms", member=who, **NO_WAIT)
            except ControlError:
                self.town.control.admin("add_member", name=who, **NO_WAIT)

    # --- the process ---

    def _kill(self, rng: random.Random) -> str:
        self.town.kill_bot()
        time.sleep(rng.random())
        self.town.launch()
        return "killed and started"

    def _terminate(self, rng: random.Random) -> str:
        code = self.town.stop_bot()
        self.town.launch()
        return f"stopped with {code} and started"

    def _freeze(self, rng: random.Random) -> str:
        self.town.bot.signal(signal.SIGSTOP)
        time.sleep(1 + rng.random() * 2)
        self.town.bot.signal(signal.SIGCONT)
        return "frozen for a while"

    # --- Discord's API ---

    def _http(self, rest: str, rng: random.Random) -> str:
        times = rng.randint(1, 3)
        route = rng.choice(["/channels/*/messages", "/guilds/*/channels", "/channels/*"])
        method = rng.choice(_WRITES)
        fields: dict[str, object] = {"times": times}
        match rest:
            case "502_before":
                fields |= {"status": 502}
            case "502_after":
                fields |= {"status": 502, "after_effect": True}
            case "503_after":
                fields |= {"status": 503, "after_effect": True}
            case "reset":
                fields |= {"drop": True, "after_effect": rng.random() < 0.5}
            case "slow":
                fields |= {"delay_ms": 3000}
        self.town.control.faults(method, route, **fields, **NO_WAIT)
        return f"{method} {route} {fields}"

    def _rate_limit_short(self, rng: random.Random) -> str:
        route = "/channels/*/messages"
        self.town.control.faults("POST", route, times=2, status=429, retry_after=0.5, **NO_WAIT)
        return "429 for half a second"

    def _rate_limit_long(self, rng: random.Random) -> str:
        self.town.control.faults(
            "PATCH", "/channels/*", times=1, status=429, retry_after=600, **NO_WAIT
        )
        return "429 for ten minutes"

    # --- by hand ---

    def _channel_deleted(self, rng: random.Random) -> str:
        channels = self.town.ticket_channels()
        if not channels:
            return "no ticket"
        gone = rng.choice(channels)
        self.memory.lost_channels.add(gone["id"])
        self.town.control.admin("delete_channel", channel=gone["id"], **NO_WAIT)
        return f"{gone['name']} deleted by hand"

    def _panel_deleted(self, rng: random.Random) -> str:
        return self._message_deleted("open-a-ticket")

    def _review_item_deleted(self, rng: random.Random) -> str:
        return self._message_deleted("staff-review")

    def _message_deleted(self, channel: str) -> str:
        standing = self.town.messages(channel)
        if not standing:
            return "nothing there"
        message = standing[-1]["id"]
        self.town.control.admin("delete_message", channel=channel, message=message, **NO_WAIT)
        return f"a message in {channel} deleted by hand"

    def _dms_closed(self, rng: random.Random) -> str:
        who = rng.choice(CUSTOMERS)
        self.town.control.admin("close_dms", member=who, **NO_WAIT)
        return f"{who} closes their DMs"

    def _member_leaves(self, rng: random.Random) -> str:
        self.town.control.admin("kick", member="carol", **NO_WAIT)
        return "carol leaves"

    def _clock_jump(self, rng: random.Random) -> str:
        hours = rng.randint(1, 9)
        self.town.control.clock(hours * 3600, **NO_WAIT)
        return f"{hours} hours pass at once"
