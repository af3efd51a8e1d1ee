"""How free the bot's event loop stays while the command line ingests 1,000 documents.

Tickets are opened and answered all the while; nothing is mocked: the sandbox, the bot and the
ingest are three processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ogma.package_data import sample_dir
from ogma.sandbox.control_client import ControlClient
from ogma.sandbox.process import SandboxProcess

DOCUMENTS = 1_000
PROBE = Path(__file__).with_name("loop_probe.py")
QUESTIONS = (
    "How do I restore a backup of my server?",
    "How long is the link for a new password valid?",
    "When do I get my money back?",
    "Do you also sell T-shirts?",
)


def documents(folder: Path) -> None:
    """A thousand pages of several headings each, all different."""
    pages = [path.read_text(encoding="utf-8") for path in sorted(sample_dir().rglob("*.md"))]
    for number in range(DOCUMENTS):
        page = pages[number % len(pages)].replace(". ", f" (case {number}). ")
        (folder / f"page-{number}.md").write_text(page, encoding="utf-8")


def ask(control: ControlClient, until: subprocess.Popen[bytes]) -> int:
    """Customers open tickets and ask until the ingest has ended; gives the questions asked.

    A ticket's channel is called after its customer.
    """
    asked = 0
    for who in ("alice", "bob", "carol"):
        form = control.click(who, "ogma:open:general")
        values = {"subject": QUESTIONS[0], "description": "Please help."}
        control.modal(who, form["interaction"], values)
    while until.poll() is None:
        for channel in control.state()["channels"]:
            if "ogma:" in (channel.get("topic") or ""):
                question = QUESTIONS[asked % len(QUESTIONS)]
                control.message(channel["name"], channel["id"], question)
                asked += 1
        time.sleep(1)
    return asked


def quietly(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process whose words nobody needs."""
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Print one JSON line."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pages, data, report = folder / "pages", folder / "data", folder / "report.json"
        pages.mkdir()
        documents(pages)
        sandbox = SandboxProcess()
        config = Path(sandbox.ready.config)
        config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        ogma = [sys.executable, "-m", "ogma", "--config", str(config), "--data", str(data)]
        quietly([*ogma, "kb", "ingest", str(sample_dir() / "knowledge")]).wait()
        api = ["run", "--discord-api", sandbox.ready.api]
        bot = quietly([sys.executable, str(PROBE), str(report), *ogma[3:], *api])
        control = ControlClient(sandbox.ready.control)
        while not any(one["messages"] for one in control.state()["channels"]):
            time.sleep(0.2)
        started = time.monotonic()
        ingest = quietly([*ogma, "kb", "ingest", str(pages)])
        asked = ask(control, ingest)
        took = time.monotonic() - started
        bot.terminate()
        bot.wait(30)
        sandbox.stop()
        seen = json.loads(report.read_text(encoding="utf-8"))
    facts = {"documents": DOCUMENTS, "ingest_s": round(took, 1), "questions": asked}
    print(json.dumps({"loop": {**facts, **seen, "cores": os.cpu_count()}}))


if __name__ == "__main__":
    main()
