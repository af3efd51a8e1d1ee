"""The outbox at work: claim, complete, give up, recover. What an effect brings about stands here.

The worker performs an effect against Discord; its outcome and the facts that follow from it are
written in one transaction, so that a crash leaves either both or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ogma.domain.automation_policies import Topic
from ogma.domain.clock import SECOND, Millis
from ogma.domain.effects import KEPT_TO, Job, Kind, patience, retry_delay, ticket_lane
from ogma.services import (
    archive,
    assignment,
    closing,
    drafts,
    follow_up,
    opening,
    panel,
    replies,
    tips,
)
from ogma.services import outbox as build
from ogma.services.automation import webhooks
from ogma.services.automation.alerts import alert
from ogma.services.desk import Desk
from ogma.store import outbox, people, records, tickets

Receipt = Mapping[str, Any]


def claim(desk: Desk, limit: int) -> list[Job]:
    """Effects that may run now, one per lane, oldest first."""
    lease = 15 * 60 * SECOND
    with desk.db.write():
        return outbox.claim(desk.db, desk.now(), lease, limit)


def anything_due(desk: Desk) -> bool:
    """Whether a claim would be worth the write lock."""
    return outbox.anything_due(desk.db, desk.now())


def recover(desk: Desk) -> int:
    """At start: what a dead process had claimed is to be done again (after a look)."""
    with desk.db.write():
        return outbox.recover(desk.db, desk.now())


def complete(desk: Desk, job: Job, receipt: Receipt) -> None:
    """The effect has happened: note it, with what follows from it."""
    with desk.db.write():
        outbox.done(desk.db, job.id, receipt, desk.now())
        follow = _DONE.get(job.kind)
        if follow is not None:
            follow(desk, job, receipt)


def postpone(desk: Desk, job: Job, error: str, asked_s: float | None = None) -> bool:
    """Try again later, or give up when patience is over; True when it is tried again."""
    limits = patience(job.kind)
    if job.attempts >= limits.attempts or (asked_s or 0) > limits.longest_wait_s:
        give_up(desk, job, error)
        return False
    delay: Millis = retry_delay(job.attempts, asked_s)
    with desk.db.write():
        outbox.retry(desk.db, job.id, error, desk.now() + delay)
        if job.attempts == limits.tell_after:
            _tell(desk, job, error)
    return True


def give_up(desk: Desk, job: Job, error: str) -> None:
    """The effect cannot be had: it stays to be seen, and those who must know are told."""
    with desk.db.write():
        outbox.fail(desk.db, job.id, error, desk.now())
        follow = _FAILED.get(job.kind)
        if follow is not None:
            follow(desk, job, error)
        elif patience(job.kind).essential and job.kind is not Kind.STAFF_NOTICE:
            _tell(desk, job, error)


def _tell(desk: Desk, job: Job, error: str) -> None:
    """Staff hear of an effect that does not work, and so do managers, unless it was about them."""
    notice = build.trouble(job, error)
    outbox.put(desk.db, [notice], desk.now())
    if job.kind is not Kind.ALERT:
        text, values = notice.payload["text"], notice.payload["values"]
        alert(desk, Topic.JOBS, notice.key, text, **values)


def channel_lost(desk: Desk, job: Job) -> bool:
    """The ticket's channel was deleted before this effect, so the ticket is closed instead (P16).

    False where the effect is about another channel than the ticket's own.
    """
    if job.ticket_id is None or job.lane != ticket_lane(job.ticket_id):
        return False
    with desk.db.write():
        closing.channel_lost(desk, job.ticket_id)
        complete(desk, job, {"skipped": "the channel was deleted"})
    return True


def retry_by_hand(desk: Desk, job_id: int) -> bool:
    """`ogma jobs retry`: False when the effect has not failed."""
    with desk.db.write():
        return outbox.again(desk.db, job_id, desk.now())


def cancel_by_hand(desk: Desk, job_id: int) -> Kind | bool:
    """`ogma jobs cancel`: with what waits for it; False when it is done or under way.

    A kind: this one of them is always kept to, so nothing was cancelled.
    """
    with desk.db.write():
        chain = outbox.waiting_for(desk.db, job_id)
        states = {row["id"]: row["state"] for row in outbox.listed(desk.db, _UNDONE, _ALL)}
        if not chain or chain[0].id != job_id or states.get(job_id) == "doing":
            return False
        for job in chain:
            if job.kind in KEPT_TO:
                return job.kind
        for job in chain:
            outbox.cancel(desk.db, job.id, desk.now())
            follow = _FAILED.get(job.kind)
            if follow is not None and states[job.id] != "failed":
                follow(desk, job, "cancelled by hand")
        return True


_UNDONE = ["todo", "doing", "failed", "blocked"]
_ALL = 1_000_000


def _opened(desk: Desk, job: Job, receipt: Receipt) -> None:
    if job.ticket_id is not None and "channel" in receipt:
        opening.channel_created(desk, job.ticket_id, receipt["channel"], receipt["name"])


def _greeted(desk: Desk, job: Job, receipt: Receipt) -> None:
    if job.ticket_id is not None and "message" in receipt:
        tickets.update(desk.db, job.ticket_id, greeting_id=receipt["message"])


def _answered(desk: Desk, job: Job, receipt: Receipt) -> None:
    answer, revision = job.payload["answer"], job.payload["revision"]
    if "message" in receipt:
        replies.sent(desk, answer, revision, receipt["message"])
    else:
        replies.withdrawn(desk, answer)
    drafts.show_of_answer(desk, answer)


def _reviewed(desk: Desk, job: Job, receipt: Receipt) -> None:
    if "message" in receipt:
        escalation_id = job.payload["escalation"]
        records.update_escalation(desk.db, escalation_id, message_id=receipt["message"])


def _archived(desk: Desk, job: Job, receipt: Receipt) -> None:
    if job.ticket_id is not None:
        archive.stored(desk, job.ticket_id, receipt["path"], receipt["sha256"])
        archive.keep_names(desk, job.ticket_id, receipt["names"], receipt["server"])


def _channel_gone(desk: Desk, job: Job, receipt: Receipt) -> None:
    if job.ticket_id is not None:
        closing.channel_gone(desk, job.ticket_id)


def _panel_posted(desk: Desk, job: Job, receipt: Receipt) -> None:
    panel.shown(desk, receipt["channel"], receipt["message"])


def _said(desk: Desk, job: Job, receipt: Receipt) -> None:
    """The countdown to an inactivity close runs from the warning that was really posted (C5)."""
    warned = job.payload.get("notice") == build.Notice.INACTIVE and "message" in receipt
    if warned and job.ticket_id is not None:
        tickets.update(desk.db, job.ticket_id, warned_at=desk.now())


def _restored(desk: Desk, job: Job, receipt: Receipt) -> None:
    """The overwrites are as they were; what was kept of them has had its use."""
    if job.ticket_id is not None:
        purpose = "lockdown" if job.kind is Kind.UNLOCK else "closing"
        people.drop_snapshot(desk.db, job.ticket_id, purpose)


def _tip_shown(desk: Desk, job: Job, receipt: Receipt) -> None:
    if "message" in receipt:
        tips.posted(desk, job.payload["tip"], receipt["channel"], receipt["message"])


def _draft_shown(desk: Desk, job: Job, receipt: Receipt) -> None:
    if "message" in receipt:
        drafts.posted(desk, job.payload["draft"], receipt["message"])


def _renamed(desk: Desk, job: Job, receipt: Receipt) -> None:
    if job.ticket_id is not None and "name" in receipt:
        tickets.update(desk.db, job.ticket_id, channel_name=receipt["name"])


def _assigned(desk: Desk, job: Job, receipt: Receipt) -> None:
    if job.ticket_id is not None and "assignee" in receipt:
        assignment.assigned(desk, job.ticket_id, receipt["assignee"])


_DONE: Mapping[Kind, Callable[[Desk, Job, Receipt], None]] = {
    Kind.OPEN_CHANNEL: _opened,
    Kind.GREET: _greeted,
    Kind.SAY: _said,
    Kind.UNLOCK: _restored,
    Kind.REOPEN_CHANNEL: _restored,
    Kind.RENAME_CHANNEL: _renamed,
    Kind.ASSIGN: _assigned,
    Kind.ANSWER: _answered,
    Kind.SYNC_REVIEW: _reviewed,
    Kind.SYNC_PANEL: _panel_posted,
    Kind.ARCHIVE: _archived,
    Kind.DELETE_CHANNEL: _channel_gone,
    Kind.SYNC_TIP: _tip_shown,
    Kind.SYNC_DRAFT: _draft_shown,
}


def _not_opened(desk: Desk, job: Job, error: str) -> None:
    if job.ticket_id is not None:
        opening.opening_failed(desk, job.ticket_id, error)


def _not_answered(desk: Desk, job: Job, error: str) -> None:
    replies.undeliverable(desk, job.payload["answer"], error)
    drafts.show_of_answer(desk, job.payload["answer"])


def _not_rated(desk: Desk, job: Job, error: str) -> None:
    if job.ticket_id is not None:
        closing.rating_undelivered(desk, job.ticket_id)


def _not_followed_up(desk: Desk, job: Job, error: str) -> None:
    if job.ticket_id is not None:
        follow_up.undelivered(desk, job.ticket_id)


_FAILED: Mapping[Kind, Callable[[Desk, Job, str], None]] = {
    Kind.OPEN_CHANNEL: _not_opened,
    Kind.ANSWER: _not_answered,
    Kind.CSAT_DM: _not_rated,
    Kind.FOLLOW_UP_DM: _not_followed_up,
    Kind.WEBHOOK: webhooks.dead,
}
