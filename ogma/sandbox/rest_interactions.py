"""Answers to interactions: within 3 s, once, and under a token that lasts 15 minutes."""

from __future__ import annotations

import time
from typing import Any, Final

from simcord.backend import errors
from simcord.enums import CallbackType, InteractionType

from ogma.sandbox.call import Call, Table, form_error
from ogma.sandbox.rest_messages import check_edit
from ogma.sandbox.rules import check_message, check_parts

_MESSAGES: Final = (CallbackType.CHANNEL_MESSAGE_WITH_SOURCE,)
_DEFERRED: Final = (
    CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE,
    CallbackType.DEFERRED_UPDATE_MESSAGE,
)


def callback(call: Call) -> Any:
    """POST /interactions/{interaction_id}/{token}/callback.

    10062 when unknown or later than 3 s, 40060 when already acknowledged.
    """
    world = call.world
    record = world.interactions.get(call.int_arg("interaction_id"))
    if record is None or record.token != call.args["token"]:
        raise errors.unknown_interaction()
    pending = world.pending[record.id]
    if not record.responded and time.monotonic() - pending.sent >= world.ack_s:
        raise errors.unknown_interaction()
    if record.responded:
        raise errors.already_acknowledged()
    body = call.fields()
    kind = body.get("type")
    if kind in _MESSAGES:
        check_message(body.get("data") or {}, call.files)
    else:
        check_parts(body.get("data") or {}, call.files)
    if kind == CallbackType.MODAL and record.type == InteractionType.MODAL_SUBMIT:
        raise form_error("type", "BASE_TYPE_CHOICES", "A modal cannot be answered with a modal.")
    if len((body.get("data") or {}).get("choices") or []) > 25:
        raise form_error("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    answer = call.forward()
    pending.deferred = kind in _DEFERRED
    pending.acknowledged.set()
    return answer if call.query.get("with_response") in ("true", "1", "True") else None


def follow_up(call: Call) -> Any:
    """POST /webhooks/{application_id}/{token}: another message after the acknowledgement."""
    if call.args["token"] in call.world.interaction_tokens:
        call.world.interaction_by_token(call.args["token"])
        check_message(call.fields(), call.files)
    return call.forward()


def edit_original(call: Call) -> Any:
    """PATCH .../messages/@original: also what completes a deferred answer."""
    record = call.world.interaction_by_token(call.args["token"])
    if record.message_id is None:
        raise errors.unknown_message()
    check_edit(call.world.get_message(record.channel_id, record.message_id), call)
    return call.forward()


def edit_follow_up(call: Call) -> Any:
    """PATCH .../messages/{message_id}."""
    record = call.world.interaction_by_token(call.args["token"])
    message_id = call.int_arg("message_id")
    if message_id not in (record.message_id, *record.followup_ids):
        raise errors.unknown_message()
    check_edit(call.world.get_message(record.channel_id, message_id), call)
    return call.forward()


_MESSAGE: Final = "/webhooks/{application_id}/{token}/messages"

TABLE: Final[Table] = {
    ("POST", "/interactions/{interaction_id}/{token}/callback"): callback,
    ("POST", "/webhooks/{application_id}/{token}"): follow_up,
    ("PATCH", f"{_MESSAGE}/@original"): edit_original,
    ("PATCH", f"{_MESSAGE}/{{message_id}}"): edit_follow_up,
}
