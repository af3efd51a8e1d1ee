"""`ogma tips`: every command, its whole output, and what it leaves in the knowledge base."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ogma, Result
from tests.cli.desks import CONFIG

TEXT = "Hold the reset button for ten seconds until the light blinks green."
OTHER = "Invoices are sent on the first day of every month."


@pytest.fixture(autouse=True)
def _words_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "none"))


def add(ogma: Ogma, text: str = TEXT, *options: str) -> dict[str, Any]:
    done = ogma("tips", "add", *options, "--json", typed=text)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def searched(ogma: Ogma, query: str) -> list[str]:
    done = ogma("kb", "search", query, "--json")
    return [one["document"] for one in json.loads(done.out)["results"]]


def steady(result: Result) -> str:
    """The output with a fixed time in place of the minute that it is."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-01-31 12:00", result.out)


LIST = """\
0 review, 2 live, 0 removed
ID   State   From     Tip                                       Changed (UTC)
────────────────────────────────────────────────────────────────────────────────
 2   live    manual   Invoices are sent on the first day of     2026-01-31 12:00
                      every month.
 1   live    manual   Hold the reset button for ten seconds     2026-01-31 12:00
                      until the light blinks green.
"""


def test_l1_a_tip_is_added_from_standard_input_and_found(ogma: Ogma) -> None:
    done = ogma("tips", "add", "--title", "Resetting", "--question", "Frozen?", typed=TEXT + "\n")
    assert (done.code, done.out, done.err) == (0, "Added tip 1: Resetting\n", "")
    assert searched(ogma, "reset button") == ["tip:1"]
    assert searched(ogma, "frozen") == ["tip:1"], "what is asked helps to find it"
    shown = ogma("kb", "show", "tip:1")
    assert shown.out.startswith("Tip 1: Resetting\n") and TEXT in shown.out


def test_l1_the_same_is_not_added_twice(ogma: Ogma) -> None:
    add(ogma)
    done = ogma(
        "tips", "add", typed="Until the light blinks green, hold the reset button ten seconds"
    )
    assert (done.code, done.out) == (0, "Tip 1 says the same; nothing was added.\n")
    ogma("tips", "remove", "1")
    done = ogma("tips", "add", typed=TEXT)
    assert done.out == "Tip 1 says the same, which is removed; nothing was added.\n"


def test_l1_what_is_private_is_masked_and_said(ogma: Ogma) -> None:
    done = ogma("tips", "add", typed="Write to jane@shop.example or call +49 170 1234567 then.")
    assert done.code == 0
    assert "private, so this was masked: 1 email, 1 phone." in done.err
    assert json.loads(ogma("tips", "show", "1", "--json").out)["text"] == (
        "Write to [email] or call [phone] then."
    )


def test_an_empty_tip_is_refused(ogma: Ogma) -> None:
    done = ogma("tips", "add", typed=" \n")
    assert (done.code, done.out) == (2, "")
    assert "A tip needs a text." in done.err


def test_a_book_is_no_tip(ogma: Ogma) -> None:
    done = ogma("tips", "add", typed="word " * 1000)
    assert done.code == 2
    assert "4999 characters and the limit is 4000" in done.err and "kb ingest" in done.err


def test_list_and_show_print_all_of_it(ogma: Ogma) -> None:
    assert ogma("tips", "list").out == "0 review, 0 live, 0 removed\nNo tips.\n"
    add(ogma)
    add(ogma, OTHER, "--question", "When do I get my invoice?")
    assert steady(ogma("tips", "list")) == LIST
    assert steady(ogma("tips", "show", "2")).splitlines() == [
        "Tip 2: Invoices are sent on the first day of every month",
        "State  live, since 2026-01-31 12:00 by owner",
        "From   manual",
        "Asked  When do I get my invoice?",
        "Types  all",
        "",
        OTHER,
    ]
    assert [one["id"] for one in listed(ogma, "--search", "invoice")["tips"]] == ["2"]


def listed(ogma: Ogma, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ogma("tips", "list", "--json", *options).out)
    return found


def test_json_has_stable_keys(ogma: Ogma) -> None:
    add(ogma)
    document = listed(ogma)
    assert document["counters"] == {"review": 0, "live": 1, "removed": 0}
    [tip] = document["tips"]
    assert set(tip) == {
        "id", "state", "origin", "title", "question", "text", "types", "tickets",
        "differs_from", "merged_into", "created_at", "changed_at", "changed_by",
    }  # fmt: skip
    assert tip["created_at"].endswith("Z") and tip["tickets"] == []


def test_l1_a_removed_tip_is_gone_from_search_and_comes_back_by_approval(ogma: Ogma) -> None:
    add(ogma)
    done = ogma("tips", "remove", "1")
    assert (done.code, done.out) == (0, "Removed tip 1.\n")
    assert searched(ogma, "reset button") == []
    assert ogma("tips", "remove", "1").out == "Had been removed already: tip 1.\n"
    assert listed(ogma)["tips"] == [] and listed(ogma, "--state", "removed")["tips"]
    done = ogma("tips", "approve", "1")
    assert (done.code, done.out) == (0, "Tip 1 answers questions now.\n")
    assert searched(ogma, "reset button") == ["tip:1"]
    assert ogma("tips", "approve", "1").out == "Tip 1 was in use already.\n"


def test_several_are_removed_after_a_question(ogma: Ogma) -> None:
    add(ogma)
    add(ogma, OTHER)
    refused = ogma("tips", "remove", "1", "2")
    assert refused.code == 2 and "--yes" in refused.err
    assert len(listed(ogma)["tips"]) == 2
    assert ogma("tips", "remove", "1", "2", "--yes").out == "Removed tip 1.\nRemoved tip 2.\n"


def test_edit_changes_words_and_search(ogma: Ogma) -> None:
    add(ogma)
    done = ogma("tips", "edit", "1", "--text", "-", typed="Pull the plug, wait a minute.")
    assert (done.code, done.out) == (0, "Changed tip 1: Hold the reset button for ten seconds until"
                                        " the light blinks green\n")  # fmt: skip
    assert searched(ogma, "plug") == ["tip:1"] and searched(ogma, "blinks") == ["tip:1"]
    ogma("tips", "edit", "1", "--title", "Pulling the plug")
    assert searched(ogma, "blinks") == []
    assert ogma("tips", "edit", "1").code == 2
    ogma("tips", "remove", "1")
    ogma("tips", "edit", "1", "--question", "Frozen?")
    assert searched(ogma, "plug") == [], "editing brings nothing back"


def test_merge_leaves_one(ogma: Ogma) -> None:
    add(ogma)
    add(ogma, OTHER)
    done = ogma("tips", "merge", "1", "2")
    assert (done.code, done.out) == (0, "Tip 1 stands for tip 2 now.\n")
    assert searched(ogma, "invoices") == []
    assert listed(ogma, "--state", "removed")["tips"][0]["merged_into"] == "1"
    assert ogma("tips", "merge", "1", "1").code == 2
    assert ogma("tips", "merge", "2", "1").code == 2


@pytest.mark.parametrize(
    "command", ["show 9", "edit 9 --title x", "remove 9", "approve 9", "merge 9 1", "merge 1 9"]
)
def test_an_unknown_tip_is_not_found(ogma: Ogma, command: str) -> None:
    """INTERFACES: exit code 4, and nothing is changed."""
    add(ogma)
    done = ogma("tips", *command.split())
    assert (done.code, done.out) == (4, "")
    assert done.err == "Error: There is no tip 9; `ogma tips list` shows which there are.\n"


def test_tips_are_not_removed_as_documents(ogma: Ogma) -> None:
    add(ogma)
    assert ogma("kb", "remove", "tip:1").code == 4
    assert searched(ogma, "reset button") == ["tip:1"]


JSON = json.dumps([{"title": "A", "text": TEXT}, {"text": OTHER, "question": "When?"}])
JSONL = "".join(json.dumps(one) + "\n" for one in json.loads(JSON))


@pytest.mark.parametrize("text", [JSON, JSONL, json.dumps({"tips": json.loads(JSON)})])
def test_l1_import_of_json_and_jsonl(ogma: Ogma, text: str) -> None:
    """L1: twice the same file adds nothing."""
    done = ogma("tips", "import", "-", typed=text)
    assert (done.code, done.out) == (0, "2 added, 0 known already.\n")
    again = ogma("tips", "import", "-", "--json", typed=text)
    assert json.loads(again.out) == {"added": [], "known": 2, "masked": 0, "failed": []}
    assert [tip["title"] for tip in listed(ogma)["tips"]] == [
        "Invoices are sent on the first day of every month", "A",
    ]  # fmt: skip
    assert listed(ogma)["tips"][0]["origin"] == "imported"


def test_what_fails_is_listed_and_the_rest_goes_in(ogma: Ogma) -> None:
    lines = [json.dumps({"text": TEXT}), "{broken", '{"text": 5}', '["x"]', '{"title": "no text"}']
    done = ogma("tips", "import", "-", "--json", typed="\n".join(lines))
    assert done.code == 1
    report = json.loads(done.out)
    assert report["added"] == ["1"]
    assert [one["place"] for one in report["failed"]] == ["line 2", "line 3", "line 4", "line 5"]
    plain = ogma("tips", "import", "-", typed="\n".join(lines))
    assert plain.out == "0 added, 1 known already.\n"
    assert 'line 3 was not taken in: its "text" is not a text.' in plain.err


@pytest.mark.parametrize("text", ["hello", "5", '"x"'])
def test_a_file_of_something_else_is_refused(ogma: Ogma, text: str) -> None:
    done = ogma("tips", "import", "-", typed=text)
    assert done.code == 1 and done.out == "" and done.err.startswith("Error: Standard input ")


def test_import_for_review_is_not_retrievable(ogma: Ogma) -> None:
    ogma("tips", "import", "-", "--review", typed=JSON)
    assert searched(ogma, "invoices") == []
    assert listed(ogma)["counters"] == {"review": 2, "live": 0, "removed": 0}
    assert json.loads(ogma("tips", "approve", "2", "1", "--json").out) == {"approved": ["2", "1"]}
    assert searched(ogma, "invoices") == ["tip:2"]


@pytest.mark.parametrize("name", ["tips.json", "tips.jsonl"])
def test_export_is_what_import_reads(ogma: Ogma, tmp_path: Path, name: str) -> None:
    add(ogma, TEXT, "--question", "Frozen?")
    add(ogma, OTHER)
    out = tmp_path / name
    done = ogma("tips", "export", "--out", out)
    assert (done.code, done.out, done.err) == (0, "", f"Wrote 2 tips to {out}.\n")
    before = [(tip["title"], tip["question"], tip["text"]) for tip in listed(ogma)["tips"]]
    fresh = tmp_path / "other"
    assert ogma("--data", fresh, "tips", "import", out).out == "2 added, 0 known already.\n"
    found = json.loads(ogma("--data", fresh, "tips", "list", "--json").out)["tips"]
    assert [(tip["title"], tip["question"], tip["text"]) for tip in found] == before
    lines = ogma("tips", "export", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["1", "2"]
    assert ogma("tips", "export", "--out", tmp_path).code == 1
