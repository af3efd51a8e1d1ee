"""The vector index: exact, and trusted only when it is whole and of this very generation (P32)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ogma.knowledge.index import (
    FLAT_UP_TO,
    SAMPLE,
    SQ8_UP_TO,
    Kind,
    State,
    VectorIndex,
    kind_for,
    load,
    save,
    suits,
)

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors

MANIFEST = "vectors.json"

STATE = State(generation=3, stamp="abc", fingerprint="words:1", dim=8)


def unit(rows: int, seed: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, 8)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def filled(rows: int = 20) -> tuple[VectorIndex, Vectors]:
    index, vectors = VectorIndex(8), unit(rows)
    index.change(np.array([], np.int64), np.arange(100, 100 + rows), vectors)
    return index, vectors


def test_it_finds_the_nearest_with_their_cosines() -> None:
    index, vectors = filled()
    found = index.search(vectors[4], 3)
    assert next(iter(found)) == 104
    assert found[104] == pytest.approx(1, abs=1e-3)
    best = np.argsort(-(vectors @ vectors[4]))[:3] + 100
    assert list(found) == best.tolist()


def test_removed_ids_are_not_found_and_others_stay() -> None:
    index, vectors = filled()
    index.change(np.array([104, 107], np.int64), np.array([], np.int64), vectors[:0])
    assert 104 not in index.search(vectors[4], 20)
    assert len(index) == 18
    assert index.ids().tolist() == [*range(100, 104), 105, 106, *range(108, 120)]
    assert index.cosines(vectors[5], [104, 105]) == {105: pytest.approx(1, abs=1e-3)}


def test_an_empty_index_and_a_question_that_is_no_number_find_nothing() -> None:
    assert VectorIndex(8).search(unit(1)[0], 5) == {}
    index, _ = filled()
    assert index.search(np.full(8, np.nan, np.float32), 5) == {}


def test_vectors_of_another_dimension_are_refused() -> None:
    with pytest.raises(ValueError, match="vectors of 8"):
        VectorIndex(8).change(np.array([], np.int64), np.array([1]), np.zeros((1, 9), np.float32))


def test_a_saved_index_is_loaded_as_it_was(tmp_path: Path) -> None:
    index, vectors = filled()
    save(tmp_path, index, STATE)
    again = load(tmp_path, STATE, 20)
    assert again is not None
    assert again.ids().tolist() == index.ids().tolist()
    assert again.search(vectors[2], 4) == index.search(vectors[2], 4)
    again.change(np.array([102]), np.array([], np.int64), vectors[:0])
    assert 102 not in again.search(vectors[2], 4)


@pytest.mark.parametrize(
    "other",
    [
        replace(STATE, generation=4),
        replace(STATE, stamp="def"),
        replace(STATE, fingerprint="words:2"),
        replace(STATE, dim=16),
    ],
)
def test_an_index_of_another_state_is_not_loaded(tmp_path: Path, other: State) -> None:
    save(tmp_path, filled()[0], STATE)
    assert load(tmp_path, other, 20) is None


def test_a_newer_save_replaces_the_older(tmp_path: Path) -> None:
    save(tmp_path, filled(5)[0], STATE)
    save(tmp_path, filled(6)[0], replace(STATE, generation=4))
    assert load(tmp_path, STATE, 20) is None
    assert len(list(tmp_path.glob("vectors-*"))) == 1


def _flip_a_bit(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        _flip_a_bit,
    ],
    ids=["deleted", "emptied", "truncated", "one bit flipped"],
)
@pytest.mark.parametrize("which", ["vectors-*", MANIFEST])
def test_a_damaged_file_is_never_trusted(tmp_path: Path, damage: object, which: str) -> None:
    """A bit flipped in the manifest may leave it true; what is loaded is then the right index."""
    index, vectors = filled()
    save(tmp_path, index, STATE)
    (path,) = tmp_path.glob(which)
    assert callable(damage)
    damage(path)
    again = load(tmp_path, STATE, 20)
    if which == MANIFEST and again is not None:
        assert again.search(vectors[2], 4) == index.search(vectors[2], 4)
    else:
        assert again is None


def test_another_models_index_under_the_same_name_is_not_trusted(tmp_path: Path) -> None:
    save(tmp_path / "mine", filled()[0], STATE)
    other = VectorIndex(8)
    other.change(np.array([], np.int64), np.arange(100, 120), unit(20, seed=2))
    save(tmp_path / "other", other, STATE)
    (mine,), (theirs,) = (tmp_path.glob(f"{name}/vectors-*") for name in ("mine", "other"))
    theirs.replace(mine)
    assert load(tmp_path / "mine", STATE, 20) is None


def test_a_crash_before_the_manifest_leaves_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, filled(5)[0], STATE)
    real = Path.replace

    def crash(self: Path, target: Path) -> Path:
        if Path(target).name == MANIFEST:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path, filled(6)[0], replace(STATE, generation=4))
    again = load(tmp_path, STATE, 5)
    assert again is not None and len(again) == 5


# -- kinds -----------------------------------------------------------------------------------------


def test_the_kind_follows_the_size_and_can_be_chosen() -> None:
    """P31"""
    sizes = (0, FLAT_UP_TO, FLAT_UP_TO + 1, SQ8_UP_TO + 1)
    assert [kind_for(size) for size in sizes] == ["flat", "flat", "sq8", "ivf"]
    assert kind_for(10, "sq8") == "sq8"
    assert [kind_for(size, "ivf") for size in (SAMPLE - 1, SAMPLE)] == ["sq8", "ivf"]


def test_near_a_limit_the_kind_that_is_there_stays() -> None:
    assert suits("flat", FLAT_UP_TO * 21 // 20) and suits("sq8", FLAT_UP_TO * 19 // 20)
    assert not suits("sq8", FLAT_UP_TO // 2) and not suits("flat", 10, "sq8")


@pytest.mark.parametrize("kind", ["flat", "sq8", "ivf"])
def test_every_kind_finds_changes_and_comes_back_from_its_file(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ogma.knowledge.index.LISTS", 4)
    monkeypatch.setattr("ogma.knowledge.index.PROBED", 4)
    monkeypatch.setattr("ogma.knowledge.index.SAMPLE", 160)
    vectors = unit(200)
    index = VectorIndex(8, kind)
    if not index.is_trained:
        index.train(vectors)
    index.change(np.array([], np.int64), np.arange(200), vectors)
    index.change(np.array([9]), np.array([], np.int64), vectors[:0])
    save(tmp_path, index, STATE)
    again = load(tmp_path, STATE, 199, kind)
    assert again is not None and again.kind == kind
    again.change(np.array([8]), np.array([300]), vectors[8:9])
    assert again.ids().tolist() == [*range(8), *range(10, 200), 300]
    assert next(iter(again.search(vectors[20], 3))) == 20
    assert next(iter(again.search(vectors[8], 3))) == 300
    near = list(again.search(vectors[20], 3))
    assert list(again.search(vectors[20], 2, hidden=near[:1])) == near[1:]
    assert again.cosines(vectors[20], [9, 20]) == {20: pytest.approx(1, abs=0.02)}
    assert load(tmp_path, STATE, 199, "sq8" if kind == "flat" else "flat") is None
