"""The `custom_id` of every button, dropdown and form: an action and a row id, nothing else.

`ogma:ACTION:ROW` is all that Discord keeps for us, so a component works after any number of
restarts. Who may act, and whether the row still allows it, is decided when it is pressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_SHAPE: Final = re.compile(r"ogma:([a-z_]{1,32}):([a-z0-9_-]{1,32})", re.ASCII)
_ROW_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class Action(StrEnum):
    """What a component asks for; the comment names its row."""

    OPEN = "open"  # ticket type (slug): a panel button
    CHOOSE = "choose"  # "panel": the panel's dropdown, its values are ticket types
    INTAKE = "intake"  # ticket type (slug): the form before a ticket opens
    HUMAN = "human"  # ticket: Request human
    HELPFUL = "helpful"  # answer
    UNHELPFUL = "unhelpful"  # answer
    CLAIM = "claim"  # escalation
    HAND_BACK = "hand_back"  # escalation
    OUT_OF_SCOPE = "out_of_scope"  # escalation
    CSAT_HELPFUL = "csat_helpful"  # ticket
    CSAT_UNHELPFUL = "csat_unhelpful"  # ticket
    CSAT_SKIP = "csat_skip"  # ticket
    CSAT_COMMENT = "csat_comment"  # ticket: the button that opens the comment form
    CSAT_COMMENT_FORM = "csat_comment_form"  # ticket: the comment form itself
    CONFIRM_CLOSE = "confirm_close"  # ticket: the customer agrees to a close request
    KEEP_OPEN = "keep_open"  # ticket: the customer does not
    REOPEN = "reopen"  # ticket: during the grace period
    SOLVED = "solved"  # ticket: the answer to the follow-up
    UNSOLVED = "unsolved"  # ticket
    OPEN_AGAIN = "open_again"  # ticket: a new one that refers to it
    APPROVE_TIP = "approve_tip"  # tip: let it answer questions, also one that was removed
    REMOVE_TIP = "remove_tip"  # tip
    SEND_MACRO = "send_macro"  # macro (slug): below its preview
    RESOLVE_FLAG = "resolve_flag"  # flag
    FLAGS_PAGE = "flags_page"  # page
    QUEUE = "queue"  # filter of the queue
    QUEUE_BACK = "queue_back"  # filter and page: "unclaimed-2"
    QUEUE_NEXT = "queue_next"  # filter and page
    QUEUE_AGAIN = "queue_again"  # filter and page
    QUEUE_CLAIM = "queue_claim"  # filter and page: the dropdown, its values are tickets
    SEND_DRAFT = "send_draft"  # draft
    EDIT_DRAFT = "edit_draft"  # draft: the button that opens the form
    EDIT_DRAFT_FORM = "edit_draft_form"  # draft: the form itself
    WRONG_DRAFT = "wrong_draft"  # draft


NAMED_ROWS: Final = frozenset(
    {
        *(Action.OPEN, Action.CHOOSE, Action.INTAKE, Action.SEND_MACRO),
        *(Action.QUEUE, Action.QUEUE_BACK, Action.QUEUE_NEXT, Action.QUEUE_AGAIN),
        Action.QUEUE_CLAIM,
    }
)
"""Actions whose row is a name; every other row is a positive integer."""

_ACTIONS: Final = frozenset(action.value for action in Action)

PANEL_ROW: Final = "panel"


@dataclass(frozen=True, slots=True)
class CustomId:
    """What a component carries."""

    action: Action
    row: str

    @property
    def row_id(self) -> int:
        """The row as a number. Raises ValueError where the row is a name."""
        return int(self.row)


def encode(action: Action, row: int | str) -> str:
    """The custom_id of an action on a row. Raises ValueError for a row that decodes to nothing."""
    custom_id = f"ogma:{action}:{row}"
    if decode(custom_id) is None:
        raise ValueError(f"a custom_id cannot carry {action} on row {row!r}")
    return custom_id


def decode(custom_id: str) -> CustomId | None:
    """The action and its row; None for anything that is not ours or not whole."""
    match = _SHAPE.fullmatch(custom_id)
    if match is None or match[1] not in _ACTIONS:
        return None
    action, row = Action(match[1]), match[2]
    if action not in NAMED_ROWS and not _ROW_ID.fullmatch(row):
        return None
    return CustomId(action, row)
