"""When a handler fails: it is logged, and whoever pressed or typed gets a sentence all the same."""

from __future__ import annotations

import logging
from contextlib import suppress

import aiohttp
import disnake

from ogma.bot.interactions import AnyInteraction
from ogma.bot.render.message import NOBODY
from ogma.errors import OgmaError
from ogma.texts import Texts

log = logging.getLogger(__name__)

_OVER = frozenset({10062, 10015, 40060})
"""Unknown interaction, unknown webhook, already acknowledged: nobody is waiting any more."""


async def explain(interaction: AnyInteraction, error: BaseException, texts: Texts) -> None:
    """Log the fault, and say that it is ours; an interaction that is over stays silent (P10)."""
    if isinstance(error, disnake.HTTPException) and error.code in _OVER:
        log.info("an interaction was over before it could be answered (%s)", error.code)
        return
    log.error("an interaction failed", exc_info=error)
    text = texts("denied.internal")
    with suppress(disnake.HTTPException, aiohttp.ClientError, OgmaError):
        if interaction.response.is_done():
            await interaction.edit_original_response(content=text, allowed_mentions=NOBODY)
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NOBODY)
