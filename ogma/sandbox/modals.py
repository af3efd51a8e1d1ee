"""What a member's client sends for a filled-in modal, checked as that client checks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simcord.backend.errors import BackendError
from simcord.enums import SELECT_TYPES, ComponentType

from ogma.sandbox import options
from ogma.sandbox.call import form_error
from ogma.sandbox.people import People, read_files
from ogma.sandbox.world import World

_CHOICES: Final = (ComponentType.RADIO_GROUP, ComponentType.CHECKBOX_GROUP)


def submitted(
    world: World,
    people: People,
    modal: Mapping[str, Any],
    values: Mapping[str, Any],
    channel_id: int,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The submitted components and the objects that they refer to; raises 50035."""
    known = {control["custom_id"] for control in controls(modal["components"])}
    for custom_id in values:
        if custom_id not in known:
            raise form_error(custom_id, "COMPONENT_VALIDATION_FAILED", "No such field.")
    resolved: dict[str, Any] = {}
    form = _Form(world, people, values, channel_id, resolved)
    return [form.node(node) for node in modal["components"]], resolved


def controls(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a modal without the rows and labels around them."""
    found = []
    for node in nodes:
        if node["type"] == ComponentType.ACTION_ROW:
            found += controls(node["components"])
        elif node["type"] == ComponentType.LABEL:
            found.append(node["component"])
        elif node["type"] != ComponentType.TEXT_DISPLAY:
            found.append(node)
    return found


class _Form:
    def __init__(
        self,
        world: World,
        people: People,
        values: Mapping[str, Any],
        channel_id: int,
        resolved: dict[str, Any],
    ) -> None:
        self._world = world
        self._people = people
        self._values = values
        self._channel_id = channel_id
        self._resolved = resolved

    def node(self, node: dict[str, Any]) -> dict[str, Any]:
        """One component as it is submitted, with what is inside it."""
        kind, number = node["type"], node.get("id", 0)
        if kind == ComponentType.ACTION_ROW:
            inside = [self.node(child) for child in node["components"]]
            return {"type": kind, "id": number, "components": inside}
        if kind == ComponentType.LABEL:
            return {"type": kind, "id": number, "component": self.node(node["component"])}
        if kind == ComponentType.TEXT_DISPLAY:
            return {"type": kind, "id": number}
        return {"type": kind, "id": number, "custom_id": node["custom_id"], **self._value(node)}

    def _value(self, node: dict[str, Any]) -> dict[str, Any]:
        kind, custom_id = node["type"], node["custom_id"]
        given = self._values.get(custom_id)
        if kind == ComponentType.TEXT_INPUT:
            return {"value": _text(node, "" if given is None else str(given))}
        if kind == ComponentType.CHECKBOX:
            return {"value": bool(given)}
        if kind == ComponentType.FILE_UPLOAD:
            return {"values": self._upload(node, given)}
        chosen, resolved = options.chosen(self._world, self._people, node, given)
        for group, objects in resolved.items():
            self._resolved.setdefault(group, {}).update(objects)
        if kind == ComponentType.RADIO_GROUP:
            return {"value": chosen[0] if chosen else None}
        if kind in SELECT_TYPES or kind in _CHOICES:
            return {"values": chosen}
        raise form_error(custom_id, "COMPONENT_VALIDATION_FAILED", f"Type {kind} is unknown.")

    def _upload(self, node: dict[str, Any], given: Any) -> list[str]:
        files = read_files(given)
        if not files and node.get("required", True):
            raise _required(node["custom_id"])
        stored = self._world.store_attachments(self._channel_id, files)
        for attachment in stored:
            self._resolved.setdefault("attachments", {})[attachment["id"]] = attachment
        return [attachment["id"] for attachment in stored]


def _text(node: dict[str, Any], text: str) -> str:
    required = node.get("required", True)
    if required and not text.strip():
        raise _required(node["custom_id"])
    least, most = node.get("min_length") or 0, node.get("max_length") or 4000
    if (text or required) and not least <= len(text) <= most:
        raise form_error(
            node["custom_id"],
            "BASE_TYPE_BAD_LENGTH",
            f"Must be between {least} and {most} in length.",
        )
    return text


def _required(custom_id: str) -> BackendError:
    return form_error(custom_id, "BASE_TYPE_REQUIRED", "This field is required")
