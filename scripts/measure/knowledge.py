"""What the knowledge base costs: taking in, taking in again, opening, asking, memory.

Taking in is compared with a bare loop of the same model over the same chunks, in turns. The large
sizes have random texts and vectors: embedding a hundred thousand passages would take an hour, and
neither time nor memory of a search depends on what they say. `--chunks`, `--files` and `--sizes`
make it smaller; the times of CPU are the ones to trust on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ogma.errors import OgmaError
from ogma.knowledge.embedder import FastEmbedder
from ogma.knowledge.model import installed, models_folder
from ogma.package_data import sample_dir
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.vectors import indexed_text
from ogma.store import knowledge as store
from ogma.store.opening import open_database

PROBE = Path(__file__).with_name("knowledge_probe.py")
THREADS = 1
"""Two wait for each other busily on a loaded machine, which counts as computing."""
TURNS = 5
PER_PAGE = 4
"""About how many chunks a page of the sample gives."""


def pages(folder: Path, chunks: int) -> None:
    """Pages of several headings each, all different, of about so many chunks together."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(sample_dir().rglob("*.md"))]
    for number in range(max(1, chunks // PER_PAGE)):
        page = texts[number % len(texts)].replace(". ", f" (case {number}). ")
        (folder / f"page-{number}.md").write_text(page, encoding="utf-8")


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds by the clock, seconds of CPU in this process, and what came of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def ingest(embedder: FastEmbedder, chunks: int) -> dict[str, Any]:
    """Taking in pages, and a bare loop over the same chunks, in turns; the best of each."""
    embedder.embed_query("warm")
    best: dict[str, tuple[float, float]] = {}
    report, texts = None, list[str]()
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory() as name:
            docs, data = Path(name, "docs"), Path(name, "data")
            docs.mkdir()
            pages(docs, chunks)
            service = KnowledgeService(open_database(data), data, embedder)
            *spent, report = timed(lambda: service.ingest([str(docs)], now=1))  # noqa: B023
            best["ours"] = min(best.get("ours", (1e9, 1e9)), (spent[0], spent[1]))
            db = open_database(data)
            rows = store.texts(db, store.chunk_ids(db))
            texts = [indexed_text(context, text) for _, context, text in rows]
        *spent, _ = timed(lambda: embedder.embed_passages(texts))  # noqa: B023
        best["bare"] = min(best.get("bare", (1e9, 1e9)), (spent[0], spent[1]))
    assert report is not None
    return {
        "chunks": len(texts),
        "chunks_per_s": round(len(texts) / best["ours"][0], 1),
        "bare_loop_chunks_per_s": round(len(texts) / best["bare"][0], 1),
        "share_of_bare_loop": round(best["bare"][0] / best["ours"][0], 3),
        "share_of_bare_loop_cpu": round(best["bare"][1] / best["ours"][1], 3),
        "seconds": {step: round(spent, 2) for step, spent in report.seconds.items()},
    }


def again(embedder: FastEmbedder, files: int) -> dict[str, Any]:
    """Taking in many small files, and once more with nothing changed."""
    with tempfile.TemporaryDirectory() as name:
        docs, data = Path(name, "docs"), Path(name, "data")
        for number in range(files):
            path = docs / f"{number % 100}" / f"{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = f"# Case {number}\n\nWhat to do in case {number}: ask for form {number * 7}.\n"
            path.write_text(text, encoding="utf-8")
            os.utime(path, (time.time() - 60, time.time() - 60))
        service = KnowledgeService(open_database(data), data, embedder)
        first = timed(lambda: service.ingest([str(docs)], now=1))
        second = timed(lambda: service.ingest([str(docs)], now=2))
        assert second[2].unchanged == files
    return {
        "files": files,
        "first_s": round(first[0], 2),
        "again_s": round(second[0], 3),
        "first_cpu_s": round(first[1], 2),
        "again_cpu_s": round(second[1], 3),
        "times_faster": round(first[0] / second[0]),
        "times_faster_cpu": round(first[1] / second[1]),
    }


def scale(size: int) -> dict[str, Any]:
    """A knowledge base of so many passages, filled here and asked in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        run = [sys.executable, str(PROBE), name, str(size)]
        subprocess.run([*run, "fill"], check=True)
        done = subprocess.run([*run, "ask"], check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def main() -> None:
    """Measure, and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=600)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--sizes", default="1000,10000,100000")
    asked = parser.parse_args()
    model = installed(models_folder(os.environ))
    if model is None:
        raise OgmaError("The embedding model is not installed; run `ogma models pull`.")
    embedder = FastEmbedder(model, threads=THREADS)
    result = {
        "part": "knowledge",
        "ingest": ingest(embedder, asked.chunks),
        "unchanged": again(embedder, asked.files),
        "sizes": [scale(int(size)) for size in asked.sizes.split(",") if size],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
