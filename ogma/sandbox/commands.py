"""Application commands: Discord's rules for them, and the single-command routes SimCord lacks."""

from __future__ import annotations

from typing import Any, Final

from simcord.backend import errors
from simcord.backend.ops.commands import COMMAND_FIELDS

from ogma.sandbox.call import Call, Created, Table, form_error
from ogma.sandbox.world import World

CHAT_INPUT: Final = 1
MAX_COMMANDS: Final = {1: 100, 2: 15, 3: 15}
"""By command type, in each scope."""
_SUBCOMMANDS: Final = (1, 2)
_MAX_OPTIONS: Final = 25
_MAX_SIZE: Final = 8000

Scope = int | None
"""A guild's id, or None for the global commands."""


def replace_all(call: Call) -> list[dict[str, Any]]:
    """PUT .../commands: the whole list at once."""
    if not isinstance(call.body, list):
        raise form_error("_", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    payloads = [_known_fields(payload) for payload in call.body]
    return _register(call.world, _scope(call), payloads)


def create(call: Call) -> Any:
    """POST .../commands: add one, or replace the one of the same name and type."""
    world, scope = call.world, _scope(call)
    payload = _known_fields(call.fields())
    key = _key(payload)
    others = [_known_fields(c) for k, c in world.commands.get(scope, {}).items() if k != key]
    existed = key in world.commands.get(scope, {})
    registered = _register(world, scope, [*others, payload])[-1]
    return registered if existed else Created(registered)


def edit(call: Call) -> dict[str, Any]:
    """PATCH .../commands/{command_id}: the id stays, also under a new name."""
    world, scope = call.world, _scope(call)
    command = _find(world, scope, call.int_arg("command_id"))
    changed = {**command, **_known_fields(call.fields()), "version": str(world.snowflake())}
    remaining = [c for c in world.commands[scope].values() if c is not command]
    check_list([*remaining, changed])
    world.commands[scope] = {_key(c): c for c in [*remaining, changed]}
    return changed


def delete(call: Call) -> None:
    """DELETE .../commands/{command_id}."""
    world, scope = call.world, _scope(call)
    command = _find(world, scope, call.int_arg("command_id"))
    del world.commands[scope][_key(command)]


def fetch(call: Call) -> dict[str, Any]:
    """GET .../commands/{command_id}."""
    return _find(call.world, _scope(call), call.int_arg("command_id"))


def all_permissions(call: Call) -> list[dict[str, Any]]:
    """GET .../commands/permissions: the overrides that an administrator has set."""
    guild_id = call.int_arg("guild_id")
    return [
        {
            "id": str(command_id),
            "application_id": str(call.world.application_id),
            "guild_id": str(guild_id),
            "permissions": permissions,
        }
        for (guild, command_id), permissions in call.world.command_permissions.items()
        if guild == guild_id
    ]


def check_list(payloads: list[dict[str, Any]]) -> None:
    """Refuse a scope's commands as a whole: number, duplicates, and each one by itself."""
    for kind, limit in MAX_COMMANDS.items():
        if sum(payload.get("type", CHAT_INPUT) == kind for payload in payloads) > limit:
            message = f"Maximum number of application commands reached ({limit})."
            raise errors.BackendError(400, 30032, message)
    seen = set()
    for index, payload in enumerate(payloads):
        _check(payload, str(index))
        if _key(payload) in seen:
            raise form_error(
                f"{index}.name",
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        seen.add(_key(payload))


def valid_name(name: object, kind: int = CHAT_INPUT) -> bool:
    """Whether Discord takes this name; a slash command's is lower-case letters, digits, -, _, '."""
    if not isinstance(name, str) or not 1 <= len(name) <= 32:
        return False
    if kind != CHAT_INPUT:
        return bool(name.strip())
    return name == name.lower() and all(c in "-_'" or c.isalnum() for c in name)


def _check(payload: dict[str, Any], path: str) -> None:
    kind = payload.get("type", CHAT_INPUT)
    if not valid_name(payload.get("name"), kind):
        raise form_error(
            f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"
        )
    if kind == CHAT_INPUT:
        _check_description(payload, path)
    _check_options(payload.get("options") or [], path)
    if _size(payload) > _MAX_SIZE:
        raise form_error(
            path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds {_MAX_SIZE} characters"
        )


def _check_description(payload: dict[str, Any], path: str) -> None:
    description = payload.get("description")
    if not isinstance(description, str) or not 1 <= len(description) <= 100:
        raise form_error(
            f"{path}.description",
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 100 in length.",
        )


def _check_options(options: list[dict[str, Any]], path: str) -> None:
    if len(options) > _MAX_OPTIONS:
        raise form_error(
            f"{path}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."
        )
    optional_seen = False
    for index, option in enumerate(options):
        place = f"{path}.options.{index}"
        if not valid_name(option.get("name")):
            raise form_error(
                f"{place}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"
            )
        _check_description(option, place)
        if len(option.get("choices") or []) > _MAX_OPTIONS:
            raise form_error(
                f"{place}.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."
            )
        if option.get("required") and optional_seen:
            raise form_error(
                place,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
        if option.get("type") in _SUBCOMMANDS:
            _check_options(option.get("options") or [], place)


def _size(node: dict[str, Any]) -> int:
    """Characters of names, descriptions and values, which Discord adds up."""
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description", "value"))
    below = [*(node.get("options") or []), *(node.get("choices") or [])]
    return own + sum(_size(child) for child in below)


def _register(world: World, scope: Scope, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    check_list(payloads)
    registered: list[dict[str, Any]] = world.register_commands(scope, payloads)
    for command in registered:
        command["version"] = str(world.snowflake())
        command.setdefault("nsfw", False)
    return registered


def _known_fields(payload: dict[str, Any]) -> dict[str, Any]:
    """What SimCord stores; `default_permission` and `nsfw` change nothing here."""
    return {
        key: value for key, value in payload.items() if key in COMMAND_FIELDS and value is not None
    }


def _key(payload: dict[str, Any]) -> tuple[str, int]:
    return (payload["name"], payload.get("type", CHAT_INPUT))


def _scope(call: Call) -> Scope:
    if call.int_arg("application_id") != call.world.application_id:
        raise errors.BackendError(403, 20012, "You are not authorized on this application")
    if "guild_id" not in call.args:
        return None
    guild_id = call.int_arg("guild_id")
    if guild_id not in call.world.guilds:
        raise errors.missing_access()
    return guild_id


def _find(world: World, scope: Scope, command_id: int) -> dict[str, Any]:
    for command in world.commands.get(scope, {}).values():
        if int(command["id"]) == command_id:
            found: dict[str, Any] = command
            return found
    raise errors.BackendError(404, 10063, "Unknown application command")


_GLOBAL: Final = "/applications/{application_id}/commands"
_GUILD: Final = "/applications/{application_id}/guilds/{guild_id}/commands"

TABLE: Final[Table] = {
    **{("PUT", path): replace_all for path in (_GLOBAL, _GUILD)},
    **{("POST", path): create for path in (_GLOBAL, _GUILD)},
    **{("GET", f"{path}/{{command_id}}"): fetch for path in (_GLOBAL, _GUILD)},
    **{("PATCH", f"{path}/{{command_id}}"): edit for path in (_GLOBAL, _GUILD)},
    **{("DELETE", f"{path}/{{command_id}}"): delete for path in (_GLOBAL, _GUILD)},
    ("GET", f"{_GUILD}/permissions"): all_permissions,
}
