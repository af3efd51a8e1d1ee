"""Options of slash commands and values of select menus, as a member's client sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simcord.backend import errors, serializers
from simcord.backend.command_access import command_access
from simcord.backend.errors import OptionError
from simcord.backend.models import Channel
from simcord.enums import AppCommandType, ComponentType, OptionType
from simcord.interactions import nest_options, validate_option_value, walk_to_subcommand

from ogma.sandbox.call import form_error
from ogma.sandbox.people import People
from ogma.sandbox.world import World

_USERS: Final = "users"
_ROLES: Final = "roles"
_CHANNELS: Final = "channels"
_OPTION_GROUPS: Final = {
    OptionType.USER: (_USERS,),
    OptionType.ROLE: (_ROLES,),
    OptionType.CHANNEL: (_CHANNELS,),
    OptionType.MENTIONABLE: (_USERS, _ROLES),
}
_SELECT_GROUPS: Final = {
    ComponentType.USER_SELECT: (_USERS,),
    ComponentType.ROLE_SELECT: (_ROLES,),
    ComponentType.CHANNEL_SELECT: (_CHANNELS,),
    ComponentType.MENTIONABLE_SELECT: (_USERS, _ROLES),
}


def command_data(
    world: World,
    people: People,
    *,
    user_id: int,
    channel: Channel,
    named: str,
    given: Mapping[str, Any],
    force: bool,
    focused: str | None,
) -> dict[str, Any]:
    """The `data` of a command interaction.

    `named` may carry subcommands ("queue mine"). 10063 for an unknown command, 50013 where the
    member's client would not offer it (not with `force`), 50035 for options that do not fit.
    """
    name, *below = named.removeprefix("/").split()
    command = world.find_command(name, channel.guild_id, AppCommandType.CHAT_INPUT)
    if command is None:
        raise errors.BackendError(404, 10063, f"Unknown application command: {name!r}")
    access = command_access(world, command, user_id=user_id, channel_id=channel.id)
    if not access.allowed and not force:
        raise errors.missing_permissions()
    try:
        leaf, nesting = walk_to_subcommand(command, below)
    except errors.SetupError as error:
        raise form_error("name", "APPLICATION_COMMAND_INVALID", str(error)) from error
    built, resolved = _options(world, people, leaf, given, focused)
    data = {
        "id": command["id"],
        "name": command["name"],
        "type": command["type"],
        "options": nest_options(command, nesting, built),
    }
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    if resolved:
        data["resolved"] = resolved
    return data


def _options(
    world: World,
    people: People,
    leaf: Mapping[str, Any],
    given: Mapping[str, Any],
    focused: str | None,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    declared = {option["name"]: option for option in leaf.get("options") or []}
    for name in given:
        if name not in declared:
            raise form_error(name, "APPLICATION_COMMAND_OPTION_UNKNOWN", "No such option.")
    if focused is None:
        for name, option in declared.items():
            if option.get("required") and name not in given:
                raise form_error(name, "BASE_TYPE_REQUIRED", "This field is required")
    built, resolved = [], dict[str, Any]()
    for name, value in given.items():
        option = declared[name]
        groups = _OPTION_GROUPS.get(option["type"])
        entry = {"name": name, "type": option["type"], "value": value}
        if groups is not None:
            entry["value"] = _resolve(world, people, groups, value, resolved)
        elif name == focused:
            entry["focused"] = True
        else:
            _check_value(leaf["name"], option, value)
        built.append(entry)
    return built, resolved


def _check_value(command: str, option: dict[str, Any], value: Any) -> None:
    try:
        validate_option_value(command, option, value)
    except OptionError as error:
        raise form_error(option["name"], "BASE_TYPE_BAD", str(error)) from error


def chosen(
    world: World, people: People, component: Mapping[str, Any], given: Any
) -> tuple[list[str], dict[str, Any]]:
    """Values chosen in a menu or a group, and the objects behind them; raises 50035."""
    custom_id = component["custom_id"]
    wanted = [] if given is None else given if isinstance(given, list) else [given]
    resolved: dict[str, Any] = {}
    groups = _SELECT_GROUPS.get(component["type"])
    if groups is not None:
        values = [_resolve(world, people, groups, value, resolved) for value in wanted]
    else:
        values = [_option_value(component, str(value)) for value in wanted]
    least, most = _bounds(component)
    optional = component.get("required") is False and not values
    if not optional and not least <= len(values) <= most:
        raise form_error(
            custom_id, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
        )
    return values, resolved


def _bounds(component: Mapping[str, Any]) -> tuple[int, int]:
    least, most = component.get("min_values"), component.get("max_values")
    default = len(component.get("options") or []) if component["type"] == 22 else 1
    return (1 if least is None else least, default if most is None else most)


def _option_value(component: Mapping[str, Any], wanted: str) -> str:
    """An option by its value or by its label."""
    offered = component.get("options") or []
    for key in ("value", "label"):
        for option in offered:
            if option.get(key) == wanted:
                return str(option["value"])
    raise form_error(
        component["custom_id"], "COMPONENT_VALIDATION_FAILED", f"No option {wanted!r}."
    )


def _resolve(
    world: World, people: People, groups: tuple[str, ...], value: Any, resolved: dict[str, Any]
) -> str:
    """The id of a member, role or channel by id or name, with its object put in `resolved`."""
    failure: errors.BackendError | None = None
    for group in groups:
        try:
            return _GROUPS[group](world, people, value, resolved)
        except errors.BackendError as error:
            failure = error
    assert failure is not None
    raise failure


def _user(world: World, people: People, value: Any, resolved: dict[str, Any]) -> str:
    user_id = people.member(value)
    guild = world.get_guild(world.guild_id)
    resolved.setdefault("users", {})[str(user_id)] = world.user_json(user_id)
    if user_id in guild.members:
        payload = serializers.member_payload(world, guild, guild.members[user_id], with_user=False)
        permissions = world.compute_permissions(guild.id, user_id)
        member = {**payload, "permissions": str(permissions)}
        resolved.setdefault("members", {})[str(user_id)] = member
    return str(user_id)


def _role(world: World, people: People, value: Any, resolved: dict[str, Any]) -> str:
    role = world.get_role(world.guild_id, people.role(value))
    resolved.setdefault("roles", {})[str(role.id)] = dict(serializers.role_payload(role))
    return str(role.id)


def _channel(world: World, people: People, value: Any, resolved: dict[str, Any]) -> str:
    channel = people.channel(value)
    payload = dict(serializers.channel_payload(world, channel))
    payload["permissions"] = str(
        world.compute_permissions(world.guild_id, world.bot_user.id, channel.id)
    )
    resolved.setdefault("channels", {})[str(channel.id)] = payload
    return str(channel.id)


_GROUPS: Final = {_USERS: _user, _ROLES: _role, _CHANNELS: _channel}
