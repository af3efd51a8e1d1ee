"""K1: a messy file gives its text or one line with the reason, and never anything else."""

from __future__ import annotations

import random

import pytest

from ogma.knowledge.chunks import Cut, cut
from ogma.knowledge.content import Unreadable
from ogma.knowledge.readers import read
from tests.knowledge.hostile_files import RTL, hostile, sound


def text_of(made: Cut) -> str:
    return "\n".join(f"{chunk.heading}\n{chunk.text}" for chunk in made.chunks)


def test_k1_unusual_files_that_are_sound_give_all_their_text() -> None:
    files = sound(random.Random(1))
    made = {name: text_of(cut(read(data, name), "x")) for name, data in files.items()}
    for name, text in made.items():
        assert len(text.split()) > 3, name
    for name in ("page.html", "notes.md", "plain.txt", "table.csv", "letter.docx", "sheet.xlsx"):
        assert RTL.split()[1] in made[name], name


def outcomes(seed: int) -> list[str]:
    """What is wrong with the files that gave something else than a text or a sentence."""
    faults = []
    for wrong, name, data in hostile(seed):
        try:
            made = cut(read(data, name), "x")
        except Unreadable as reason:
            sound_reason = str(reason).strip() and "\n" not in str(reason)
            if not sound_reason:
                faults.append(f"{wrong}: {name}: {reason}")
            continue
        if not made.chunks or "\x00" in text_of(made):
            faults.append(f"{wrong}: {name}: no chunks, or null bytes in them")
    return faults


@pytest.mark.parametrize("seed", [1, 2])
def test_k1_hostile_files_give_a_text_or_a_reason(seed: int) -> None:
    assert outcomes(seed) == []


@pytest.mark.full
@pytest.mark.parametrize("seed", range(3, 20))
def test_k1_many_hostile_files(seed: int) -> None:
    assert outcomes(seed) == []
