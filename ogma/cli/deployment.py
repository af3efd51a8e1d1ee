"""How far the server is set up, for `ogma status`: a short look that no failure spoils (S2)."""

from __future__ import annotations

from typing import Any, Final

from ogma.cli.context import Context
from ogma.cli.setup_text import missing
from ogma.domain.setup import Plan
from ogma.errors import OgmaError

TIMEOUT_S: Final = 5.0
"""Who asks for the status wants it soon, also without a network."""


def deployment(context: Context, api: str | None) -> dict[str, Any]:
    """State, server and what is missing; `reason` says why nobody could look."""
    if not context.config.exists():
        return _unknown("there is no config")
    try:
        return _found(_look(context, api))
    except OgmaError as failed:
        return _unknown(str(failed))


def _look(context: Context, api: str | None) -> Plan:
    from ogma.cli.setup import is_panel
    from ogma.services.rest import connect
    from ogma.services.setup import Panel, survey
    from ogma.settings.token import load_token

    settings = context.settings
    token = load_token(settings.discord.token_file, context.data, context.environ)
    with connect(token, context.now, api=api, timeout_s=TIMEOUT_S) as rest:
        return survey(rest, settings, token, Panel(is_panel))


def _found(plan: Plan) -> dict[str, Any]:
    return {
        "state": plan.state.value,
        "server": {"id": str(plan.server.id), "name": plan.server.name},
        "missing": list(missing(plan)),
        "reason": None,
    }


def _unknown(reason: str) -> dict[str, Any]:
    return {"state": "unknown", "server": None, "missing": [], "reason": reason}
