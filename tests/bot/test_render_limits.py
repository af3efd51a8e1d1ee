"""Whatever people, owners and models write: no message breaks a limit or pings anybody."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from ogma import texts as catalogue
from ogma.bot.render import csat, forms, notices, opening, panel, review, ticket, transcript
from ogma.bot.render.audit import audit
from ogma.bot.render.escape import clean, label, plain, quoted
from ogma.bot.render.limits import clip, length
from ogma.bot.render.message import Message, Upload
from ogma.bot.render.review import Candidate, Item
from ogma.bot.render.transcript import HandledBy
from ogma.domain.answers import Citation
from ogma.domain.business_hours import Presence
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.escalation import Cause, Given, ReviewState
from ogma.domain.opening import Refusal
from ogma.domain.policies import Intake, PanelPolicy, TypePolicy
from tests.bot.rendered import (
    TICKET,
    assert_form_within_limits,
    assert_within_limits,
    units,
)

TEXTS = [catalogue.load(language) for language in catalogue.languages()]
ATTACKS = [
    "@everyone",
    "<@&5>",
    "[x](https://evil.example)",
    "*" * 3000,
    "`" * 3000,
    "👨‍👩‍👧" * 1200,
    "\u202e\u200b\U000e0041",
    "\ud800",
    "a" * 7000,
    "\n" * 3000,
    "> # -# ||x||",
    "   ",
]
anything = st.one_of(
    st.text(st.characters(), max_size=300),
    st.lists(st.integers(0, len(ATTACKS) - 1), max_size=4).map(
        lambda chosen: "".join(ATTACKS[one] for one in chosen)
    ),
)
languages = st.sampled_from(TEXTS)
ids = st.integers(1, 2**63 - 1)
numbers = st.integers(1, 10**12)
times = st.integers(1_420_070_400_000, 4_000_000_000_000)
tickets = st.builds(
    replace,
    st.just(TICKET),
    id=numbers,
    customer_id=ids,
    guild_id=ids,
    channel_id=st.none() | ids,
    channel_name=st.none() | anything,
    customer_name=anything,
    subject=st.none() | anything,
    description=st.none() | anything,
    close_reason=st.none() | st.sampled_from(CloseReason),
    close_cause=st.none() | st.sampled_from(CloseCause),
    close_note=st.none() | anything,
    closed_by_name=st.none() | anything,
    claimed_by_name=st.none() | anything,
    closed_at=st.none() | times,
)
citations = st.lists(
    st.builds(Citation, numbers, anything, anything, anything, st.none() | anything, anything),
    max_size=8,
)
types = st.builds(
    TypePolicy,
    id=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True),
    label=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80),
    category=ids,
    emoji=anything,
    description=st.text(st.characters(exclude_categories=("Cs",)), max_size=100),
    style=st.sampled_from(["primary", "secondary", "success", "danger"]),
    intake=st.sampled_from(Intake),
    enabled=st.booleans(),
)
items = st.builds(
    Item,
    id=numbers,
    state=st.sampled_from(ReviewState),
    reasons=st.lists(st.builds(Given, times, st.sampled_from(Cause), anything), max_size=12),
    question=anything,
    passages=st.lists(
        st.builds(Candidate, anything, anything, st.none() | anything, anything), max_size=5
    ),
    out_of_scope=st.booleans(),
    by=anything,
    at=st.none() | times,
)


presences = st.none() | st.builds(Presence, st.booleans(), st.none(), st.none() | times)


@given(languages, tickets, anything, st.booleans(), presences, anything)
def test_greeting(texts: Any, one: Any, kind: str, ai: bool, there: Any, privacy: str) -> None:
    message = ticket.greeting(
        texts, one, type_label=kind, ai=ai, there=there, privacy=clean(privacy)
    )
    assert_within_limits(message)


@given(languages, numbers, numbers, anything, citations, st.sets(anything, max_size=3))
def test_answer(texts: Any, one: int, answer: int, text: str, cited: Any, links: Any) -> None:
    """A4: at most 2,000 characters with all that is shown."""
    message = ticket.answer(
        texts, ticket=one, answer_id=answer, text=text or "x", citations=cited, links=links
    )
    assert_within_limits(message)
    assert message.pings == ()
    shown = message.embeds[0]
    visible = [message.content, shown.title, shown.description, shown.footer.text]
    assert sum(units(part or "") for part in visible) <= 2000


@given(languages, tickets, items, anything, st.lists(ids, max_size=20))
def test_review_item(texts: Any, one: Any, item: Item, kind: str, roles: list[int]) -> None:
    """E2: pings the configured roles and no others, whatever the question says."""
    message = review.review(texts, one, item, type_label=kind, ping_roles=roles)
    assert_within_limits(message)
    mentions = message.allowed_mentions().to_dict()
    assert mentions.get("roles", []) == roles
    assert message.marker().value == f"ogma:claim:{item.id}"


@given(languages, numbers, anything)
def test_rating(texts: Any, one: int, server: str) -> None:
    assert_within_limits(csat.csat(texts, one, server))
    for rating in get_args(csat.Rating):
        for commented in (False, True):
            assert_within_limits(
                csat.csat_answered(texts, one, server, rating, commented=commented)
            )


@given(
    languages,
    tickets,
    anything,
    st.integers(0, 10**9),
    st.sampled_from(get_args(HandledBy)),
    st.just(Upload("ticket-42.html", "/dev/null")) | st.none(),
)
def test_transcript_card(
    texts: Any, one: Any, kind: str, messages: int, by: HandledBy, file: Upload | None
) -> None:
    message = transcript.transcript_card(
        texts, one, type_label=kind, messages=messages, handled_by=by, files=[file] if file else []
    )
    assert_within_limits(message)


@given(languages, st.lists(types, max_size=25, unique_by=lambda kind: kind.id))
def test_panel(texts: Any, kinds: list[TypePolicy]) -> None:
    message = panel.panel(texts, PanelPolicy(title="x" * 256, text="y" * 4000), kinds)
    assert_within_limits(message)


@given(languages, types, numbers)
def test_forms(texts: Any, kind: TypePolicy, one: int) -> None:
    form = forms.intake(texts, kind)
    assert (form is None) == (kind.intake is Intake.NONE)
    if form is not None:
        assert_form_within_limits(form)
    assert_form_within_limits(forms.csat_comment(texts, one))


@given(languages, anything, anything)
def test_notices(texts: Any, name: str, other: str) -> None:
    messages: list[Message] = [
        ticket.claimed(texts, name),
        ticket.released(texts, name),
        *(ticket.closing(texts, name, reason) for reason in CloseReason),
        *(ticket.escalated(texts, cause, expected=name) for cause in Cause),
        *(opening.refused(texts, why, type_label=name) for why in Refusal),
        opening.opened(texts, None),
        notices.staff_notice(
            texts,
            "staff.opening_failed",
            {"customer": name, "type": other, "problem": other},
        ),
    ]
    for message in messages:
        assert_within_limits(message)


@given(tickets, anything)
def test_topic_keeps_its_marker(one: Any, kind: str) -> None:
    topic = ticket.topic(TEXTS[0], one, kind, "ogma:a1b2c3d4")
    assert units(topic) <= 1024
    assert "ogma:a1b2c3d4" in topic


@given(languages, anything, numbers)
def test_a_reason_in_the_audit_log(texts: Any, name: str, one: int) -> None:
    """One line of 512 characters at most, that can be percent-encoded for its header."""
    for reason in (
        audit(texts, "overflow", category=name),
        audit(texts, "transferred", number=one, type=name),
    ):
        assert 0 < units(reason) <= 512
        assert "\n" not in reason
        assert quote(reason, safe="/ ").isascii()


@given(anything, st.integers(1, 5000))
def test_clip(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert length(clipped) <= limit
    if length(text.strip()) <= limit:
        assert clipped == text.strip()
    else:
        assert clipped.endswith("…")
        assert text.strip().startswith(clipped[:-1])


@given(anything)
def test_clean_is_idempotent_and_leaves_nothing_invisible(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    hidden = "\u202e\u2066\u200b\ufeff\ufe0f\U000e0041\U000e0100\x00\x1b\r\u00ad"
    assert not set(cleaned) & set(hidden)
    cleaned.encode()


@given(anything)
def test_plain_words_show_as_they_are(text: str) -> None:
    """Taking Discord's escapes away again gives the clean line: nothing was markup."""
    shown = plain(text)
    assert unescaped(shown) == label(text)
    assert not live_markup(shown)
    assert "\n" not in shown


@given(anything)
def test_quotes_stay_quotes(text: str) -> None:
    lines = quoted(text).splitlines()
    assert all(line.startswith("> ") for line in lines)
    assert not any(live_markup(line[2:]) for line in lines)


def unescaped(text: str) -> str:
    """Discord: a backslash before a character that is no letter, digit or space is an escape."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


def live_markup(text: str) -> bool:
    """Anything left that begins Markdown, a mention or a link once escapes are taken out."""
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "", text)
    return bool(set(bare) & set("*_~`|<>[]()#@")) or "://" in bare
