"""The model's outages: staff are told once when one begins and once when it is over (A6, P23)."""

from __future__ import annotations

from ogma.domain.answers import Verdict
from ogma.domain.automation_policies import Topic
from ogma.services import alerts
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, records

_KEY = "model.down_since"
_MODEL = "ollama"


def note(desk: Desk, verdict: Verdict) -> None:
    """Compare a decision with what is known of the model. Part of the caller's transaction."""
    since = records.meta(desk.db, _KEY)
    now = desk.now()
    if verdict.model_error is not None and not since:
        records.set_meta(desk.db, _KEY, str(now))
        outbox.put(desk.db, [build.staff_notice(f"model_down:{now}", "staff.model_down")], now)
        alerts.alert(desk, Topic.MODEL, f"model_down:{now}", "staff.model_down")
    elif verdict.engine == _MODEL and verdict.model_error is None and since:
        records.set_meta(desk.db, _KEY, "")
        outbox.put(desk.db, [build.staff_notice(f"model_back:{since}", "staff.model_back")], now)
        alerts.alert(desk, Topic.MODEL, f"model_back:{since}", "staff.model_back")
