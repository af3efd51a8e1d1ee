"""Secrets that people paste: masked before anything is stored, and told of once a ticket (D4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ogma.domain.intake import named
from ogma.domain.opening import Intention
from ogma.domain.patterns import Private
from ogma.domain.redaction import mask_secrets, mask_secrets_in
from ogma.domain.tickets import Ticket
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, tickets

_EVENT: Final = "secret_masked"
_FILE_TEXTS: Final = ("filename", "title", "description")
"""What people wrote of a file that Discord tells of."""
_ENDING: Final = re.compile(r"\.\w{1,4}$")
_FILE_ADDRESSES: Final = ("url", "proxy_url")
"""They end in the file's name, and cannot be fetched when a letter of them is changed."""


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
    done = [_masked_file(file) for file in files]
    return [file for file, _ in done], tuple(kind for _, kinds in done for kind in kinds)


def _masked_file(file: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Private, ...]]:
    """A file whose name held a secret is stored without its address, which is asked for anew."""
    texts, found = mask_secrets_in({name: file[name] for name in _FILE_TEXTS if name in file})
    name, kinds = _masked_name(str(texts.get("filename", "")))
    found += kinds
    if texts.get("title") != file.get("title"):
        # The name is made of it, without the signs that give a secret away.
        name = texts["title"] + (_ENDING.search(name) or [""])[0]
    if name == str(file.get("filename", "")):
        return {**file, **texts}, found
    blank = {address: "" for address in _FILE_ADDRESSES if address in file}
    return {**file, **texts, **blank, "filename": name}, found


def _masked_name(name: str) -> tuple[str, tuple[Private, ...]]:
    """Discord writes the spaces of a file's name as underscores, and no pattern knows them so."""
    spaced = mask_secrets(name.replace("_", " "))
    return (spaced.text, spaced.found) if spaced.found else (name, ())


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
        files, more = _masked_files(answer.files)
        told = named(files) if files else answer.text
        text, kinds = mask_secrets_in(told)
        answers.append(replace(answer, text=text, files=tuple(files)))
        found += kinds + more
    return replace(wish, **texts, answers=tuple(answers)), found
