"""The owner's config with its ids replaced by those of the sandbox's guild (R3).

Types, texts, limits and everything else stay; roles and categories that the sample guild lacks
are made in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from ogma.domain.policies import Settings
from ogma.settings.rewrite import with_value

_ID: Final = re.compile(r"\b[0-9]{1,20}\b")
Make = Callable[[str, str], str]
"""`make(kind, name)`: make a role or category in the guild, and give its id."""


def mapped(text: str, owner: Settings, sample: Settings, make: Make) -> str:
    """The config text for the sample guild."""
    for hook in owner.webhooks:  # nobody outside hears of a rehearsal
        text = with_value(text, f"webhooks.{hook.id}.enabled", "false")
    for tool in owner.tools:  # nor is anybody asked about made-up customers
        text = with_value(text, f"tools.{tool.id}.enabled", "false")
    ids = _ids(owner, sample, make)
    return _ID.sub(lambda found: ids.get(found[0], found[0]), text)


def _ids(owner: Settings, sample: Settings, make: Make) -> dict[str, str]:
    ids = {
        owner.discord.guild: str(sample.discord.guild),
        owner.channels.panel: str(sample.channels.panel),
        owner.channels.staff_review: str(sample.channels.staff_review),
        owner.channels.transcripts: str(sample.channels.transcripts),
    }
    if owner.channels.learned_tips and sample.channels.learned_tips:
        ids[owner.channels.learned_tips] = str(sample.channels.learned_tips)
    if owner.channels.alerts:
        ids[owner.channels.alerts] = str(sample.channels.staff_review)
    spare = [*sample.types[1].staff_roles] if len(sample.types) > 1 else []
    own = [role for kind in owner.types for role in kind.staff_roles]
    known = {*owner.roles.management, *owner.roles.staff}
    groups: tuple[tuple[Iterable[int], list[int]], ...] = (
        (owner.roles.management, [*sample.roles.management]),
        (owner.roles.staff, [*sample.roles.staff]),
        ([role for role in own if role not in known], spare),
        ([role for kind in owner.types for role in kind.open_roles], []),
        ([*owner.escalation.ping_roles, *owner.alerts.ping_roles], []),
    )
    for roles, there in groups:
        _match(ids, roles, there, lambda number: make("role", f"role-{number}"))
    categories = [kind.category for kind in sample.types]
    wanted = [kind.category for kind in owner.types]
    _match(ids, wanted, categories, lambda number: make("category", f"Category {number}"))
    return {str(old): new for old, new in ids.items()}


def _match(
    ids: dict[int, str], wanted: Iterable[int], there: list[int], make: Callable[[int], str]
) -> None:
    """Give each wanted id one that is there, and a new one when they run out."""
    for old in wanted:
        if old not in ids:
            ids[old] = str(there.pop(0)) if there else make(len(ids))
