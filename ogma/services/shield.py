"""Secrets that people paste: masked before anything is stored, and told of once a ticket (D4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ogma.domain.opening import Intention
from ogma.domain.patterns import Private
from ogma.domain.redaction import mask_secrets, mask_secrets_in
from ogma.domain.tickets import Ticket
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, tickets

_EVENT: Final = "secret_masked"
_FILE_TEXTS: Final = ("filename", "title", "description")
"""What people wrote of a file that Discord tells of; its address must stay whole to be fetched."""


def masked_columns(columns: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Private, ...]]:
    """A message's columns with all its texts masked, and what was found in them."""
    done = dict(columns)
    found: list[Private] = []
    for name in ("content", "embeds", "components"):
        if name in done:
            done[name], kinds = mask_secrets_in(done[name])
            found += kinds
    if "files" in done:
        done["files"], kinds = _masked_files(done["files"])
        found += kinds
    return done, tuple(found)


def _masked_files(
    files: Sequence[Mapping[str, Any]],
) -> tuple[list[dict[str, Any]], tuple[Private, ...]]:
    done: list[dict[str, Any]] = []
    found: tuple[Private, ...] = ()
    for file in files:
        texts, kinds = mask_secrets_in({name: file[name] for name in _FILE_TEXTS if name in file})
        done.append({**file, **texts})
        found += kinds
    return done, found


def masked(text: str) -> str:
    """A text that is to be stored, without secrets."""
    return mask_secrets(text).text


def tell(desk: Desk, ticket: Ticket, who: tuple[int, str], found: Collection[Private]) -> None:
    """Put on record what was masked, and say so in the ticket, once. In the caller's transaction.

    Staff see it among the ticket's events; the masks stand where the secrets stood.
    """
    if not found:
        return
    told = any(event["kind"] == _EVENT for event in tickets.events(desk.db, ticket.id))
    kinds = sorted(set(found))
    now = desk.now()
    tickets.add_event(desk.db, ticket.id, now, _EVENT, who, ", ".join(kinds), staff_only=True)
    if not told:
        notice = build.say(ticket.id, build.Notice.SECRET_MASKED, kinds=kinds)
        outbox.put(desk.db, [notice], now)


def masked_wish(wish: Intention) -> tuple[Intention, tuple[Private, ...]]:
    """What somebody wrote to open a ticket, masked, and what was found in it."""
    written = {"subject": wish.subject, "description": wish.description}
    texts, found = mask_secrets_in(written)
    answers = []
    for answer in wish.answers:
        text, kinds = mask_secrets_in(answer.text)
        files, more = _masked_files(answer.files)
        answers.append(replace(answer, text=text, files=tuple(files)))
        found += kinds + more
    return replace(wish, **texts, answers=tuple(answers)), found
