"""A Discord, a bot and a data folder, and the people who use them: what every test here plays with.

Everything is asked over the wire (`/control`) or read from the files that the bot writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw
import tomlkit

from ogma.sandbox.control_client import ControlClient
from tests.e2e.processes import PATIENCE_S, Bot, Server

T = TypeVar("T")
Json = dict[str, Any]

QUESTION = "How do I reset my password?"
ANSWER = 'press "Forgot password"'
UNANSWERABLE = "What is the airspeed velocity of an unladen swallow in Kathmandu?"
NO_WAIT: Mapping[str, Any] = {"wait_s": 0}
CUT_OFF = "(the bot died before it answered)"


@dataclass(frozen=True)
class Told:
    """What a member got for a click, a form or a command."""

    text: str
    ephemeral: bool
    acknowledged: bool
    modal: Json | None


class Town:
    """One guild with its bot. `folder` gets everything; `library` is a filled data folder."""

    def __init__(
        self, folder: Path, library: Path, models: Path, options: Mapping[str, Any]
    ) -> None:
        self.server = Server(folder / "discord")
        self.control = ControlClient(self.server.ready["control"])
        self.folder = folder
        self.environment = {"OGMA_MODELS": str(models)}
        self.data = folder / "data"
        shutil.copytree(library, self.data)
        self.config = folder / "config.toml"
        self.options = dict(options)
        self.configure(options)
        self.bots: list[Bot] = []
        self.revivals = 0
        self.deaths: list[str] = []
        """Crash points at which the bots die that are started in the place of a dead one."""
        self.forgiven: tuple[str, ...] = ()
        """Lines of the bot's log that a test expects, though they speak of an error."""

    # --- the bot ---

    def configure(self, options: Mapping[str, Any]) -> None:
        """Write the config: the sample guild's, with these tables and keys changed."""
        text = Path(self.server.ready["config"]).read_text(encoding="utf-8")
        document = tomlkit.parse(text)
        general = document["types"][0]
        for extra in options.get("more_types", []):
            document["types"].append({**general.unwrap(), **extra})
        for table, changes in options.items():
            if table == "more_types":
                continue
            if not isinstance(changes, Mapping):
                document[table] = changes
            else:
                document.setdefault(table, tomlkit.table()).update(changes)
        self.config.write_text(tomlkit.dumps(document), encoding="utf-8")

    @property
    def bot(self) -> Bot:
        """The newest bot, running or not."""
        return self.bots[-1]

    def launch(self, *options: str, crash_at: str | None = None) -> Bot:
        """Start a bot, with options of `ogma run`, and wait for nothing."""
        log = self.folder / f"bot-{len(self.bots)}.log"
        arguments = ["--config", str(self.config), "--data", str(self.data), "run"]
        arguments += [
            "--discord-api",
            self.server.ready["api"],
            "--clock",
            "server",
            "--stop-with-stdin",
            *options,
        ]
        self.bots.append(Bot(arguments, self.environment, log, crash_at=crash_at))
        return self.bot

    def run_bot(self, *, crash_at: str | None = None) -> Bot:
        """Start a bot and wait until it has looked at the panel: then it is ready for all."""
        before = self.panels_done()
        bot = self.launch(crash_at=crash_at)
        self.wait_until(lambda: self.panels_done() > before, "the bot is ready")
        return bot

    def panels_done(self) -> int:
        """How often the panel was brought up to date: once after each fresh session."""
        return self.count("FROM job WHERE kind = 'sync_panel' AND state = 'done'")

    def stop_bot(self) -> int:
        """SIGTERM; gives the exit code."""
        return self.bot.terminate()

    def kill_bot(self) -> None:
        """SIGKILL."""
        self.bot.kill()

    def restart_bot(self, *, crash_at: str | None = None) -> Bot:
        """Kill the bot and start another."""
        self.kill_bot()
        return self.run_bot(crash_at=crash_at)

    def ogma(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line on this town's data, as an owner calls it."""
        command = [sys.executable, "-m", "ogma", "--config", str(self.config)]
        command += ["--data", str(self.data), *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=environment,
            timeout=PATIENCE_S,
            check=False,
        )

    # --- waiting ---

    def wait_until(
        self, condition: Callable[[], T], what: str, patience_s: float = PATIENCE_S
    ) -> T:
        """Poll until the condition gives something; a bot that died at its point is revived."""
        until = time.monotonic() + patience_s
        while not (found := condition()):
            self.tend()
            assert time.monotonic() < until, f"waited in vain until {what}\n{self.story()}"
            time.sleep(0.05)
        return found

    def tend(self) -> None:
        """Start a crashed bot again; fail for one that died of anything else."""
        if not self.bots or self.bot.exit_code is None:
            return
        if self.bot.crashed:
            self.revivals += 1
            self.launch(crash_at=self.deaths.pop(0) if self.deaths else None)
            return
        raise AssertionError(f"the bot has ended by itself ({self.bot.exit_code})\n{self.story()}")

    def story(self) -> str:
        """What happened, for a test that failed."""
        logs = [f"--- {bot.log.name}\n{bot.output()[-3000:]}" for bot in self.bots]
        jobs = self.sql("SELECT id, kind, state, attempts, last_error FROM job")
        said = self.sql("SELECT side, content, ai FROM message ORDER BY id")
        asked = [
            f"{one['n']} {one['method']} {one['path']} {one['status']}"
            for one in self.requests()
            if one["path"] != "/gateway"
        ]
        parts = [*logs, "--- jobs", *map(str, jobs), "--- messages", *map(str, said)]
        return "\n".join([*parts, "--- requests", *asked[-40:]])

    # --- people ---

    def say(self, who: str, channel: str, text: str, **more: Any) -> Json:
        """A member writes; gives the message."""
        said: Json = self.control.message(who, channel, text, **more, **NO_WAIT)
        return said

    def click(self, who: str, button: str, message: str | None = None) -> Told:
        """Press a button (its custom_id, with `*` if need be) and read what comes of it."""
        return self._ask(lambda: self.control.click(who, button, message))

    def choose(self, who: str, menu: str, value: str, message: str | None = None) -> Told:
        """Pick one entry of a dropdown and read what comes of it."""
        return self._ask(lambda: self.control.select(who, menu, [value], message))

    def submit(self, who: str, interaction: str, values: Mapping[str, str]) -> Told:
        """Fill in a form."""
        return self._ask(lambda: self.control.modal(who, interaction, values))

    def command(self, who: str, channel: str, name: str, /, **options: str) -> Told:
        """Use a slash command, also one that the client would not offer."""
        return self._ask(lambda: self.control.command(who, channel, name, options, force=True))

    def _ask(self, act: Callable[[], Json]) -> Told:
        since, lives = len(self.requests()), len(self.bots)
        raw = act()
        assert "error" not in raw, f"{raw['error']}\n{self.story()}"
        modal = raw.get("modal")
        if modal is not None:
            return Told("", False, True, {**modal, "interaction": raw["interaction"]})

        def answer() -> str | None:
            """The words; none where the bot died between acknowledging and answering."""
            return _words(self.requests(since)) or (CUT_OFF if len(self.bots) > lives else None)

        text = self.wait_until(answer, "an interaction is answered")
        return Told(text, raw["ephemeral"], raw["ack"] is not None, None)

    def open_ticket(
        self,
        who: str = "alice",
        kind: str = "general",
        subject: str = QUESTION,
        description: str = "I forgot it",
    ) -> str:
        """Click on the panel, fill in the form; gives the channel's id."""
        form = self.click(who, f"ogma:open:{kind}").modal
        if form is not None:
            values = {"subject": subject, "description": description}
            told = self.submit(who, form["interaction"], values)
            assert told.ephemeral
        return self.wait_until(lambda: self.channel_of(who, kind), "the ticket's channel is there")

    def close(self, channel: str, who: str = "omar", reason: str = "resolved") -> Told:
        """/close."""
        return self.command(who, channel, "close", reason=reason, note="")

    def advance(self, seconds: float) -> None:
        """Move the time forward, and wait until the bot has heard of it from the server."""
        before = self._offset()
        self.control.clock(seconds, **NO_WAIT)
        self.wait_until(
            lambda: self._offset() > before + (seconds - 5) * 1000, "the bot knows the time"
        )

    def _offset(self) -> int:
        found = self.sql("SELECT value FROM meta WHERE key = 'clock.offset'")
        return int(found[0]["value"]) if found else 0

    # --- looking ---

    def state(self) -> Json:
        """Everything that Discord knows."""
        found: Json = self.control.state(**NO_WAIT)
        return found

    def requests(self, since: int = 0) -> list[Json]:
        """The bot's requests after number `since`."""
        found: list[Json] = self.control.requests(since, **NO_WAIT)
        return found

    def matching(self, method: str, path: str, since: int = 0) -> list[Json]:
        """The requests with this method and this path, a regular expression for all of it."""
        wanted = re.compile(path)
        return [
            one
            for one in self.requests(since)
            if one["method"] == method and wanted.fullmatch(one["path"])
        ]

    def ticket_channels(self, *, deleted: bool = False) -> list[Json]:
        """Channels of tickets: those that stand, or those that are gone."""
        places = self.state()["deleted_channels" if deleted else "channels"]
        return [one for one in places if "ogma:" in (one["topic"] or "")]

    def channel_of(self, who: str, kind: str = "general") -> str | None:
        """Where this member's open ticket is, as the database knows it."""
        found = self.sql(
            "SELECT channel_id FROM ticket WHERE customer_name = ? AND type_id = ?"
            " AND state = 'open' ORDER BY id DESC LIMIT 1",
            who,
            kind,
        )
        return str(found[0]["channel_id"]) if found else None

    def messages(self, channel: str) -> list[Json]:
        """The messages of a channel (id or name), also of a deleted one."""
        state = self.state()
        for place in [*state["channels"], *state["deleted_channels"]]:
            if channel in (place["id"], place["name"]):
                found: list[Json] = place["messages"]
                return found
        return []

    def by_bot(self, channel: str) -> list[Json]:
        """The bot's messages in a channel."""
        return [one for one in self.messages(channel) if one["author"]["bot"]]

    def answers(self, channel: str) -> list[Json]:
        """The AI's answers in a ticket."""
        return [one for one in self.by_bot(channel) if buttons(one, "ogma:helpful:")]

    def review_items(self) -> list[Json]:
        """The items in #staff-review."""
        return [one for one in self.by_bot("staff-review") if buttons(one, "ogma:")]

    def notices(self) -> list[str]:
        """What staff were told in #staff-review beside the items."""
        return [one["content"] for one in self.by_bot("staff-review") if not one["embeds"]]

    def dm(self, who: str) -> list[Json]:
        """The bot's direct messages to a member."""
        found: list[Json] = self.state()["dms"][who]["messages"]
        return found

    def ticket(self, number: int = 1) -> Json:
        """A ticket's row."""
        return self.sql("SELECT * FROM ticket WHERE id = ?", number)[0]

    def sql(self, query: str, *values: Any) -> list[Json]:
        """Rows of the bot's database; none before there is one."""
        path = self.data / "ogma.db"
        if not path.exists():
            return []
        connection = apsw.Connection(str(path))
        try:
            connection.set_busy_timeout(int(PATIENCE_S * 1000))
            cursor = connection.execute(query, values)
            rows = cursor.fetchall() if (names := _names(cursor)) else []
            return [dict(zip(names, row, strict=True)) for row in rows]
        finally:
            connection.close()

    def count(self, what: str, *values: Any) -> int:
        """`SELECT count(*)` of this."""
        found = self.sql(f"SELECT count(*) AS n {what}", *values)
        return int(found[0]["n"]) if found else 0

    # --- conditions ---

    def until_answered(self, channel: str, times: int = 1) -> list[Json]:
        """Wait for the n-th answer in a ticket."""
        return self.wait_until(
            lambda: found if len(found := self.answers(channel)) >= times else [],
            f"answer {times} is there",
        )

    def until_closed(self, number: int = 1) -> Json:
        """Wait until a ticket is closed and all its effects are over."""
        self.wait_until(lambda: self.ticket(number)["state"] == "closed", f"{number} is closed")
        self.until_idle()
        return self.ticket(number)

    def until_idle(self) -> None:
        """Wait until no effect is to be done and no question waits."""
        self.wait_until(
            lambda: (
                not self.count("FROM job WHERE state IN ('todo', 'doing')")
                and not self.count("FROM message WHERE ai = 'pending'")
            ),
            "the bot has nothing left to do",
        )

    def end(self) -> None:
        """Stop everything."""
        for bot in self.bots:
            bot.kill()
        self.server.kill()


def buttons(message: Json, prefix: str = "") -> list[str]:
    """The custom_ids in a message that begin so."""
    found = [
        str(part.get("custom_id", ""))
        for row in message["components"]
        for part in row.get("components", [])
    ]
    return [one for one in found if one.startswith(prefix)]


def embeds_text(message: Mapping[str, Any]) -> str:
    """All that the embeds of a message say."""
    parts: list[str] = []
    for embed in message.get("embeds") or []:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{one['name']}: {one['value']}" for one in embed.get("fields") or []]
    return "\n".join(part for part in parts if part)


_ANSWERING = re.compile(r"/webhooks/\d+/[^/]+(?:/messages/@original)?")
_CALLBACK = re.compile(r"/interactions/\d+/[^/]+/callback")


def _words(requests: Sequence[Json]) -> str:
    """The first words that the bot has sent to the member who asked, or ''."""
    for one in requests:
        body = one["body"] or {}
        if _CALLBACK.fullmatch(one["path"]):
            body = body.get("data") or {}
        elif not _ANSWERING.fullmatch(one["path"]) or one["method"] == "DELETE":
            continue
        text = "\n".join(filter(None, [body.get("content") or "", embeds_text(body)]))
        if text:
            return text
    return ""


def _names(cursor: apsw.Cursor) -> list[str]:
    try:
        return [column[0] for column in cursor.get_description()]
    except apsw.ExecutionCompleteError:
        return []
