"""A1: what the signals see in a sentence that is near a question and does not answer it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from ogma.answering.support import SIGNALS, WEIGHTS, Asked, Meanings, Said, signals, support
from ogma.answering.words import content_words
from ogma.domain.passages import Passage


def alike(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors for which everything means the same, so that only the other signals tell."""
    return np.ones((len(texts), 1), dtype=np.float32)


def _said(text: str, *, before: str = "", title: str = "Canal", rest: str = "") -> Said:
    whole = f"{before} {text} {rest}".strip()
    return Said(Passage(1, "canal.md", title, "", None, whole), text, before, 0.8)


def _signals(question: str, said: Said) -> dict[str, float]:
    asked = Asked(question, dict.fromkeys(content_words(question), 1.0))
    return dict(zip(SIGNALS, signals(asked, [said], alike)[0], strict=True))


@pytest.mark.parametrize(
    ("question", "text", "signal"),
    [
        ("canal", "The canal is four feet deep.", "short"),
        ("Who planned the second lock?", "The third lock was planned by Ann Moor.", "order"),
        ("How many boats come in winter?", "In summer 40 boats come.", "opposite"),
        ("Who was the oldest captain?", "The youngest captain was Ann Moor.", "opposite"),
        ("Who dug the canal at Lyon?", "The canal was dug by Ann Moor.", "foreign"),
        ("What was built in 1820?", "The canal was built by Ann Moor in 1825.", "foreign"),
        ("Who dug the canal?", "The canal was dug in 1825.", "lacks"),
        ("Who dug the canal?", "The canal was dug at Essen.", "lacks"),
        ("Which lock burned down?", "No lock of the canal ever burned down.", "denied"),
        ("When was the toll raised?", "The toll of the canal was never raised.", "denied"),
        ("How deep is the canal?", "The canal is old and was dug in 1825.", "lacks"),
        ("How many boats sank?", "Boats sank in 1825.", "lacks"),
        ("What share of the boats sank?", "Boats sank in 1825.", "lacks"),
        ("In what year was the canal dug?", "The canal was dug before the war.", "lacks"),
    ],
)
def test_a1_another_thing_than_was_asked_for(question: str, text: str, signal: str) -> None:
    """Each speaks against the sentence, whatever the vectors say."""
    assert _signals(question, _said(text))[signal] > 0
    assert WEIGHTS[SIGNALS.index(signal)] < 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who planned the third lock?", "The third lock was planned by Ann Moor."),
        ("How many boats come in winter?", "In winter 40 boats come, in summer none."),
        ("How much is the fee for boats?", "There is no fee for boats on the canal."),
        ("Is there a toll for small boats?", "There is no toll for small boats."),
        ("Which boats pay no toll?", "Boats of the town pay no toll."),
        ("Which boats pay a toll?", "Large boats pay a toll, but small ones do not."),
        ("Is the canal closed in winter?", "The canal is open in winter."),
        ("Which Persian king dug the canal?", "The king of Persia dug the canal."),
        ("What gas is set free when water is split?", "Where water is split, oxygen is set free."),
        ("How deep is the canal?", "The canal is four feet deep."),
        ("Who dug the canal?", "The canal was dug by Ann Moor."),
        ("What share of the boats sank?", "Sixty per cent of the boats sank."),
        ("From which port did old boats come?", "The old boats came from the port of Essen."),
    ],
)
def test_a1_what_was_asked_for(question: str, text: str) -> None:
    """Nothing speaks against a sentence that gives it, also under another form of the name."""
    found = _signals(question, _said(text))
    against = ("order", "opposite", "foreign", "away", "lacks", "short", "denied")
    assert not any(found[name] for name in against), found


def test_a1_a_name_may_stand_in_the_sentence_before() -> None:
    """Where the whole passage has it but far away, it is another sentence's."""
    far = _said("It was dug by hand.", rest="Ann Moor lived at Essen.")
    assert _signals("How was the canal of Ann Moor dug?", far)["away"] > 0
    near = _said("It was dug by hand.", before="Ann Moor planned it.")
    assert _signals("How was the canal of Ann Moor dug?", near)["away"] == 0


def test_a1_the_search_counts() -> None:
    """The same sentence has less support where the search was unsure."""
    asked = Asked("Who dug the canal?", {"dug": 1.0, "canal": 1.0})
    sure = _said("The canal was dug by Ann Moor.")
    unsure = Said(sure.passage, sure.text, "", 0.1)
    high, low = support(asked, [sure, unsure], alike)
    assert high > low


def test_texts_are_compared_once_and_not_kept() -> None:
    """Vectors are remembered by a digest; a text that comes again is not embedded again."""
    calls: list[Sequence[str]] = []

    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        calls.append(texts)
        return alike(texts)

    meanings = Meanings(embed)
    assert meanings(["one", "two", "one"]).shape == (3, 1)
    assert meanings(["two", "three"]).shape == (2, 1)
    assert calls == [["one"], ["two"], ["three"]], "each alone, so that its company changes nothing"
