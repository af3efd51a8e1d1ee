"""Clicks, choices, modals and slash commands of members, sent to the bot as interactions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from simcord.backend import errors, serializers
from simcord.backend.models import Channel, Interaction, Message
from simcord.components import walk_components
from simcord.enums import ComponentType, InteractionType
from simcord.interactions import base_payload

from ogma.sandbox import options
from ogma.sandbox.call import form_error
from ogma.sandbox.modals import submitted
from ogma.sandbox.people import People
from ogma.sandbox.world import World

_CLICKABLE: Final = (ComponentType.BUTTON,)
_SELECTS: Final = (
    ComponentType.STRING_SELECT,
    ComponentType.USER_SELECT,
    ComponentType.ROLE_SELECT,
    ComponentType.MENTIONABLE_SELECT,
    ComponentType.CHANNEL_SELECT,
)
_LINK: Final = 5


class Interactions:
    """Sends what members do with the bot's components and commands."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people

    def click(self, fields: Mapping[str, Any]) -> Interaction:
        """Press a button."""
        user_id = self._people.member(fields.get("as"))
        message, component = self._component(user_id, fields, _CLICKABLE)
        if component.get("style") == _LINK:
            raise form_error("custom_id", "COMPONENT_VALIDATION_FAILED", "A link sends nothing.")
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component.get("id", 0),
        }
        return self._send_component(user_id, message, data)

    def select(self, fields: Mapping[str, Any]) -> Interaction:
        """Choose values in a select menu."""
        user_id = self._people.member(fields.get("as"))
        message, component = self._component(user_id, fields, _SELECTS)
        values, resolved = options.chosen(
            self._world, self._people, component, fields.get("values")
        )
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component.get("id", 0),
            "values": values,
            **({"resolved": resolved} if resolved else {}),
        }
        return self._send_component(user_id, message, data)

    def modal(self, fields: Mapping[str, Any]) -> Interaction:
        """Submit the modal that an interaction was answered with."""
        user_id = self._people.member(fields.get("as"))
        number = str(fields.get("interaction") or "")
        opened = self._world.interactions.get(int(number)) if number.isdigit() else None
        if opened is None or opened.user_id != user_id or opened.modal is None:
            raise errors.unknown_interaction()
        if opened.modal_consumed:
            raise form_error("interaction", "MODAL_SUBMITTED", "This modal was submitted already.")
        values = fields.get("values") or {}
        components, resolved = submitted(
            self._world, self._people, opened.modal, values, opened.channel_id
        )
        opened.modal_consumed = True
        data = {"custom_id": opened.modal["custom_id"], "components": components}
        if resolved:
            data["resolved"] = resolved
        return self._send(
            InteractionType.MODAL_SUBMIT,
            self._world.get_channel(opened.channel_id),
            user_id,
            data,
            source=self._source(opened),
        )

    def command(self, fields: Mapping[str, Any]) -> Interaction:
        """Use a slash command; `force` sends it although the client would not offer it."""
        return self._use_command(fields, InteractionType.APPLICATION_COMMAND)

    def autocomplete(self, fields: Mapping[str, Any]) -> Interaction:
        """Type in an option that completes itself (`focused`, else the last one given)."""
        return self._use_command(fields, InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE)

    def _use_command(self, fields: Mapping[str, Any], kind: InteractionType) -> Interaction:
        user_id = self._people.member(fields.get("as"))
        channel = self._people.channel(fields.get("channel"), user_id)
        focused = None
        given = dict(fields.get("options") or {})
        if kind == InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE:
            focused = str(fields.get("focused") or next(reversed(given), ""))
        self._people.require(user_id, channel)
        data = options.command_data(
            self._world,
            self._people,
            user_id=user_id,
            channel=channel,
            named=str(fields.get("name") or ""),
            given=given,
            force=bool(fields.get("force")),
            focused=focused,
        )
        return self._send(kind, channel, user_id, data)

    def _component(
        self, user_id: int, fields: Mapping[str, Any], kinds: tuple[int, ...]
    ) -> tuple[Message, dict[str, Any]]:
        """The message and the component that the member acts on."""
        wanted = str(fields.get("custom_id") or fields.get("label") or "")
        if fields.get("message") is not None:
            candidates = [self._people.message(fields["message"])]
        else:
            candidates = self._seen(user_id, fields.get("channel"))
        for message in candidates:
            channel = self._world.get_channel(message.channel_id)
            self._people.require(user_id, channel, "read_message_history")
            if not message.visible_to(user_id):
                raise errors.unknown_message()
            for component in walk_components(message.components):
                if component.get("type") in kinds and _named(component, wanted):
                    if component.get("disabled"):
                        raise form_error(
                            "custom_id", "COMPONENT_VALIDATION_FAILED", "It is disabled."
                        )
                    return message, component
        raise form_error(
            "custom_id", "COMPONENT_VALIDATION_FAILED", f"Component {wanted!r} not found."
        )

    def _seen(self, user_id: int, named: Any) -> list[Message]:
        """Messages that the member can act on, newest first."""
        if named is not None:
            channels = [self._people.channel(named, user_id)]
        else:
            channels = [*self._people.visible(user_id), self._world.get_dm_channel(user_id)]
        found = [
            message
            for channel in channels
            for message in self._world.messages[channel.id].values()
            if message.visible_to(user_id)
        ]
        return sorted(found, key=lambda message: message.id, reverse=True)

    def _source(self, opened: Interaction) -> Message | None:
        if opened.source_message_id is None:
            return None
        return self._world.messages.get(opened.channel_id, {}).get(opened.source_message_id)

    def _send_component(self, user_id: int, message: Message, data: dict[str, Any]) -> Interaction:
        channel = self._world.get_channel(message.channel_id)
        return self._send(InteractionType.MESSAGE_COMPONENT, channel, user_id, data, source=message)

    def _send(
        self,
        kind: InteractionType,
        channel: Channel,
        user_id: int,
        data: dict[str, Any],
        *,
        source: Message | None = None,
    ) -> Interaction:
        record, payload = base_payload(
            self._world,
            type=kind,
            channel_id=channel.id,
            guild_id=channel.guild_id,
            user_id=user_id,
            data=data,
        )
        if source is not None:
            record.source_message_id = source.id
            payload["message"] = dict(serializers.message_payload(self._world, source))
        self._world.emit("INTERACTION_CREATE", self._world.interaction_payload(payload))
        return record

    async def acknowledged(self, record: Interaction, until: float) -> bool | None:
        """Wait for the acknowledgement: True, False after 3 s without one, None if time is over."""
        pending = self._world.pending[record.id]
        deadline = pending.sent + self._world.ack_s
        rest = max(0.0, min(deadline, until) - time.monotonic())
        try:
            await asyncio.wait_for(pending.acknowledged.wait(), rest)
        except TimeoutError:
            return False if time.monotonic() >= deadline else None
        return True


def _named(component: Mapping[str, Any], wanted: str) -> bool:
    """By custom_id, by a custom_id with `*`, or by what is written on the button."""
    custom_id = str(component.get("custom_id") or "")
    return bool(wanted) and (
        wanted in (custom_id, component.get("label")) or fnmatchcase(custom_id, wanted)
    )
