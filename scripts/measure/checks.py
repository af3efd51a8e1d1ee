"""How often a sentence that its passage does not support passes the checks of an answer (A5).

True sentences of passages are altered by a program, each in one way, and proposed as a model would:
with a true quote, and with a question that they answer. Passages are those of `answers.toml`,
`encyclopedia.toml` and `articles.toml`, or of each `--set FOLDER`, whose `corpus.jsonl` has lines
of {"id", "doc", "title", "text"}. Prints one JSON line for each set: for each kind of alteration
how many there were, and the share that passed; `true` are the sentences as they stand. `--show`
prints those.

Without `--set` also of the sentences in `drafts.toml`, as small models write them: of the `honest`
ones more should pass, of the `false` ones fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from answers import PAGES, own_set, public_set

from ogma.answering.draft import Draft, DraftSentence
from ogma.answering.grounding import judge
from ogma.answering.literals import names
from ogma.answering.pieces import Kind, pieces
from ogma.answering.support import Embed, Meanings
from ogma.answering.words import content_words
from ogma.domain.passages import Passage
from ogma.domain.policies import KnowledgePolicy
from ogma.knowledge.model import models_folder
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store.opening import open_database

DRAFTS: Final = Path(__file__).with_name("drafts.toml")
SEED: Final = 4
LONGEST: Final = 2_500
"""Characters of a passage; longer pages would be cut by an ingest."""
PER_PASSAGE: Final = 4
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|can|will|would|should|may|must|has|have|does|do|did)\b(?!n't| not)"
)
_NOT: Final = re.compile(r"\bcannot\b|\b(\w+)n't\b|\s(?:not|never)\b")
_NUMBER: Final = re.compile(r"\d")
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Subject:
    """A sentence of a passage; another one of the same passage, and one of another document."""

    passage: Passage
    sentence: str
    beside: str
    elsewhere: str
    name: str
    """Of another document."""


def subjects(pages: Sequence[Written]) -> list[Subject]:
    """Some sentences of each passage that has enough of them, always the same ones."""
    rng = random.Random(SEED)
    told = [(page, _sentences(page.text)) for page in pages if len(page.text) <= LONGEST]
    told = [(page, said) for page, said in told if len(said) >= 2]
    found = []
    for number, (page, said) in enumerate(told):
        other = rng.choice([one for one, _ in told if one is not page])
        passage = Passage(number, page.name, page.title, "", None, page.text)
        for sentence in rng.sample(said, min(PER_PASSAGE, len(said))):
            beside = rng.choice([one for one in said if one != sentence] or [sentence])
            known = sorted(set(names(other.text)) - set(names(page.text))) or [""]
            elsewhere = rng.choice(_sentences(other.text))
            found.append(Subject(passage, sentence, beside, elsewhere, rng.choice(known)))
    return found


def _sentences(text: str) -> list[str]:
    said = dict.fromkeys(one.text for one in pieces(text) if one.kind is Kind.SENTENCE)
    return [one for one in said if 6 <= len(one.split()) <= 35 and "\n" not in one]


def _number(one: Subject) -> str:
    return _NUMBER.sub(lambda digit: str(int(digit[0]) % 9 + 1), one.sentence, count=1)


def _name(one: Subject) -> str:
    own = [name for name in names(one.sentence) if len(name) > 2]
    return one.sentence.replace(own[-1], one.name) if own and one.name else one.sentence


def _number_beside(one: Subject) -> str:
    """A number of the passage's other sentence in place of its own."""
    own, other = _FIGURE.search(one.sentence), _FIGURE.findall(one.beside)
    fresh = [number for number in other if number not in _FIGURE.findall(one.sentence)]
    if not own or not fresh:
        return one.sentence
    return one.sentence.replace(own[0], fresh[0], 1)


def _name_beside(one: Subject) -> str:
    """A name of the passage's other sentence in place of its own."""
    own = [name for name in names(one.sentence) if len(name) > 2]
    fresh = sorted({name for name in names(one.beside) if len(name) > 2} - set(own))
    return one.sentence.replace(own[-1], fresh[0]) if own and fresh else one.sentence


def _negated(one: Subject) -> str:
    return _VERB.sub(r"\g<0> not", one.sentence, count=1)


def _affirmed(one: Subject) -> str:
    return _NOT.sub(lambda found: "can" if found[0] == "cannot" else found[1] or "", one.sentence)


def _always(one: Subject) -> str:
    return _VERB.sub(r"\g<0> always", one.sentence, count=1)


def _spliced(one: Subject) -> str:
    """The beginning of one sentence and the end of another."""
    first, second = one.sentence.split(), one.beside.split()
    return " ".join([*first[: len(first) // 2], *second[len(second) // 2 :]])


def _exchanged(one: Subject) -> str:
    """Its first and its last content word have changed their places."""
    words = [word for word in one.sentence.rstrip(".!?").split() if content_words(word)]
    words = [word for word in words if word.isalpha()]
    if len(words) < 2:
        return one.sentence
    first, last = words[0], words[-1]
    swap = {first: last, last: first}
    return re.sub(
        rf"\b(?:{re.escape(first)}|{re.escape(last)})\b", lambda w: swap[w[0]], one.sentence
    )


def _elsewhere(one: Subject) -> str:
    return one.elsewhere


KINDS: Final[dict[str, Callable[[Subject], str]]] = {
    "true": lambda one: one.sentence,
    "number changed": _number,
    "name changed": _name,
    "number of the passage, one quoted": _number_beside,
    "number of the passage, both quoted": _number_beside,
    "name of the passage, one quoted": _name_beside,
    "name of the passage, both quoted": _name_beside,
    "not added": _negated,
    "not taken out": _affirmed,
    "always added": _always,
    "two sentences spliced, one quoted": _spliced,
    "two sentences spliced, both quoted": _spliced,
    "two words exchanged": _exchanged,
    "sentence of another document": _elsewhere,
}


def altered(found: Sequence[Subject], kind: str) -> Iterator[tuple[Subject, str]]:
    """The subjects that can be altered so, and what becomes of their sentences."""
    for one in found:
        said = KINDS[kind](one)
        if kind == "true" or said != one.sentence:
            yield one, said


def passes(one: Subject, said: str, quotes: tuple[str, ...], embed: Embed | None) -> bool:
    """Whether the checks let a sentence through that is proposed with these true quotes."""
    draft = Draft(
        answerable=True, sentences=(DraftSentence(text=said, passages=(1,), quotes=quotes),)
    )
    return judge(said, draft, [one.passage], embed=embed).text is not None


def _quotes(one: Subject, kind: str) -> tuple[str, ...]:
    return (one.sentence,) if "one quoted" in kind else (one.sentence, one.beside)


def measured(pages: Sequence[Written], embed: Embed | None, *, show: bool) -> dict[str, object]:
    """Of each kind: how many, and the share that passed."""
    found = subjects(pages)
    result: dict[str, object] = {"passages": len({one.passage.chunk_id for one in found})}
    for kind in KINDS:
        tried = list(altered(found, kind))
        let = [(one, said) for one, said in tried if passes(one, said, _quotes(one, kind), embed)]
        result[kind] = [len(tried), round(len(let) / max(1, len(tried)), 3)]
        if show and kind != "true":
            for one, said in let:
                print(f"{kind}: {one.sentence}\n    {said}")
    return result


def drafted(
    pages: Iterable[Written], embed: Embed | None, *, show: bool
) -> dict[str, tuple[int, float]]:
    """Of the honest and of the false sentences of `drafts.toml`: how many, and the share passed."""
    texts: dict[str, list[str]] = {}
    for page in pages:
        texts.setdefault(page.title, []).append(page.text)
    drafts = tomllib.loads(DRAFTS.read_text(encoding="utf-8"))["page"]
    result = {}
    for kind in ("honest", "false"):
        said = [(page["title"], *one) for page in drafts for one in page[kind]]
        let = [one for one in said if _lets(one[0], texts[one[0]], one[1], one[2], embed)]
        result[kind] = (len(said), round(len(let) / len(said), 3))
        if show:
            wrong = let if kind == "false" else [one for one in said if one not in let]
            print(*(f"{kind}: {sentence}" for _, sentence, _ in wrong), sep="\n")
    return result


def _lets(
    title: str, texts: Sequence[str], sentence: str, quotes: Sequence[str], embed: Embed | None
) -> bool:
    """Whether a sentence passes for one of the texts with this title, each paragraph a passage."""
    for text in texts:
        parts = [part for part in text.split("\n\n") if part.strip()]
        passages = [Passage(at, title, title, "", None, part) for at, part in enumerate(parts)]
        ids = tuple(range(1, len(passages) + 1))
        proposed = DraftSentence(text=sentence, passages=ids, quotes=tuple(quotes))
        draft = Draft(answerable=True, sentences=(proposed,))
        if judge(sentence, draft, passages, embed=embed).text is not None:
            return True
    return False


def main() -> None:
    """Print one JSON line for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, action="append", default=[])
    parser.add_argument("--show", action="store_true", help="print what passed")
    options = parser.parse_args()
    sets = {} if options.set else {path.stem: own_set(path)[0] for path in PAGES}
    for folder in options.set:
        sets[folder.name] = public_set(folder, "all", 0.0)[0]
    with tempfile.TemporaryDirectory() as scratch:
        db = open_database(Path(scratch))
        knowledge = KnowledgeService.open(
            db, Path(scratch), models_folder(os.environ), KnowledgePolicy(), os.cpu_count() or 1
        )
        embed = knowledge.embed and Meanings(knowledge.embed)
        for name, pages in sets.items():
            found = measured(pages, embed, show=options.show)
            print(json.dumps({"checks": {"set": name, **found}}), flush=True)
        if not options.set:
            every = [page for pages in sets.values() for page in pages]
            let = drafted(every, embed, show=options.show)
            print(json.dumps({"checks": {"set": "drafts", **let}}))
        db.close()


if __name__ == "__main__":
    main()
