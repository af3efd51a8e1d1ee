"""One request of the bot, as the route handlers see it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Channel
from simcord.http import dispatch

from ogma.sandbox.world import World


@dataclass
class Upload:
    """A file of a multipart request, in the shape that SimCord reads."""

    filename: str
    fp: io.BytesIO
    size: int
    description: str | None = None


@dataclass(frozen=True)
class Created:
    """A payload that is answered with 201 instead of 200."""

    payload: Any


@dataclass
class Call:
    """Method, path below /api/v10, path arguments, query, body and files of a request."""

    world: World
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    files: list[Upload]
    reason: str | None = None
    args: dict[str, str] = field(default_factory=dict)

    def int_arg(self, name: str) -> int:
        """A path argument that must be a snowflake; raises 50035 as Discord does."""
        text = self.args[name]
        if not text.isdigit():
            raise form_error(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return int(text)

    def fields(self) -> dict[str, Any]:
        """The body, where it must be a JSON object."""
        return self.body if isinstance(self.body, dict) else {}

    def channel(self) -> Channel:
        """The channel that the path names; raises 10003."""
        return self.world.get_channel(self.int_arg("channel_id"))

    def forward(self, body: Any = None) -> Any:
        """Let SimCord's own route do the work, with another body if one is given."""
        try:
            return dispatch(
                self.world,
                self.method,
                self.path,
                json=self.body if body is None else body,
                params=dict(self.query),
                files=self.files,
                reason=self.reason,
            )
        except SetupError as error:
            raise BackendError(400, 50035, f"Invalid Form Body: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            # SimCord reads bodies without checking them; Discord answers a bad one with 50035.
            raise BackendError(400, 50035, f"Invalid Form Body: {error!r}") from error
        finally:
            self.world.http_requests.clear()


Handler = Callable[[Call], Any]
Table = Mapping[tuple[str, str], Handler]


class Routes:
    """Handlers by method and path template; the template with most literal parts wins."""

    def __init__(self, *tables: Table) -> None:
        self._routes = [
            (method, template.strip("/").split("/"), handler)
            for table in tables
            for (method, template), handler in table.items()
        ]

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
        """The handler of this request with its path arguments, or None."""
        parts = path.strip("/").split("/")
        best: tuple[int, Handler, dict[str, str]] | None = None
        for wanted, template, handler in self._routes:
            if wanted != method or len(template) != len(parts):
                continue
            args = match_template(template, parts)
            if args is None:
                continue
            literal = len(template) - len(args)
            if best is None or literal > best[0]:
                best = (literal, handler, args)
        return None if best is None else (best[1], best[2])


def match_template(template: list[str], parts: list[str]) -> dict[str, str] | None:
    """Path arguments if the parts fit the template, else None."""
    args: dict[str, str] = {}
    for pattern, part in zip(template, parts, strict=True):
        if pattern.startswith("{"):
            args[pattern[1:-1]] = part
        elif pattern != part:
            return None
    return args


def form_error(path: str, code: str, message: str) -> BackendError:
    """50035 with Discord's nested `errors` object; `path` is dotted, as in `embeds.0.title`."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".")):
        errors = {part: errors}
    return BackendError(400, 50035, "Invalid Form Body", errors=errors)


def too_long(path: str, limit: int) -> BackendError:
    """50035 for a text over its limit."""
    return form_error(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
