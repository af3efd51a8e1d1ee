"""Texts to unit vectors, by fastembed on onnxruntime, offline.

Imports what computes only when it is used: an ingest of nothing new must cost nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Protocol

from ogma.errors import OgmaError
from ogma.knowledge.model import GRAPH_FILES, InstalledModel, Precision
from ogma.knowledge.sentences import estimate_tokens

if TYPE_CHECKING:
    import numpy as np
    from fastembed import TextEmbedding
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH: Final = 8
"""Small batches of texts of like length beat large ones: less padding, a tenth of the memory."""

CANARY: Final = "How do I reset my password?"
"""Embedded whenever a model is loaded: the same files must keep giving the same vector."""


class Embedder(Protocol):
    """What the knowledge base needs of an embedding model. Safe to call from several threads."""

    @property
    def fingerprint(self) -> str:
        """Identifies the vectors: equal fingerprints mean comparable vectors."""
        ...

    @property
    def library(self) -> str:
        """The software that computes the vectors; another version may compute other ones."""
        ...

    @property
    def dim(self) -> int:
        """Numbers per vector."""
        ...

    def embed_passages(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """One unit vector per text, in their order; `done` is told how many more are ready."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of one question."""
        ...


class FastEmbedder:
    """An installed model, loaded on first use."""

    def __init__(
        self, model: InstalledModel, precision: Precision = "int8", threads: int = 1
    ) -> None:
        """`threads` for onnxruntime: 1 leaves a running bot its air, more suits an ingest."""
        self.fingerprint = model.fingerprint(precision)
        self.library = ", ".join(f"{name} {version(name)}" for name in ("fastembed", "onnxruntime"))
        self.dim = model.spec.dim
        self._model = model
        self._precision: Precision = precision
        self._threads = threads
        self._lock = threading.Lock()
        self._encoder: TextEmbedding | None = None

    def embed_passages(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """One unit vector per text, in their order, worked off longest first."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        sizes = [estimate_tokens(text) for text in texts]
        order = sorted(range(len(texts)), key=sizes.__getitem__, reverse=True)
        encoder = self._loaded()
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            batch = [texts[row] for row in rows]
            vectors[rows] = np.stack(list(encoder.embed(batch, batch_size=BATCH)))
            done(len(rows))
        return _sound(vectors, self._model)

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of one question; what exceeds the model's length is cut off."""
        import numpy as np

        return _sound(np.stack(list(self._loaded().embed([text])))[0], self._model)

    def _loaded(self) -> TextEmbedding:
        with self._lock:
            if self._encoder is None:
                self._encoder = _load(self._model, self._precision, self._threads)
            return self._encoder


def _load(model: InstalledModel, precision: Precision, threads: int) -> TextEmbedding:
    from fastembed import TextEmbedding
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime

    name = _registered(model, precision)
    options: dict[str, Any] = {
        "specific_model_path": str(model.folder),
        "local_files_only": True,
        "threads": threads,
        "providers": ["CPUExecutionProvider"],
    }
    try:
        return TextEmbedding(name, **options)
    except (
        *(OSError, RuntimeError, ValueError, runtime.Fail, runtime.InvalidArgument),
        *(runtime.InvalidProtobuf, runtime.InvalidGraph, runtime.NoSuchFile, runtime.NoModel),
    ) as error:
        raise OgmaError(
            f"The embedding model in {model.folder} cannot be loaded ({error}); "
            "run `ogma models check`, then `ogma models pull`."
        ) from error


_registry_lock = threading.Lock()


def _registered(model: InstalledModel, precision: Precision) -> str:
    """The name under which fastembed knows the graph; it is told on first use."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    name = f"{model.spec.name}-{precision}"
    with _registry_lock:
        known = {entry["model"] for entry in TextEmbedding.list_supported_models()}
        if name not in known:
            TextEmbedding.add_custom_model(
                model=name,
                pooling=PoolingType.MEAN,
                normalization=True,
                sources=ModelSource(hf=model.spec.name),
                dim=model.spec.dim,
                model_file=GRAPH_FILES[precision],
            )
    return name


def _sound(vectors: Vectors, model: InstalledModel) -> Vectors:
    import numpy as np

    if not np.isfinite(vectors).all():
        raise OgmaError(
            f"The embedding model in {model.folder} gave numbers that are none; "
            "run `ogma models check`, then `ogma models pull`."
        )
    return vectors
