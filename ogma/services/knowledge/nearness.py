"""How near chunks are to a question: by themselves, by what stands above them, by their lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ogma.knowledge import search as fusion
from ogma.services.knowledge.following import from_blobs
from ogma.services.knowledge.vectors import Live
from ogma.store import vectors
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors


def near(
    db: Database,
    live: Live,
    vector: Vectors,
    cosines: Mapping[int, float],
    without: tuple[int, int | None] | None = None,
) -> dict[int, float]:
    """Chunk id -> its closeness; `cosines` are the chunks' own.

    `without` is a chunk and the number of a line in it that is not to count.
    """
    model_id = live.status.model_id
    assert model_id is not None
    chunks = list(cosines)
    lines = {
        chunk: _best_line(blob, vector, without[1] if without and without[0] == chunk else None)
        for chunk, blob in vectors.lines(db, model_id, chunks)
    }
    places = live.places.cosines(vector, chunks) if live.places is not None else {}
    return fusion.closeness(cosines, places, lines)


def _best_line(blob: bytes, vector: Vectors, left_out: int | None) -> float:
    """The cosine of the nearest line of a chunk."""
    found = from_blobs([blob], vector.size) @ vector
    if left_out is not None:
        found = np.delete(found, left_out)
    return float(found.max(initial=-1.0))
