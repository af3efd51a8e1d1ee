"""Telling the owner's servers what happens to tickets (Q8).

What is to be sent is written with what happened; sending it is an effect like any other, in a lane
of its own, so that a server that hangs holds no ticket up.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from ogma.domain import webhooks as rules
from ogma.domain.automation_policies import Topic, WebhookPolicy
from ogma.domain.clock import DAY, Millis
from ogma.domain.effects import Effect, Job, Kind, webhook_lane
from ogma.domain.policies import Settings
from ogma.domain.tickets import Ticket
from ogma.errors import NotFound, OgmaError
from ogma.services.automation import signed
from ogma.services.automation.alerts import alert
from ogma.services.desk import Desk
from ogma.settings.token import Secret
from ogma.store import outbox
from ogma.store.database import Row

TIMEOUT_S: Final = 10.0
_HOPELESS: Final = frozenset({400, 410, 413, 415, 422})
"""Statuses that blame the event itself, or say that nobody listens any more."""


class Undelivered(OgmaError):
    """The server did not take it; later it may. `asked_s` is how long it asks to be left alone."""

    def __init__(self, message: str, asked_s: float | None = None) -> None:
        super().__init__(message)
        self.asked_s = asked_s


class Rejected(OgmaError):
    """The server will never take this event, however often it is sent."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What is needed to send: the settings, the data folder and the environment with the keys."""

    settings: Settings
    data: Path
    environ: Mapping[str, str]

    def hook(self, hook_id: str) -> WebhookPolicy | None:
        """The webhook with this id, enabled or not."""
        return next((one for one in self.settings.webhooks if one.id == hook_id), None)

    def secret(self, hook: WebhookPolicy) -> Secret:
        """The key of its signatures. Raises ConfigError."""
        keys = signed.Keys(self.data, self.environ)
        return keys.of(signed.WEBHOOK, hook.id, hook.secret_file)


def tell(desk: Desk, ticket: Ticket, event: Row, number: int) -> None:
    """Plan what the webhooks are told of an event. Part of the caller's transaction.

    `number` is the happening's, which is given to no other.
    """
    name = rules.event_name(event["kind"])
    hooks = [hook for hook in desk.settings().webhooks if rules.wants(hook, name)]
    if not hooks:
        return
    more = rules.happened(ticket, event)
    body = rules.document(_event_id(ticket, number), name, event["at"], ticket, **more)
    effects = [_effect(hook.id, ticket, body, str(number)) for hook in hooks]
    outbox.put(desk.db, effects, desk.now())


def tell_of_rule(desk: Desk, ticket: Ticket, hook_id: str, rule_id: str, key: str) -> bool:
    """A rule has this webhook told; False where it is switched off. In the caller's transaction."""
    hook = next((one for one in desk.settings().webhooks if one.id == hook_id), None)
    if hook is None or not hook.enabled:
        return False
    event_id = f"{_event_id(ticket, 0)}-{key}"
    body = rules.document(
        event_id, rules.RULE_FIRED, desk.now(), ticket, actor=None, detail=rule_id
    )
    outbox.put(desk.db, [_effect(hook_id, ticket, body, key)], desk.now())
    return True


def _event_id(ticket: Ticket, number: int) -> str:
    return f"{ticket.guild_id}-{ticket.id}-{number}"


def _effect(hook_id: str, ticket: Ticket, body: Mapping[str, Any], key: str) -> Effect:
    payload = {"hook": hook_id, "body": body}
    lane = webhook_lane(hook_id, ticket.id)
    return Effect(Kind.WEBHOOK, f"webhook:{hook_id}:{key}", lane, ticket.id, payload)


async def deliver(desk: Desk, job: Job) -> dict[str, Any]:
    """Send what was planned; gives the receipt. Raises what `send` raises."""
    sender = Sender(desk.settings(), desk.data, os.environ)
    hook = sender.hook(job.payload["hook"])
    if hook is None or not hook.enabled:
        return {"skipped": "switched off"}
    return {"status": await send(sender, hook, job.payload["body"], desk.now())}


async def send(sender: Sender, hook: WebhookPolicy, body: Mapping[str, Any], now: Millis) -> int:
    """Send a body now; gives the status. Raises ConfigError, Refused, Rejected, Undelivered."""
    guard, place = signed.guarded(sender.settings, f"webhook {hook.id}", hook.url)
    content = rules.encoded(body)
    headers = signed.headers(sender.secret(hook), content, now)
    headers[rules.EVENT_ID] = str(body["id"])
    try:
        async with (
            guard.async_client(timeout=TIMEOUT_S, headers=headers) as client,
            client.stream("POST", hook.url, content=content) as answer,
        ):
            status, wait = answer.status_code, answer.headers.get("Retry-After", "")
    except httpx.HTTPError as failed:
        why = str(failed) or type(failed).__name__
        raise Undelivered(f"{place.host} cannot be reached ({why}).") from failed
    if status in _HOPELESS:
        raise Rejected(f"{place.host} does not take it (status {status}).")
    if not 200 <= status < 300:
        asked = float(wait) if wait.isdigit() else None
        raise Undelivered(f"{place.host} answers with status {status}.", asked)
    return status


async def ping(sender: Sender, hook_id: str, now: Millis) -> int:
    """Send a webhook a ping; gives the status. Raises NotFound beside what `send` raises."""
    hook = sender.hook(hook_id)
    if hook is None:
        known = ", ".join(one.id for one in sender.settings.webhooks) or "none"
        raise NotFound(f"There is no webhook {hook_id}; the config has {known}.")
    body = rules.document(f"ping-{now}", rules.PING, now, None, actor=None, detail="")
    return await send(sender, hook, body, now)


def dead(desk: Desk, job: Job, error: str) -> None:
    """It is given up and stands in `ogma jobs list`; managers hear of a server once a day.

    Part of the caller's transaction.
    """
    hook = job.payload["hook"]
    key = f"webhook:{hook}:{desk.now() // DAY}"
    alert(desk, Topic.JOBS, key, "alert.webhook", webhook=hook, problem=error)
