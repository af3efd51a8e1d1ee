"""Commands that work only inside a ticket, and answer with one private sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ogma.bot.interactions import Command
from ogma.bot.render.message import NOBODY
from ogma.domain.tickets import Ticket
from ogma.services import tickets

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


async def respond(
    bot: OgmaBot, app: App, inter: Command, decide: Callable[[Ticket], Awaitable[str]]
) -> None:
    """Acknowledge, find the ticket, do it, say what came of it."""
    await inter.response.defer(ephemeral=True)
    ticket = await app.read(tickets.in_channel, inter.channel_id)
    text = app.texts("denied.not_a_ticket") if ticket is None else await decide(ticket)
    bot.woken()
    await inter.edit_original_response(content=text, allowed_mentions=NOBODY)
