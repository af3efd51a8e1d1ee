"""The checks, in code: what a model proposed, and what of it may be said.

Every check has a name and stands in the answer record. A sentence that fails one is dropped; when
the rest does not answer any more, nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ogma.answering.binding import unbound
from ogma.answering.draft import Draft, DraftSentence
from ogma.answering.evidence import Evidence, gather
from ogma.answering.extractive import LEANING
from ogma.answering.language import language_of, same_language
from ogma.answering.literals import foreign_code, foreign_figures, foreign_names, links
from ogma.answering.pieces import Kind, Piece, pieces
from ogma.answering.polarity import turned_round
from ogma.answering.support import Embed
from ogma.answering.words import NEUTRAL, claimed_words, content_words, coverage, rarity, words
from ogma.domain.answers import Check, Citation
from ogma.domain.passages import Passage

IDS: Final = "ids_exist"
QUOTES: Final = "quotes_verbatim"
NUMBERS: Final = "numbers_occur"
CODE: Final = "code_occurs"
NAMES: Final = "names_occur"
LINKS: Final = "links_cited"
SUPPORTED: Final = "supported"
POLARITY: Final = "polarity"
BOUND: Final = "bound"
LANGUAGE: Final = "language"
LENGTH: Final = "length"
SPEAKS: Final = "speaks_to_question"
CHECKS: Final = (
    *(LENGTH, IDS, QUOTES, NUMBERS, CODE, LINKS, NAMES, SUPPORTED, POLARITY, BOUND, LANGUAGE),
    SPEAKS,
)
"""Every check of a proposed answer, in the order in which they run."""

LONGEST_SENTENCE: Final = 800
MOST_PIECES: Final = 12
LONGEST_ANSWER: Final = 1_400
"""Characters; the source lines need room in the same message."""

NEAR_CUT: Final = 0.9
"""The share of a sentence's content words that its quotes' own sentences must have."""
NEAR_CUT_ALIKE: Final = 0.75
"""The same where the meaning is as near as ALIKE."""
ALIKE: Final = 0.75
QUESTION_CUT: Final = 0.3
"""The share of the question's weight that answer, evidence and headings must have."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may be said; `text` is None when nothing may."""

    text: str | None
    citations: tuple[Citation, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    piece: Piece
    evidence: Evidence
    source: DraftSentence


@dataclass(frozen=True, slots=True)
class _Fault:
    check: str
    detail: str


def judge(
    question: str, draft: Draft, passages: Sequence[Passage], *, embed: Embed | None = None
) -> Judgement:
    """Let through the sentences that pass every check, if they still answer the question.

    `passages` are those of the prompt; ids count from one.
    """
    kept: list[_Kept] = []
    faults: list[_Fault] = []
    dropped_before = False
    proposed = _single_pieces(draft)
    if len(proposed) > MOST_PIECES:
        return _settled(question, [], [_Fault(LENGTH, f"{len(proposed)} sentences")])
    for source, piece in proposed:
        found = _examined(question, source, piece, passages, embed)
        if isinstance(found, _Kept) and dropped_before and _leans(piece.text):
            found = _Fault(SUPPORTED, f"leans on a dropped sentence: {_short(piece.text)}")
        dropped_before = isinstance(found, _Fault)
        if isinstance(found, _Fault):
            faults.append(found)
        else:
            kept.append(found)
    return _settled(question, kept, faults)


def _single_pieces(draft: Draft) -> list[tuple[DraftSentence, Piece]]:
    """What a model calls a sentence may be several, or a list or code block."""
    return [(one, piece) for one in draft.sentences for piece in pieces(one.text)]


def _leans(text: str) -> bool:
    return next(iter(words(text)), "") in LEANING


def _examined(
    question: str,
    source: DraftSentence,
    piece: Piece,
    passages: Sequence[Passage],
    embed: Embed | None,
) -> _Kept | _Fault:
    """The piece with its evidence, or the first check that it fails."""
    if len(piece.text) > LONGEST_SENTENCE:
        return _Fault(LENGTH, f"{len(piece.text)} characters")
    by_id: Mapping[int, Passage] = dict(enumerate(passages, start=1))
    unknown = [number for number in source.passages if number not in by_id]
    if unknown or not source.passages:
        return _Fault(IDS, f"no passage {unknown[0]}" if unknown else "no passage named")
    cited = [by_id[number] for number in dict.fromkeys(source.passages)]
    if not source.quotes:
        return _Fault(QUOTES, "nothing quoted")
    evidence = gather(source.quotes, cited)
    if isinstance(evidence, str):
        return _Fault(QUOTES, f"not in the passages: {_short(evidence)}")
    return (
        _literal_fault(piece.text, evidence)
        or _meaning_fault(question, piece.text, evidence, embed)
        or _Kept(piece, evidence, source)
    )


def _literal_fault(text: str, evidence: Evidence) -> _Fault | None:
    """What was not copied exactly. Numbers must stand near the quotes, the rest in the passages."""
    allowed = {*links(evidence.whole), *(one.url for one in evidence.passages if one.url)}
    german = language_of(text) == "de"  # there, every noun is capitalised
    for check, foreign in (
        (NUMBERS, foreign_figures(text, evidence.near)),
        (CODE, foreign_code(text, evidence.whole)),
        (LINKS, [link for link in links(text) if link not in allowed]),
        (NAMES, [] if german else foreign_names(text, evidence.whole)),
    ):
        if foreign:
            return _Fault(check, f"not in the passages: {_short(foreign[0])}")
    return None


def _meaning_fault(
    question: str, text: str, evidence: Evidence, embed: Embed | None
) -> _Fault | None:
    own = dict.fromkeys(claimed_words(text), 1.0)
    foreign = own.keys() - NEUTRAL - claimed_words(evidence.whole)
    if foreign or not own:
        return _Fault(SUPPORTED, f"{_listed(foreign) or 'nothing'} said in: {_short(text)}")
    near = coverage(own, NEUTRAL | claimed_words(evidence.around))
    if near < NEAR_CUT_ALIKE or (near < NEAR_CUT and not _alike(text, evidence, embed)):
        return _Fault(SUPPORTED, f"{near:.2f} of it near its quotes: {_short(text)}")
    if turned := turned_round(text, evidence.units):
        return _Fault(POLARITY, f"{turned}: {_short(text)}")
    if torn := unbound(text, evidence):
        return _Fault(BOUND, f"{torn}: {_short(text)}")
    if not same_language(question, text):
        return _Fault(LANGUAGE, f"{language_of(text)} for {language_of(question)}")
    return None


def _alike(text: str, evidence: Evidence, embed: Embed | None) -> bool:
    if embed is None or not evidence.units:
        return False
    vectors = embed([text, *evidence.units])
    return bool((vectors[1:] @ vectors[0]).max() >= ALIKE)


def _settled(question: str, kept: list[_Kept], faults: list[_Fault]) -> Judgement:
    """The answer made of what was kept, or the checks that left too little of it."""
    text = _text(kept)
    fault = _whole_fault(question, text, kept)
    if fault is None:
        dropped = "; ".join(f"{one.check}: {one.detail}" for one in faults)
        checks = tuple(
            Check(name, True, f"dropped {len(faults)}: {dropped}" if faults and n == 0 else "")
            for n, name in enumerate(CHECKS)
        )
        return Judgement(text, _citations(kept), checks)
    failed = {one.check: one.detail for one in reversed([*faults, fault])}
    return Judgement(
        None, (), tuple(Check(name, name not in failed, failed.get(name, "")) for name in CHECKS)
    )


def _whole_fault(question: str, text: str, kept: list[_Kept]) -> _Fault | None:
    if not kept:
        return _Fault(SPEAKS, "no sentence left")
    if len(text) > LONGEST_ANSWER:
        return _Fault(LENGTH, f"{len(text)} characters")
    said = [frozenset(content_words(f"{one.piece.text}\n{one.evidence.near}")) for one in kept]
    wanted = rarity(content_words(question), said)
    share = coverage(wanted, frozenset().union(*said))
    if wanted and share < QUESTION_CUT:
        return _Fault(SPEAKS, f"{share:.2f} of the question")
    return None


def _text(kept: Sequence[_Kept]) -> str:
    """The pieces in order, each once; lists and code blocks stand apart."""
    text = ""
    flowing = False
    for piece in dict.fromkeys((one.piece.kind, one.piece.text) for one in kept):
        sentence = piece[0] is Kind.SENTENCE
        gap = " " if flowing and sentence else "\n\n"
        text += (gap if text else "") + piece[1]
        flowing = sentence
    return text


def _citations(kept: Sequence[_Kept]) -> tuple[Citation, ...]:
    found: dict[tuple[int, str], Citation] = {}
    for one in kept:
        for passage in one.evidence.passages:
            quote = _own_quote(one.source.quotes, passage)
            if quote is not None:
                found.setdefault((passage.chunk_id, quote), _citation(passage, quote))
    return tuple(found.values())


def _own_quote(quotes: Sequence[str], passage: Passage) -> str | None:
    """The first quote that stands in this passage; it is cited for its own words only."""
    return next((q for q in quotes if not isinstance(gather([q], [passage]), str)), None)


def _citation(passage: Passage, quote: str) -> Citation:
    return Citation(
        chunk_id=passage.chunk_id,
        document=passage.document,
        title=passage.title,
        heading=passage.heading,
        url=passage.url,
        quote=quote,
    )


def _listed(words: Collection[str]) -> str:
    return ", ".join(sorted(words))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else f"{flat[:79]}…"
