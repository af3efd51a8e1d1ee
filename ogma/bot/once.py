"""A message that Discord itself makes only once, however often it is asked (P1).

A request may still be on its way when the process that sent it is killed, and arrive after the
next one has looked for its message in vain. Under an enforced nonce Discord gives back the message
that is there. It remembers for some minutes only, so a later attempt must look first all the same.
"""

from __future__ import annotations

from contextlib import ExitStack
from hashlib import sha256
from typing import Any, Final

from disnake.http import HTTPClient, Route, to_multipart_with_attachments

from ogma.bot.render.message import Message
from ogma.domain.effects import Job

NONCE_LENGTH: Final = 24
"""Discord takes 25 characters."""


def nonce_of(job: Job) -> str:
    """The same for every attempt of an effect, and no other's."""
    return sha256(f"{job.key}:{job.created_at}".encode()).hexdigest()[:NONCE_LENGTH]


async def create_message(http: HTTPClient, channel_id: int, message: Message, nonce: str) -> int:
    """Send it, files included; gives its id. disnake's own `send` cannot enforce a nonce."""
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
    shown = {name: value for name, value in message.body().items() if value}
    body: dict[str, Any] = {**shown, "nonce": nonce, "enforce_nonce": True}
    with ExitStack() as opened:
        files = message.opened()
        for file in files:
            opened.callback(file.close)
        if files:
            form = to_multipart_with_attachments(body, files)
            sent = await http.request(route, form=form, files=files)
        else:
            sent = await http.request(route, json=body)
    return int(sent["id"])
