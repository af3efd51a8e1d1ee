"""One peer takes in passages with Ogma's embedding model, through its own interface.

Called with its name, a JSON list of texts, the model's folder and the file of its graph; prints
one JSON line. It imports nothing of Ogma, so that any Python with the peer and fastembed will do.
Loading the libraries and the model is not counted, nor is reading and splitting files.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.update(HF_HUB_OFFLINE="1", ANONYMIZED_TELEMETRY="False", TOKENIZERS_PARALLELISM="false")
NAME = "bench-model"
THREADS = 1
Take = Callable[[Sequence[str]], object]


def fastembed_model(folder: str, graph: str) -> type[Any]:
    """fastembed's class, which gives this model whatever it is asked for."""
    fastembed: Any = importlib.import_module("fastembed")
    described: Any = importlib.import_module("fastembed.common.model_description")
    fastembed.TextEmbedding.add_custom_model(
        model=NAME,
        pooling=described.PoolingType.MEAN,
        normalization=True,
        sources=described.ModelSource(hf=NAME),
        dim=384,
        model_file=graph,
    )

    class Local(fastembed.TextEmbedding):  # type: ignore[misc]
        def __init__(self, *_: object, **__: object) -> None:
            options = {"local_files_only": True, "threads": THREADS}
            super().__init__(NAME, specific_model_path=folder, **options)

    fastembed.TextEmbedding = Local
    return Local


def chroma(model: type[Any], folder: Path) -> Take:
    """A persistent collection that embeds what is added to it."""
    chromadb: Any = importlib.import_module("chromadb")
    encoder = model()

    class Function(chromadb.EmbeddingFunction):  # type: ignore[misc]
        def __init__(self) -> None: ...

        def __call__(self, texts: Sequence[str]) -> list[Any]:
            return list(encoder.embed(list(texts)))

    client = chromadb.PersistentClient(str(folder))
    rows = client.create_collection("bench", embedding_function=Function())
    return lambda texts: rows.add(
        ids=[str(number) for number in range(len(texts))], documents=list(texts)
    )


def llama_index(model: type[Any], folder: Path) -> Take:
    """A vector index over FAISS, kept in a folder."""
    core: Any = importlib.import_module("llama_index.core")
    faiss: Any = importlib.import_module("faiss")
    stores: Any = importlib.import_module("llama_index.vector_stores.faiss")
    embeddings: Any = importlib.import_module("llama_index.embeddings.fastembed")
    schema: Any = importlib.import_module("llama_index.core.schema")
    encoder = embeddings.FastEmbedEmbedding(model_name=NAME)
    encoder.get_text_embedding("warm")

    def take(texts: Sequence[str]) -> None:
        store = stores.FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
        context = core.StorageContext.from_defaults(vector_store=store)
        nodes = [schema.TextNode(text=text) for text in texts]
        index = core.VectorStoreIndex(nodes, storage_context=context, embed_model=encoder)
        index.storage_context.persist(str(folder))

    return take


def langchain(model: type[Any], folder: Path) -> Take:
    """A FAISS store, saved in a folder."""
    stores: Any = importlib.import_module("langchain_community.vectorstores")
    embeddings: Any = importlib.import_module("langchain_community.embeddings")
    encoder = embeddings.FastEmbedEmbeddings(model_name=NAME)
    encoder.embed_query("warm")
    return lambda texts: stores.FAISS.from_texts(list(texts), encoder).save_local(str(folder))


def txtai(model: type[Any], folder: Path) -> Take:
    """A hybrid index with the texts, saved in a folder."""
    library: Any = importlib.import_module("txtai")
    numpy: Any = importlib.import_module("numpy")
    encoder = model()

    def transform(texts: Sequence[str]) -> Any:
        return numpy.stack(list(encoder.embed(list(texts))))

    def take(texts: Sequence[str]) -> None:
        rows = library.Embeddings(method="external", transform=transform, content=True, hybrid=True)
        rows.index(list(texts))
        rows.save(str(folder / "index"))

    return take


PEERS: dict[str, Callable[[type[Any], Path], Take]] = {
    "chroma": chroma,
    "llama_index": llama_index,
    "langchain": langchain,
    "txtai": txtai,
}


def main() -> None:
    """Take in the texts once, and tell the time it took."""
    peer, listed, folder, graph = sys.argv[1:]
    texts = json.loads(Path(listed).read_text(encoding="utf-8"))
    model = fastembed_model(folder, graph)
    list(model().embed(["warm"]))
    with tempfile.TemporaryDirectory() as kept:
        take = PEERS[peer](model, Path(kept))
        wall, cpu = time.perf_counter(), time.process_time()
        take(texts)
        spent = {"s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    print(json.dumps({what: round(time, 2) for what, time in spent.items()}))


if __name__ == "__main__":
    main()
