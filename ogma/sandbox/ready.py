"""The line that the server prints when it listens. Light to import: whoever starts it reads it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Ready:
    """The line that the server prints when it listens."""

    api: str
    gateway: str
    control: str
    token: str
    guild: str
    config: str

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))
