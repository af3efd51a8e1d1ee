"""The vector index: a cache of what SQLite holds, of a kind that suits its size."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ogma.knowledge import cache

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors

Ids = NDArray[np.int64]
Kind = Literal["flat", "sq8", "ivf"]

CACHE: Final = "vectors"
KINDS: Final[tuple[Kind, ...]] = ("flat", "sq8", "ivf")
FLAT_UP_TO: Final = 25_000
"""Vectors that are compared one by one in half precision: exact, 12 ms and 74 MiB per 100,000."""
SQ8_UP_TO: Final = 400_000
"""Vectors that are compared one by one in a byte per number: 2 ms and 37 MiB per 100,000."""
ROOM: Final = 1.25
"""How much larger a number than any of the sample's may be until a byte cuts it off."""
LISTS: Final = 1_024
PROBED: Final = 64
"""Of so many lists of near vectors, how many are looked at: recall .99 in an eighth of the time."""
SAMPLE: Final = 40 * LISTS
"""How many vectors suffice to learn range and lists from."""
_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class State:
    """What an index was made from. Equal states mean equal content."""

    generation: int
    stamp: str
    """Random per generation: a restored backup reaches the same number with other content."""
    fingerprint: str
    dim: int


def kind_for(vectors: int, chosen: str = "auto") -> Kind:
    """The kind for so many vectors, or the one that was chosen and can be made from as many."""
    for kind in KINDS:
        if kind == chosen and (kind != "ivf" or vectors >= SAMPLE):
            return kind
    if vectors <= FLAT_UP_TO:
        return "flat"
    return "sq8" if vectors <= SQ8_UP_TO else "ivf"


def suits(kind: Kind, vectors: int, chosen: str = "auto") -> bool:
    """Whether an index of this kind may stay: near a limit, either kind may."""
    return kind in (kind_for(vectors * 9 // 10, chosen), kind_for(vectors * 11 // 10, chosen))


class VectorIndex:
    """Unit vectors by chunk id, by inner product. Safe from any thread."""

    _index: Any

    def __init__(self, dim: int, kind: Kind = "flat", index: Any = None) -> None:
        self.dim = dim
        self.kind: Kind = kind
        self._lock = threading.Lock()
        self._index = index if index is not None else _empty(dim, kind)
        self._scale = 1.0 if kind == "flat" else _scale_of(self._index)
        """What a number is multiplied by to be kept as a byte; 0 until it is known.

        It is one for all numbers, so that bytes can be multiplied without being spread out before.
        """

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def is_trained(self) -> bool:
        """Whether vectors can be added; all kinds but the flat need a sample of them before."""
        return bool(self._index.is_trained and self._scale)

    def ids(self) -> Ids:
        """All chunk ids, in ascending order."""
        with self._lock:
            return np.sort(np.concatenate([np.array([], np.int64), *_ids(self._index)]))

    def train(self, sample: Vectors) -> None:
        """Learn range and lists from some of the vectors that will be added."""
        with self._lock:
            if self.kind != "flat":
                self._scale = 127 / min(1.0, ROOM * float(np.abs(sample).max(initial=1e-3)))
            self._index.train(self._stored(sample))

    def change(self, remove: Ids, add: Ids, vectors: Vectors) -> None:
        """Take ids out and put others in, as one step for searches."""
        if vectors.shape != (len(add), self.dim):
            raise ValueError(f"expected {len(add)} vectors of {self.dim}, got {vectors.shape}")
        with self._lock:
            if len(remove):
                self._index.remove_ids(remove)
            if len(add):
                self._index.add_with_ids(self._stored(vectors), add)

    def _stored(self, vectors: Vectors) -> Vectors:
        """Vectors as FAISS gets them: whole numbers where it keeps bytes."""
        rows = np.ascontiguousarray(vectors, np.float32)
        if self.kind == "flat":
            return rows
        scaled: Vectors = np.rint(rows * np.float32(self._scale))
        return scaled.clip(-128, 127)

    def search(self, vector: Vectors, limit: int, hidden: Sequence[int] = ()) -> dict[int, float]:
        """Chunk id -> cosine of the nearest chunks, at most `limit`; never the `hidden` ones."""
        import faiss

        if not np.isfinite(vector).all() or not len(self):
            return {}
        # For one question, waking a thread for each core costs more than comparing. Set here,
        # because OpenMP keeps the number for each calling thread.
        faiss.omp_set_num_threads(1)
        query = self._stored(vector.reshape(1, self.dim))  # FAISS multiplies byte by byte
        with self._lock:
            most = max(1, min(limit, len(self)))
            scores, ids = self._index.search(query, most, params=_leaving_out(hidden, self.kind))
        pairs = zip(ids[0].tolist(), (scores[0] / self._scale**2).tolist(), strict=True)
        return {chunk: score for chunk, score in pairs if chunk >= 0}

    def cosines(self, vector: Vectors, chunks: Sequence[int]) -> dict[int, float]:
        """The cosine of the chunks named, those that the index has."""
        with self._lock:
            try:
                rows = self._index.reconstruct_batch(np.array(chunks, np.int64))
            except RuntimeError:  # FAISS raises for an id it lacks: one by one then
                return self._each_cosine(vector, chunks)
        return dict(zip(chunks, (rows @ vector / self._scale).tolist(), strict=True))

    def _each_cosine(self, vector: Vectors, chunks: Sequence[int]) -> dict[int, float]:
        found = {}
        for chunk in chunks:
            with contextlib.suppress(RuntimeError):
                found[chunk] = float(self._index.reconstruct(chunk) @ vector) / self._scale
        return found

    def write(self, path: Path) -> None:
        """Write it as FAISS does."""
        import faiss

        with self._lock:
            faiss.write_index(self._index, str(path))


def _ids(index: Any) -> Iterator[Ids]:
    import faiss

    if isinstance(index, faiss.IndexIDMap2):
        yield faiss.vector_to_array(index.id_map)
        return
    lists = index.invlists
    for number in range(lists.nlist):
        if lists.list_size(number):
            yield faiss.rev_swig_ptr(lists.get_ids(number), lists.list_size(number)).copy()


def _scale_of(index: Any) -> float:
    """All rows are unit vectors times the scale, so their lengths tell it; 0 if there are none."""
    if not index.ntotal:
        return 0.0
    ids = next(iter(_ids(index)), np.zeros(0, np.int64))[:_ROWS]
    return float(np.linalg.norm(index.reconstruct_batch(ids), axis=1).mean())


def save(folder: Path, index: VectorIndex, state: State) -> None:
    """Write the index, and then the manifest that makes it count."""
    wanted = {**asdict(state), "kind": index.kind, "count": len(index)}
    cache.save(folder, CACHE, wanted, f"{state.generation}-{state.stamp}", index.write)


def load(folder: Path, state: State, count: int, chosen: str = "auto") -> VectorIndex | None:
    """The stored index of so many vectors if it is whole and was made from exactly `state`.

    One that does not suit their number, or what was chosen, is not taken.
    """
    import faiss

    for kind in KINDS:
        if not suits(kind, count, chosen):
            continue
        path = cache.find(folder, CACHE, {**asdict(state), "kind": kind, "count": count})
        if path is None:
            continue
        try:
            index = faiss.read_index(str(path))
        except RuntimeError:
            return None
        if (index.d, index.ntotal) == (state.dim, count):
            return VectorIndex(state.dim, kind, index)
    return None


def _leaving_out(hidden: Sequence[int], kind: Kind) -> Any:
    """FAISS's parameters for a search without some ids; None where all may be found."""
    import faiss

    if not hidden:
        return None
    selector = faiss.IDSelectorNot(faiss.IDSelectorBatch(np.array(hidden, np.int64)))
    if kind == "ivf":
        return faiss.SearchParametersIVF(sel=selector, nprobe=PROBED)  # type: ignore[call-arg]
    return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]


def _empty(dim: int, kind: Kind) -> Any:
    import faiss

    product = faiss.METRIC_INNER_PRODUCT
    a_byte = faiss.ScalarQuantizer.QT_8bit_direct_signed
    if kind == "ivf":
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dim), dim, LISTS, a_byte, product, False
        )
        index.nprobe = PROBED
        index.set_direct_map_type(faiss.DirectMap.Hashtable)  # type: ignore[attr-defined]
        return index
    precision = faiss.ScalarQuantizer.QT_fp16 if kind == "flat" else a_byte
    return faiss.IndexIDMap2(faiss.IndexScalarQuantizer(dim, precision, product))
