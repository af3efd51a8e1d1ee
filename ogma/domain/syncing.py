"""What a sync does about a page: take it, leave it, keep the old text and say why (K2, P43)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from ogma.domain.sources import Page

GONE_TWICE: Final = 2
SHRUNK_TO: Final = 0.2
"""The share of its text below which a page has lost too much to be believed."""
LOGIN_TEXT: Final = 600
"""A page with a password field and less text than this is a login page."""
DOWN_AFTER: Final = 5
"""Failures in a row after which the site is left alone."""

_LOGIN: Final = re.compile(
    r"(?:^|/)(?:log-?in|sign-?in|sso|auth|oauth2?|account/login|users/sign_in|wp-login\.php|anmelden)"
    r"(?:$|[/?.])",
    re.IGNORECASE,
)


_NOT_FOUND: Final = re.compile(
    r"(?:error\s*)?404\b(?!\d)|(?:page|site|file|seite)?\s*(?:was |wurde )?(?:not|nicht)\s*"
    r"(?:found|gefunden)\b",
    re.IGNORECASE,
)
NOT_FOUND_TEXT: Final = 1_000
"""A page that calls itself not found, and has less text than this, is a soft 404."""


class Act(StrEnum):
    """What is done."""

    TAKE = "take"
    SAME = "same"
    KEEP = "keep"
    """The text of before stays, if there is one, and the reason is noted."""
    GONE = "gone"
    """As KEEP; at the second time in a row the text is removed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is done about a page, and why."""

    act: Act
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a fetched page turned out to be."""

    url: str
    """Where the redirects ended."""
    title: str
    text_sha256: str
    characters: int
    asks_password: bool = False
    wants_script: bool = False


def by_status(status: int) -> Judgement | None:
    """What follows from an HTTP status alone; None where the content has to be looked at."""
    match status:
        case HTTPStatus.OK:
            return None
        case HTTPStatus.NOT_MODIFIED:
            return Judgement(Act.SAME)
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return Judgement(Act.GONE, f"it is gone (HTTP {status})")
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return Judgement(Act.KEEP, f"it is not open to the public (HTTP {status})")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Judgement(Act.KEEP, "the site asks for fewer requests (HTTP 429)")
        case _:
            return Judgement(Act.KEEP, f"the site answers with HTTP {status}")


def by_content(known: Page, seen: Seen, *, force: bool = False) -> Judgement:
    """What is done about a page that has come. `force` takes it although it has shrunk."""
    if seen.wants_script:
        return Judgement(Act.KEEP, "its text appears only with JavaScript, which Ogma does not run")
    if is_login(known.url, seen):
        return Judgement(Act.KEEP, "it asks for a login")
    if known.stored == seen.text_sha256:
        return Judgement(Act.SAME)
    if _NOT_FOUND.match(seen.title.strip()) and seen.characters < NOT_FOUND_TEXT and not force:
        return Judgement(Act.KEEP, f"it says {seen.title[:60]!r} instead of HTTP 404")
    shrunk = seen.characters < SHRUNK_TO * known.characters
    if known.stored is not None and shrunk and not force:
        lost = 100 - round(100 * seen.characters / known.characters)
        return Judgement(
            Act.KEEP, f"its text has shrunk by {lost} %; `ogma kb sync --force` takes it as it is"
        )
    return Judgement(Act.TAKE)


def is_login(asked: str, seen: Seen) -> bool:
    """Whether a login page came in place of what was asked for."""
    if _LOGIN.search(urlsplit(asked).path):
        return seen.asks_password
    moved = bool(_LOGIN.search(urlsplit(seen.url).path))
    return moved or (seen.asks_password and seen.characters < LOGIN_TEXT)


def removed(pages: Collection[Page], gone: Collection[str], reached: bool) -> set[str] | None:
    """The URLs to remove of those found gone in this sync; None where the whole site is.

    `reached`: whether any page of the source was there. Where several were kept and every single
    one is gone at once, the site is broken or moved rather than its pages deleted.
    """
    kept = {page.url for page in pages if page.stored is not None}
    if len(kept) > 1 and not reached and kept <= set(gone):
        return None
    return {page.url for page in pages if page.url in gone and page.gone + 1 >= GONE_TWICE}
