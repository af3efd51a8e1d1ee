"""The register of personal data: which table holds what of whom, and how it is erased (D1, D2).

Every table stands here, also those that hold nothing personal: a test compares the register with
the schema, so that a new table cannot be forgotten. Erasing runs down the register, children
before their parents; afterwards a person's id is looked for in every text that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

Blanks = Mapping[str, str]
"""Columns and the SQL that takes the place of their content."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table: those that fit `where` are deleted, or blanked where `blanks` are named."""

    where: str
    blanks: Blanks | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What a table holds.

    `ticket`: what goes with a ticket's content (:ticket, :customer). `person`: what one person
    (:user) has left in other people's tickets, or outside of any. `nothing`: why there is nothing.
    """

    ticket: tuple[Rows, ...] = ()
    person: tuple[Rows, ...] = ()
    nothing: str = ""
    ids: bool = field(default=True)
    """Whether a person's id may stand in its texts and is to be taken out."""
    names: tuple[str, ...] = ()
    """Columns that may be a person's name, or hold it as a whole value of their JSON."""


_ME: Final = "CASE WHEN actor_id = :customer THEN {} ELSE {} END"
_EMPTY: Final = "''"
_OWNERS: Final = "what the owner put into the knowledge base"

REGISTER: Final[Mapping[str, Holding]] = MappingProxyType(
    {
        "message_version": Holding(
            ticket=(Rows("message_id IN (SELECT id FROM message WHERE ticket_id = :ticket)"),),
            person=(Rows("message_id IN (SELECT id FROM message WHERE author_id = :user)"),),
        ),
        "message": Holding(
            ticket=(Rows("ticket_id = :ticket"),),
            person=(
                Rows(
                    "author_id = :user",
                    {
                        "content": _EMPTY,
                        "author_id": "0",
                        "author_name": _EMPTY,
                        "embeds": "'[]'",
                        "components": "'[]'",
                        "files": "'[]'",
                    },
                ),
            ),
        ),
        "intake_answer": Holding(ticket=(Rows("ticket_id = :ticket"),)),
        "draft": Holding(
            ticket=(Rows("ticket_id = :ticket"),),
            person=(Rows("judged_by = :user", {"judged_by": "0", "judged_by_name": _EMPTY}),),
        ),
        "answer": Holding(
            ticket=(Rows("ticket_id = :ticket"),), person=(Rows("asker_id = :user"),)
        ),
        "question_taken": Holding(person=(Rows("user_id = :user"),)),
        "happening": Holding(ticket=(Rows("ticket_id = :ticket"),)),
        "event": Holding(
            ticket=(
                Rows(
                    "ticket_id = :ticket",
                    {
                        "detail": _EMPTY,
                        "actor": _ME.format(_EMPTY, "actor"),
                        "actor_id": _ME.format("NULL", "actor_id"),
                    },
                ),
            ),
            person=(
                Rows("actor_id = :user", {"detail": _EMPTY, "actor": _EMPTY, "actor_id": "NULL"}),
            ),
            names=("detail",),
        ),
        "escalation": Holding(
            ticket=(
                Rows(
                    "ticket_id = :ticket",
                    {
                        "question": _EMPTY,
                        "passages": "'[]'",
                        "reasons": "(SELECT json_group_array(json_set(value, '$.detail', ''))"
                        " FROM json_each(reasons))",
                        "message_id": "NULL",
                    },
                ),
            ),
        ),
        "flag": Holding(ticket=(Rows("ticket_id = :ticket", {"detail": _EMPTY}),)),
        "participant": Holding(
            ticket=(Rows("ticket_id = :ticket"),), person=(Rows("user_id = :user"),)
        ),
        "access_snapshot": Holding(ticket=(Rows("ticket_id = :ticket"),)),
        "tip_source": Holding(ticket=(Rows("ticket_id = :ticket"),)),
        "job": Holding(
            ticket=(
                Rows(
                    "requires IN (SELECT id FROM job WHERE ticket_id = :ticket)",
                    {"requires": "NULL"},
                ),
                Rows("ticket_id = :ticket"),
            ),
            names=("payload", "receipt"),
        ),
        "alert": Holding(
            ticket=(Rows("ticket_id = :ticket", {"text": _EMPTY, "params": "'{}'"}),),
            names=("params",),
        ),
        "tag": Holding(ticket=(Rows("ticket_id = :ticket", {"by_name": _EMPTY}),)),
        "teammate": Holding(person=(Rows("user_id = :user"),)),
        "turn": Holding(person=(Rows("user_id = :user"),)),
        "meta": Holding(ticket=(Rows("key = 'names:' || :ticket"),)),
        "block": Holding(person=(Rows("user_id = :user"),)),
        "ticket": Holding(
            ticket=(
                Rows(
                    "id = :ticket",
                    {
                        "customer_id": "0",
                        "customer_name": _EMPTY,
                        "interaction_id": "NULL",
                        "channel_name": "NULL",
                        "subject": "NULL",
                        "description": "NULL",
                        "close_note": "NULL",
                        "close_request_by": "NULL",
                        "csat_comment": "NULL",
                        "archive_path": "NULL",
                        "failure": "NULL",
                        "closed_by": "nullif(closed_by, :customer)",
                        "closed_by_name": "CASE WHEN closed_by = :customer THEN ''"
                        " ELSE closed_by_name END",
                        "erased_at": ":now",
                    },
                ),
            ),
            person=(
                Rows("claimed_by = :user", {"claimed_by": "0", "claimed_by_name": _EMPTY}),
                Rows("closed_by = :user", {"closed_by": "0", "closed_by_name": _EMPTY}),
            ),
        ),
        "gap_settled": Holding(nothing="which question was settled how", ids=False),
        "tip": Holding(nothing="scrubbed; one that a forgotten ticket taught is removed"),
        "erasure": Holding(nothing="how much was erased and when, not of whom", ids=False),
        "archive_link": Holding(nothing="digests; an erasure leaves a tombstone", ids=False),
        "sla": Holding(nothing="when what was due", ids=False),
        "rule_firing": Holding(nothing="which rule did what", ids=False),
        "schema_migration": Holding(nothing="steps of the schema", ids=False),
        "lease": Holding(nothing="which process writes", ids=False),
        "document": Holding(nothing=_OWNERS, ids=False),
        "document_type": Holding(nothing=_OWNERS, ids=False),
        "document_role": Holding(nothing=_OWNERS, ids=False),
        "chunk": Holding(nothing=_OWNERS, ids=False),
        "place": Holding(nothing=_OWNERS, ids=False),
        "embedding": Holding(nothing=_OWNERS, ids=False),
        "embedding_model": Holding(nothing="names of models", ids=False),
        "knowledge": Holding(nothing="a counter", ids=False),
        "calibration": Holding(nothing="figures", ids=False),
        "source": Holding(nothing=_OWNERS, ids=False),
        "source_page": Holding(nothing=_OWNERS, ids=False),
    }
)

FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ogma.db*": "its rows are erased, its free pages and write-ahead log overwritten",
        "ogma.before-*": "a copy from before an upgrade: named in the receipt",
        "transcripts/**": "removed with their ticket, or written anew",
        "attachments/**": "removed when nobody else has sent the same",
        "logs/*": "ids are blanked in place; message texts are not logged",
        "index/*": "written anew",
        "backups/**": "copies: named in the receipt, with their age",
        "before-restore-*/**": "copies: named in the receipt, with their age",
        "golden/*": "results of questions that the owner wrote",
        "*.lock": "empty",
        "restoring": "empty; a restore is under way",
        "bot.json": "which process holds the folder",
        "token": "the bot's own",
        "webhook-*.secret": "the owner's",
        "tool-*.secret": "the owner's",
        "config.*": "the owner's settings, the last that were sound",
        ".*": "of a run that is under way or was killed",
    }
)
"""Every kind of file in the data folder, and what an erasure does to it."""
