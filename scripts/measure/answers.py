"""How often quotations answer: what they should, near-misses, and questions beside the subject.

Without arguments, of the made-up pages in `answers.toml`. `--set FOLDER` takes a folder with
`corpus.jsonl` ({"id", "doc", "title", "text"}) and `queries.jsonl` ({"text", "rel", "answerable",
"split"}) instead; a share of its documents is hidden, and what asks for them is beside the subject.
Prints one JSON line: the curve over the engine's cut, behind the gate that a fresh folder has.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ogma.answering import extractive
from ogma.answering.confidence import gate
from ogma.answering.words import fold
from ogma.domain.policies import AiPolicy, KnowledgePolicy
from ogma.knowledge.model import models_folder
from ogma.services.answers import CANDIDATES
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store.opening import open_database

PAGES = Path(__file__).with_name("answers.toml")
CUTS = (0.5, 0.54, 0.58, 0.6, 0.62, 0.64, 0.66, 0.68, 0.7, 0.74, 0.78)


@dataclass(frozen=True)
class Asked:
    """`kind`: 'ask', 'near' or 'beside'. `expected`: words of the answer, or documents."""

    kind: str
    question: str
    expected: str = ""
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Given:
    """What came of it, whatever the cut; `support` 0 means that nothing could be quoted."""

    asked: Asked
    gated: bool
    support: float
    text: str
    documents: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether the answer has the expected words, or the expected document."""
        if self.asked.expected:
            return bare(self.asked.expected) in bare(self.text)
        return bool(self.asked.documents & self.documents)


def bare(text: str) -> str:
    """Folded, without Markdown's signs."""
    return " ".join(fold(text).replace("*", "").replace("`", "").replace('"', "").split())


def own_set() -> tuple[list[Written], list[Asked]]:
    """The made-up pages and their questions."""
    data = tomllib.loads(PAGES.read_text(encoding="utf-8"))
    pages, asked = [], [Asked("beside", one) for one in data["beside"]]
    for number, page in enumerate(data["page"]):
        pages.append(Written("text", f"page-{number}", page["title"], page["text"]))
        asked += [Asked("ask", question, words) for question, words in page["ask"]]
        asked += [Asked("near", question) for question in page["near"]]
    return pages, asked


def public_set(folder: Path, split: str, hidden: float) -> tuple[list[Written], list[Asked]]:
    """A set of other people, with some of its documents hidden."""
    corpus = _lines(folder / "corpus.jsonl")
    names = sorted({one["doc"] for one in corpus})
    gone = set(random.Random(0).sample(names, round(len(names) * hidden)))
    texts: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for one in corpus:
        texts.setdefault(one["doc"], []).append(one["text"])
        titles.setdefault(one["doc"], one["title"])
    pages = [
        Written("text", name, titles[name], "\n\n".join(rows))
        for name, rows in texts.items()
        if name not in gone
    ]
    asked = []
    for one in _lines(folder / "queries.jsonl"):
        if split in ("all", one["split"]):
            left = frozenset(one["rel"]) - gone
            kind = "ask" if one["answerable"] and left else "beside"
            asked.append(Asked(kind, one["text"], documents=left))
    return pages, asked


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def answered(pages: Iterable[Written], asked: Iterable[Asked], folder: Path) -> list[Given]:
    """Ask each question as a ticket would, with no cut in the engine."""
    extractive.CUT = extractive.CUT_BY_WORDS = 0.0  # type: ignore[misc]
    db = open_database(folder)
    knowledge = KnowledgeService.open(
        db, folder, models_folder(os.environ), KnowledgePolicy(), os.cpu_count() or 1
    )
    for page in pages:
        knowledge.put(knowledge.prepare(page), 0)
    knowledge.refresh()
    knowledge.rebuild()
    found = [given(knowledge, one) for one in asked]
    db.close()
    return found


def given(knowledge: KnowledgeService, asked: Asked) -> Given:
    """One question through search, gate and quotation."""
    search = knowledge.search(asked.question, CANDIDATES)
    sure, cut = gate(search, 0)
    hits = search.hits[: AiPolicy().passages]
    quoted = extractive.extract(asked.question, hits, confidence=sure, embed=knowledge.embed)
    documents = frozenset(one.document for one in quoted.citations)
    support = quoted.support if quoted.text is not None else 0.0
    return Given(asked, sure >= cut, support, quoted.text or "", documents)


def curve(found: list[Given]) -> list[dict[str, float]]:
    """The shares at each cut."""
    steps = []
    for cut in CUTS:
        step = {"cut": cut}
        for kind in ("ask", "near", "beside"):
            of_kind = [one for one in found if one.asked.kind == kind]
            if not of_kind:
                continue
            said = [one for one in of_kind if one.gated and one.support >= cut]
            step[f"{kind}_answered"] = round(len(said) / len(of_kind), 3)
            if kind == "ask":
                step["ask_right"] = round(sum(one.right for one in said) / len(of_kind), 3)
        steps.append(step)
    return steps


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--hidden", type=float, default=0.5)
    parser.add_argument("--show", action="store_true", help="print each question and its answer")
    options = parser.parse_args()
    standing = extractive.CUT
    pages, asked = (
        public_set(options.set, options.split, options.hidden) if options.set else own_set()
    )
    with tempfile.TemporaryDirectory() as scratch:
        found = answered(pages, asked, Path(scratch))
    if options.show:
        for one in sorted(found, key=lambda one: (one.asked.kind, -one.support)):
            mark = "+" if one.asked.kind == "ask" and one.right else " "
            print(f"{one.asked.kind:6} {mark} {one.gated:d} {one.support:.2f} {one.asked.question}")
            print(f"        {' '.join(one.text.split())[:300]}")
    name = options.set.name if options.set else "own"
    print(json.dumps({"answers": {"set": name, "cut": standing, "curve": curve(found)}}))


if __name__ == "__main__":
    main()
