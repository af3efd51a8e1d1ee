from __future__ import annotations

from pathlib import Path

import pytest

from ogma.package_data import sample_dir
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.store.opening import open_database

from . import desks
from .desks import ogma, printed

OWNERS = """
[discord]
guild = "555000000000000001"
[roles]
staff = ["555000000000000011"]
management = ["555000000000000012"]
[channels]
panel = "555000000000000021"
staff_review = "555000000000000022"
transcripts = "555000000000000023"
[[types]]
id = "airships"
label = "Airships"
category = "555000000000000031"
[ai]
engine = "extractive"
burst_quiet_s = 0.2
[texts]
"button.human" = "Call the captain"
"""

SCENARIO = """
title = "Airships"

[[step]]
note = "Alice asks about her airship."
click = { as = "alice", custom_id = "Airships" }
save = { form = "answer.interaction" }

[[step]]
[step.modal]
as = "alice"
interaction = "{form}"
values.subject = "Hydrogen"
values.description = "How often must the hydrogen of a zeppelin be refilled?"

[[step]]
expect = "state.channels[name=alice].messages[-1]"
contains = ["every nine weeks", "Call the captain"]
within_s = 30

[[step]]
note = "Stan cannot write there."
message = { as = "stan", channel = "alice", content = "hello?" }
refused = 50001

[[step]]
note = "This comes out differently."
expect = "state.channels[name=alice].messages[-1]"
contains = "every ten weeks"
within_s = 0.5
"""


@pytest.fixture
def owner(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An owner's data folder with a knowledge base, a config and a scenario beside it."""
    desks.alone(data_dir, monkeypatch)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "config.toml").write_text(OWNERS, encoding="utf-8")
    (tmp_path / "airships.toml").write_text(SCENARIO, encoding="utf-8")
    text = "# Hydrogen\n\nThe hydrogen of a zeppelin must be refilled every nine weeks.\n"
    (tmp_path / "hydrogen.md").write_text(text, encoding="utf-8")
    db = open_database(data_dir)
    documents = [str(sample_dir() / "knowledge"), str(tmp_path / "hydrogen.md")]
    KnowledgeService(db, data_dir).ingest(documents, 1)
    db.close()
    return data_dir


def test_a_difference_is_told_with_the_owners_config(
    owner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R3: own types, texts and knowledge base; exit 1 and a readable story when it differs."""
    arguments = ["--config", str(tmp_path / "config.toml"), "rehearse", "airships.toml"]
    assert ogma(owner, *arguments) == 1
    said = capsys.readouterr()
    assert "    1  Alice asks about her airship.\n    4  Stan cannot" in said.out
    assert (
        "Failed. Step 5 (line 26): expected state.channels[name=alice].messages[-1] to contain "
        "'every ten weeks', found: Ogma says: From "
    ) in said.out
    assert "The hydrogen of a zeppelin must be refilled every" in " ".join(said.out.split())
    assert "the bot's log too" in said.err
    assert open_database(owner).rows(("SELECT count(*) AS n FROM ticket", ())) == [{"n": 0}]


def test_wrong_files_and_configs_are_said_before_anything_starts(
    owner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_text("[[step]]\nclik = {}\n", encoding="utf-8")
    assert ogma(owner, "rehearse", "airships.toml", "bad.toml") == 2
    assert "bad.toml, line 1, step 1: 'clik' is unknown" in capsys.readouterr().err
    assert ogma(owner, "rehearse", "none.toml") == 4
    capsys.readouterr()
    (tmp_path / "config.toml").write_text("language = 3\n", encoding="utf-8")
    assert ogma(owner, "--config", str(tmp_path / "config.toml"), "rehearse", "airships.toml") == 3
    assert not list(tmp_path.glob("ogma-sandbox-*"))


def test_json_is_one_document(
    owner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "short.toml").write_text(
        '[[step]]\nclick = { as = "alice", custom_id = "ogma:open:general" }\n'
        'expect = "answer.modal.title"\nis = "General support"\n',
        encoding="utf-8",
    )
    assert ogma(owner, "--quiet", "rehearse", "--sample", "--json", "short.toml") == 0
    (result,) = printed(capsys)["scenarios"]
    assert (result["passed"], result["failed_step"], result["steps"]) == (True, None, 1)
    assert result["file"] == "short.toml"
