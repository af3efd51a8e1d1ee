"""What webhooks and tools have in common: a key, a server that may be asked, a signed request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ogma import __version__
from ogma.domain.clock import SECOND, Millis
from ogma.domain.policies import Settings
from ogma.domain.webhooks import SIGNATURE, signature
from ogma.errors import ConfigError
from ogma.net.guard import Guard
from ogma.net.places import Place
from ogma.settings.secret_files import load_secret
from ogma.settings.token import Secret

WEBHOOK: Final = "webhook"
TOOL: Final = "tool"


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys of signatures are: in the environment and the data folder."""

    data: Path
    environ: Mapping[str, str]

    def of(self, kind: str, name: str, secret_file: str) -> Secret:
        """The key of the webhook or tool with this id. Raises ConfigError."""
        path = self.data / Path(secret_file or f"{kind}-{name}.secret").expanduser()
        variable = f"OGMA_{kind.upper()}_{name.upper().replace('-', '_')}"
        return load_secret(f"the {kind} {name}", path, variable, self.environ)


def guarded(settings: Settings, what: str, url: str) -> tuple[Guard, Place]:
    """The guard to ask through, and where the URL leads. Raises Refused, ConfigError."""
    guard = Guard(settings.network.internal_hosts)
    return guard, allowed(guard, what, url)


def allowed(guard: Guard, what: str, url: str) -> Place:
    """Where the URL leads; looks nothing up. Raises Refused, ConfigError."""
    place = guard.check(url)
    if place.scheme != "https" and not guard.is_internal(place):
        raise ConfigError(
            f"The {what} is not encrypted; use https, or name the host in"
            " network.internal_hosts if it is your own."
        )
    return place


def headers(key: Secret, content: bytes, now: Millis) -> dict[str, str]:
    """The headers by which a receiver knows that it was us."""
    return {
        "Content-Type": "application/json",
        "User-Agent": f"ogma/{__version__}",
        SIGNATURE: signature(key.reveal(), content, now // SECOND),
    }
