"""What an administrator does by hand, behind the bot's back: `POST /control/admin`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from ogma.sandbox.call import form_error
from ogma.sandbox.intents import MEMBERS, MESSAGE_CONTENT, PRESENCES
from ogma.sandbox.people import People
from ogma.sandbox.permissions import parse
from ogma.sandbox.world import World

Fields = Mapping[str, Any]
_KINDS = {"text": ChannelType.TEXT, "category": ChannelType.CATEGORY}
_INTENTS = {"members": MEMBERS, "presences": PRESENCES, "message_content": MESSAGE_CONTENT}


class Admin:
    """The acts, by the name in the call's `do`."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        self._acts: dict[str, Callable[[Fields], dict[str, Any] | None]] = {
            "create_channel": self._create_channel,
            "delete_channel": self._delete_channel,
            "edit_channel": self._edit_channel,
            "create_role": self._create_role,
            "delete_role": self._delete_role,
            "delete_message": self._delete_message,
            "set_overwrite": self._set_overwrite,
            "kick": self._kick,
            "ban": self._ban,
            "close_dms": self._close_dms,
            "open_dms": self._open_dms,
            "add_member": self._add_member,
            "give_role": self._give_role,
            "take_role": self._take_role,
            "set_bot_permissions": self._set_bot_permissions,
            "set_intents": self._set_intents,
        }

    def act(self, fields: Fields) -> dict[str, Any]:
        """Do it; raises 50035 for an act that does not exist."""
        name = str(fields.get("do"))
        if name not in self._acts:
            known = ", ".join(sorted(self._acts))
            raise form_error("do", "BASE_TYPE_CHOICES", f"{name!r} is not one of: {known}.")
        return {"do": name, **(self._acts[name](fields) or {})}

    # --- channels and messages ---

    def _create_channel(self, fields: Fields) -> dict[str, Any]:
        """`name`, `type` text or category, `parent`, and `count` of them."""
        kind = _KINDS[str(fields.get("type", "text"))]
        parent = fields.get("parent")
        more = {} if parent is None else {"parent_id": self._people.channel(parent).id}
        count = int(fields.get("count", 1))
        made = [
            self._world.create_channel(self._world.guild_id, str(fields["name"]), type=kind, **more)
            for _ in range(count)
        ]
        return {"channels": [str(channel.id) for channel in made]}

    def _delete_channel(self, fields: Fields) -> None:
        self._world.delete_channel(self._people.channel(fields.get("channel")).id)

    def _edit_channel(self, fields: Fields) -> None:
        """`name`, `topic` or `parent`."""
        channel = self._people.channel(fields.get("channel"))
        changes = {key: fields[key] for key in ("name", "topic") if key in fields}
        if fields.get("parent") is not None:
            changes["parent_id"] = self._people.channel(fields["parent"]).id
        self._world.edit_channel(channel.id, changes)

    def _delete_message(self, fields: Fields) -> None:
        message = self._people.message(fields.get("message"))
        self._world.delete_message(message.channel_id, message.id)

    def _set_overwrite(self, fields: Fields) -> None:
        """`channel`, `role` or a member, `allow`, `deny`; or `remove`."""
        channel = self._people.channel(fields.get("channel"))
        if fields.get("role") is not None:
            target, kind = self._people.role(fields["role"]), OverwriteType.ROLE
        else:
            target, kind = self._user(fields), OverwriteType.MEMBER
        if fields.get("remove"):
            self._world.delete_overwrite(channel.id, target)
            return
        allow, deny = _bits(fields, "allow"), _bits(fields, "deny")
        self._world.set_overwrite(channel.id, Overwrite(target, kind, allow, deny))

    # --- people and roles ---

    def _user(self, fields: Fields) -> int:
        named = next((fields[k] for k in ("as", "member", "user") if fields.get(k)), None)
        return self._people.member(named)

    def _kick(self, fields: Fields) -> None:
        self._world.remove_member(self._world.guild_id, self._user(fields))

    def _ban(self, fields: Fields) -> None:
        self._world.apply_ban(self._world.guild_id, self._user(fields), fields.get("reason"))

    def _close_dms(self, fields: Fields) -> None:
        self._world.closed_dms.add(self._user(fields))

    def _open_dms(self, fields: Fields) -> None:
        self._world.closed_dms.discard(self._user(fields))

    def _add_member(self, fields: Fields) -> dict[str, Any]:
        """A new person `name`, or one who left, with `roles`."""
        name = str(next(fields[k] for k in ("name", "as", "member", "user") if fields.get(k)))
        roles = [self._people.role(role) for role in fields.get("roles") or []]
        known = next((u for u in self._world.users.values() if u.name == name), None)
        user = known or self._world.make_user(name)
        self._world.add_member(self._world.guild_id, user.id, roles=roles, announce=True)
        return {"id": str(user.id)}

    def _create_role(self, fields: Fields) -> dict[str, Any]:
        role = self._world.create_role(
            self._world.guild_id, str(fields["name"]), permissions=_bits(fields, "permissions")
        )
        return {"id": str(role.id)}

    def _delete_role(self, fields: Fields) -> None:
        self._world.delete_role(self._world.guild_id, self._people.role(fields.get("role")))

    def _give_role(self, fields: Fields) -> None:
        role = self._people.role(fields.get("role"))
        self._world.add_member_role(self._world.guild_id, self._user(fields), role)

    def _take_role(self, fields: Fields) -> None:
        role = self._people.role(fields.get("role"))
        self._world.remove_member_role(self._world.guild_id, self._user(fields), role)

    # --- the bot ---

    def _set_bot_permissions(self, fields: Fields) -> None:
        """`permissions`, a number or names: what the bot's own role gives in the guild."""
        guild = self._world.get_guild(self._world.guild_id)
        role = next(role for role in guild.roles.values() if role.managed)
        permissions = _bits(fields, "permissions")
        self._world.edit_role(guild.id, role.id, {"permissions": permissions})

    def _set_intents(self, fields: Fields) -> None:
        """`approved`: names of the privileged intents that the portal has switched on."""
        names = [str(name) for name in fields.get("approved") or []]
        unknown = [name for name in names if name not in _INTENTS]
        if unknown:
            raise form_error("approved", "BASE_TYPE_CHOICES", f"{unknown[0]!r} is no such intent.")
        self._world.approved_intents = sum(_INTENTS[name] for name in set(names))


def _bits(fields: Fields, key: str) -> int:
    try:
        return parse(fields.get(key, 0))
    except ValueError as error:
        raise form_error(key, "BASE_TYPE_BAD", str(error)) from error
