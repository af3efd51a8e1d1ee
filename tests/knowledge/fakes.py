"""An embedder that needs no model, and a reading that needs no process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from ogma.knowledge.chunks import Cut, cut
from ogma.knowledge.readers import read

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors


class ReadingHere:
    """Reads in this process."""

    def read(self, data: bytes, name: str) -> Cut:
        return cut(read(data, name), PurePosixPath(name).stem)

    def close(self) -> None:
        pass


class WordEmbedder:
    """The unit sum of its words' directions; `seed` makes it another model."""

    def __init__(self, fingerprint: str = "words:1", dim: int = 64, seed: str = "") -> None:
        self.fingerprint = fingerprint
        self.library = f"words {seed}"
        self.dim = dim
        self.seed = seed
        self.embedded: list[str] = []
        """Every passage that was embedded, to see what was not."""
        self.before_batch: Callable[[], None] = lambda: None

    def embed_passages(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        self.before_batch()
        self.embedded += texts
        done(len(texts))
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        total = np.full(self.dim, 1e-3, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.sha256(f"{self.seed}{word}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
            total += rng.standard_normal(self.dim).astype(np.float32)
        return (total / np.linalg.norm(total)).astype(np.float32)
