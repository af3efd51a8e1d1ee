"""Effects that change who sees or writes in a ticket's channel (Q3, Q4, C2).

Whatever is changed for a while is kept first, in the database, so that the way back is exact even
when the bot dies between the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import disnake
from disnake.http import Route

from ogma.bot import failures
from ogma.bot.failures import GiveUp, Problem
from ogma.bot.render.audit import audit
from ogma.bot.render.ticket import topic
from ogma.domain.effects import Job, Kind
from ogma.domain.opening import BOT_BITS, MEMBER_BITS, marker
from ogma.domain.permissions import SEND_MESSAGES, VIEW_CHANNEL
from ogma.domain.reload import with_staff
from ogma.domain.tickets import State, Ticket
from ogma.services import lockdown, reload
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

Receipt = Mapping[str, Any]
Overwrites = Sequence[Mapping[str, Any]]
Overflow = Callable[[int, int], Awaitable[int]]
"""Of a server and a full category: the category that takes what does not fit."""

CLOSING = "closing"
_ROLE, _MEMBER = 0, 1


class AccessEffects:
    """Handlers of permission overwrites and names."""

    def __init__(self, bot: OgmaBot, app: App, overflow: Overflow) -> None:
        self._bot = bot
        self._app = app
        self._overflow = overflow

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {
            Kind.SET_MEMBER: self._set_member,
            Kind.SYNC_STAFF: self._sync_staff,
            Kind.RENAME_CHANNEL: self._rename,
            Kind.MOVE_CHANNEL: self._move,
            Kind.LOCKDOWN: self._lockdown,
            Kind.UNLOCK: self._unlock,
            Kind.LOCK_CHANNEL: self._lock_channel,
            Kind.REOPEN_CHANNEL: self._reopen_channel,
        }

    async def _ticket(self, job: Job) -> Ticket:
        assert job.ticket_id is not None
        return await self._app.read(Desk.ticket, job.ticket_id)

    def _type_label(self, ticket: Ticket) -> str:
        kind = self._app.settings.type_named(ticket.type_id)
        return kind.label if kind else ticket.type_id

    async def _set_member(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.channel_id is None or ticket.state is not State.OPEN:
            return {"skipped": str(ticket.state)}
        member = job.payload["member"]
        reason = audit(self._app.texts, "members", number=ticket.id)
        if job.payload["there"]:
            await self._let_in(ticket.channel_id, member, _MEMBER, reason)
        else:
            await self._bot.http.delete_channel_permissions(
                ticket.channel_id, member, reason=reason
            )
        return {}

    async def _sync_staff(self, job: Job) -> Receipt:
        """The roles that are staff now see the ticket (S5); what is locked gets it on its way back.

        A lockdown follows its management roles at once.
        """
        ticket = await self._ticket(job)
        gone = frozenset(job.payload["gone"])
        if ticket.state is State.CLOSING:
            await self._app.write(reload.change_kept_staff, ticket.id, CLOSING, gone)
        if ticket.channel_id is None or ticket.state is not State.OPEN:
            return {"skipped": str(ticket.state)}
        if ticket.locked:
            await self._app.write(reload.change_kept_staff, ticket.id, lockdown.PURPOSE, gone)
            return await self._lockdown(job)
        await self._change_staff(ticket, gone)
        return {}

    async def _change_staff(self, ticket: Ticket, gone: frozenset[int]) -> None:
        """Only the overwrites that differ are touched, so no other change is lost."""
        assert ticket.channel_id is not None
        staff = self._app.settings.staff_roles(ticket.type_id)
        raw: Mapping[str, Any] = await self._bot.http.get_channel(ticket.channel_id)
        before = {int(one["id"]): one for one in raw["permission_overwrites"]}
        after = {
            int(one["id"]): one for one in with_staff(list(before.values()), staff, gone - staff)
        }
        reason = audit(self._app.texts, "staff", number=ticket.id)
        for role in sorted(before.keys() - after.keys()):
            await self._bot.http.delete_channel_permissions(ticket.channel_id, role, reason=reason)
        for role in sorted(after.keys() - before.keys()):
            await self._let_in(ticket.channel_id, role, _ROLE, reason)

    async def _let_in(self, channel_id: int, target: int, kind: int, reason: str) -> None:
        """Let a role or member see and write.

        disnake's own call repeats the id in the body, which Discord's description lacks.
        """
        path = "/channels/{channel_id}/permissions/{overwrite}"
        route = Route("PUT", path, channel_id=channel_id, overwrite=target)
        body = {"type": kind, "allow": str(MEMBER_BITS), "deny": "0"}
        await self._bot.http.request(route, json=body, reason=reason)

    async def _rename(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.channel_id is None or ticket.state is not State.OPEN:
            return {"skipped": str(ticket.state)}
        if "name" not in job.payload:
            return await self._say_type(ticket)
        changed = await self._patch(ticket, {"name": job.payload["name"]}, "renamed")
        return {"name": changed["name"]}

    async def _say_type(self, ticket: Ticket) -> Receipt:
        """The topic names the type; Discord counts its changes among the renames."""
        label = self._type_label(ticket)
        line = topic(self._app.texts, ticket, label, marker(ticket.key))
        await self._patch(ticket, {"topic": line}, "transferred", type=label)
        return {}

    async def _move(self, job: Job) -> Receipt:
        """Category and staff of the ticket's type, in one request (Q3).

        Also while it is closing: the channel is not locked for that before this is done.
        """
        ticket = await self._ticket(job)
        kind = self._app.settings.type_named(ticket.type_id)
        if ticket.channel_id is None or kind is None:
            return {"skipped": str(ticket.state)}
        allowed = await self._after_move(ticket, frozenset(job.payload["gone"]))
        body = {"permission_overwrites": allowed, "parent_id": str(kind.category)}
        try:
            await self._patch(ticket, body, "transferred", type=kind.label)
        except disnake.HTTPException as error:
            if failures.outcome(error, Kind.MOVE_CHANNEL) != GiveUp(Problem.CATEGORY_FULL):
                raise
            place = await self._overflow(ticket.guild_id, kind.category)
            body["parent_id"] = str(place)
            await self._patch(ticket, body, "transferred", type=kind.label)
        return {}

    async def _after_move(self, ticket: Ticket, gone: frozenset[int]) -> list[dict[str, Any]]:
        """The overwrites with the staff of now; what is locked gets them on its way back."""
        assert ticket.channel_id is not None
        staff = self._app.settings.staff_roles(ticket.type_id)
        if ticket.locked:
            await self._app.write(reload.change_kept_staff, ticket.id, lockdown.PURPOSE, gone)
            before = await self._kept(ticket, lockdown.PURPOSE)
            managers = frozenset(self._app.settings.roles.management) | {ticket.guild_id}
            return locked_down(before, managers, self._bot.user.id)
        raw: Mapping[str, Any] = await self._bot.http.get_channel(ticket.channel_id)
        return [as_sent(one) for one in with_staff(raw["permission_overwrites"], staff, gone)]

    async def _lockdown(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        before = await self._kept(ticket, lockdown.PURPOSE)
        settings = self._app.settings
        allowed = frozenset(settings.roles.management) | {ticket.guild_id}
        locked = locked_down(before, allowed, self._bot.user.id)
        await self._patch(ticket, {"permission_overwrites": locked}, "locked")
        return {}

    async def _unlock(self, job: Job) -> Receipt:
        return await self._restore(job, lockdown.PURPOSE, "unlocked")

    async def _lock_channel(self, job: Job) -> Receipt:
        """Nobody but the bot may write: what is said after the archive would be lost."""
        ticket = await self._ticket(job)
        if ticket.channel_id is None:
            return {"skipped": "no channel"}
        before = await self._kept(ticket, CLOSING)
        locked = [read_only(one, self._bot.user.id) for one in before]
        await self._patch(ticket, {"permission_overwrites": locked}, "closed")
        return {}

    async def _reopen_channel(self, job: Job) -> Receipt:
        return await self._restore(job, CLOSING, "reopened")

    async def _restore(self, job: Job, purpose: str, why: str) -> Receipt:
        ticket = await self._ticket(job)
        before = await self._app.read(lockdown.kept_overwrites, ticket.id, purpose)
        if before is None or ticket.channel_id is None:
            return {"skipped": "nothing to restore"}
        exact = [as_sent(one) for one in before]
        await self._patch(ticket, {"permission_overwrites": exact}, why)
        return {}

    async def _kept(self, ticket: Ticket, purpose: str) -> Overwrites:
        """The overwrites before the change: those kept by an earlier attempt, else today's."""
        kept = await self._app.read(lockdown.kept_overwrites, ticket.id, purpose)
        if kept is not None:
            return kept
        assert ticket.channel_id is not None
        raw: Mapping[str, Any] = await self._bot.http.get_channel(ticket.channel_id)
        before = list(raw["permission_overwrites"])
        await self._app.write(lockdown.keep_overwrites, ticket.id, before, purpose)
        return before

    async def _patch(
        self, ticket: Ticket, body: Mapping[str, Any], why: str, **more: str
    ) -> Mapping[str, Any]:
        route = Route("PATCH", "/channels/{channel_id}", channel_id=ticket.channel_id)
        reason = audit(self._app.texts, why, number=ticket.id, **more)
        changed: Mapping[str, Any] = await self._bot.http.request(route, json=body, reason=reason)
        return changed


def as_sent(overwrite: Mapping[str, Any], *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    """An overwrite as Discord's API takes it; `allow` and `deny` move bits to that side."""
    allowed = (int(overwrite["allow"]) | allow) & ~deny
    denied = (int(overwrite["deny"]) | deny) & ~allow
    return {
        "id": str(overwrite["id"]),
        "type": int(overwrite["type"]),
        "allow": str(allowed),
        "deny": str(denied),
    }


def read_only(overwrite: Mapping[str, Any], bot_id: int) -> dict[str, Any]:
    """An overwrite that no longer lets anybody but the bot write."""
    return as_sent(overwrite, deny=0 if int(overwrite["id"]) == bot_id else SEND_MESSAGES)


def locked_down(
    before: Overwrites, allowed_roles: frozenset[int], bot_id: int
) -> list[dict[str, Any]]:
    """Overwrites in lockdown: roles but management's lose sight; members and the bot keep it."""
    locked = []
    for one in before:
        is_role = int(one["type"]) == 0
        shut_out = is_role and int(one["id"]) not in allowed_roles
        locked.append(as_sent(one, deny=VIEW_CHANNEL if shut_out else 0))
    present = {int(one["id"]) for one in before}
    for role in sorted(allowed_roles - present):
        own = {"id": role, "type": 0, "allow": MEMBER_BITS, "deny": 0}
        locked.append(as_sent(own))
    if bot_id not in present:
        locked.append(as_sent({"id": bot_id, "type": 1, "allow": BOT_BITS, "deny": 0}))
    return locked
