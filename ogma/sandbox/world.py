"""The state of the sandbox's Discord: SimCord's backend, corrected where Discord differs."""

from __future__ import annotations

import asyncio
import copy
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from simcord.backend import Backend, errors, serializers
from simcord.backend.models import Channel, Interaction, Message, Overwrite
from simcord.enums import ChannelType, MessageType

from ogma.sandbox.attachments import MAX_FILE, AttachmentStore
from ogma.sandbox.clock import SandboxClock, rfc3339
from ogma.sandbox.permissions import BITS, with_implied_denials

_NONCE_WINDOW: Final = timedelta(minutes=5)
_RENAME_WINDOW: Final = timedelta(minutes=10)
_RENAMES: Final = 2
APPROVED_INTENTS: Final = (1 << 1) | (1 << 15)
"""Privileged intents that are switched on for the sandbox's bot: members, message content."""


@dataclass
class Pending:
    """An interaction from the asking side: when it was sent, and whether it was acknowledged.

    Real time, not the sandbox's: moving the clock forward must not expire what is under way.
    """

    sent: float = field(default_factory=time.monotonic)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    deferred: bool = False


class World(Backend):  # type: ignore[misc]  # SimCord is not followed by mypy
    """One guild, its people and everything that Discord remembers about them."""

    def __init__(
        self, *, clock: SandboxClock, base_url: str, ack_s: float = 3.0, token_s: float = 900.0
    ) -> None:
        super().__init__(clock=clock)
        self.clock: SandboxClock = clock
        self.application_id = self.bot_user.id  # as Discord has it; a token starts with it
        self.cdn = AttachmentStore(base_url, clock)
        self.ack_s = ack_s
        self.token_s = token_s
        self.guild_id = 0
        self.gateway_url = base_url.replace("http", "ws", 1) + "/gateway"
        self.approved_intents = APPROVED_INTENTS
        self.identifies = 0
        self.closed_dms: set[int] = set()
        self.deleted_channels: list[dict[str, Any]] = []
        self.pinned_at: dict[int, str] = {}
        self.pending: dict[int, Pending] = {}
        self._nonces: dict[tuple[int, str], tuple[datetime, dict[str, Any]]] = {}
        self._renames: dict[int, deque[datetime]] = {}
        self._nonce: str | int | None = None

    # --- events ---

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell the gateway. SimCord's own transcript is left out: it would only grow."""
        if event == "MESSAGE_CREATE" and self._nonce is not None:
            payload = {**payload, "nonce": self._nonce}
        if event == "MESSAGE_UPDATE":
            payload = {**payload, **self._member_of(payload)}
        for listener in list(self.subscribers):
            listener(event, payload)

    def _member_of(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The author's member object, which Discord sends with updates too."""
        if "guild_id" not in payload:
            return {}
        guild = self.get_guild(int(payload["guild_id"]))
        member = guild.members.get(int(payload["author"]["id"]))
        if member is None:
            return {}
        return {"member": serializers.member_payload(self, guild, member, with_user=False)}

    def announce_message_update(self, message: Message) -> None:
        """Tell the gateway of a message that changed; its time of editing stays as it is."""
        self.emit("MESSAGE_UPDATE", dict(serializers.message_payload(self, message)))

    def prepare_message(self, *args: Any, **kwargs: Any) -> Message:
        """As SimCord, but system messages have no text: clients write it themselves."""
        message: Message = super().prepare_message(*args, **kwargs)
        if message.type in (MessageType.PINS_ADD, MessageType.NEW_MEMBER):
            message.content = ""
        return message

    def create_system_message(
        self, channel_id: int, message_type: MessageType, *args: Any, **kwargs: Any
    ) -> Any:
        """As SimCord, but renaming a guild channel posts nothing (only threads and groups do)."""
        if message_type == MessageType.CHANNEL_NAME_CHANGE:
            return None
        return super().create_system_message(channel_id, message_type, *args, **kwargs)

    # --- permissions ---

    def compute_permissions(
        self, guild_id: int, user_id: int, channel_id: int | None = None
    ) -> int:
        """Effective permissions, by Discord's published algorithm with its implicit denials."""
        granted: int = super().compute_permissions(guild_id, user_id, channel_id)
        return granted if channel_id is None else with_implied_denials(granted)

    def may(self, user_id: int, permission: str, channel_id: int | None = None) -> bool:
        """Whether this member has the permission, in a channel or in the guild at large."""
        granted = self.compute_permissions(self.guild_id, user_id, channel_id)
        return bool(granted & BITS[permission])

    # --- channels ---

    def delete_channel(self, channel_id: int) -> None:
        """Delete a channel and keep its last state; a category lets its channels go."""
        channel: Channel = self.get_channel(channel_id)
        messages = list(self.messages.get(channel_id, {}).values())
        super().delete_channel(channel_id)
        if channel.guild_id is None:
            return
        self.deleted_channels.append(
            {"channel": channel, "messages": messages, "at": rfc3339(self.clock.now())}
        )
        if channel.type == ChannelType.CATEGORY:
            for child in self.guild_channels():
                if child.parent_id == channel_id:
                    self.edit_channel(child.id, {"parent_id": None})

    def delete_role(self, guild_id: int, role_id: int) -> None:
        """Delete a role and, as Discord does, the overwrites that named it."""
        super().delete_role(guild_id, role_id)
        for channel in self.guild_channels():
            if any(overwrite.target_id == role_id for overwrite in channel.overwrites):
                self.delete_overwrite(channel.id, role_id)

    def guild_channels(self) -> list[Channel]:
        """The guild's channels and categories, in their order of creation."""
        guild = self.get_guild(self.guild_id)
        return [self.channels[channel_id] for channel_id in guild.channel_ids]

    def overwrite_of(self, channel: Channel, target_id: int) -> Overwrite | None:
        """The channel's overwrite for a role or member, if it has one."""
        return next((o for o in channel.overwrites if o.target_id == target_id), None)

    def note_rename(self, channel_id: int) -> None:
        """Count a change of name or topic; raises RateLimited after two in ten minutes.

        Source: discord-api-docs issues 1900 and 2208; no header announces it.
        """
        now = self.clock.now()
        recent = self._renames.setdefault(channel_id, deque())
        while recent and now - recent[0] >= _RENAME_WINDOW:
            recent.popleft()
        if len(recent) >= _RENAMES:
            raise RateLimited((recent[0] + _RENAME_WINDOW - now).total_seconds())
        recent.append(now)

    # --- messages ---

    def send_as_bot(
        self, channel_id: int, nonce: str | int | None, enforce: bool, send: Any
    ) -> dict[str, Any]:
        """Run `send()` under this nonce; an enforced nonce seen lately returns its first message.

        A message that was deleted meanwhile is returned all the same, never made anew.
        """
        now = self.clock.now()
        key = (channel_id, str(nonce))
        if nonce is not None and enforce and key in self._nonces:
            sent_at, earlier = self._nonces[key]
            if now - sent_at < _NONCE_WINDOW:
                return earlier
        self._nonce = nonce
        try:
            payload: dict[str, Any] = dict(send())
        finally:
            self._nonce = None
        if nonce is not None:
            payload["nonce"] = nonce
            self._nonces[key] = (now, payload)
        return payload

    def set_pinned(
        self, channel_id: int, message_id: int, pinned: bool, *, actor_id: int | None = None
    ) -> None:
        """Pin or unpin, remembering when; as on Discord the message is updated, not edited."""
        message = self.get_message(channel_id, message_id)
        if message.pinned == pinned:
            return
        super().set_pinned(channel_id, message_id, pinned, actor_id=actor_id)
        self.announce_message_update(message)
        if pinned:
            self.pinned_at.setdefault(message_id, self.now_iso())
        else:
            self.pinned_at.pop(message_id, None)

    def find_message(self, message_id: int) -> Message | None:
        """A message by its id, wherever it stands."""
        for stored in self.messages.values():
            if message_id in stored:
                return stored[message_id]
        return None

    # --- interactions ---

    def new_interaction(
        self, type: int, channel_id: int, user_id: int, guild_id: int | None
    ) -> Interaction:
        """As SimCord, with deadlines in real time (see `Pending`)."""
        record: Interaction = super().new_interaction(type, channel_id, user_id, guild_id)
        record.expires_at = None
        record.initial_response_deadline = None
        self.pending[record.id] = Pending()
        return record

    def interaction_by_token(self, token: str) -> Interaction:
        """The interaction of a token that still works: acknowledged, not older than 15 minutes."""
        record: Interaction = super().interaction_by_token(token)
        pending = self.pending[record.id]
        if not record.responded or time.monotonic() - pending.sent >= self.token_s:
            raise errors.unknown_webhook()
        return record

    def interaction_payload(self, payload: dict[str, Any]) -> dict[str, Any]:
        """An interaction as the gateway sends it: SimCord's payload with the real size limit."""
        return {**copy.deepcopy(payload), "attachment_size_limit": MAX_FILE}

    def user_json(self, user_id: int) -> dict[str, Any]:
        """A user as Discord sends it."""
        return dict(serializers.user_payload(self.get_user(user_id)))


class RateLimited(errors.BackendError):  # type: ignore[misc]
    """429: too many of these; try again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after = round(max(retry_after, 0.001), 3)
