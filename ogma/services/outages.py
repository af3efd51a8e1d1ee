"""The model's outages: staff are told once when one begins and once when it is over (A6, P23)."""

from __future__ import annotations

from ogma.domain.answers import Verdict
from ogma.domain.automation_policies import Topic
from ogma.services import outbox as build
from ogma.services.automation import alerts
from ogma.services.desk import Desk
from ogma.store import outbox, records

_KEY = "model.down_since"
_MODEL = "ollama"
_BUSY = "Busy"
"""The name of the error of a model that works, and is only asked too much."""
_ONE_REPLY = ("BadReply", "TooLong")
"""Errors of one reply or one prompt: a model that works has them now and then."""
_ODD = "model.odd_replies"
_ODD_IN_A_ROW = 3
_DIGESTS = "model.digests:"
_REMEMBERED = 8


def note(desk: Desk, verdict: Verdict) -> None:
    """Compare a decision with what is known of the model. Part of the caller's transaction."""
    since = records.meta(desk.db, _KEY)
    now = desk.now()
    _note_digest(desk, verdict)
    if _is_away(desk, verdict) and not since:
        records.set_meta(desk.db, _KEY, str(now))
        outbox.put(desk.db, [build.staff_notice(f"model_down:{now}", "staff.model_down")], now)
        alerts.alert(desk, Topic.MODEL, f"model_down:{now}", "staff.model_down")
    elif verdict.engine == _MODEL and verdict.model_error is None and since:
        records.set_meta(desk.db, _KEY, "")
        outbox.put(desk.db, [build.staff_notice(f"model_back:{since}", "staff.model_back")], now)
        alerts.alert(desk, Topic.MODEL, f"model_back:{since}", "staff.model_back")


def _is_away(desk: Desk, verdict: Verdict) -> bool:
    """Whether this decision shows that the model is away, by itself or after those before it."""
    if verdict.model_error not in _ONE_REPLY:
        if verdict.engine == _MODEL and records.meta(desk.db, _ODD):
            records.set_meta(desk.db, _ODD, "")
        return verdict.model_error not in (None, _BUSY)
    odd = int(records.meta(desk.db, _ODD) or 0) + 1
    records.set_meta(desk.db, _ODD, str(odd))
    return odd >= _ODD_IN_A_ROW


def _note_digest(desk: Desk, verdict: Verdict) -> None:
    """Staff hear once of a model that is another one under the same name.

    Several hosts may have several, so every digest that was seen of late is known.
    """
    if verdict.model is None or verdict.model_digest is None:
        return
    known = (records.meta(desk.db, _DIGESTS + verdict.model) or "").split()
    if verdict.model_digest in known:
        return
    seen = [*known, verdict.model_digest][-_REMEMBERED:]
    records.set_meta(desk.db, _DIGESTS + verdict.model, " ".join(seen))
    if known:
        key, values = f"model_changed:{verdict.model_digest}:{desk.now()}", {"model": verdict.model}
        notice = build.staff_notice(key, "staff.model_changed", **values)
        outbox.put(desk.db, [notice], desk.now())
