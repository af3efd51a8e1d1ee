"""What Ogma adds around a model: from a customer's message to the model's request, and from there
to the answer's POST, at 10,000 passages and without the debounce.

Nothing is mocked but the model: sandbox and bot are processes of their own, and a fake Ollama here
answers at once, so what it takes itself is counted against Ogma. Waiting is wall time, as seen on
a machine that may have other work; `bot_cpu_ms` is the bot's processor time for each question.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
from numpy.typing import NDArray

from ogma.domain.policies import KnowledgePolicy
from ogma.knowledge.embedder import FastEmbedder
from ogma.knowledge.model import installed, model_named, models_folder
from ogma.package_data import sample_dir
from ogma.sandbox.control_client import ControlClient
from ogma.sandbox.fake_ollama import FakeOllama, running
from ogma.sandbox.process import SandboxProcess
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store.opening import open_database

PASSAGES = 10_000
QUESTIONS = 60
ASKED = (
    "How do I restore a backup?",
    "How do I appeal a ban?",
    "How long is my account locked after too many wrong passwords?",
)
PATIENCE_S = 60.0


class Filler(FastEmbedder):
    """The installed model, which gives passages vectors by chance: filling is not measured."""

    def embed_passages(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda count: None
    ) -> NDArray[np.float32]:
        """Random unit vectors."""
        vectors = np.random.default_rng(len(texts)).normal(size=(len(texts), self.dim))
        done(len(texts))
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit.astype(np.float32)


def fill(data: Path) -> int:
    """The sample pages, and made-up ones of their words; gives the number of passages."""
    command = [sys.executable, "-m", "ogma", "--data", str(data), "kb", "ingest", "--no-calibrate"]
    quietly([*command, str(sample_dir() / "knowledge")]).wait()
    model = installed(models_folder(os.environ), model_named(KnowledgePolicy().model))
    if model is None:
        raise SystemExit("the embedding model is missing: run `ogma models pull`")
    db = open_database(data)
    knowledge = KnowledgeService(db, data, Filler(model, "int8"))
    pages = sorted((sample_dir() / "knowledge").rglob("*.md"))
    words = re.findall(r"[a-z]{3,}", " ".join(page.read_text("utf-8") for page in pages).lower())
    chance = random.Random(0)
    with db.write():
        for number in range(PASSAGES // 10):
            text = "\n\n".join(
                f"## Part {part}\n\n{' '.join(chance.choices(words, k=90)).capitalize()}."
                for part in range(10)
            )
            page = Written("text", f"filler-{number}", f"Filler {number}", text)
            knowledge.put(knowledge.prepare(page), 0)
    knowledge.rebuild()
    count = int(db.execute("SELECT count(*) FROM chunk")[0][0])
    db.close()
    return count


def quietly(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process whose words nobody needs."""
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Model(threading.Thread):
    """A fake Ollama on a loop of its own."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ready = threading.Event()
        self.fake: FakeOllama

    def run(self) -> None:
        """Serve for as long as the process lives."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with running() as self.fake:
            self.ready.set()
            await asyncio.Event().wait()

    def requests(self) -> list[dict[str, Any]]:
        """Questions so far, in order, with the time of each."""
        chats = [one for one in self.fake.state.requests if one["path"] == "/api/chat"]
        return [one for one in chats if (one["body"] or {}).get("messages")]


def configure(path: Path, url: str) -> None:
    """No debounce, no limits, every search good enough for the model."""
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    changes: dict[str, dict[str, Any]] = {
        "ai": {"engine": "ollama", "burst_quiet_s": 0, "threshold": 0.001},
        "ollama": {"url": url},
        "limits": {"questions_per_user": 0, "questions_per_ticket": 0, "questions_per_server": 0},
    }
    for table, values in changes.items():
        document.setdefault(table, tomlkit.table()).update(values)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def until(found: Callable[[], Any], what: str) -> Any:
    """What is found, when it is."""
    end = time.monotonic() + PATIENCE_S
    while not (seen := found()):
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.01)
    return seen


def cpu_ms(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def measure(control: ControlClient, model: Model, bot: int) -> dict[str, list[float]]:
    """Ask one question after the other."""
    form = control.click("alice", "ogma:open:general")
    values = {"subject": ASKED[0], "description": "Please."}
    control.modal("alice", form["interaction"], values)
    place = until(lambda: _ticket(control), "the ticket")
    until(lambda: _answers(control, place, 0), "the first answer")
    seen: dict[str, list[float]] = {"to_model_ms": [], "to_post_ms": [], "bot_cpu_ms": []}
    for number in range(QUESTIONS):
        before, asked, spent = len(control.requests(wait_s=0)), len(model.requests()), cpu_ms(bot)
        question = ASKED[number % len(ASKED)]
        said = control.message("alice", place, question, wait_s=0)
        sent = datetime.fromisoformat(said["created_at"]).timestamp()
        request = until(lambda: model.requests()[asked:], "the model is asked")[0]  # noqa: B023
        post = until(lambda: _answers(control, place, before), "the answer")[0]  # noqa: B023
        answered = datetime.fromisoformat(post["at"]).timestamp()
        seen["to_model_ms"].append((request["at"] - sent) * 1000)
        seen["to_post_ms"].append((answered - request["at"]) * 1000)
        time.sleep(0.3)
        seen["bot_cpu_ms"].append(cpu_ms(bot) - spent)
    return seen


def _ticket(control: ControlClient) -> str | None:
    channels = control.state(wait_s=0)["channels"]
    return next((one["id"] for one in channels if "ogma:" in (one["topic"] or "")), None)


def _answers(control: ControlClient, place: str, after: int) -> list[dict[str, Any]]:
    """The bot's answers in this channel, among its requests behind number `after`."""
    return [
        one
        for one in control.requests(after, wait_s=0)
        if one["method"] == "POST"
        and one["path"] == f"/channels/{place}/messages"
        and "ogma:helpful:" in json.dumps(one["body"])
        and one["at"]
    ]


def share(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1)


def main() -> None:
    """Print one JSON line."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        passages = fill(data)
        model = Model()
        model.start()
        model.ready.wait()
        sandbox = SandboxProcess()
        config = Path(sandbox.ready.config)
        configure(config, model.fake.url)
        ogma = [sys.executable, "-m", "ogma", "--config", str(config), "--data", str(data)]
        bot = quietly([*ogma, "run", "--discord-api", sandbox.ready.api])
        try:
            control = ControlClient(sandbox.ready.control)
            until(
                lambda: any(one["messages"] for one in control.state(wait_s=0)["channels"]),
                "the panel",
            )
            seen = measure(control, model, bot.pid)
        finally:
            bot.terminate()
            bot.wait(30)
            sandbox.stop()
    parts = {
        name: {"p50": share(values, 0.5), "p95": share(values, 0.95)}
        for name, values in seen.items()
    }
    facts = {"passages": passages, "questions": QUESTIONS, "cores": os.cpu_count()}
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({"overhead": {**facts, "load": load, **parts}}))


if __name__ == "__main__":
    main()
