"""K7: a knowledge base that learns from itself how sure a search must be."""

from __future__ import annotations

import os
import random
import signal
from multiprocessing import get_context
from pathlib import Path

import pytest

from ogma.services.knowledge.golden import Golden
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.store import calibration as store
from ogma.store.opening import open_database
from tests.knowledge.fakes import ReadingHere, WordEmbedder

SUBJECTS = [
    *("refund", "password", "invoice", "router", "garden"),
    *("kitchen", "bicycle", "museum", "ticket", "violin"),
]


def write(docs: Path, subjects: list[str]) -> None:
    """Documents that each speak of one subject in several sections."""
    chance = random.Random(1)
    docs.mkdir(exist_ok=True)
    for subject in subjects:
        sections = []
        for number in range(4):
            words = [f"{subject}{chance.randrange(6)}" for _ in range(8)]
            lines = [
                f"The {subject} {word} needs {other} today."
                for word, other in zip(words[::2], words[1::2], strict=True)
            ]
            sections.append(f"## Part {number}\n\n" + " ".join(lines))
        (docs / f"{subject}.md").write_text(f"# {subject}\n\n" + "\n\n".join(sections) + "\n")


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """So few documents are calibrated unasked only here."""
    monkeypatch.setattr("ogma.services.knowledge.calibration.BY_ITSELF", 20)
    write(tmp_path / "docs", SUBJECTS)
    return tmp_path / "docs"


def service(docs: Path, embedder: WordEmbedder | None = None) -> KnowledgeService:
    data = docs.parent / "data"
    return KnowledgeService(open_database(data), data, embedder, reading=ReadingHere)


@pytest.mark.parametrize("embedder", [None, WordEmbedder()], ids=["words", "hybrid"])
def test_k7_it_needs_no_labels(docs: Path, embedder: WordEmbedder | None) -> None:
    knowledge = service(docs, embedder)
    knowledge.ingest([str(docs)], now=1)
    assert knowledge.search("violin").sureness is None
    outcome = knowledge.calibrate(2, 0.9)
    made = outcome.calibration
    assert made is not None and outcome.precision >= 0.9 and outcome.share > 0.1
    known = knowledge.search("The violin violin1 needs violin3 today.").sureness
    unknown = knowledge.search("Where is the nearest harbour?").sureness
    assert known is not None and unknown is not None
    assert known.confidence >= known.cut == made.cut > unknown.confidence
    assert knowledge.calibrate(3, 0.9) == outcome


def test_k7_the_sureness_does_not_depend_on_how_many_passages_are_asked_for(docs: Path) -> None:
    knowledge = service(docs, WordEmbedder())
    knowledge.ingest([str(docs)], now=1)
    knowledge.calibrate(2)
    found = {knowledge.search("violin1 kitchen2", limit).sureness for limit in (1, 4, 10, 40)}
    assert len(found) == 1


def test_k7_with_too_few_passages_the_fixed_threshold_stays(tmp_path: Path) -> None:
    write(tmp_path / "docs", SUBJECTS[:2])
    knowledge = service(tmp_path / "docs")
    knowledge.ingest([str(tmp_path / "docs")], now=1, calibrate=True)
    outcome = knowledge.calibrate(2)
    assert outcome.calibration is None
    assert outcome.reason == "there are fewer than 20 passages"
    assert knowledge.search("refund").sureness is None


def test_k7_lines_of_lists_count_as_something_to_learn_from(tmp_path: Path) -> None:
    """A few passages may hold hundreds of messages: those are calibrated unasked."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for subject in SUBJECTS:
        said = [f"the {subject} {word}{n}" for n in range(4) for word in ("needs", "has", "was")]
        (folder / f"{subject}.md").write_text(f"# {subject}\n\n" + "\n\n".join(said) + "\n")
    knowledge = service(folder, WordEmbedder())
    knowledge.ingest([str(folder)], now=1, calibrate=True)
    assert knowledge.status().chunks < 20
    assert knowledge.search("violin").sureness is not None


def test_k7_another_embedding_model_or_none_makes_it_invalid(docs: Path) -> None:
    knowledge = service(docs, WordEmbedder())
    knowledge.ingest([str(docs)], now=1, calibrate=True)
    assert knowledge.search("violin").sureness is not None
    assert service(docs).search("violin").sureness is None
    other = service(docs, WordEmbedder(fingerprint="other"))
    other.rebuild()
    assert other.search("violin").sureness is None
    other.ingest([str(docs)], now=2, calibrate=True)
    assert other.search("violin").sureness is None, "nothing was taken in"
    other.calibrate(3)
    assert other.search("violin").sureness is not None


def test_k7_ingest_calibrates_anew_after_large_changes_only(docs: Path) -> None:
    knowledge = service(docs)

    def made_at(now: int) -> int:
        knowledge.ingest([str(docs)], now=now, calibrate=True)
        stored = store.load(open_database(docs.parent / "data"))
        assert stored is not None
        return stored.made_at

    assert made_at(1) == 1
    write(docs, ["piano"])
    assert made_at(2) == 1
    write(docs, ["harbour", "castle"])
    assert made_at(3) == 3


def test_k7_golden_questions_move_the_cut(docs: Path) -> None:
    knowledge = service(docs)
    knowledge.ingest([str(docs)], now=1)
    before = knowledge.calibrate(2, 0.9).calibration
    hard = "The violin violin1 needs violin3 today."
    golden = [Golden(hard, escalate=True)] * 12
    after = knowledge.calibrate(3, 0.9, golden).calibration
    assert before is not None and after is not None
    sure = knowledge.search(hard).sureness
    assert sure is not None and sure.confidence < sure.cut


def test_k7_a_small_knowledge_base_keeps_the_fixed_threshold(
    docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unasked, a small one is not calibrated: it would hand over nearly everything."""
    monkeypatch.setattr("ogma.services.knowledge.calibration.BY_ITSELF", 200)
    knowledge = service(docs, WordEmbedder())
    knowledge.ingest([str(docs)], now=1, calibrate=True)
    assert knowledge.search("violin").sureness is None
    assert knowledge.calibrate(2).calibration is not None
    assert knowledge.search("violin").sureness is not None


def _calibrate_until_killed(docs: Path) -> None:
    embedder = WordEmbedder()
    embedder.before_batch = lambda: os.kill(os.getpid(), signal.SIGKILL)
    service(docs, embedder).calibrate(3, 0.8)


def test_k7_a_killed_calibration_leaves_the_last_one_whole(docs: Path) -> None:
    """kill -9 amid the questions: the calibration of before counts, and the next one is made."""
    knowledge = service(docs, WordEmbedder())
    knowledge.ingest([str(docs)], now=1)
    before = knowledge.calibrate(2, 0.9)
    process = get_context("spawn").Process(target=_calibrate_until_killed, args=(docs,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    stored = store.load(open_database(docs.parent / "data"))
    assert stored is not None and stored.calibration == before.calibration
    assert service(docs, WordEmbedder()).calibrate(4, 0.9) == before
