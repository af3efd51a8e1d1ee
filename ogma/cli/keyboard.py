"""The sandbox by hand: what is typed is said by a member, what that member sees is printed."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ogma.cli.chat import TEXT, Chat, button_name, buttons
from ogma.cli.output import Output
from ogma.cli.stage import Stage
from ogma.cli.when import span
from ogma.errors import OgmaError

CUSTOMER: Final = "alice"
CLAIMS: Final = "sam"
CLOSES: Final = "mia"
LOOK_EVERY_S: Final = 0.4
SETTLES_S: Final = 5.0
"""How long a reply of the bot may take to begin: it waits for the end of a burst of messages."""

HELP: Final = """\
Whatever you type is said by you in your ticket (or the channel that you chose).
  :open TYPE        open a ticket: general or billing
  :buttons          list the buttons that you see; :click N presses one
  :where            the channels that you see; :in CHANNEL goes to one
  :as NAME          be somebody else:
                      alice, bob, carol   customers
                      sam, sue            the support team
                      bill                billing
                      mia, omar           management, owner
  :claim            sam claims the ticket (or you do, if you are of the team)
  :close [REASON]   mia closes it: resolved, duplicate, unresponsive, out_of_scope, spam, other
  :advance 30m      move the sandbox's time forward
  :quit             end (also Ctrl-D)"""


class Refused(Exception):
    """What was typed cannot be done; the sentence is for the person."""


class Keyboard:
    """One session. The state is looked at in the background, so replies show as they come."""

    def __init__(self, output: Output, stage: Stage, lines: Iterator[str]) -> None:
        self._output = output
        self._stage = stage
        self._lines = lines
        self._me = CUSTOMER
        self._place: str | None = None
        self._visible: set[str] = set()
        self._chat = Chat(output, self._sees)
        self._looking = threading.Lock()
        self._ended = threading.Event()
        self._failure: OgmaError | None = None

    def run(self) -> None:
        """Until `:quit` or the end of the input; raises OgmaError when a process has ended."""
        self._be(CUSTOMER)
        self._output.text("You are alice now. :help lists what you can do, :quit ends.")
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            for line in self._lines:
                if self._failure is not None or not self._do(line.strip()):
                    break
        finally:
            self._ended.set()
            watcher.join()
        if self._failure is not None:
            raise self._failure

    # -- looking ---------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            try:
                self._look()
            except OgmaError as error:
                self._failure = error
                self._output.error(error)
                self._output.note("Press Enter to leave.")
                return

    def _look(self, *, silently: bool = False) -> dict[str, Any]:
        with self._looking:
            found = self._stage.call("GET", "visible", {"as": self._me, "wait_s": 0})
            state = self._stage.look()
            gone = {channel["id"] for channel in state["deleted_channels"]}
            self._visible = {channel["id"] for channel in found} | (self._visible & gone)
            self._chat.looks(state, silently=silently)
            return state

    def _sees(self, channel: Mapping[str, Any]) -> bool:
        return channel["name"] == f"@{self._me}" or channel["id"] in self._visible

    def _settle(self) -> None:
        """Let the bot answer before the next line of a script; a person sees it coming."""
        if sys.stdin.isatty():
            return
        time.sleep(SETTLES_S)
        self._look()

    # -- doing -----------------------------------------------------------------------------

    def _do(self, line: str) -> bool:
        """False for the end."""
        if not line:
            return True
        word, _, rest = line.partition(" ")
        if word in (":quit", ":q", ":exit"):
            return False
        from ogma.sandbox.control_client import ControlError

        try:
            if not line.startswith(":"):
                self._say(line)
            elif word in self._commands:
                self._commands[word](self, rest.strip())
            else:
                raise Refused(f"There is no {word}; :help lists what there is.")
        except Refused as sentence:
            self._output.note(str(sentence))
        except ControlError as error:
            self._output.note(f"Discord refuses: {error.message} ({error.code})")
        return True

    def _say(self, text: str) -> None:
        self._call("message", channel=self._here()["id"], content=text)
        self._settle()

    def _call(self, call: str, *, as_: str = "", **fields: Any) -> Any:
        who = as_ or self._me
        answer = self._stage.call("POST", call, {"as": who, **fields})
        self._look()
        if isinstance(answer, dict) and answer.get("error"):
            raise Refused(f"No answer from the bot: {answer['error']}.")
        self._chat.answered(who, answer)
        return answer

    def _here(self) -> Mapping[str, Any]:
        """The channel that was chosen, else the newest ticket that this member sees."""
        state = self._look()
        seen = [one for one in state["channels"] if self._sees(one)]
        if self._place is not None:
            chosen = [one for one in seen if one["name"] == self._place]
        else:
            chosen = [one for one in seen if "ogma:" in str(one["topic"])]
        if not chosen:
            raise Refused(
                "You have no ticket; :open general opens one, :in general goes to #general."
            )
        newest: Mapping[str, Any] = chosen[-1]
        return newest

    # -- the commands ----------------------------------------------------------------------

    def _help(self, rest: str) -> None:
        del rest
        self._output.text(HELP)

    def _as(self, rest: str) -> None:
        names = {member["name"] for member in self._look()["members"] if not member["bot"]}
        if rest not in names:
            raise Refused(f"There is no '{rest}'; there are {', '.join(sorted(names))}.")
        self._be(rest)
        self._output.text(f"You are {rest} now.")
        self._where("")

    def _be(self, name: str) -> None:
        self._me, self._place = name, None
        self._look(silently=True)

    def _where(self, rest: str) -> None:
        del rest
        state = self._look()
        seen = [one for one in state["channels"] if self._sees(one) and one["type"] == TEXT]
        self._output.text(f"You see {', '.join('#' + one['name'] for one in seen)}.")
        try:
            self._output.text(f"What you type goes to #{self._here()['name']}.")
        except Refused as sentence:
            self._output.text(str(sentence))

    def _in(self, rest: str) -> None:
        name = rest.removeprefix("#")
        if not any(one["name"] == name and self._sees(one) for one in self._look()["channels"]):
            raise Refused(f"You see no channel '{name}'; :where lists those that you see.")
        self._place = name
        self._output.text(f"What you type goes to #{name}.")

    def _live_buttons(self) -> list[tuple[Mapping[str, Any], dict[str, Any], str]]:
        """(message, button, place) of what this member can press, oldest first."""
        state = self._look()
        seen = filter(self._sees, state["channels"])
        places = [(f"#{one['name']}", one["messages"]) for one in seen]
        places.append(("direct message", state["dms"][self._me]["messages"]))
        return [
            (message, button, place)
            for place, messages in places
            for message in messages
            for button in buttons(message)
            if button.get("custom_id")
        ]

    def _buttons(self, rest: str) -> None:
        del rest
        for number, (_, button, place) in enumerate(self._live_buttons(), start=1):
            self._output.text(f"  {number:>2}  [{button_name(button)}]  {place}")

    def _click(self, rest: str) -> None:
        found = self._live_buttons()
        if not rest.isdigit() or not 1 <= int(rest) <= len(found):
            raise Refused(f":click takes a number from 1 to {len(found)}; :buttons lists them.")
        message, button, _ = found[int(rest) - 1]
        self._press(message["id"], button["custom_id"])

    def _press(self, message: str, custom_id: str) -> None:
        answer = self._call("click", message=message, custom_id=custom_id)
        if answer.get("modal"):
            self._fill(answer)
        self._settle()

    def _fill(self, answer: Mapping[str, Any]) -> None:
        """Ask for each field of a form, and send it."""
        values = {}
        for field in form_fields(answer["modal"]["components"]):
            self._output.text(f"  {field['label']}:")
            line = next(self._lines, None)
            if line is None:
                raise Refused("The form was left unfinished, so nothing was sent.")
            values[field["custom_id"]] = line.strip()
        self._call("modal", interaction=answer["interaction"], values=values)

    def _open(self, rest: str) -> None:
        wanted = rest or "general"
        for message, button, place in self._live_buttons():
            if place == "#open-a-ticket" and button["custom_id"].endswith(f":{wanted}"):
                self._press(message["id"], button["custom_id"])
                return
        raise Refused(f"There is no ticket type '{wanted}'; :buttons lists the panel's.")

    def _claim(self, rest: str) -> None:
        del rest
        self._staff_command(CLAIMS, "claim", {})

    def _close(self, rest: str) -> None:
        reason, _, note = (rest or "resolved").partition(" ")
        self._staff_command(CLOSES, "close", {"reason": reason} | ({"note": note} if note else {}))

    def _staff_command(self, usual: str, name: str, options: dict[str, str]) -> None:
        """A slash command in the ticket, by this member if of the team, else by the usual one."""
        channel = self._here()
        members = {member["name"]: member for member in self._look()["members"]}
        who = self._me if members[self._me]["role_names"] else usual
        self._output.text(f"  {who} uses /{name} in #{channel['name']}", "dim")
        self._call("command", as_=who, channel=channel["id"], name=name, options=options)
        self._settle()

    def _advance(self, rest: str) -> None:
        passed = span(rest)
        if passed is None:
            raise Refused(":advance takes a span such as 30m, 12h or 7d.")
        now = self._stage.call("POST", "clock", {"advance_s": passed / 1000})["now"]
        self._output.text(f"It is {now} now.")

    _commands: Final[Mapping[str, Callable[[Keyboard, str], None]]] = {
        ":help": _help,
        ":as": _as,
        ":where": _where,
        ":in": _in,
        ":buttons": _buttons,
        ":click": _click,
        ":open": _open,
        ":claim": _claim,
        ":close": _close,
        ":advance": _advance,
    }


def form_fields(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The inputs of a form with their labels, whether the label stands around or in them."""
    for node in components:
        inner = node.get("component")
        if inner is not None:
            yield {"label": node.get("label", ""), "custom_id": inner["custom_id"]}
        elif "components" in node:
            yield from form_fields(node["components"])
        elif node.get("custom_id"):
            yield {"label": node.get("label", ""), "custom_id": node["custom_id"]}
