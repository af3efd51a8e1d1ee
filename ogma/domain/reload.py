"""What a changed config means for a bot that runs: what it can take over, what needs a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from ogma.domain.opening import MEMBER_BITS
from ogma.domain.policies import Settings

FIXED: Final = ("discord", "knowledge", "logging")
"""Tables that a running bot has used up: its connection, its embedding model, its log."""


@dataclass(frozen=True, slots=True)
class Change:
    """`settings` is what may be used now; `restart` names the keys that are not in it."""

    settings: Settings
    restart: tuple[str, ...]

    @property
    def other_server(self) -> bool:
        """Another server's ids are of no use while the bot is connected to this one."""
        return "discord.guild" in self.restart


def change(running: Settings, wanted: Settings) -> Change:
    """The wanted settings with the fixed tables as they are."""
    keys = []
    for table in FIXED:
        old, new = getattr(running, table), getattr(wanted, table)
        for key in type(old).model_fields:
            if getattr(old, key) != getattr(new, key):
                keys.append(f"{table}.{key}")
    fixed = {table: getattr(running, table) for table in FIXED}
    return Change(wanted.model_copy(update=fixed), tuple(keys))


def panel_differs(before: Settings, after: Settings) -> bool:
    """Whether the panel looks different, or stands elsewhere."""
    parts = ("panel", "types", "language", "texts")
    if before.channels.panel != after.channels.panel:
        return True
    return any(getattr(before, part) != getattr(after, part) for part in parts)


Overwrites = Sequence[Mapping[str, Any]]
"""A channel's permission overwrites as Discord's API gives them."""


def with_staff(
    overwrites: Overwrites, staff: AbstractSet[int], gone: AbstractSet[int]
) -> list[Mapping[str, Any]]:
    """The overwrites after a change of staff roles: those who are staff see the ticket.

    An overwrite that a staff role has already is left as it is, whoever made it.
    """
    kept = [one for one in overwrites if int(one["type"]) != 0 or int(one["id"]) not in gone]
    there = {int(one["id"]) for one in kept}
    new = [
        {"id": str(role), "type": 0, "allow": str(MEMBER_BITS), "deny": "0"}
        for role in sorted(staff - there)
    ]
    return [*kept, *new]
