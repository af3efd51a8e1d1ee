"""How often quotations answer: what they should, near-misses, and questions beside the subject.

Without arguments, of the made-up pages in `answers.toml` and the paragraphs in `encyclopedia.toml`
and `articles.toml`.
`--set FOLDER` takes a folder with `corpus.jsonl` ({"id", "doc", "title", "text"}) and
`queries.jsonl` ({"text", "rel", "answerable", "split"}) instead; a share of its documents is
hidden, and what asks for them is beside the subject. `--words` leaves the embedding model out.
Prints one JSON line for each: the curve over the engine's cut, behind the gate of a fresh folder.
`--fit` prints the weights that `ogma/answering/support.py` would get from all of them together.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ogma.answering import extractive, support
from ogma.answering.confidence import gate
from ogma.answering.support import Asked as Compared
from ogma.answering.support import Embed, Said, signals
from ogma.answering.words import fold
from ogma.domain.policies import AiPolicy, KnowledgePolicy
from ogma.knowledge.model import models_folder
from ogma.services.answers import CANDIDATES
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store.opening import open_database

HERE = Path(__file__).parent
FITTED = (HERE / "answers.toml", HERE / "encyclopedia.toml")
"""What the engine was fitted to, and is fitted to again with `--fit`."""
PAGES = (*FITTED, HERE / "articles.toml")
ROUNDS = 4
OF_OTHERS = 0.4
"""What a question of a public set counts in a fit: there are many, and their labels are coarser."""
CUTS = (0.5, 0.56, 0.6, 0.62, 0.64, 0.66, 0.68, 0.7, 0.74, 0.8)


@dataclass(frozen=True)
class Asked:
    """`kind`: 'ask', 'near' or 'beside'. `expected`: words of the answer, or documents."""

    kind: str
    question: str
    expected: str = ""
    documents: frozenset[str] = frozenset()

    def is_in(self, text: str, documents: frozenset[str]) -> bool:
        """Whether this has the expected words, or comes from an expected document."""
        if self.expected:
            return bare(self.expected) in bare(text)
        return bool(self.documents & documents)


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
        """Whether the answer is one to the question."""
        return self.asked.is_in(self.text, self.documents)


def bare(text: str) -> str:
    """Folded, without Markdown's signs."""
    return " ".join(fold(text).replace("*", "").replace("`", "").replace('"', "").split())


def own_set(path: Path) -> tuple[list[Written], list[Asked]]:
    """Pages of ours and their questions."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
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


def answered(
    pages: Iterable[Written], asked: Iterable[Asked], folder: Path, models: Path
) -> list[Given]:
    """Ask each question as a ticket would, with no cut in the engine."""
    extractive.CUT = extractive.CUT_BY_WORDS = 0.0  # type: ignore[misc]
    db = open_database(folder)
    knowledge = KnowledgeService.open(db, folder, models, KnowledgePolicy(), os.cpu_count() or 1)
    for page in pages:
        knowledge.put(knowledge.prepare(page), 0)
    knowledge.refresh()
    knowledge.rebuild()
    embed = knowledge.embed and support.Meanings(knowledge.embed)
    found = [given(knowledge, one, embed) for one in asked]
    db.close()
    return found


def given(knowledge: KnowledgeService, asked: Asked, embed: Embed | None) -> Given:
    """One question through search, gate and quotation."""
    search = knowledge.search(asked.question, CANDIDATES)
    sure, cut = gate(search, 0)
    hits = search.hits[: AiPolicy().passages]
    quoted = extractive.extract(asked.question, hits, confidence=sure, embed=embed)
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


class Watched:
    """Stands in for `support`, and keeps the signals of every piece that it sees."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[tuple[Said, ...], npt.NDArray[np.float64]]] = {}

    def __call__(self, asked: Compared, said: Sequence[Said], meanings: Embed) -> list[float]:
        """The support as it is."""
        found = signals(asked, said, meanings)
        rows = np.array([(1.0, *one) for one in found])
        self.seen[asked.text] = (tuple(said), rows)
        shares = 1 / (1 + np.exp(-rows @ [support.BIAS, *support.WEIGHTS]))
        return [float(share) for share in shares]


def fitted(questions: Sequence[Asked], watched: Watched) -> dict[str, float]:
    """Bias and weights: each question teaches by its best piece, and by the best right one."""
    weights = np.array([support.BIAS, *support.WEIGHTS])
    for _ in range(ROUNDS):
        rows, right, shares = [], [], []
        for one in questions:
            if one.question not in watched.seen:
                continue
            said, found = watched.seen[one.question]
            fits = [
                one.kind == "ask" and one.is_in(piece.text, frozenset([piece.passage.document]))
                for piece in said
            ]
            order = np.argsort(-(found @ weights))
            best = next((at for at in order if fits[at]), order[0])
            for at in {int(order[0]), int(best)}:
                rows.append(found[at])
                right.append(float(fits[at]))
                shares.append(1.0 if one.expected or one.kind != "ask" else OF_OTHERS)
        weights = _logistic(np.array(rows), np.array(right), np.array(shares))
    return dict(zip(("bias", *support.SIGNALS), weights.round(2).tolist(), strict=True))


def _logistic(
    rows: npt.NDArray[np.float64], right: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Weights of a logistic regression with a small ridge, by Newton's method."""
    weights = np.zeros(rows.shape[1])
    ridge = np.diag([0.0, *np.ones(rows.shape[1] - 1)])
    for _ in range(50):
        sure = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (shares * (right - sure)) - ridge @ weights
        bend = (rows.T * (shares * sure * (1 - sure))) @ rows + ridge
        weights = weights + np.linalg.solve(bend + 1e-9 * np.eye(len(bend)), slope)
    return weights


def main() -> None:
    """Print one JSON line for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, action="append", default=[])
    parser.add_argument("--split", default="dev")
    parser.add_argument("--hidden", type=float, default=0.5)
    parser.add_argument("--words", action="store_true", help="leave the embedding model out")
    parser.add_argument("--show", action="store_true", help="print each question and its answer")
    parser.add_argument("--fit", action="store_true", help="print the weights of all sets together")
    options = parser.parse_args()
    cut = extractive.CUT_BY_WORDS if options.words else extractive.CUT
    watched = Watched()
    if options.fit:
        vars(extractive)["support"] = watched
    own = FITTED if options.fit else () if options.set else PAGES
    sets = {path.stem: own_set(path) for path in own}
    for folder in options.set:
        sets[folder.name] = public_set(folder, options.split, options.hidden)
    questions: list[Asked] = []
    for name, (pages, asked) in sets.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            models = folder / "none" if options.words else models_folder(os.environ)
            found = answered(pages, asked, folder, models)
        questions += [one.asked for one in found]
        if options.show:
            show(found)
        print(json.dumps({"answers": {"set": name, "cut": cut, "curve": curve(found)}}), flush=True)
    if options.fit:
        print(json.dumps({"weights": fitted(questions, watched)}))


def show(found: Iterable[Given]) -> None:
    """Each question with its answer, the surest first."""
    for one in sorted(found, key=lambda one: (one.asked.kind, -one.support)):
        mark = "+" if one.asked.kind == "ask" and one.right else " "
        print(f"{one.asked.kind:6} {mark} {one.gated:d} {one.support:.2f} {one.asked.question}")
        print(f"        {' '.join(one.text.split())[:300]}")


if __name__ == "__main__":
    main()
