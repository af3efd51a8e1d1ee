"""People by name, and what they do by hand: say, edit, delete, and see."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

from simcord.backend import errors
from simcord.backend.models import Channel, Message
from simcord.enums import ChannelType

from ogma.sandbox.call import form_error, too_long
from ogma.sandbox.permissions import BITS
from ogma.sandbox.rules import empty_message
from ogma.sandbox.world import World

MAX_CONTENT: Final = 2000
_DM: Final = "@me"
_LINK: Final = re.compile(r"https?://[^\s<>]+")


class People:
    """Finds whom and what a control call names, and acts for members."""

    def __init__(self, world: World) -> None:
        self._world = world

    # --- finding ---

    def member(self, named: Any) -> int:
        """The user id of a member by id or name; 10007 if there is none."""
        text = str(named or "").removeprefix("@")
        members = self._world.get_guild(self._world.guild_id).members
        for user_id in (*members, *self._world.users):
            if text in (str(user_id), self._world.users[user_id].name):
                return int(user_id)
        raise errors.BackendError(404, 10007, f"Unknown Member: {text!r}")

    def role(self, named: Any) -> int:
        """A role's id by id or name; 10011 if there is none."""
        text = str(named or "").removeprefix("@")
        guild = self._world.get_guild(self._world.guild_id)
        for role in guild.roles.values():
            if text in (str(role.id), role.name):
                return int(role.id)
        if text == "everyone":
            return int(guild.id)
        raise errors.BackendError(404, 10011, f"Unknown Role: {text!r}")

    def channel(self, named: Any, user_id: int | None = None) -> Channel:
        """A channel by id or unique name, `@me` being the member's DM; 10003 if there is none."""
        text = str(named or "").removeprefix("#")
        if text == _DM and user_id is not None:
            return self._world.get_dm_channel(user_id)
        if text.isdigit() and int(text) in self._world.channels:
            return self._world.channels[int(text)]
        found = [channel for channel in self._world.guild_channels() if channel.name == text]
        if len(found) > 1:
            raise form_error("channel", "AMBIGUOUS", f"{len(found)} channels are named {text!r}")
        if not found:
            raise errors.BackendError(404, 10003, f"Unknown Channel: {text!r}")
        return found[0]

    def message(self, named: Any) -> Message:
        """A message by id, or by text that only one message has; 10008 if there is none."""
        text = str(named or "")
        if text.isdigit():
            found = self._world.find_message(int(text))
            if found is not None:
                return found
        matching = [
            message
            for stored in self._world.messages.values()
            for message in stored.values()
            if text and text in _words(message)
        ]
        if len(matching) > 1:
            raise form_error("message", "AMBIGUOUS", f"{len(matching)} messages have {text!r}")
        if not matching:
            raise errors.BackendError(404, 10008, f"Unknown Message: {text!r}")
        return matching[0]

    # --- seeing ---

    def permissions(self, user_id: int, channel: Channel) -> int:
        """What a member may do in a channel; in a DM, all that a DM offers."""
        if channel.guild_id is None:
            return -1 if user_id in channel.recipient_ids else 0
        return self._world.compute_permissions(channel.guild_id, user_id, channel.id)

    def visible(self, user_id: int) -> list[Channel]:
        """The guild's channels that this member sees."""
        view = BITS["view_channel"]
        channels = self._world.guild_channels()
        return [c for c in channels if self.permissions(user_id, c) & view]

    def require(self, user_id: int, channel: Channel, *names: str) -> None:
        """50001 where the member does not see the channel, 50013 where they lack a permission."""
        granted = self.permissions(user_id, channel)
        if not granted & BITS["view_channel"]:
            raise errors.missing_access()
        if any(not granted & BITS[name] for name in names):
            raise errors.missing_permissions()

    # --- acting ---

    def say(self, fields: Mapping[str, Any]) -> Message:
        """Post a message as a member, refused as Discord would refuse it."""
        user_id = self.member(fields.get("as"))
        channel = self.channel(fields.get("channel"), user_id)
        files = read_files(fields.get("files"))
        content = str(fields.get("content") or "")
        if channel.type == ChannelType.CATEGORY:
            raise errors.BackendError(400, 50008, "Cannot send messages in a non-text channel")
        needed = ["send_messages"] + (["attach_files"] if files else [])
        reference = None
        if fields.get("reply_to") is not None:
            needed.append("read_message_history")
            target = self.message(fields["reply_to"])
            reference = {"message_id": str(target.id), "channel_id": str(channel.id)}
        self.require(user_id, channel, *needed)
        _check_content(content, empty=not files)
        attachments = self._world.store_attachments(channel.id, files)
        message = self._world.create_message(
            channel.id, user_id, content, attachments=attachments, reference=reference
        )
        self._unfurl(message)
        return message

    def _unfurl(self, message: Message) -> None:
        """Preview the first link, as Discord does a moment later with an update of the message.

        That update is no edit, which a bot has to tell apart.
        """
        link = _LINK.search(message.content)
        channel = self._world.get_channel(message.channel_id)
        granted = self.permissions(message.author_id, channel)
        if link is not None and granted & BITS["embed_links"]:
            message.embeds = [{"type": "link", "url": link.group()}]
            self._world.announce_message_update(message)

    def edit(self, fields: Mapping[str, Any]) -> Message:
        """Edit a member's own message."""
        user_id = self.member(fields.get("as"))
        message = self.message(fields.get("message"))
        self.require(user_id, self._world.get_channel(message.channel_id))
        if message.author_id != user_id:
            raise errors.cannot_edit_other_user()
        content = str(fields.get("content") or "")
        _check_content(content, empty=not message.attachments)
        return self._world.edit_message(message.channel_id, message.id, {"content": content})

    def delete(self, fields: Mapping[str, Any]) -> Message:
        """Delete a message: one's own, or any with Manage Messages."""
        user_id = self.member(fields.get("as"))
        message = self.message(fields.get("message"))
        channel = self._world.get_channel(message.channel_id)
        own = message.author_id == user_id
        if channel.guild_id is None and not own:
            raise errors.BackendError(403, 50003, "Cannot execute action on a DM channel")
        self.require(user_id, channel, *(() if own else ("manage_messages",)))
        self._world.delete_message(channel.id, message.id)
        return message


def _words(message: Message) -> str:
    """What a reader would know the message by: its text and the titles of its embeds."""
    titles = [str(embed.get("title") or "") for embed in message.embeds]
    return "\n".join([message.content, *titles])


def _check_content(content: str, *, empty: bool) -> None:
    if len(content) > MAX_CONTENT:
        raise too_long("content", MAX_CONTENT)
    if empty and not content.strip():
        raise empty_message()


def read_files(given: Any) -> list[tuple[str, bytes]]:
    """Files of a control call: `[{"name", "text"}]` or `[{"name", "base64"}]`."""
    files = []
    for item in given or []:
        if not isinstance(item, dict) or "name" not in item:
            raise form_error("files", "BASE_TYPE_REQUIRED", "A file has a name and text or base64.")
        if "base64" in item:
            try:
                data = base64.b64decode(item["base64"], validate=True)
            except binascii.Error as error:
                raise form_error("files", "BASE_TYPE_BAD", f"{item['name']}: {error}") from error
        else:
            data = str(item.get("text", item.get("content", ""))).encode()
        files.append((str(item["name"]), data))
    return files
