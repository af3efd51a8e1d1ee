"""The words of a transcript that Ogma itself says. A catalogue may replace any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "language": "en",
        "ticket": "Ticket",
        "months": "January February March April May June July August September October November "
        "December",
        "weekdays": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "date": "{weekday}, {month} {day}, {year}",
        "month": "{month} {year}",
        "time": "{hour:02}:{minute:02}",
        "moment": "{year}-{month_number:02}-{day:02} {hour:02}:{minute:02}",
        "customer_view": "Customer's copy",
        "staff_view": "Staff copy",
        "restricted": "In lockdown: for management only",
        "server": "Server",
        "channel": "Channel",
        "customer": "Customer",
        "type": "Type",
        "subject": "Subject",
        "intake": "What was asked at the start",
        "people": "People",
        "messages_one": "{count} message",
        "messages_many": "{count} messages",
        "opened_at": "Opened",
        "first_response_at": "First response",
        "claimed_at": "Claimed",
        "escalated_at": "Escalated",
        "closed_at": "Closed",
        "assignee": "Assigned to",
        "closed_by": "Closed by",
        "close_reason": "Reason",
        "close_cause": "Closed through",
        "close_note": "Closing note",
        "rating": "Rating",
        "tags": "Tags",
        "handled_by": "Answered by",
        "handled.ai": "AI",
        "handled.human": "People",
        "handled.both": "AI and people",
        "handled.nobody": "Nobody",
        "side.customer": "Customer",
        "side.staff": "Staff",
        "side.ogma": "Ogma",
        "side.other": "Other",
        "reason.resolved": "Resolved",
        "reason.duplicate": "Duplicate",
        "reason.unresponsive": "User unresponsive",
        "reason.out_of_scope": "Out of scope",
        "reason.spam": "Spam",
        "reason.other": "Other",
        "rating.helpful": "Helpful 👍",
        "rating.unhelpful": "Not helpful 👎",
        "rating.skipped": "Skipped",
        "cause.command": "Command",
        "cause.cli": "Command line",
        "cause.inactivity": "Inactivity",
        "cause.rule": "Rule",
        "cause.confirmed_request": "Confirmed by the customer",
        "cause.channel_deleted": "Channel deleted by hand",
        "cause.customer_left": "Customer left the server",
        "escalation.request_human": "A person was asked for.",
        "escalation.no_answer": "The knowledge base has no answer.",
        "escalation.human_only": "This is for people only.",
        "escalation.failed_check": "The answer did not pass its checks.",
        "escalation.ai_down": "The AI could not be reached.",
        "escalation.stale_question": "The question had waited too long.",
        "escalation.rate_limit": "More was asked within the hour than the AI may take.",
        "event.opened": "{actor} opened the ticket",
        "event.claimed": "{actor} claimed the ticket",
        "event.unclaimed": "{actor} released the ticket",
        "event.escalated": "The ticket was handed to staff",
        "event.handed_back": "{actor} handed the ticket back to the AI",
        "event.locked": "{actor} put the ticket in lockdown",
        "event.unlocked": "{actor} ended the lockdown",
        "event.note": "{actor} left a note for staff",
        "event.rated": "{actor} rated the help",
        "event.commented": "{actor} commented on the rating",
        "event.judged": "{actor} judged an answer",
        "event.out_of_scope": "{actor} marked the question as out of scope",
        "event.secret_masked": "{actor} wrote something secret, which was masked",
        "event.opening_failed": "The channel could not be opened",
        "event.reopened": "{actor} reopened the ticket",
        "event.closed": "{actor} closed the ticket",
        "event.other": "{actor}: {kind}",
        "bot": "APP",
        "staff": "STAFF",
        "ai": "AI answer",
        "pinned": "Pinned",
        "edited": "(edited)",
        "edited_at": "Edited {moment}",
        "earlier": "Earlier versions",
        "until": "until {moment}",
        "deleted": "Deleted {moment}",
        "deleted_hidden": "This message was deleted.",
        "reply_missing": "The message this replied to is not in this ticket.",
        "reply_empty": "Attachment or embed",
        "trace": "How this answer came about",
        "image": "Picture (not kept: {host})",
        "file_kept": "kept in the archive",
        "file_missing": "not kept",
        "file_missing_because": "not kept: {reason}",
        "select": "Choose",
        "spoiler": "Spoiler",
        "unknown_user": "unknown member",
        "unknown_role": "unknown role",
        "unknown_channel": "unknown channel",
        "empty": "No message was written in this ticket.",
        "footer": "Times are {zone}. Made by Ogma; this file works without a network.",
        "index": "Archived tickets",
        "index_empty": "There is no ticket here.",
        "number": "Number",
    }
)


_PLACEHOLDER = re.compile(r"\{(\w+)(?::0(\d))?\}")


class Words:
    """English labels with a catalogue's own laid over them; moments in one time zone."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._labels = {**LABELS, **(own or {})}

    def __call__(self, key: str, **values: object) -> str:
        """The label with its placeholders filled; values are never read as placeholders."""
        return _fill(self._labels[key], values)

    def of(self, group: str, value: str | None) -> str | None:
        """The label of a stored value (`reason.spam`), or the value itself, made readable."""
        if not value:
            return None
        label = self._labels.get(f"{group}.{value}")
        return label or value[:1].upper() + value[1:].replace("_", " ")

    def count(self, number: int) -> str:
        """How many messages."""
        return self("messages_one" if number == 1 else "messages_many", count=number)

    def event(self, kind: str, actor: str) -> str:
        """The sentence for this kind of event."""
        key = f"event.{kind}"
        known = key in self._labels
        return self(key if known else "event.other", actor=actor, kind=kind)

    def moment(self, pattern: str, at: datetime) -> str:
        """`at` by the label `pattern`: 'date', 'time' or 'moment'."""
        return self(
            pattern,
            year=at.year,
            month=self._labels["months"].split()[at.month - 1],
            month_number=at.month,
            weekday=self._labels["weekdays"].split()[at.weekday()],
            day=at.day,
            hour=at.hour,
            minute=at.minute,
            second=at.second,
        )


def _fill(label: str, values: Mapping[str, object]) -> str:
    """The label with `{name}` and `{name:02}` replaced, in one pass: values stay values."""

    def value(found: re.Match[str]) -> str:
        name, width = found[1], found[2]
        if name not in values:
            return found[0]
        return f"{values[name]:0{width}d}" if width else str(values[name])

    return _PLACEHOLDER.sub(value, label)
