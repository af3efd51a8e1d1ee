"""Whatever a model says: what reaches Discord has passed every check, and nothing in it is live."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Hashable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.answering.engine import Answerer, OnPosition
from ogma.answering.grounding import CHECKS
from ogma.answering.ollama import Reply
from ogma.answering.prompt import Prompt
from ogma.bot.render.message import Message
from ogma.bot.render.model_text import links_in
from ogma.bot.render.ticket import answer as render
from ogma.domain.answers import Outcome, Verdict
from ogma.domain.passages import Hit, Passage, Search
from ogma.domain.policies import AiPolicy
from ogma.texts import load

TRUE = "Refunds are paid within 14 days to the card that you used."
TEXT = (
    f"{TRUE} See https://docs.example.com/refunds for all of it. Vouchers are not refundable.\n\n"
    "```\nshop refund --order 7\n```"
)
PASSAGES = (
    Passage(1, "billing.md", "Billing", "Refunds", "https://docs.example.com/billing", TEXT),
    Passage(2, "plans.md", "Plans", "Prices", None, "The Forge plan costs 9 EUR a month."),
)
QUESTION = "When are refunds paid?"
SEARCH = Search(QUESTION, "hybrid", tuple(Hit(one, 0.9, 0.9, 0.9) for one in PASSAGES), 1)
TABLE = tomllib.loads(Path(__file__).with_name("hostile_replies.toml").read_text("utf-8"))
CORPUS = list(itertools.product(TABLE["words"], TABLE["shapes"]))
EN = load("en")

LIVE = re.compile(
    r"<(?:@[!&]?|#)\d+>|<id:\w+>|</[^:<>]+:\d+>|<t:-?\d+(?::\w)?>|(?<!\w)@(?:everyone|here)\b"
    r"|\]\(|discord\.gg/|javascript:|[\u200b\u202a-\u202e\u2066-\u2069\x00-\x08]"
)
URL = re.compile(r"https?://[^\s<>()\"`]+", re.IGNORECASE)


class Said:
    """A model that says the same whatever it is asked."""

    model = "said"
    down = False

    def __init__(self, content: str) -> None:
        self._content = content

    async def ask(
        self, prompt: Prompt, *, ticket: Hashable = 0, on_position: OnPosition | None = None
    ) -> Reply:
        return Reply(self._content, tokens_counted=prompt.tokens_estimated, tokens_written=1)

    async def warm_up(self) -> None:
        return None

    async def look(self) -> None:
        return None

    async def aclose(self) -> None:
        return None


async def replied(content: str) -> tuple[Verdict, Message | None]:
    """What the ladder makes of a model's words, and the message that a customer would get."""
    answerer = Answerer(AiPolicy(engine="ollama"), model=Said(content))
    verdict = await answerer.answer(QUESTION, SEARCH)
    if verdict.outcome is not Outcome.ANSWER:
        assert verdict.text is None
        return verdict, None
    assert verdict.text is not None
    links = links_in(*(one.quote for one in verdict.citations))
    return verdict, render(
        EN, ticket=1, answer_id=1, text=verdict.text, citations=verdict.citations, links=links
    )


def assert_harmless(verdict: Verdict, message: Message | None) -> None:
    """A5, A4, P23: one defined outcome; every check passed; nothing live; it fits."""
    if message is None:
        assert verdict.reason is not None
        return
    body = message.body()
    content = body["content"]
    assert verdict.citations and all(check.passed for check in verdict.checks)
    if verdict.engine == "ollama":
        assert [check.name for check in verdict.checks][2:] == list(CHECKS)
    for cited in verdict.citations:
        whole = next(one for one in PASSAGES if one.chunk_id == cited.chunk_id)
        place = f"{whole.title} {whole.heading} {whole.text}"
        assert all(word in bare(place).split() for word in bare(cited.quote).split())
    allowed = links_in(*(one.quote for one in verdict.citations))
    assert LIVE.search(content) is None
    assert {url.rstrip("/.,") for url in URL.findall(content)} <= allowed
    assert content.count("```") % 2 == 0
    assert len(content.encode("utf-16-le")) // 2 <= 2000
    assert body["allowed_mentions"] == {"parse": []}


def bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) == 300


@pytest.mark.parametrize("number", range(len(TABLE["shapes"])))
async def test_no_hostile_reply_reaches_the_wire(number: int) -> None:
    """A5, A4: 300 replies of a hostile model, from its raw words to Discord's JSON."""
    for words, shape in CORPUS[number :: len(TABLE["shapes"])]:
        inside = json.dumps(words)[1:-1] if "{" in shape else words
        content = shape.replace("WORDS", inside).replace("TRUE", TRUE)
        verdict, message = await replied(content)
        assert_harmless(verdict, message)
        if message is not None:
            assert "MARKER" not in str(message.body()), content


pieces = st.one_of(
    st.sampled_from([TRUE, *TEXT.split(". "), "The Forge plan costs 9 EUR a month.", "Refunds"]),
    st.sampled_from([*TABLE["words"], "```", "not", "never", "only", "14", "https://", "\n- "]),
    st.text(max_size=60),
)
texts = st.lists(pieces, max_size=6).map(" ".join)
sentences = st.fixed_dictionaries(
    {
        "text": texts,
        "passages": st.lists(st.integers(-1, 3), max_size=3),
        "quotes": st.lists(st.one_of(st.just(TRUE), texts), max_size=3),
    }
)
drafts = st.fixed_dictionaries(
    {"answerable": st.booleans(), "sentences": st.lists(sentences, max_size=14)}
).map(json.dumps)


@given(st.one_of(st.text(max_size=400), texts, drafts))
async def test_any_reply_has_one_defined_and_harmless_outcome(content: str) -> None:
    """A5, A4: any text at all, and any proposal in the schema, true parts and false mixed."""
    assert_harmless(*await replied(content))


@pytest.mark.parametrize(
    "text", ["```\nshop refund", "Do this:\n```sh\na\nb", "``` a ``` ```", "x" * 1990 + "\n```\ny"]
)
def test_a_code_block_that_was_left_open_is_closed(text: str) -> None:
    """A4: also where nothing had to be cut."""
    shown = render(EN, ticket=1, answer_id=1, text=text, citations=()).body()["content"]
    assert shown.count("```") % 2 == 0 and len(shown) <= 2000
