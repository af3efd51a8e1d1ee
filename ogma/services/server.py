"""Ask Discord over plain HTTP what the bot is and what its server looks like.

No gateway session is opened, so this may run beside the bot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.permissions import Overwrite, invite_link
from ogma.domain.readiness import Channel, Role, Server
from ogma.errors import OgmaError
from ogma.services.rest import Refused, Rest, connect
from ogma.settings.token import Secret, application_id


def look_at(
    guild: int, token: Secret, now: Callable[[], Millis], *, api: str | None = None
) -> Server:
    """The server as the bot sees it. `api` is another server's base URL.

    Raises ConfigError for a refused token, OgmaError where the bot is not on the server,
    Unreachable where Discord does not answer.
    """
    with connect(token, now, api=api) as rest:
        return look(rest, guild, token)


def look(rest: Rest, guild: int, token: Secret) -> Server:
    """The server, over a connection that is there. Raises as `look_at` does."""
    user = rest.get("/users/@me")
    application = rest.get("/applications/@me")
    try:
        found = rest.get(f"/guilds/{guild}")
        ahead = rest.clock_ahead
    except Refused as absent:
        link = invite_link(application_id(token) or int(application["id"]))
        raise OgmaError(f"The bot is not on the server {guild}; invite it with {link}") from absent
    channels = rest.get(f"/guilds/{guild}/channels")
    member = rest.get(f"/guilds/{guild}/members/{user['id']}")
    return _server(found, user, application, member, channels, ahead)


def _server(
    guild: Any, user: Any, application: Any, member: Any, channels: Any, ahead: Millis
) -> Server:
    return Server(
        id=int(guild["id"]),
        name=guild["name"],
        bot=int(user["id"]),
        application=int(application["id"]),
        flags=application.get("flags", 0),
        bot_roles=tuple(int(role) for role in member["roles"]),
        roles={
            int(role["id"]): Role(role["name"], int(role["permissions"]), role["mentionable"])
            for role in guild["roles"]
        },
        channels={int(channel["id"]): _channel(channel) for channel in channels},
        clock_ahead=ahead,
    )


def _channel(channel: Any) -> Channel:
    overwrites = tuple(
        Overwrite(int(one["id"]), int(one["type"]) == 0, int(one["allow"]), int(one["deny"]))
        for one in channel.get("permission_overwrites", ())
    )
    parent = channel.get("parent_id")
    return Channel(
        channel["name"],
        channel["type"],
        int(parent) if parent else None,
        overwrites,
        channel.get("topic") or "",
    )
