"""Whether the owner's servers could be asked, without a request that they would notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ogma.domain.automation_policies import WebhookPolicy
from ogma.domain.diagnosis import Finding, failure, ok
from ogma.domain.policies import Settings
from ogma.domain.tool_policies import ToolPolicy
from ogma.errors import ConfigError, OgmaError
from ogma.net.guard import Guard
from ogma.net.places import Place, Refused
from ogma.services.automation import signed
from ogma.services.automation.signed import Keys

_NETWORK: Final = "network.internal_hosts"


def findings(settings: Settings, keys: Keys, guard: Guard) -> Iterator[Finding]:
    """Of each webhook and tool: is its key there, its URL allowed, its host known and allowed?"""
    for hook in settings.webhooks:
        yield from _of(signed.WEBHOOK, hook, keys, guard)
    for tool in settings.tools:
        yield from _of(signed.TOOL, tool, keys, guard)


def _of(kind: str, one: WebhookPolicy | ToolPolicy, keys: Keys, guard: Guard) -> Iterator[Finding]:
    named = f"The {kind} {one.id}"
    if not one.enabled:
        yield ok(kind, f"{named} is switched off.")
        return
    wrong = [*_key(kind, one, keys), *_address(kind, one, guard)]
    yield from wrong
    if not wrong:
        yield ok(
            kind, f"{named} has a key, and its host may be asked; 'ogma {kind}s test' does it."
        )


def _key(kind: str, one: WebhookPolicy | ToolPolicy, keys: Keys) -> Iterator[Finding]:
    try:
        keys.of(kind, one.id, one.secret_file)
    except ConfigError as lacking:
        yield _told(kind, lacking)


def _address(kind: str, one: WebhookPolicy | ToolPolicy, guard: Guard) -> Iterator[Finding]:
    try:
        place = signed.allowed(guard, f"{kind} {one.id}", one.url)
    except (ConfigError, Refused) as refused:
        yield _told(kind, refused)
        return
    try:
        guard.addresses(place)
    except Refused as refused:
        yield _told(kind, refused)
    except OSError as unknown:
        yield _unknown(kind, one.id, place, unknown)


def _unknown(kind: str, name: str, place: Place, error: OSError) -> Finding:
    return failure(
        kind,
        f"The host {place.host} of the {kind} {name} cannot be looked up"
        f" ({error.strerror or error}).",
        f"See that its url in [[{kind}s]] is right, and that this machine's network works.",
    )


def _told(kind: str, error: OgmaError) -> Finding:
    """Our errors say first what is wrong, then the way out."""
    what, found, way = str(error).partition("; ")
    if not found:
        return failure(kind, what, f"Change its url ('ogma config edit'), or {_NETWORK}.")
    return failure(kind, f"{what}.", f"{way[:1].upper()}{way[1:].rstrip('.')}.")
