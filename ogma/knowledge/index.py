"""The vector index: a cache of what SQLite holds, checked before it is trusted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ogma.knowledge.embedder import Vectors

Ids = NDArray[np.int64]

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class State:
    """What an index was made from. Equal states mean equal content."""

    generation: int
    stamp: str
    """Random per generation: a restored backup reaches the same number with other content."""
    fingerprint: str
    dim: int


class VectorIndex:
    """Unit vectors by chunk id, exact inner product, half precision. Safe from any thread."""

    _index: Any

    def __init__(self, dim: int, index: Any = None) -> None:
        import faiss

        self.dim = dim
        self._lock = threading.Lock()
        self._index = (
            index
            if index is not None
            else faiss.IndexIDMap2(
                faiss.IndexScalarQuantizer(
                    dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
                )
            )
        )

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        """All chunk ids, in ascending order."""
        import faiss

        with self._lock:
            return np.sort(faiss.vector_to_array(self._index.id_map))

    def change(self, remove: Ids, add: Ids, vectors: Vectors) -> None:
        """Take ids out and put others in, as one step for searches."""
        if vectors.shape != (len(add), self.dim):
            raise ValueError(f"expected {len(add)} vectors of {self.dim}, got {vectors.shape}")
        with self._lock:
            if len(remove):
                self._index.remove_ids(remove)
            if len(add):
                self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), add)

    def search(self, vector: Vectors, limit: int, hidden: Sequence[int] = ()) -> dict[int, float]:
        """Chunk id -> cosine of the nearest chunks, at most `limit`; `hidden` are passed over."""
        if not np.isfinite(vector).all():
            return {}
        query = np.ascontiguousarray(vector, np.float32).reshape(1, self.dim)
        options = {"params": _all_but(hidden)} if hidden else {}
        with self._lock:
            scores, ids = self._index.search(query, max(1, min(limit, len(self))), **options)
        pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return {chunk: score for chunk, score in pairs if chunk >= 0}

    def cosines(self, vector: Vectors, chunks: Sequence[int]) -> dict[int, float]:
        """The cosine of the chunks named, those that the index has."""
        found = {}
        with self._lock:
            for chunk in chunks:
                with contextlib.suppress(RuntimeError):  # FAISS raises for an id it lacks
                    found[chunk] = float(self._index.reconstruct(chunk) @ vector)
        return found

    def to_bytes(self) -> bytes:
        """The index as FAISS writes it."""
        import faiss

        with self._lock:
            return bytes(faiss.serialize_index(self._index).data)


def _all_but(hidden: Sequence[int]) -> Any:
    import faiss

    return faiss.SearchParameters(  # type: ignore[call-arg]
        sel=faiss.IDSelectorNot(faiss.IDSelectorBatch(np.array(hidden, np.int64)))
    )


def save(folder: Path, index: VectorIndex, state: State) -> None:
    """Write the index and then, by one rename, the manifest that makes it count."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = index.to_bytes()
    name = f"index-{state.generation}-{state.stamp}.faiss"
    _write(folder / name, raw)
    manifest = {
        "format": FORMAT,
        **asdict(state),
        "count": len(index),
        "file": name,
        "sha256": hashlib.sha256(raw).hexdigest(),
    }
    _write(folder / MANIFEST, json.dumps(manifest, indent=2).encode())
    for old in folder.glob("index-*"):
        if old.name != name:
            old.unlink(missing_ok=True)


def load(folder: Path, state: State) -> VectorIndex | None:
    """The stored index if it is whole and was made from exactly `state`, else None."""
    import faiss

    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wanted = {"format": FORMAT, **asdict(state)}
        if {key: manifest.get(key) for key in wanted} != wanted:
            return None
        raw = (folder / Path(str(manifest["file"])).name).read_bytes()
        if hashlib.sha256(raw).hexdigest() != manifest["sha256"]:
            return None
        index = faiss.deserialize_index(np.frombuffer(raw, np.uint8))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None
    if index.d != state.dim or index.ntotal != manifest["count"]:
        return None
    return VectorIndex(state.dim, index)


def _write(path: Path, raw: bytes) -> None:
    """Replace a file as a whole: all of the new content or all of the old survives a crash."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
