"""What a failed effect means: it is done all the same, it never will be, or try again.

One table for every exception of disnake, aiohttp and the guard. When a retry happens is not
decided here but by `domain.effects.retry_delay` and the effect's patience.
Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import aiohttp
import disnake

from ogma.bot.http import DeliveryUnknown, RateLimited
from ogma.domain.effects import Kind
from ogma.errors import ConfigError
from ogma.net.places import Refused
from ogma.services.automation.webhooks import Rejected, Undelivered


class Problem(StrEnum):
    """Why an effect is given up; each is a text in the catalogue below 'problem.'."""

    CHANNEL_GONE = "channel_gone"
    MESSAGE_GONE = "message_gone"
    MEMBER_GONE = "member_gone"
    ROLE_GONE = "role_gone"
    SERVER_GONE = "server_gone"
    CATEGORY_GONE = "category_gone"
    GONE = "gone"
    DM_CLOSED = "dm_closed"
    NO_PERMISSION = "no_permission"
    SERVER_FULL = "server_full"
    CATEGORY_FULL = "category_full"
    PINS_FULL = "pins_full"
    NAME_REFUSED = "name_refused"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    INTERACTION_OVER = "interaction_over"
    TOKEN_REFUSED = "token_refused"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    UNWRITABLE = "unwritable"
    MISCONFIGURED = "misconfigured"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Done:
    """What was wanted is so already."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying again cannot help. `quiet` when it is nobody's fault and nobody need be told."""

    problem: Problem
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Try again, not before `asked_s` where Discord has asked to wait.

    `unknown`: it may have happened, so look before you act.
    """

    asked_s: float | None = None
    unknown: bool = False


Outcome = Done | GiveUp | RetryAfter

_PROBLEMS: Final[Mapping[int, Problem]] = {
    10003: Problem.CHANNEL_GONE,
    10004: Problem.SERVER_GONE,
    10007: Problem.MEMBER_GONE,
    10008: Problem.MESSAGE_GONE,
    10011: Problem.ROLE_GONE,
    10013: Problem.MEMBER_GONE,
    10015: Problem.INTERACTION_OVER,
    10062: Problem.INTERACTION_OVER,
    20031: Problem.NAME_REFUSED,
    200001: Problem.NAME_REFUSED,
    30003: Problem.PINS_FULL,
    30013: Problem.SERVER_FULL,
    40001: Problem.TOKEN_REFUSED,
    40005: Problem.TOO_LARGE,
    50001: Problem.NO_PERMISSION,
    50007: Problem.DM_CLOSED,
    50013: Problem.NO_PERMISSION,
    50027: Problem.INTERACTION_OVER,
    50278: Problem.DM_CLOSED,
}

_STATUSES: Final[Mapping[int, Problem]] = {
    401: Problem.TOKEN_REFUSED,
    403: Problem.NO_PERMISSION,
    404: Problem.GONE,
    413: Problem.TOO_LARGE,
}

_QUIET: Final = frozenset({Problem.DM_CLOSED, Problem.INTERACTION_OVER, Problem.PINS_FULL})

_TO_THE_CUSTOMER: Final = frozenset({Kind.CSAT_DM, Kind.CUSTOMER_TRANSCRIPT})

_ALREADY_ACKNOWLEDGED: Final = 40060
_OPENING_DMS_TOO_FAST: Final = 40003
_INVALID_FORM: Final = 50035
_DM_PAUSE_S: Final = 600.0

_GONE_IS_DONE: Final[Mapping[Kind, frozenset[Problem]]] = {
    Kind.DELETE_CHANNEL: frozenset({Problem.CHANNEL_GONE, Problem.GONE}),
    Kind.DELETE_MESSAGE: frozenset({Problem.CHANNEL_GONE, Problem.MESSAGE_GONE, Problem.GONE}),
    Kind.LOCK_CHANNEL: frozenset({Problem.CHANNEL_GONE, Problem.GONE}),
}
"""Effects for which the absence of their object is what was wanted."""


def outcome(error: Exception, kind: Kind) -> Outcome:
    """What to do after this error while performing an effect of this kind.

    NAME_REFUSED asks for another attempt with a neutral name; only when that was refused too is
    it the end. What is not known here at all is UNEXPECTED, and worth a traceback in the log.
    """
    match error:
        case DeliveryUnknown():
            return RetryAfter(unknown=True)
        case RateLimited():
            return RetryAfter(error.retry_after_s)
        case disnake.HTTPException():
            return _refused(error, kind)
        case Undelivered():
            return RetryAfter(error.asked_s)
        case ConfigError() | Refused() | Rejected():
            return GiveUp(Problem.MISCONFIGURED)
        case aiohttp.ClientConnectorError():
            return RetryAfter()
        case aiohttp.ClientError() | OSError():
            return RetryAfter(unknown=True)
    return GiveUp(Problem.UNEXPECTED)


def noted(error: Exception) -> str:
    """What is kept of an error with an effect that is tried again: 'PROBLEM: SENTENCE'.

    When patience is over staff are told of the problem, in their language. A webhook's own error
    names the server that does not take it, so it stays as it is.
    """
    sentence = str(error) or type(error).__name__
    match error:
        case Undelivered():
            return sentence
        case TimeoutError():
            problem = Problem.TOO_SLOW
        case DeliveryUnknown() | RateLimited() | disnake.HTTPException():
            problem = Problem.UNREACHABLE
        case aiohttp.ClientError() | ConnectionError():
            problem = Problem.UNREACHABLE
        case OSError():
            problem = Problem.UNWRITABLE
        case _:
            problem = Problem.UNEXPECTED
    return f"{problem}: {sentence}"


def _refused(error: disnake.HTTPException, kind: Kind) -> Outcome:
    """The outcome of an answer that Discord gave."""
    if error.code == _ALREADY_ACKNOWLEDGED:
        return Done()
    if error.code == _OPENING_DMS_TOO_FAST:
        return RetryAfter(_DM_PAUSE_S)
    if error.status == 429:
        return RetryAfter(_header_s(error))
    if error.status >= 500 or error.status == 408:
        return RetryAfter(unknown=True)
    problem = _problem(error, kind)
    if problem in _GONE_IS_DONE.get(kind, frozenset()):
        return Done()
    left = kind in _TO_THE_CUSTOMER and problem is Problem.MEMBER_GONE
    return GiveUp(problem, quiet=left or problem in _QUIET)


def _problem(error: disnake.HTTPException, kind: Kind) -> Problem:
    if error.code == _INVALID_FORM:
        return _invalid_field(error.text)
    problem = _PROBLEMS.get(error.code) or _STATUSES.get(error.status, Problem.INVALID)
    if kind is Kind.OPEN_CHANNEL and problem in (Problem.CHANNEL_GONE, Problem.GONE):
        return Problem.CATEGORY_GONE
    return problem


def _invalid_field(text: str) -> Problem:
    """Which field an invalid form is about; disnake writes 'In FIELD: MESSAGE', one a line."""
    for line in text.splitlines():
        if line.startswith("In name:"):
            return Problem.NAME_REFUSED
        if line.startswith("In parent_id:"):
            full = "maximum number of channels" in line.lower()
            return Problem.CATEGORY_FULL if full else Problem.CATEGORY_GONE
    return Problem.INVALID


def _header_s(error: disnake.HTTPException) -> float | None:
    """Discord's gatekeeper puts the wait into a header only."""
    header = error.response.headers.get("Retry-After", "")
    return float(header) if header.replace(".", "", 1).isdigit() else None
