"""Taking in the same passages with the same model: Ogma beside what others would use.

The others are chroma, LlamaIndex, LangChain and txtai. Ogma reads files, cuts, embeds and stores
them; the peers are given the passages ready. Each runs in
a process of its own, in turns, with one thread; the best of its turns counts. The peers run with
`--peers-python`, which needs them and fastembed; what cannot be imported there is named. Each gets
the int8 graph that Ogma uses, and the graph as it is published. The times of CPU are the ones to
trust on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from knowledge import pages

from ogma.errors import OgmaError
from ogma.knowledge.embedder import FastEmbedder
from ogma.knowledge.model import GRAPH_FILES, InstalledModel, installed, models_folder
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.vectors import indexed_text
from ogma.store import knowledge as store
from ogma.store.opening import open_database

PROBE = Path(__file__).with_name("peers_probe.py")
PEERS = ("chroma", "llama_index", "langchain", "txtai")
LIMIT_S = 1_800

Spent = dict[str, float]


def cpu() -> float:
    """Seconds of CPU of this process and of those that it has ended: the reader of files."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def ours(embedder: FastEmbedder, chunks: int) -> tuple[Spent, list[str]]:
    """Time of taking in pages of so many passages, and the passages as they were embedded."""
    with tempfile.TemporaryDirectory() as name:
        docs, data = Path(name, "docs"), Path(name, "data")
        docs.mkdir()
        pages(docs, chunks)
        service = KnowledgeService(open_database(data), data, embedder)
        wall, began = time.perf_counter(), cpu()
        service.ingest([str(docs)], now=1)
        spent = {"s": time.perf_counter() - wall, "cpu_s": cpu() - began}
        db = open_database(data)
        rows = store.texts(db, store.chunk_ids(db))
        return spent, [indexed_text(context, text) for _, context, text in rows]


def theirs(python: str, peer: str, texts: Path, model: InstalledModel, graph: str) -> Spent | str:
    """Time of a peer, or why there is none."""
    run = [python, str(PROBE), peer, str(texts), str(model.folder), graph]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    if done.returncode:
        return f"not measured: {(done.stderr.strip().splitlines() or ['it failed'])[-1]}"
    spent: Spent = json.loads(done.stdout.splitlines()[-1])
    return spent


def better(one: Spent | str | None, other: Spent | str) -> Spent | str:
    """The smaller of each time."""
    if isinstance(one, str) or isinstance(other, str) or one is None:
        return other
    return {what: min(one[what], other[what]) for what in other}


def main() -> None:
    """Measure, and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=600)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--peers-python", default=sys.executable)
    asked = parser.parse_args()
    model = installed(models_folder(os.environ))
    if model is None:
        raise OgmaError("The embedding model is not installed; run `ogma models pull`.")
    embedder = FastEmbedder(model, threads=1)
    embedder.embed_query("warm")
    best: dict[str, Spent | str] = {}
    passages: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        texts = Path(name, "texts.json")
        for _ in range(asked.turns):
            spent, passages = ours(embedder, asked.chunks)
            best["ogma"] = better(best.get("ogma"), spent)
            texts.write_text(json.dumps(passages), encoding="utf-8")
            for peer in PEERS:
                for precision, graph in GRAPH_FILES.items():
                    called = f"{peer} {precision}"
                    if not isinstance(best.get(called), str):
                        took = theirs(asked.peers_python, peer, texts, model, graph)
                        best[called] = better(best.get(called), took)
    print(json.dumps({"part": "peers", "chunks": len(passages), **_ratios(best)}))


def _ratios(best: dict[str, Spent | str]) -> dict[str, Any]:
    """The times, and how many times faster Ogma is than each."""
    own = best["ogma"]
    assert not isinstance(own, str)
    faster = {
        called: {what: round(spent[what] / own[what], 2) for what in own}
        for called, spent in best.items()
        if called != "ogma" and not isinstance(spent, str)
    }
    return {"spent": best, "times_faster": faster}


if __name__ == "__main__":
    main()
