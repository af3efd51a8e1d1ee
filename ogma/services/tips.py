"""Tips as people manage them: added, changed, approved, removed, merged (L1).

A live tip is a document of the knowledge base; both change in one transaction. A tip that Ogma has
learned has a post in #learned-tips, which follows it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ogma.domain import tips as rules
from ogma.domain.access import Actor, Denial, Rank, team_denial
from ogma.domain.effects import Effect, Kind, tip_lane
from ogma.domain.likeness import tokens
from ogma.domain.private_patterns import Private
from ogma.domain.redaction import redact
from ogma.domain.tips import Lesson, Tip, TipOrigin, TipState
from ogma.errors import NotFound, UsageError
from ogma.services.desk import Desk
from ogma.store import outbox
from ogma.store import tips as store

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService
    from ogma.services.knowledge.written import Prepared, Written


@dataclass(frozen=True, slots=True)
class Draft:
    """A tip before it is stored. `like` is one that it may contradict."""

    lesson: Lesson
    origin: TipOrigin
    types: frozenset[str] = frozenset()
    like: int | None = None


def refused(desk: Desk, actor: Actor) -> Denial | None:
    """Tips belong to no ticket: all of the team may manage them."""
    settings = desk.settings()
    rank = Rank(settings.team_roles(), frozenset(settings.roles.management))
    return team_denial(actor, rank)


def tip(desk: Desk, tip_id: int) -> Tip:
    """The tip with this number; raises NotFound."""
    found = store.get(desk.db, tip_id)
    if found is None:
        raise NotFound(f"There is no tip {tip_id}; `ogma tips list` shows which there are.")
    return found


def listed(desk: Desk, states: Sequence[TipState] = (), text: str = "") -> list[Tip]:
    """Tips, newest first; with all words of `text`, if it has any."""
    wanted = tokens(text)
    return [
        one
        for one in store.listed(desk.db, states)
        if wanted <= tokens(f"{one.title} {one.question} {one.text}")
    ]


def counters(desk: Desk) -> dict[str, int]:
    """How many tips are in which state."""
    return store.counts(desk.db)


def clean(lesson: Lesson) -> tuple[Lesson, tuple[Private, ...]]:
    """What somebody wrote by hand as it may be stored, and what was masked in it.

    Raises UsageError for a text that is empty or too long.
    """
    masked = {name: redact(getattr(lesson, name).strip()) for name in ("title", "text", "question")}
    text = masked["text"].text
    if not any(char.isalnum() for char in text):
        raise UsageError("A tip needs a text.")
    if len(text) > rules.TEXT_MAX:
        raise UsageError(
            f"The tip has {len(text)} characters and the limit is {rules.TEXT_MAX};"
            " put long texts into a document and use `ogma kb ingest`."
        )
    title = rules.shortened(masked["title"].text or rules.title_of(text), rules.TITLE_MAX)
    question = rules.shortened(masked["question"].text, rules.QUESTION_MAX)
    found = [kind for one in masked.values() for kind in one.found]
    return Lesson(title, text, question), tuple(found)


def written(lesson: Lesson, types: frozenset[str]) -> Written:
    """A lesson as a document without a number yet."""
    from ogma.services.knowledge.written import Written

    return Written("tip", "tip", lesson.title, lesson.text, lesson.question, types)


def ready(knowledge: KnowledgeService, found: Tip) -> Prepared:
    """A tip made ready for the knowledge base: slow, outside of any transaction."""
    lesson = Lesson(found.title, found.text, found.question)
    return knowledge.prepare(written(lesson, found.types))


def add(
    desk: Desk,
    knowledge: KnowledgeService,
    draft: Draft,
    prepared: Prepared,
    state: TipState,
    by: str,
) -> Tip:
    """Store a new tip, and its document if it is live. In the caller's transaction."""
    now = desk.now()
    made = store.add(
        desk.db,
        {
            "state": state,
            "origin": draft.origin,
            "title": draft.lesson.title,
            "question": draft.lesson.question,
            "text": draft.lesson.text,
            "types": draft.types,
            "like_tip": draft.like,
            "created_at": now,
            "changed_at": now,
            "changed_by": by,
        },
    )
    added = tip(desk, made)
    if state is TipState.LIVE:
        knowledge.put(prepared.named(added.document, added.full_title), now)
    return added


def taught_again(desk: Desk, tip_id: int, number: int) -> int | None:
    """Another ticket teaches what a tip says; None when the tip is gone. In a transaction."""
    found = store.get(desk.db, tip_id)
    if found is None:
        return None
    store.add_source(desk.db, tip_id, number, desk.now())
    show(desk, found)
    return tip_id


def show(desk: Desk, found: Tip) -> None:
    """Bring a learned tip's post up to date. Part of the caller's transaction."""
    posted = found.message_id is not None
    to_post = found.origin is TipOrigin.LEARNED and found.state is not TipState.REMOVED
    if posted or (to_post and desk.settings().channels.learned_tips is not None):
        key = f"tip:{found.id}:{secrets.token_hex(4)}"
        ticket = next(iter(found.tickets), None)
        effect = Effect(Kind.SYNC_TIP, key, tip_lane(found.id), ticket, {"tip": found.id})
        outbox.put(desk.db, [effect], desk.now())


def posted(desk: Desk, tip_id: int, channel_id: int, message_id: int) -> None:
    """The tip's post is there. Part of the caller's transaction."""
    found = store.get(desk.db, tip_id)
    if found is not None and found.message_id != message_id:
        store.update(desk.db, tip_id, channel_id=channel_id, message_id=message_id)


Write = Callable[[Desk, Actor], Denial | Tip | None]


def approving(desk: Desk, knowledge: KnowledgeService, tip_id: int) -> Write:
    """Make a tip ready to answer questions, also a removed one; gives the write that lets it.

    That write gives None when the tip does so already, or has got other words meanwhile.
    """
    found = tip(desk, tip_id)
    prepared = ready(knowledge, found)

    def approve(desk: Desk, actor: Actor) -> Denial | Tip | None:
        with desk.db.write():
            why = refused(desk, actor)
            if why is not None:
                return why
            now_found = tip(desk, tip_id)
            if now_found.state is TipState.LIVE or now_found.text != found.text:
                return None
            change = {"state": TipState.LIVE, "merged_into": None, "like_tip": None}
            store.update(desk.db, tip_id, **change, changed_at=desk.now(), changed_by=actor.name)
            knowledge.put(prepared.named(found.document, found.full_title), desk.now())
            show(desk, found)
            return tip(desk, tip_id)

    return approve


def remove(
    desk: Desk, knowledge: KnowledgeService, actor: Actor, tip_id: int
) -> Denial | Tip | None:
    """Take a tip out of the knowledge base; None when it is removed already.

    Its words are kept, so that it can be approved again, and is not learned once more.
    """
    with desk.db.write():
        found = tip(desk, tip_id)
        why = refused(desk, actor)
        if why is not None:
            return why
        if found.state is TipState.REMOVED:
            return None
        _take_out(desk, knowledge, found, actor.name)
        return tip(desk, tip_id)


def _take_out(
    desk: Desk, knowledge: KnowledgeService, found: Tip, by: str, into: int | None = None
) -> None:
    change = {"state": TipState.REMOVED, "merged_into": into}
    store.update(desk.db, found.id, **change, changed_at=desk.now(), changed_by=by)
    knowledge.withdraw(found.document)
    show(desk, found)


def edit(desk: Desk, knowledge: KnowledgeService, by: str, tip_id: int, lesson: Lesson) -> Tip:
    """Give a tip other words, which `clean` has seen; its state stays."""
    found = tip(desk, tip_id)
    changed = replace(found, title=lesson.title, text=lesson.text, question=lesson.question)
    prepared = ready(knowledge, changed)
    with desk.db.write():
        words = {"title": lesson.title, "text": lesson.text, "question": lesson.question}
        store.update(desk.db, tip_id, **words, changed_at=desk.now(), changed_by=by)
        now_found = tip(desk, tip_id)
        if now_found.state is TipState.LIVE:
            knowledge.put(prepared.named(changed.document, changed.full_title), desk.now())
        show(desk, now_found)
        return now_found


def merge(
    desk: Desk, knowledge: KnowledgeService, by: str, into: int, others: Sequence[int]
) -> Tip:
    """Let one tip stand for others: they are removed, the tickets that taught them are kept.

    Raises NotFound, and UsageError for a removed tip or a tip merged into itself.
    """
    with desk.db.write():
        kept, gone = tip(desk, into), [tip(desk, other) for other in others]
        if into in others:
            raise UsageError(f"Tip {into} cannot be merged into itself.")
        if kept.state is TipState.REMOVED:
            raise UsageError(f"Tip {into} is removed; `ogma tips approve {into}` brings it back.")
        for other in gone:
            store.move_sources(desk.db, other.id, into)
            _take_out(desk, knowledge, other, by, into)
        show(desk, kept)
        return tip(desk, into)
