"""One knowledge base of a given size: `fill` makes it, `ask` opens, asks and weighs it.

Asking runs in a process that has loaded the libraries but no model: what it grows by is what a
knowledge base needs above the model.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import random
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from ogma.knowledge.search import Asked, content_stems
from ogma.package_data import sample_dir
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.vectors import to_blob
from ogma.store import knowledge as store
from ogma.store.opening import open_database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors

DIM = 384
QUESTIONS = 300
CHUNKS_PER_DOCUMENT = 10
WORDS_PER_CHUNK = 85
RARE_WORDS = 30_000


class RandomEmbedder:
    """Vectors by chance, the same ones in every process."""

    fingerprint = "random:1"
    library = "random"
    dim = DIM

    def embed_passages(self, texts: Sequence[str], done: object = None) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        seed = int.from_bytes(text.encode()[-8:].rjust(8), "little")
        vector = np.random.default_rng(seed).standard_normal(DIM, np.float32)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def words() -> list[str]:
    """The words of the sample pages in their order: as frequent as in real texts."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(sample_dir().rglob("*.md")))
    return " ".join(texts).split()


def service(folder: Path) -> KnowledgeService:
    return KnowledgeService(open_database(folder), folder, RandomEmbedder())


def fill(folder: Path, size: int) -> None:
    """Documents of ten chunks each, and the index files."""
    rng, known = random.Random(1), words()
    db = open_database(folder)
    base = service(folder)
    model_id = base.shelf.vectors.require_model()
    vectors = np.random.default_rng(2)

    def blob() -> bytes:
        vector = vectors.standard_normal(DIM, np.float32)
        return to_blob(np.asarray(vector / np.linalg.norm(vector), np.float32))

    def say(count: int) -> str:
        start = rng.randrange(len(known) - count)
        return " ".join(known[start : start + count])

    def chunk(place: str) -> store.NewChunk:
        rare = f"w{int(RARE_WORDS * rng.random() ** 2)} w{rng.randrange(RARE_WORDS)}"
        return store.NewChunk(place, "", f"{say(WORDS_PER_CHUNK)} {rare}", blob())

    for first in range(0, size, 100 * CHUNKS_PER_DOCUMENT):
        with db.write():
            for start in range(first, min(size, first + 1_000), CHUNKS_PER_DOCUMENT):
                name = f"{start}.md"
                places = [f"Page {start} > {say(4)}" for _ in range(CHUNKS_PER_DOCUMENT // 2)]
                chunks = tuple(chunk(place) for place in places for _ in range(2))
                new = store.NewDocument(
                    *(name, "file", f"/{name}", name, None, "", 0, None, 1, chunks),
                    places={place: blob() for place in places},
                )
                store.put(db, new, model_id, 1)
            store.advance(db)
    base.shelf.vectors.save()


def resident() -> float:
    """MiB of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def percentiles(times: list[float]) -> dict[str, float]:
    """Milliseconds."""
    p50, p95 = np.percentile(np.array(times) * 1e3, [50, 95])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2)}


def ask(folder: Path, size: int) -> dict[str, Any]:
    """Open, ask, weigh; the times of asking are of CPU, embedding not counted."""
    faiss.omp_set_num_threads(1)
    RandomEmbedder().embed_query("warm")
    open_database(folder).execute("SELECT 1")
    gc.collect()
    before = resident()
    began = time.perf_counter()
    base = service(folder)
    base.search("warm", 5)
    opened = time.perf_counter() - began
    rng, known = random.Random(3), words()
    questions = [
        " ".join([*rng.sample(known, 8), f"w{rng.randrange(RARE_WORDS)}"]) for _ in range(QUESTIONS)
    ]
    vectors = [RandomEmbedder().embed_query(text) for text in questions]
    live = base.status()
    assert live.words is not None and live.index is not None
    db = open_database(folder)
    spent: dict[str, list[float]] = {"whole": [], "words": [], "vectors": [], "fts5": []}

    def note(what: str, began: float) -> None:
        spent[what].append(time.thread_time() - began)

    for number, (text, vector) in enumerate(zip(questions, vectors, strict=True)):
        embedding = time.thread_time()
        RandomEmbedder().embed_query(text)
        embedding = time.thread_time() - embedding
        began = time.thread_time()
        base.search(text, 8)
        note("whole", began + embedding)
        began = time.thread_time()
        stems = content_stems(store.tokens(db, text))
        asked = Asked.of(stems, live.words.counts(stems), live.chunks)
        live.words.search(asked.terms).best(100)
        note("words", began)
        began = time.thread_time()
        live.index.search(vector, 100)
        note("vectors", began)
        if number % 10 == 0:
            began = time.thread_time()
            store.match(db, asked.words, 100)
            note("fts5", began)
    gc.collect()
    return {
        "chunks": size,
        "texts_and_vectors": "random",
        "kind": live.index.kind,
        "open_s": round(opened, 2),
        "mib_above_libraries": round(resident() - before),
        "cpu_ms": {what: percentiles(times) for what, times in spent.items()},
        **chroma(folder, size, vectors),
    }


def chroma(folder: Path, size: int, questions: Sequence[Vectors]) -> dict[str, Any]:
    """Chroma with as many vectors, where it is installed; it compares vectors alone."""
    if importlib.util.find_spec("chromadb") is None:
        return {}
    chromadb: Any = importlib.import_module("chromadb")
    gc.collect()
    before = resident()
    client = chromadb.PersistentClient(str(folder / "chroma"))
    rows = client.create_collection("bench", metadata={"hnsw:space": "cosine"})
    vectors = np.random.default_rng(2).standard_normal((size, DIM), np.float32)
    began = time.process_time()
    for start in range(0, size, 1_000):
        ids = [str(number) for number in range(start, min(size, start + 1_000))]
        rows.add(ids=ids, embeddings=vectors[start : start + len(ids)], documents=ids)
    added = time.process_time() - began
    del vectors
    times = []
    for vector in questions:
        began = time.process_time()
        rows.query(query_embeddings=vector.reshape(1, -1), n_results=8)
        times.append(time.process_time() - began)
    gc.collect()
    grown = resident() - before
    found = {"add_cpu_s": round(added, 1), "cpu_ms": percentiles(times), "mib": round(grown)}
    return {"chroma": found}


if __name__ == "__main__":
    folder, size = Path(sys.argv[1], "data"), int(sys.argv[2])
    if sys.argv[3] == "fill":
        fill(folder, size)
    else:
        print(json.dumps(ask(folder, size)))
