"""Ask Discord over plain HTTP what the bot is and what its server looks like.

No gateway session is opened, so this may run beside the bot.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from ogma import __version__
from ogma.domain.clock import Millis, from_datetime
from ogma.domain.opening import Overwrite
from ogma.domain.permissions import invite_link
from ogma.domain.readiness import Channel, Role, Server
from ogma.errors import ConfigError, OgmaError, Unreachable
from ogma.settings.token import Secret, application_id

DISCORD: Final = "https://discord.com"
API_PATH: Final = "/api/v10"
TIMEOUT_S: Final = 15.0


def look_at(
    guild: int, token: Secret, now: Callable[[], Millis], *, api: str | None = None
) -> Server:
    """The server as the bot sees it. `api` is another server's base URL.

    Raises ConfigError for a refused token, OgmaError where the bot is not on the server,
    Unreachable where Discord does not answer.
    """
    base = (api or DISCORD).rstrip("/")
    headers = {
        "Authorization": f"Bot {token.reveal()}",
        "User-Agent": f"DiscordBot (ogma, {__version__})",
    }
    with httpx.Client(
        base_url=base if base.endswith(API_PATH) else base + API_PATH,
        headers=headers,
        timeout=TIMEOUT_S,
        trust_env=False,
    ) as client:
        user, ahead = _get(client, "/users/@me", now)
        application, _ = _get(client, "/applications/@me", now)
        try:
            found, _ = _get(client, f"/guilds/{guild}", now)
        except _Absent as absent:
            link = invite_link(application_id(token) or int(application["id"]))
            raise OgmaError(
                f"The bot is not on the server {guild}; invite it with {link}"
            ) from absent
        channels, _ = _get(client, f"/guilds/{guild}/channels", now)
        member, _ = _get(client, f"/guilds/{guild}/members/{user['id']}", now)
    return _server(found, user, application, member, channels, ahead)


class _Absent(OgmaError):
    """Discord knows no such thing, or does not show it to this bot."""


def _get(client: httpx.Client, path: str, now: Callable[[], Millis]) -> tuple[Any, Millis]:
    """The answer, and how far the local clock is ahead of the `Date` that came with it."""
    try:
        answer = client.get(path)
        answer.raise_for_status()
        document = answer.json()
    except httpx.HTTPStatusError as refused:
        raise _refusal(refused.response, client.base_url) from refused
    except (httpx.HTTPError, ValueError) as failed:
        raise Unreachable(
            f"{client.base_url.host} cannot be reached ({str(failed) or type(failed).__name__});"
            " check this machine's network."
        ) from failed
    stamp = answer.headers.get("Date")
    return document, now() - from_datetime(parsedate_to_datetime(stamp)) if stamp else 0


def _refusal(answer: httpx.Response, base: httpx.URL) -> OgmaError:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return ConfigError(
            "Discord refuses the token; make a new one in the developer portal (Bot, Reset Token)"
            " and store it with 'ogma init --token-only --force'."
        )
    if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}:
        return _Absent(f"Discord does not show {answer.url.path} to this bot.")
    return Unreachable(
        f"{base.host} answers with status {answer.status_code}; try again in a few minutes."
    )


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
    return Channel(channel["name"], channel["type"], int(parent) if parent else None, overwrites)
