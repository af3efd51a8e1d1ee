from __future__ import annotations

from pathlib import Path

import pytest

from ogma.cli import scenario
from ogma.errors import NotFound, UsageError
from ogma.package_data import sample_dir

GOOD = """
title = "Short"

[[step]]
note = "Alice asks."
click = { as = "alice", custom_id = "General support" }
save = { form = "answer.interaction" }

[[step]]
[step.modal]
as = "alice"
interaction = "{form}"
values.subject = "Refunds for {form}"

[[step]]
expect = "state.channels[id={form}].messages[-1]"
contains = ["a", "b"]
count = 1
within_s = 20
for_s = 2
"""


def test_a_scenario_is_read_whole() -> None:
    read = scenario.read(GOOD, "short.toml")
    assert read.title == "Short"
    first, second, third = read.steps
    assert (first.call, first.note, first.save) == (
        "click",
        "Alice asks.",
        {"form": "answer.interaction"},
    )
    assert second.fields["values"] == {"subject": "Refunds for {form}"}
    assert third.conditions == {"contains": ["a", "b"], "count": 1}
    assert (third.within_s, third.for_s, third.line) == (20.0, 2.0, 15)


def test_saved_values_are_filled_in() -> None:
    saved = {"form": "77", "count": 3}
    given = {"a": ["{form}", "x{form}y"], "b": "{count}", "c": 5, "d": {"e": '{"f": 1}'}}
    assert scenario.filled(given, saved) == {
        "a": ["77", "x77y"],
        "b": 3,
        "c": 5,
        "d": {"e": '{"f": 1}'},
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[step]", "is not valid TOML"),
        ("", "has no steps"),
        ("step = 3", "has no steps"),
        ("name = 'x'\n[[step]]\nnote = 'x'", "'name' is unknown"),
        ("[[step]]\nclik = {}", "line 1, step 1: 'clik' is unknown"),
        ("[[step]]\nclick = {}\nmodal = {}", "it calls click and modal"),
        ("[[step]]\nclick = 'x'", "'click' is a table of the call's fields"),
        ("[[step]]\nis = 3", "'is' needs an 'expect' with a path"),
        ("[[step]]\nexpect = 'channels'", "does not start with state or answer"),
        ("[[step]]\nexpect = 3", "'expect' cannot be 3"),
        ("[[step]]\nwithin_s = true", "'within_s' cannot be True"),
        ("[[step]]\nrefused = 5", "'refused' needs a call"),
        ("[[step]]\nnote = 'x'\n\n[[step]]\nclick = { as = '{who}' }", "line 4, step 2: {who} is"),
        ("[[step]]\nsave = { x = 'state[' }", "not understood from"),
    ],
)
def test_every_fault_has_file_line_and_sentence(text: str, fault: str) -> None:
    with pytest.raises(UsageError) as raised:
        scenario.read(text, "mine.toml")
    assert fault in str(raised.value)
    assert "mine.toml" in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no scenario"):
        scenario.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(UsageError, match="Cannot read the scenario"):
        scenario.load(tmp_path / "latin.toml")


def test_the_samples_can_be_read() -> None:
    files = sorted((sample_dir() / "scenarios").glob("*.toml"))
    assert "first-ticket.toml" in [file.name for file in files if scenario.load(file).steps]
