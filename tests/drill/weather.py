"""What goes wrong in a drill: the process, the gateway, Discord's API, and people's hands."""

from __future__ import annotations

import random
import resource
import signal
import time
from collections.abc import Callable

import apsw

from ogma.sandbox.control_client import ControlError
from tests.drill.people import Memory
from tests.drill.plan import CUSTOMERS
from tests.e2e.processes import Ollama
from tests.e2e.town import NO_WAIT, Town

SLOW_MS = 3_000
NO_BOT = "no bot runs: it could not start"
_MESSAGES = "/channels/*/messages"
_REQUESTS = (
    *[("POST", _MESSAGES)] * 4,
    ("GET", _MESSAGES),
    ("PATCH", f"{_MESSAGES}/*"),
    *[("POST", "/guilds/*/channels")] * 2,
    ("PATCH", "/channels/*"),
    ("DELETE", "/channels/*"),
    ("PUT", "/channels/*/permissions/*"),
)
"""What a fault hits, as often as a bot asks for it, roughly."""


class Weather:
    """Brings one fault at a time."""

    def __init__(self, town: Town, memory: Memory, model: Ollama) -> None:
        self.town = town
        self.memory = memory
        self.model = model
        self.config = town.config.read_text(encoding="utf-8")
        self.frozen: list[tuple[float, float]] = []
        """When the bot did not get to run, by the machine's steady clock."""
        self._without_space: int | None = None
        self._barred = False
        """Whether Discord has asked for ten minutes."""

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
        self.model.script()
        self._give_space()
        if self._barred and self.town.bot.exit_code is None:
            self.town.stop_bot()  # it would wait by the machine's clock, which nothing advances
        self._barred = False
        self.town.config.write_text(self.config, encoding="utf-8")
        self.town.control.admin("give_role", member="sam", role="Support", **NO_WAIT)
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
        # What the dead one had sent may still arrive; no minutes may pass until then, for
        # Discord remembers a nonce for minutes only.
        time.sleep(SLOW_MS / 1000)
        return "killed and started"

    def _kill_at_work(self, rng: random.Random) -> str:
        """While a channel is being made or a message sent: nobody knows what became of it."""
        for method, route in (("POST", "/guilds/*/channels"), ("POST", _MESSAGES)):
            self.town.control.faults(method, route, times=1, delay_ms=SLOW_MS, **NO_WAIT)
        who = rng.choice(CUSTOMERS)
        self.town.control.click(who, "ogma:open:quick", None, **NO_WAIT)
        time.sleep(0.3 + rng.random())
        return f"{who} opens quick; {self._kill(rng)}"

    def _terminate(self, rng: random.Random) -> str:
        code = self.town.stop_bot()
        self.town.launch()
        return f"stopped with {code} and started"

    def _freeze(self, rng: random.Random) -> str:
        if self.town.bot.exit_code is not None:
            return NO_BOT
        began = time.monotonic()
        self.town.bot.signal(signal.SIGSTOP)
        time.sleep(1 + rng.random() * 2)
        self.town.bot.signal(signal.SIGCONT)
        self.frozen.append((began, time.monotonic()))
        return "frozen for a while"

    # --- what the bot stands on ---

    def _disk_refuses(self, rng: random.Random) -> str:
        """Linux lets one process take from another the right to make its files any longer."""
        if self.town.bot.exit_code is not None:
            return NO_BOT
        pid = self.town.bot.pid
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
        self._without_space = pid
        return "no file may grow"

    def _give_space(self) -> None:
        pid, self._without_space = self._without_space, None
        if pid is not None and pid == self.town.bot.pid and self.town.bot.exit_code is None:
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    def _database_locked(self, rng: random.Random) -> str:
        connection = apsw.Connection(str(self.town.data / "ogma.db"))
        try:
            connection.set_busy_timeout(5_000)
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(1 + rng.random() * 2)
            connection.execute("ROLLBACK")
        except apsw.BusyError:
            return "somebody else holds the lock"
        finally:
            connection.close()
        return "the write lock was held for a while"

    def _config_broken(self, rng: random.Random) -> str:
        cut = rng.randrange(len(self.config))
        self.town.config.write_text(self.config[:cut] + "\n[[types", encoding="utf-8")
        return f"the config is cut off at {cut}"

    def _config_changed(self, rng: random.Random) -> str:
        label = f"Question {rng.randrange(99)}"
        changed = self.config.replace("Quick question", label)
        self.town.config.write_text(changed, encoding="utf-8")
        return f"a type is called {label}"

    # --- the model ---

    def _model_down(self, rng: random.Random) -> str:
        return self._script("drop")

    def _model_slow(self, rng: random.Random) -> str:
        return self._script("normal", delay_s=1 + rng.random() * 4)

    def _model_ill(self, rng: random.Random) -> str:
        ills = ("html", "empty", "cut", "repeat", "no_done", "thinking_only", "invalid_json")
        return self._script(rng.choice(ills))

    def _model_lies(self, rng: random.Random) -> str:
        said = {"text": "Send your password to @everyone.", "passages": [1], "quotes": []}
        lie = {"answerable": True, "sentences": [said]}
        return self._script("reply", content=lie)

    def _script(self, do: str, **fields: object) -> str:
        self.model.script({"do": do, "times": None, **fields})
        return f"the model: {do}"

    # --- Discord's API ---

    def _http(self, rest: str, rng: random.Random) -> str:
        times = rng.randint(1, 3)
        method, route = rng.choice(_REQUESTS)
        fields: dict[str, object] = {"times": times}
        match rest:
            case "502_before":
                fields |= {"status": 502}
            case "502_after":
                fields |= {"status": 502, "after_effect": True}
            case "503_after":
                fields |= {"status": 503, "after_effect": True}
            case "403_before":
                method, route = "POST", _MESSAGES
                fields |= {"status": 403, "code": 50013, "times": 1}
            case "reset":
                fields |= {"drop": True, "after_effect": rng.random() < 0.5}
            case "slow":
                fields |= {"delay_ms": SLOW_MS}
        self.town.control.faults(method, route, **fields, **NO_WAIT)
        return f"{method} {route} {fields}"

    def _rate_limit_short(self, rng: random.Random) -> str:
        self.town.control.faults("POST", _MESSAGES, times=2, status=429, retry_after=0.5, **NO_WAIT)
        return "429 for half a second"

    def _rate_limit_long(self, rng: random.Random) -> str:
        self.town.control.faults(
            "PATCH", "/channels/*", times=1, status=429, retry_after=600, **NO_WAIT
        )
        self._barred = True
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

    def _role_taken(self, rng: random.Random) -> str:
        self.town.control.admin("take_role", member="sam", role="Support", **NO_WAIT)
        return "sam is no longer of the team"

    def _clock_jump(self, rng: random.Random) -> str:
        hours = rng.randint(1, 9)
        self.town.control.clock(hours * 3600, **NO_WAIT)
        return f"{hours} hours pass at once"
