"""Asking the owner's tools for facts before a question is answered.

A tool that fails or is slow costs its time limit and nothing else: the question is answered
without it, the record says so, and managers hear of it once a day.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from ogma.answering.invisible import visible
from ogma.domain import facts as rules
from ogma.domain import webhooks
from ogma.domain.automation_policies import Topic
from ogma.domain.clock import DAY, Millis
from ogma.domain.facts import Asked, Called, Fact, Status, UnfitReply, Value
from ogma.domain.policies import Settings
from ogma.domain.tool_policies import ToolPolicy
from ogma.errors import NotFound, OgmaError
from ogma.net import body
from ogma.services.automation import signed
from ogma.services.automation.alerts import alert
from ogma.services.desk import Desk
from ogma.settings.token import Secret

LARGEST: Final = 64 * 1024
"""Bytes of a reply."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What is needed to ask: the settings, the data folder and the environment with the keys."""

    settings: Settings
    data: Path
    environ: Mapping[str, str]

    def tool(self, tool_id: str) -> ToolPolicy:
        """The tool with this id, enabled or not. Raises NotFound."""
        found = next((one for one in self.settings.tools if one.id == tool_id), None)
        if found is None:
            known = ", ".join(one.id for one in self.settings.tools) or "none"
            raise NotFound(f"There is no tool {tool_id}; the config has {known}.")
        return found

    def secret(self, tool: ToolPolicy) -> Secret:
        """The key of its signatures. Raises ConfigError."""
        keys = signed.Keys(self.data, self.environ)
        return keys.of(signed.TOOL, tool.id, tool.secret_file)


async def ask(box: Toolbox, asked: Asked, now: Millis) -> tuple[Called, ...]:
    """Ask every tool that fits the question, beside each other. Never raises for a tool's fault."""
    calls = []
    for tool in box.settings.tools:
        if not rules.fits(tool, asked.type_id, asked.text):
            continue
        values = rules.arguments(tool, asked.text)
        if values is not None:
            calls.append(call(box, tool, asked, values, now))
    return tuple(await asyncio.gather(*calls))


async def call(
    box: Toolbox, tool: ToolPolicy, asked: Asked, values: Mapping[str, Value], now: Millis
) -> Called:
    """Ask one tool. Never raises for its fault: that stands in what is given."""
    started = time.monotonic()
    facts: tuple[Fact, ...] = ()
    problem = ""
    try:
        async with asyncio.timeout(tool.timeout_s):
            facts = rules.parse(await _reply(box, tool, asked, values, now))
    except TimeoutError:
        problem = f"it does not answer within {tool.timeout_s:g} s"
    except (OgmaError, UnfitReply, body.Unfit) as failed:
        problem = str(failed).rstrip(".")
    except (httpx.HTTPError, httpx.InvalidURL) as failed:
        problem = f"it cannot be reached ({str(failed) or type(failed).__name__})"
    took = round((time.monotonic() - started) * 1000, 3)
    shown = tuple(Fact(visible(one.title), visible(one.text)) for one in facts)
    status = Status.FAILED if problem else Status.ANSWERED
    return Called(tool.id, status, took, dict(values), shown, problem)


async def _reply(
    box: Toolbox, tool: ToolPolicy, asked: Asked, values: Mapping[str, Value], now: Millis
) -> bytes:
    """The body of a tool's reply. Raises OgmaError, Unfit and what httpx raises."""
    guard, place = signed.guarded(box.settings, f"tool {tool.id}", tool.url)
    content = webhooks.encoded(rules.request(tool, asked, values))
    headers = signed.headers(box.secret(tool), content, now)
    headers["Accept-Encoding"] = body.ENCODING
    async with (
        guard.async_client(timeout=tool.timeout_s, headers=headers) as client,
        client.stream("POST", tool.url, content=content) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise OgmaError(f"{place.host} answers with status {answer.status_code}.")
        return await body.read(answer, LARGEST)


def note(desk: Desk, called: Sequence[Called]) -> None:
    """Managers hear of each tool that failed once a day. Part of the caller's transaction."""
    for one in called:
        if one.status is Status.FAILED:
            key = f"tool:{one.tool}:{desk.now() // DAY}"
            alert(desk, Topic.JOBS, key, "alert.tool", tool=one.tool, problem=one.problem)
