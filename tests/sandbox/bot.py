"""A small real disnake bot that the tests drive against the sandbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import disnake
from disnake.ext import commands

logging.getLogger("disnake").setLevel(logging.ERROR)


class ProbeBot(commands.InteractionBot):
    """Records every gateway event and answers interactions with what a test has set."""

    def __init__(
        self, guild_id: int, *, intents: disnake.Intents | None = None, **options: Any
    ) -> None:
        super().__init__(
            intents=intents or wanted_intents(),
            test_guilds=[guild_id],
            command_sync_flags=commands.CommandSyncFlags.default(),
            guild_ready_timeout=0.05,
            enable_debug_events=True,
            **options,
        )
        self.guild_id = guild_id
        self.seen: list[tuple[str, Any]] = []
        self.on_component: Callable[[disnake.MessageInteraction], Any] | None = None
        self.on_form: Callable[[disnake.ModalInteraction], Any] | None = None
        self.failures: list[int] = []
        """Discord's codes of the refusals that the handlers below met."""

    @property
    def desk(self) -> disnake.Guild:
        """The sample guild."""
        guild = self.get_guild(self.guild_id)
        assert guild is not None
        return guild

    def channel_named(self, name: str) -> disnake.TextChannel:
        """A text channel of the sample guild."""
        found = disnake.utils.get(self.desk.text_channels, name=name)
        assert found is not None
        return found

    def dispatch(self, event_name: str, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event_name, *args, **kwargs)
        if event_name != "socket_raw_send":
            self.seen.append((event_name, args[0] if args else None))

    def events(self, name: str) -> list[Any]:
        """What came with every event of this name so far."""
        return [value for event, value in self.seen if event == name]

    async def event(self, name: str, count: int = 1) -> Any:
        """Wait until `count` events of this name have come; returns the last of them."""
        async with asyncio.timeout(10):
            while len(self.events(name)) < count:
                await asyncio.sleep(0.01)
        return self.events(name)[count - 1]

    async def on_message_interaction(self, inter: disnake.MessageInteraction) -> None:
        if self.on_component is not None:
            await self._run(self.on_component(inter))

    async def on_modal_submit(self, inter: disnake.ModalInteraction) -> None:
        if self.on_form is not None:
            await self._run(self.on_form(inter))

    async def _run(self, work: Any) -> None:
        try:
            await work
        except disnake.DiscordException as error:
            refused = error if isinstance(error, disnake.HTTPException) else error.__cause__
            assert isinstance(refused, disnake.HTTPException)
            self.failures.append(refused.code)


def wanted_intents() -> disnake.Intents:
    """What a support desk asks for."""
    intents = disnake.Intents.default()
    intents.message_content = True
    intents.members = True
    return intents
