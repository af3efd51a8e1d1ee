"""Who presses a button or runs a command, from the interaction itself, at this moment."""

from __future__ import annotations

import disnake

from ogma.bot.interactions import AnyInteraction
from ogma.bot.render.escape import plain
from ogma.domain.access import Actor, Denial
from ogma.domain.tickets import Ticket
from ogma.texts import Texts


def actor_of(interaction: AnyInteraction) -> Actor:
    """The acting member with the roles and channel permissions that Discord states now."""
    author = interaction.author
    held = author.roles if isinstance(author, disnake.Member) else []
    roles = frozenset(role.id for role in held)
    permissions = interaction.permissions.value if interaction.guild_id else 0
    return Actor(author.id, author.display_name, roles, permissions)


def denied(texts: Texts, why: Denial, ticket: Ticket | None = None) -> str:
    """The sentence for a denial, with the way out."""
    if why is Denial.NOT_YOURS:
        name = ticket.claimed_by_name if ticket else None
        return texts("denied.not_yours", staff=plain(name or "?"))
    return texts(f"denied.{why}")
