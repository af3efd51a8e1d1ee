"""What happens to a ticket, as its history, transcripts and webhooks name it.

Whoever adds a kind gives it a sentence in the catalogue (`page.event.KIND`) and a place in the
README's list of webhook events; tests ask for both.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

EventKind = Literal[
    "opened",
    "opening_failed",
    "claimed",
    "unclaimed",
    "tagged",
    "untagged",
    "prioritised",
    "transferred",
    "renamed",
    "member_added",
    "member_removed",
    "note",
    "macro",
    "escalated",
    "handed_back",
    "out_of_scope",
    "frustrated",
    "secret_masked",
    "judged",
    "draft_sent",
    "draft_edited",
    "draft_wrong",
    "locked",
    "unlocked",
    "close_requested",
    "close_declined",
    "closed",
    "reopened",
    "rated",
    "commented",
    "followed_up",
    "flag_resolved",
    "sla_warning",
    "sla_breached",
    "rule_fired",
]
EVENT_KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
