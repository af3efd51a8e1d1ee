"""`ogma kb` where no model is installed: words alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from tests.cli.conftest import Ogma
from tests.services.test_calibration import SUBJECTS
from tests.services.test_calibration import write as write_subjects

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "knowledge"


CONFIG = """
discord.guild = 1
channels = { panel = 2, staff_review = 3, transcripts = 4 }
types = [{ id = "general", label = "General", category = 5 }]
"""


@pytest.fixture(autouse=True)
def _no_model(ogma: Ogma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "models"))
    (tmp_path / "config.toml").write_text(CONFIG)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "plans.md").write_text("# Plans\n\n## Prices\n\nThe plan Ember costs 9.90 EUR.\n")
    (folder / "doors.md").write_text("# Doors\n\nThe zebra door opens by itself at noon.\n")
    (folder / "walls.md").write_text("# Walls\n\nWalls are painted every summer.\n")
    return folder


def test_ingest_tells_what_it_did(ogma: Ogma, docs: Path) -> None:
    first = ogma("kb", "ingest", docs, "--json")
    assert first.code == 0
    report = json.loads(first.out)
    assert {key: report[key] for key in ("added", "changed", "unchanged", "removed", "chunks")} == {
        "added": 3,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "chunks": 3,
    }
    assert report["failed"] == []
    assert set(report["seconds"]) == {"read", "embed", "store", "calibrate"}
    assert ogma("kb", "ingest", docs).out.startswith("0 added, 0 changed, 3 unchanged; 0 passages")


def test_no_config_file_is_needed(
    ogma: Ogma, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OGMA_CONFIG")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").unlink()
    assert ogma("kb", "ingest", docs).code == 0
    assert (tmp_path / "data" / "ogma.db").exists()
    assert ogma("kb", "search", "zebra").code == 0


def test_k4_one_warning_says_that_the_model_is_missing(ogma: Ogma, docs: Path) -> None:
    result = ogma("kb", "ingest", docs)
    assert result.err.count("Warning") == 1
    assert "run `ogma models pull`" in result.err


def test_k1_what_failed_is_listed_and_the_exit_code_is_1(ogma: Ogma, docs: Path) -> None:
    (docs / "bad.txt").write_bytes(bytes(range(256)))
    result = ogma("kb", "ingest", docs)
    assert result.code == 1
    assert result.out.startswith("3 added, 0 changed, 0 unchanged, 1 failed")
    assert "bad.txt was not taken in: it is a binary file, not text." in result.err
    failed = json.loads(ogma("kb", "ingest", docs, "--json").out)["failed"]
    assert failed == [{"document": "bad.txt", "reason": "it is a binary file, not text"}]


def test_a_path_that_is_not_there(ogma: Ogma, tmp_path: Path) -> None:
    result = ogma("kb", "ingest", tmp_path / "nope")
    assert result.code == 1
    assert "there is no such file" in result.err


def test_k6_search_shows_passages_with_both_scores(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs)
    found = json.loads(ogma("kb", "search", "zebra door", "--json").out)
    assert (found["query"], found["mode"]) == ("zebra door", "words")
    (best,) = found["results"]
    assert set(best) == {
        *("rank", "document", "title", "heading", "url", "text", "score", "cosine", "bm25")
    }
    assert (best["rank"], best["document"], best["cosine"]) == (1, "doors.md", None)
    assert "doors.md" in ogma("kb", "search", "zebra door").out
    assert ogma("kb", "search", "unicorn").out == "Nothing was found.\n"


def test_k6_ask_gives_the_decision_and_why(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs)
    result = json.loads(ogma("kb", "ask", "Where do unicorns sleep?", "--json").out)
    assert set(result) == {
        *("question", "decision", "reason", "confidence", "threshold", "engine", "answer"),
        *("citations", "checks", "timings_ms", "model_error"),
    }
    assert (result["decision"], result["answer"]) == ("escalate", None)
    said = ogma("kb", "ask", "Where do unicorns sleep behind the zebra door?")
    assert "handed to staff" in said.out
    assert "Near it: doors.md" in said.err


def test_k6_ask_says_that_a_quotation_stands_in_for_the_model(
    ogma: Ogma, docs: Path, tmp_path: Path
) -> None:
    """K6, A6: an answer that is only a quotation because no model answers says so."""
    config = tmp_path / "ogma.toml"
    config.write_text(f'{CONFIG}\n[ollama]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8")
    ogma("kb", "ingest", docs)
    said = ogma("--config", config, "kb", "ask", "What is behind the zebra door?")
    assert "The model failed (Unreachable)" in said.err


def test_batches_answer_line_by_line(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs)
    lines = '{"id": "a", "text": "zebra door"}\n\nnonsense\n{"id": 7, "text": ""}\n'
    for command in ("search", "ask"):
        result = ogma("kb", command, "--batch", typed=lines)
        first, bad, empty = [json.loads(line) for line in result.out.splitlines()]
        assert (first["id"], first["documents"]) == ("a", ["doors.md"])
        assert len(first["scores"]) == 1 and 0 <= first["confidence"] <= 1
        assert first["decision"] in ("answer", "escalate")
        assert ("citations" in first) is (command == "ask")
        assert bad["id"] is None and "expected" in bad["error"]
        assert (empty["id"], empty["documents"], empty["decision"]) == (7, [], "escalate")
        assert result.code == 1


def test_a_question_is_needed(ogma: Ogma) -> None:
    assert ogma("kb", "ask").code == 2
    assert ogma("kb", "search", "zebra", "--batch").code == 2


def test_list_show_remove(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs, "--only-type", "billing")
    listed = json.loads(ogma("kb", "list", "--json").out)["documents"]
    assert [document["document"] for document in listed] == ["doors.md", "plans.md", "walls.md"]
    assert listed[1]["types"] == ["billing"] and listed[1]["chunks"] == 1
    shown = json.loads(ogma("kb", "show", "plans.md", "--json").out)
    assert shown["passages"] == [{"heading": "Prices", "text": "The plan Ember costs 9.90 EUR."}]

    assert ogma("kb", "remove", "nope").code == 4
    assert ogma("kb", "remove", "*s.md").code == 2
    removed = ogma("kb", "remove", "*s.md", "--yes", "--json")
    assert json.loads(removed.out) == {"removed": ["doors.md", "plans.md", "walls.md"]}
    assert "is empty" in ogma("kb", "list").out


def test_k8_only_type(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs, "--only-type", "billing")
    assert ogma("kb", "search", "zebra", "--type", "general").out == "Nothing was found.\n"
    assert "doors.md" in ogma("kb", "search", "zebra", "--type", "billing").out
    ogma("kb", "ingest", docs, "--all-types")
    assert "doors.md" in ogma("kb", "search", "zebra", "--type", "general").out


def test_another_ingest_holds_the_lock(ogma: Ogma, docs: Path, tmp_path: Path) -> None:
    ogma("kb", "list")
    with FileLock(tmp_path / "data" / "knowledge.lock"):
        result = ogma("kb", "ingest", docs)
    assert result.code == 6
    assert "Another ingest" in result.err


def test_rebuild(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs)
    assert json.loads(ogma("kb", "rebuild", "--json").out) == {"chunks": 3, "mode": "words"}


def test_the_sample_knowledge_base_goes_in_whole(ogma: Ogma) -> None:
    report = json.loads(ogma("kb", "ingest", SAMPLE, "--json").out)
    assert report["failed"] == []
    assert report["added"] >= 12
    found = json.loads(ogma("kb", "search", "forgot password", "--json").out)
    assert found["results"][0]["document"] == "accounts/password-and-login.md"


GOLDEN = """
[[question]]
question = "zebra door"
document = "doors.md"
contains = ["opens by itself"]

[[question]]
question = "unicorns"
escalate = true
"""


def test_k7_golden_questions(ogma: Ogma, docs: Path, tmp_path: Path) -> None:
    ogma("kb", "ingest", docs)
    golden = tmp_path / "golden.toml"
    golden.write_text(GOLDEN)
    passed = ogma("kb", "test", golden)
    assert passed.code == 0
    assert passed.out.splitlines()[-1].startswith("2 of 2 passed;")

    golden.write_text(GOLDEN.replace("doors.md", "walls.md"))
    report = tmp_path / "report.xml"
    failed = ogma("kb", "test", golden, "--baseline", "--json", "--junit", report)
    assert failed.code == 1
    document = json.loads(failed.out)
    assert (document["passed"], document["failed"]) == (1, 1)
    assert document["results"][0]["faults"] == ["found doors.md first instead of walls.md"]
    assert document["baseline"] == {"passed": 2, "broken": ["zebra door"], "repaired": []}
    assert '<testcase classname="golden" name="zebra door"><failure' in report.read_text()
    again = ogma("kb", "test", golden, "--baseline")
    assert "The run before passed 1." in again.out
    assert ogma("kb", "test", tmp_path / "nope.toml").code == 4


def test_k7_calibrate_says_when_there_is_too_little_to_learn_from(ogma: Ogma, docs: Path) -> None:
    ogma("kb", "ingest", docs)
    result = ogma("kb", "calibrate")
    assert result.code == 0
    assert "fewer than 20 passages; the fixed threshold stays" in result.out
    assert json.loads(ogma("kb", "calibrate", "--json").out)["calibrated"] is False


def test_k7_calibrate_draws_precision_against_share_answered(
    ogma: Ogma, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_subjects(docs, SUBJECTS)
    monkeypatch.setenv("COLUMNS", "80")
    ogma("kb", "ingest", docs, "--no-calibrate")
    drawn = ogma("kb", "calibrate", "--precision", "90")
    assert "<- chosen" in drawn.out and "#" in drawn.out
    assert max(map(len, drawn.out.splitlines())) <= 80
    told = json.loads(ogma("kb", "calibrate", "--precision", "90", "--json").out)
    assert told["calibrated"] and told["mode"] == "words" and told["precision"] >= 0.9
    (tmp_path / "config.toml").write_text(CONFIG + "ai.threshold = 0.3\n")
    assert "ai.threshold is set in the config" in ogma("kb", "calibrate").err
