"""P13, P15, P16, P19, P20: what each failure of Discord means for the effect that met it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import disnake
import pytest

from ogma.bot.failures import Done, GiveUp, Outcome, Problem, RetryAfter, noted, outcome
from ogma.bot.http import CircuitOpen, DeliveryUnknown, RateLimited
from ogma.domain.effects import Kind
from ogma.errors import ConfigError
from ogma.net.places import Refused
from ogma.services.automation.webhooks import Rejected, Undelivered


def refused(status: int, code: int = 0, **body: Any) -> disnake.HTTPException:
    """What disnake raises for an answer of Discord."""
    kinds = {403: disnake.Forbidden, 404: disnake.NotFound}
    fallback = disnake.DiscordServerError if status >= 500 else disnake.HTTPException
    response: Any = SimpleNamespace(status=status, reason="", headers={})
    return kinds.get(status, fallback)(response, {"code": code, "message": "no", **body})


def invalid(field: str, message: str) -> disnake.HTTPException:
    """An invalid form as Discord describes it."""
    errors = {field: {"_errors": [{"code": "SOME_CODE", "message": message}]}}
    return refused(400, 50035, errors=errors)


def gatekeeper(retry_after: str | None) -> disnake.HTTPException:
    """A 429 of Discord's gatekeeper, which has no JSON."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    response: Any = SimpleNamespace(status=429, reason="", headers=headers)
    return disnake.HTTPException(response, "blocked")


def gone(problem: Problem, *, quiet: bool = False) -> GiveUp:
    return GiveUp(problem, quiet=quiet)


NO_CONNECTION = aiohttp.ClientConnectorError(SimpleNamespace(ssl=True), OSError(111, "refused"))  # type: ignore[arg-type]

TABLE: list[tuple[Kind, Exception, Outcome]] = [
    # webhooks: a server that is down is waited for, one that cannot take it is not (Q8)
    (Kind.WEBHOOK, Undelivered("down"), RetryAfter()),
    (Kind.WEBHOOK, Undelivered("busy", 7), RetryAfter(7)),
    (Kind.WEBHOOK, Rejected("no"), gone(Problem.MISCONFIGURED)),
    (Kind.WEBHOOK, Refused("private"), gone(Problem.MISCONFIGURED)),
    (Kind.WEBHOOK, ConfigError("no key"), gone(Problem.MISCONFIGURED)),
    # closed DMs and customers who left: nobody's fault (P20, P19)
    (Kind.CSAT_DM, refused(403, 50007), gone(Problem.DM_CLOSED, quiet=True)),
    (Kind.CSAT_DM, refused(403, 50278), gone(Problem.DM_CLOSED, quiet=True)),
    (Kind.CSAT_DM, refused(400, 10013), gone(Problem.MEMBER_GONE, quiet=True)),
    (Kind.CUSTOMER_TRANSCRIPT, refused(404, 10007), gone(Problem.MEMBER_GONE, quiet=True)),
    (Kind.OPEN_CHANNEL, refused(404, 10013), gone(Problem.MEMBER_GONE)),
    (Kind.CSAT_DM, refused(400, 40003), RetryAfter(600)),
    # deleted by hand: what was to be deleted is, the rest cannot be done (P16)
    (Kind.DELETE_CHANNEL, refused(404, 10003), Done()),
    (Kind.DELETE_CHANNEL, refused(404), Done()),
    (Kind.LOCK_CHANNEL, refused(404, 10003), Done()),
    (Kind.DELETE_MESSAGE, refused(404, 10008), Done()),
    (Kind.DELETE_MESSAGE, refused(404, 10003), Done()),
    (Kind.GREET, refused(404, 10003), gone(Problem.CHANNEL_GONE)),
    (Kind.SYNC_REVIEW, refused(404, 10008), gone(Problem.MESSAGE_GONE)),
    (Kind.SYNC_PANEL, refused(404, 10003), gone(Problem.CHANNEL_GONE)),
    (Kind.OPEN_CHANNEL, refused(404, 10003), gone(Problem.CATEGORY_GONE)),
    (Kind.OPEN_CHANNEL, refused(404, 10011), gone(Problem.ROLE_GONE)),
    (Kind.OPEN_CHANNEL, refused(404, 10004), gone(Problem.SERVER_GONE)),
    (Kind.GREET, refused(404), gone(Problem.GONE)),
    # permissions: not worth a second refusal (P13)
    (Kind.OPEN_CHANNEL, refused(403, 50013), gone(Problem.NO_PERMISSION)),
    (Kind.DELETE_CHANNEL, refused(403, 50013), gone(Problem.NO_PERMISSION)),
    (Kind.POST_TRANSCRIPT, refused(403, 50001), gone(Problem.NO_PERMISSION)),
    (Kind.GREET, refused(403), gone(Problem.NO_PERMISSION)),
    (Kind.GREET, refused(401), gone(Problem.TOKEN_REFUSED)),
    # limits and names (P15)
    (Kind.OPEN_CHANNEL, refused(400, 30013), gone(Problem.SERVER_FULL)),
    (
        Kind.OPEN_CHANNEL,
        invalid("parent_id", "Maximum number of channels in category reached (50)"),
        gone(Problem.CATEGORY_FULL),
    ),
    (
        Kind.OPEN_CHANNEL,
        invalid("parent_id", "Category does not exist"),
        gone(Problem.CATEGORY_GONE),
    ),
    (Kind.OPEN_CHANNEL, invalid("name", "Must be 100 or fewer"), gone(Problem.NAME_REFUSED)),
    (Kind.OPEN_CHANNEL, refused(400, 20031), gone(Problem.NAME_REFUSED)),
    (Kind.OPEN_CHANNEL, refused(400, 200001), gone(Problem.NAME_REFUSED)),
    (Kind.GREET, invalid("content", "Must be 2000 or fewer"), gone(Problem.INVALID)),
    (Kind.GREET, refused(400, 50006), gone(Problem.INVALID)),
    (Kind.PIN_GREETING, refused(400, 30003), gone(Problem.PINS_FULL, quiet=True)),
    (Kind.POST_TRANSCRIPT, refused(413, 40005), gone(Problem.TOO_LARGE)),
    (Kind.POST_TRANSCRIPT, refused(413), gone(Problem.TOO_LARGE)),
    # interactions that are over
    (Kind.SAY, refused(404, 10062), gone(Problem.INTERACTION_OVER, quiet=True)),
    (Kind.SAY, refused(404, 10015), gone(Problem.INTERACTION_OVER, quiet=True)),
    (Kind.SAY, refused(401, 50027), gone(Problem.INTERACTION_OVER, quiet=True)),
    (Kind.SAY, refused(400, 40060), Done()),
    # waiting (P12)
    (Kind.GREET, RateLimited(582.5), RetryAfter(582.5)),
    (Kind.GREET, CircuitOpen(30), RetryAfter(30)),
    (Kind.GREET, refused(429), RetryAfter(None)),
    (Kind.GREET, gatekeeper("60"), RetryAfter(60)),
    (Kind.GREET, gatekeeper("soon"), RetryAfter(None)),
    (Kind.GREET, gatekeeper(None), RetryAfter(None)),
    # the server's or the network's fault (P14)
    (Kind.OPEN_CHANNEL, DeliveryUnknown("?"), RetryAfter(unknown=True)),
    (Kind.DELETE_CHANNEL, refused(502), RetryAfter(unknown=True)),
    (Kind.LOCK_CHANNEL, refused(503), RetryAfter(unknown=True)),
    (Kind.LOCK_CHANNEL, refused(408), RetryAfter(unknown=True)),
    (Kind.GREET, TimeoutError(), RetryAfter(unknown=True)),
    (Kind.GREET, ConnectionResetError(), RetryAfter(unknown=True)),
    (Kind.GREET, aiohttp.ServerDisconnectedError(), RetryAfter(unknown=True)),
    (Kind.GREET, NO_CONNECTION, RetryAfter()),
    # nobody has thought of it
    (Kind.GREET, KeyError("x"), gone(Problem.UNEXPECTED)),
    (Kind.GREET, disnake.InvalidData("x"), gone(Problem.UNEXPECTED)),
]


@pytest.mark.parametrize(("kind", "error", "expected"), TABLE)
def test_what_it_means(kind: Kind, error: Exception, expected: Outcome) -> None:
    assert outcome(error, kind) == expected


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 429, 500, 503])
def test_every_refusal_of_every_effect_has_a_meaning(kind: Kind, status: int) -> None:
    """An answer with an unknown code still ends or repeats the effect, never raises."""
    meaning = outcome(refused(status, 999_999), kind)
    assert isinstance(meaning, RetryAfter) == (status in (429, 500, 503))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refused(503), "unreachable: "),
        (RateLimited(600), "unreachable: "),
        (DeliveryUnknown("?"), "unreachable: ?"),
        (aiohttp.ServerDisconnectedError(), "unreachable: "),
        (ConnectionResetError(), "unreachable: ConnectionResetError"),
        (TimeoutError(), "too_slow: TimeoutError"),
        (OSError(28, "No space left on device"), "unwritable: [Errno 28] No space"),
        (KeyError("x"), "unexpected: 'x'"),
        (Undelivered("example.org answers with status 500."), "example.org answers"),
    ],
)
def test_p3_an_effect_that_is_tried_again_is_noted_with_its_problem(
    error: Exception, expected: str
) -> None:
    """So that staff, who are told when patience is over, read the catalogue's sentence."""
    assert noted(error).startswith(expected)
