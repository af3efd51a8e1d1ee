"""The effects that managers see: alerts and the digest (Q7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ogma.bot.render import alerts as render
from ogma.bot.render.message import Message
from ogma.domain.clock import Millis, to_datetime
from ogma.domain.effects import Job, Kind
from ogma.services.automation import alerts, digest

if TYPE_CHECKING:
    from ogma.app import App

Receipt = Mapping[str, Any]
Post = Callable[[Job, int, Message], Awaitable[int]]


class AlertEffects:
    """Handlers of what is posted in the managers' channel."""

    def __init__(self, app: App, post: Post) -> None:
        self._app = app
        self._post = post

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {Kind.ALERT: self._alert}

    async def _alert(self, job: Job) -> Receipt:
        channel_id = self._app.settings.channels.alerts
        if channel_id is None:
            return {"skipped": "no channel for alerts"}
        message = await self._message(job.payload)
        if message is None:
            return {"skipped": "nothing is left to tell"}
        return {"message": await self._post(job, channel_id, message)}

    async def _message(self, payload: Mapping[str, Any]) -> Message | None:
        texts = self._app.texts
        if "digest" in payload:
            found = await self._app.read(digest.now)
            return render.digest(texts, found, self._when(payload["digest"]))
        told = await self._app.read(alerts.of_message, payload["alerts"])
        return render.alerts(texts, told, self._app.settings.alerts.ping_roles) if told else None

    def _when(self, at: Millis) -> str:
        """On the clock of the owner's wall, by which the schedule goes."""
        zone = ZoneInfo(self._app.settings.hours.time_zone)
        return to_datetime(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")
