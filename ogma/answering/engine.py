"""The ladder from question to verdict: gate, model, checks, quotation, hand-over."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from ogma.answering import draft, prompt, standalone, tips
from ogma.answering.case import Case, Stopwatch
from ogma.answering.confidence import gate
from ogma.answering.errors import BadReply, ModelError
from ogma.answering.extractive import Lead, extract
from ogma.answering.grounding import judge
from ogma.answering.standalone import Alone
from ogma.answering.support import Embed, Meanings
from ogma.answering.words import fold
from ogma.domain.answers import Reason, Verdict
from ogma.domain.passages import Passage, Search
from ogma.domain.policies import AiPolicy, OllamaPolicy

if TYPE_CHECKING:
    from ogma.answering.ollama import Reply

OnPosition = Callable[[int], None]

REWORD_WITHIN_S: Final = 20.0
"""The most that making a follow-up stand alone may take; then the rule does it."""


class Model(Protocol):
    """What the ladder needs of a model; `fleet.Fleet` is the real one."""

    @property
    def model(self) -> str:
        """Its name."""
        ...

    @property
    def down(self) -> bool:
        """Whether it failed so often that it rests."""
        ...

    async def ask(
        self, prompt: prompt.Prompt, *, ticket: Hashable = 0, on_position: OnPosition | None = None
    ) -> Reply:
        """A whole reply. Raises a ModelError."""
        ...

    async def warm_up(self) -> None:
        """Load it. Raises a ModelError."""
        ...

    async def look(self) -> None:
        """See which of its hosts are well."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class Answerer:
    """Answers questions from passages as the policies say. Holds no state between questions."""

    def __init__(
        self,
        ai: AiPolicy,
        ollama: OllamaPolicy | None = None,
        *,
        human_only: Sequence[str] = (),
        embed: Embed | None = None,
        lead: Lead | None = None,
        model: Model | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """With `ai.engine` "ollama", a client for `ollama` is made unless `model` is given.
        `lead` words the line above what is quoted from one place.

        Raises ConfigError for settings of Ollama that cannot work.
        """
        self._ai = ai
        self._ollama = ollama or OllamaPolicy()
        self._human_only = _phrases(human_only)
        self._embed = None if embed is None else Meanings(embed)
        self._lead = lead
        self._monotonic = monotonic
        self._model = model
        if model is None and ai.engine == "ollama":
            self._model = _fleet(self._ollama)

    async def answer(
        self,
        question: str,
        search: Search,
        *,
        facts: Sequence[Passage] = (),
        context: Sequence[str] = (),
        ticket: Hashable = 0,
        on_position: OnPosition | None = None,
    ) -> Verdict:
        """Decide about one question. Never raises for anything that a model or passage says.

        `search` is what the knowledge base found; `context` is the ticket so far, oldest first.
        `facts` of the owner's tools open the gate for themselves, not for what was found: below
        the threshold they are all that is answered from.
        While the question waits for the model, `on_position` hears its place in the line.
        """
        watch = Stopwatch(self._monotonic)
        sure, cut = await asyncio.to_thread(gate, search, self._ai.threshold)
        watch.lap("confidence")
        hits = search.hits[: self._ai.passages] if sure >= cut else ()
        case = Case(question, tuple(facts), hits, sure, cut, watch)
        if self.for_people(question):
            return case.hand_over(Reason.HUMAN_ONLY)
        if not search.hits and not facts:
            return case.hand_over(Reason.EMPTY_KNOWLEDGE)
        if sure < cut and not facts:
            return case.hand_over(Reason.LOW_CONFIDENCE)
        if self._model is None:
            return await self._quote(case)
        try:
            return await self._generate(case, self._model, context, ticket, on_position)
        except ModelError as error:
            watch.lap("model")
            case.model_error = error.name
            if isinstance(error, BadReply) and error.cut:
                case.cut = str(error)
            return await self._quote(case)

    def confidence(self, search: Search) -> float:
        """How sure a search is, 0 to 1."""
        return gate(search, self._ai.threshold)[0]

    async def standalone(
        self,
        question: str,
        context: Sequence[str],
        *,
        ticket: Hashable = 0,
        on_position: OnPosition | None = None,
    ) -> Alone:
        """The question as it is to be searched: a follow-up in the light of the ticket so far.

        By the model where there is one, within a short deadline, and checked; else by rule.
        """
        before = standalone.earlier(context)
        if not before or self.for_people(question) or not standalone.leans(question):
            return Alone(question)
        ruled = Alone(standalone.joined(question, before), "rule")
        if self.for_people(ruled.text):
            return ruled  # no model words it so that it is for people no more
        worded = await self._reworded(question, context, ticket, on_position)
        if worded is not None and standalone.faithful(worded, question, context):
            return Alone(worded, "model")
        return ruled

    async def _reworded(
        self,
        question: str,
        context: Sequence[str],
        ticket: Hashable,
        on_position: OnPosition | None,
    ) -> str | None:
        """The model's wording of a follow-up, None where it gives none in time."""
        if self._model is None or self._model.down:
            return None
        asked = prompt.rewording(
            question,
            context,
            num_ctx=self._ollama.num_ctx,
            num_predict=self._ollama.num_predict,
        )
        try:
            async with asyncio.timeout(min(REWORD_WITHIN_S, self._ollama.deadline_s)):
                reply = await self._model.ask(asked, ticket=ticket, on_position=on_position)
        except (ModelError, TimeoutError):
            return None
        return standalone.parse(reply.content)

    def for_people(self, question: str) -> bool:
        """Whether the owner has such questions answered by people only."""
        return self._human_only is not None and bool(self._human_only.search(fold(question)))

    @property
    def model_down(self) -> bool:
        """Whether the model failed repeatedly and rests; False where there is none."""
        return self._model is not None and self._model.down

    @property
    def has_model(self) -> bool:
        """Whether a model writes; else answers are quotations."""
        return self._model is not None

    @property
    def model(self) -> Model | None:
        """The model that writes, None where answers are quotations."""
        return self._model

    async def write_tip(
        self, question: str, told: Sequence[str], *, ticket: Hashable = 0
    ) -> str | None:
        """What a closed ticket teaches others, or None when that is nothing; needs a model.

        `told` are pieces of what the team wrote. Raises a ModelError, also for a tip that they do
        not support.
        """
        assert self._model is not None
        return await tips.write(
            self._model, self._ollama, question, told, ticket=ticket, embed=self._embed
        )

    async def warm_up(self) -> None:
        """Load the model, where there is one. Raises a ModelError."""
        if self._model is not None:
            await self._model.warm_up()

    async def look(self) -> None:
        """See which of the model's hosts are well, where there is one."""
        if self._model is not None:
            await self._model.look()

    async def aclose(self) -> None:
        """Close the model's connections, where there is one."""
        if self._model is not None:
            await self._model.aclose()

    async def _generate(
        self,
        case: Case,
        model: Model,
        context: Sequence[str],
        ticket: Hashable,
        on_position: OnPosition | None,
    ) -> Verdict:
        """Let the model propose, and the checks dispose. Raises a ModelError."""
        case.model = model.model
        passages = [*case.facts, *(hit.passage for hit in case.hits)]
        built = await asyncio.to_thread(
            prompt.build,
            case.question,
            passages,
            context,
            num_ctx=self._ollama.num_ctx,
            num_predict=self._ollama.num_predict,
        )
        case.tokens_estimated = built.tokens_estimated
        case.watch.lap("prompt")
        reply = await model.ask(built, ticket=ticket, on_position=on_position)
        case.watch.lap("model")
        case.tokens_counted = reply.tokens_counted
        case.model_digest = reply.digest
        proposed = draft.parse(reply.content)
        if not proposed.answerable or not proposed.sentences:
            return case.declined()
        judged = await asyncio.to_thread(
            judge, case.question, proposed, built.passages, embed=self._embed
        )
        case.watch.lap("checks")
        return case.judged(judged)

    async def _quote(self, case: Case) -> Verdict:
        found = await asyncio.to_thread(
            extract,
            case.question,
            case.hits,
            facts=case.facts,
            confidence=case.confidence,
            embed=self._embed,
            lead=self._lead,
        )
        case.watch.lap("extract")
        return case.quoted(found)


def _fleet(policy: OllamaPolicy) -> Model:
    """The client is imported late: who runs without a model never pays for it."""
    from ogma.answering.fleet import Fleet

    return Fleet(policy, urls=(policy.url, *policy.hosts))


def _phrases(human_only: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for the owner's words and phrases, whole words only."""
    listed = [fold(phrase).split() for phrase in human_only]
    any_of = "|".join(r"\s+".join(map(re.escape, phrase)) for phrase in listed if phrase)
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)") if any_of else None
