"""What stands in a data folder, in one look: the bot, the queue, the outbox, the knowledge base."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from ogma.domain.policies import Settings
from ogma.services import instance, listing
from ogma.services.desk import Desk
from ogma.services.sync import sources
from ogma.store import knowledge
from ogma.store import listing as store
from ogma.store.vectors import under_way

JOB_STATES = ("todo", "doing", "done", "failed", "blocked")


def bot(data: Path) -> dict[str, Any]:
    """Whether a bot runs on this folder, as which process, and since when."""
    if not instance.running(data):
        return {"running": False, "pid": None, "host": None, "since": None}
    try:
        holder = json.loads((data / instance.HOLDER_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # it has only just started, or is about to end
        holder = {}
    return {"running": True, **{name: holder.get(name) for name in ("pid", "host", "since")}}


def engine(settings: Settings) -> dict[str, Any]:
    """What answers questions."""
    if not settings.ai.enabled:
        return {"name": "off", "model": None, "url": None}
    if settings.ai.engine == "ollama":
        return {"name": "ollama", "model": settings.ollama.model, "url": settings.ollama.url}
    return {"name": settings.ai.engine, "model": None, "url": None}


def queue(desk: Desk) -> dict[str, Any]:
    """Tickets, and the effects that wait or failed."""
    counts = listing.job_counters(desk)
    return {
        "tickets": listing.counters(desk),
        "jobs": {state: counts.get(state, 0) for state in JOB_STATES},
        "failed_jobs": listing.jobs(desk, ["failed"], 20),
    }


def knowledge_base(desk: Desk) -> dict[str, Any]:
    """How much is known; `mode` is 'words' while passages cannot be found by meaning."""
    vectors = store.count_vectors(desk.db)
    return {
        "documents": store.count_documents(desk.db),
        "chunks": knowledge.count_chunks(desk.db),
        "vectors": vectors,
        "mode": "hybrid" if vectors else "words",
        "embedding": _embedding(desk, vectors),
    }


def _embedding(desk: Desk, searched: int) -> dict[str, Any] | None:
    """How far the vectors are, of another model or of this one; None where none is missing."""
    chunks = knowledge.count_chunks(desk.db)
    next_model = under_way(desk.db)
    if next_model is not None:
        return {"model": next_model[0], "done": next_model[1], "total": chunks}
    model = knowledge.status(desk.db).fingerprint
    if model is None or searched >= chunks:
        return None
    return {"model": model, "done": searched, "total": chunks}


def websites(desk: Desk) -> dict[str, int]:
    """How many followed websites are in which state; empty where none is followed."""
    found = sources.overview(desk.db, desk.settings(), desk.now())
    return dict(Counter(one.health.value for one in found))
