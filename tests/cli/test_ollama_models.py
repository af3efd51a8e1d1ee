"""`ogma models` for the models of Ollama, on every host of the config (D-adapter, A6)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma.sandbox.fake_ollama import FakeOllama, running
from tests.cli.conftest import Ogma

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture
def two_hosts() -> Iterator[tuple[FakeOllama, FakeOllama]]:
    """Two fake Ollamas in a thread of their own: commands run an event loop themselves."""
    loop = asyncio.new_event_loop()
    fakes: list[FakeOllama] = []
    ready, over = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with running() as first, running(models=()) as second:
            fakes.extend((first, second))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    yield fakes[0], fakes[1]
    loop.call_soon_threadsafe(over.set)
    thread.join(10)
    loop.close()


@pytest.fixture
def config(tmp_path: Path, two_hosts: tuple[FakeOllama, FakeOllama]) -> Path:
    """The example config with both hosts."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace('url = "http://127.0.0.1:11434"', f'url = "{two_hosts[0].url}"')
    text = text.replace("\nhosts = []", f'\nhosts = ["{two_hosts[1].url}"]')
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return tmp_path / "config.toml"


def test_list_shows_each_host_with_its_models(
    ogma: Ogma, config: Path, two_hosts: tuple[FakeOllama, FakeOllama]
) -> None:
    result = ogma("models", "list", "--json")
    assert result.code == 0, result.err
    first, second = json.loads(result.out)["ollama"]
    assert [one["name"] for one in first["models"]] == ["gemma4:e4b"]
    assert first["models"][0]["configured"] and first["models"][0]["digest"]
    assert (second["url"], second["models"]) == (two_hosts[1].url, [])
    shown = ogma("models", "list")
    assert "gemma4:e4b" in shown.out
    assert f"{two_hosts[1].url} has no gemma4:e4b" in shown.err


def test_pull_brings_the_model_to_every_host_and_check_finds_it(
    ogma: Ogma, config: Path, two_hosts: tuple[FakeOllama, FakeOllama]
) -> None:
    missing = ogma("models", "check", "gemma4:e4b")
    assert missing.code == 1 and "run `ogma models pull gemma4:e4b`" in missing.err
    pulled = ogma("models", "pull", "gemma4:e4b", "--json")
    assert pulled.code == 0, pulled.err
    assert [one["url"] for one in json.loads(pulled.out)["ollama"]] == [
        two_hosts[0].url,
        two_hosts[1].url,
    ]
    checked = ogma("models", "check", "gemma4:e4b", "--json")
    assert checked.code == 0, checked.err
    assert [one["faults"] for one in json.loads(checked.out)["ollama"]] == [[], []]


def test_a_cloud_model_is_refused_unless_it_is_allowed(ogma: Ogma, config: Path) -> None:
    """facts A4: a :cloud tag would send tickets off the machine."""
    for command in ("pull", "check"):
        result = ogma("models", command, "gpt-oss:120b-cloud")
        assert result.code == 3
        assert "would send tickets off this machine" in result.err


def test_a_host_that_does_not_answer_is_said(ogma: Ogma, config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    hosts = text.index("\nhosts = [")
    end = text.index("]", hosts)
    config.write_text(text[:hosts] + '\nhosts = ["http://127.0.0.1:9"' + text[end:], "utf-8")
    result = ogma("models", "list", "--json")
    assert result.code == 0
    assert "No Ollama answers" in json.loads(result.out)["ollama"][1]["error"]
    failed = ogma("models", "pull", "gemma4:e4b")
    assert failed.code == 5 and "No Ollama answers at http://127.0.0.1:9" in failed.err
