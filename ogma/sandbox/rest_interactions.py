"""Answers to interactions: within 3 s, once, and under a token that lasts 15 minutes."""

from __future__ import annotations

import time
from typing import Any, Final

from simcord.backend import errors
from simcord.enums import CallbackType, InteractionType

from ogma.sandbox.call import Call, Table, form_error
from ogma.sandbox.rest_messages import check_content

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
        check_content(body.get("data") or {}, call)
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
        check_content(call.fields(), call)
    return call.forward()


TABLE: Final[Table] = {
    ("POST", "/interactions/{interaction_id}/{token}/callback"): callback,
    ("POST", "/webhooks/{application_id}/{token}"): follow_up,
}
