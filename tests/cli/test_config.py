"""S4: `ogma config` shows, reads, changes and checks the config."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Ogma
from tests.settings.conftest import RIGHT


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A valid config where the fixture `ogma` looks for it."""
    path = tmp_path / "config.toml"
    path.write_text(RIGHT, "utf-8")
    return path


def test_show_lists_every_setting_and_where_it_was_set(ogma: Ogma, config: Path) -> None:
    """S4."""
    code, out, err = ogma("config", "show")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:4] == [
        "Setting                               Value                              Set in",
        "─" * 80,
        'language                              "en"                               line 1',
        'discord.guild                         "123456789012345678"               line 5',
    ]
    assert {
        'discord.token_file                    "token"                            default',
        'channels.panel                        "21"                               line 8',
        'channels.staff_review                 "22"                               line 9',
        'channels.transcripts                  "23"                               line 10',
        "roles.staff                           []                                 default",
    } <= set(lines)
    assert "types.billing.label" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_show_json_is_the_whole_config_with_ids_as_strings(ogma: Ogma, config: Path) -> None:
    """INTERFACES.md: one document, ids as strings, the order of the policies."""
    shown = json.loads(ogma("config", "show", "--json").out)
    assert list(shown)[:4] == ["language", "discord", "channels", "roles"]
    assert shown["discord"]["guild"] == "123456789012345678"
    assert shown["discord"]["token_file"] == "token"
    assert shown["types"][1]["max_open"] == 1


@pytest.mark.parametrize(
    ("key", "out"),
    [
        ("ai.engine", "extractive\n"),
        ("types.billing.label", "Billing\n"),
        ("types.1.label", "Billing\n"),
        ("ai.staff_cooldown_minutes", "30\n"),
        ("tickets.csat", "true\n"),
        ("roles.staff", "[]\n"),
        ("roles", "staff = []\nmanagement = []\n"),
    ],
)
def test_get_prints_the_value_alone(ogma: Ogma, config: Path, key: str, out: str) -> None:
    """S4: fit for a script, defaults included."""
    assert ogma("config", "get", key) == (0, out, "")


def test_get_of_what_does_not_exist_is_not_found(ogma: Ogma, config: Path) -> None:
    """INTERFACES.md: exit code 4, the nearest key."""
    assert ogma("config", "get", "ai.engin") == (
        4,
        "",
        'Error: In the config there is no setting ai.engin; did you mean "engine"?\n',
    )
    assert ogma("config", "get", "texts.button.human").code == 4


def test_set_and_unset_show_only_the_change(ogma: Ogma, config: Path) -> None:
    """S4."""
    assert ogma("config", "set", "ai.engine", "ollama") == (
        0,
        '-engine = "extractive"\n+engine = "ollama"\n',
        "",
    )
    assert ogma("config", "set", "ai.engine", "ollama") == (
        0,
        "",
        "Nothing to change: the setting has this value already.\n",
    )
    assert ogma("config", "unset", "ai.engine", "--json").out == (
        '{\n  "changed": true,\n  "diff": [\n    "-engine = \\"ollama\\""\n  ]\n}\n'
    )
    assert config.read_text("utf-8") == RIGHT.replace('engine = "extractive"\n', "")


def test_set_takes_values_that_begin_with_a_dash(ogma: Ogma, config: Path) -> None:
    """`-1` is a value of ollama.keep_alive and not an option."""
    assert ogma("config", "set", "ollama.keep_alive", "-1").code == 0
    assert ogma("config", "get", "ollama.keep_alive").out == "-1\n"


def test_a_refused_set_names_line_found_and_allowed(ogma: Ogma, config: Path) -> None:
    """S4: exit code 3 and an untouched file."""
    code, out, err = ogma("config", "set", "ai.passages", "many")
    assert (code, out) == (3, "")
    assert err == (
        f'Error: {config}, line 24: ai.passages is "many"; allowed is a whole number from 1 to'
        " 20.\n"
    )
    assert config.read_text("utf-8") == RIGHT


def test_check_tells_all_faults(ogma: Ogma, config: Path) -> None:
    """S4, P38: exit code 3, every fault with its line; also as JSON."""
    config.write_text(RIGHT.replace("panel = 21", "panel = 0").replace("extractive", "x"))
    code, out, err = ogma("config", "check")
    assert (code, out) == (3, "")
    assert err == (
        f"Error: The config {config} has 2 problems.\n"
        f"  - {config}, line 8: channels.panel is 0; allowed is a Discord id: digits, bare or in"
        " quotes.\n"
        f'  - {config}, line 23: ai.engine is "x"; allowed is one of "ollama", "extractive".\n'
    )
    code, out, _ = ogma("config", "check", "--json")
    report = json.loads(out)
    assert code == 3
    assert report["valid"] is False
    assert [text.split(":")[0] for text in report["problems"]] == [
        f"{config}, line 8",
        f"{config}, line 23",
    ]


def test_check_passes_with_advice(ogma: Ogma, config: Path) -> None:
    """What looks unfinished is a warning."""
    config.write_text(f"{RIGHT}\n[roles]\nstaff = [7]\n")
    assert ogma("config", "check") == (
        0,
        f"{config} is valid.\n",
        "Warning: No management role is set, so only staff roles see tickets.\n",
    )


def test_path_prints_the_path_and_nothing_else(ogma: Ogma, tmp_path: Path) -> None:
    """S4: fit for a script, also before the file exists."""
    assert ogma("config", "path") == (0, f"{tmp_path}/config.toml\n", "")
    named = json.loads(ogma("--config", "/etc/o.toml", "config", "path", "--json").out)
    assert named["config"] == "/etc/o.toml"
    assert named["config_from"] == "--config"
    assert named["data"] == f"{tmp_path}/data"
    assert named["exists"] is False


def test_diff_lists_what_differs_from_the_defaults(ogma: Ogma, config: Path) -> None:
    """S4."""
    config.write_text(RIGHT.replace("[ai]\n", "[ai]\npassages = 6\n"))
    found = json.loads(ogma("config", "diff", "--json").out)["differences"]
    assert [row["key"] for row in found if row["default"] is not None] == ["ai.engine"]
    assert 'ai.engine                "ollama"   "extractive"' in ogma("config", "diff").out


def test_no_config_is_a_sentence_with_the_way_out(ogma: Ogma, tmp_path: Path) -> None:
    """P38: exit code 3."""
    for command in (["show"], ["check"], ["diff"], ["edit"], ["set", "language", "de"]):
        code, out, err = ogma("config", *command)
        assert (code, out) == (3, "")
        assert err == (
            f"Error: There is no config file {tmp_path}/config.toml; write one with 'ogma init',"
            " or name yours with --config or OGMA_CONFIG.\n"
        )


def editor(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that runs this shell script on the file `$1`."""
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{path}'")


def test_edit_saves_what_is_valid(
    ogma: Ogma, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S4."""
    editor(tmp_path, 'sed -i s/Billing/Bills/ "$1"', monkeypatch)
    assert ogma("config", "edit") == (0, '-label = "Billing"\n+label = "Bills"\n', "")
    assert "Bills" in config.read_text("utf-8")


def test_an_edit_that_is_not_valid_is_kept_aside(
    ogma: Ogma, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S4: refused with its faults, and the typing is not lost."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    editor(tmp_path, 'sed -i s/extractive/x/ "$1"', monkeypatch)
    code, _, err = ogma("config", "edit")
    [kept] = tmp_path.glob("ogma-config-*.toml")
    assert code == 3
    assert err == (
        f"Your edit was not saved; it is kept in {kept}.\n"
        f'Error: {config}, line 23: ai.engine is "x"; allowed is one of "ollama", "extractive".\n'
    )
    assert 'engine = "x"' in kept.read_text("utf-8")
    assert config.read_text("utf-8") == RIGHT


def test_an_editor_that_fails_is_a_sentence(
    ogma: Ogma, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong use: exit code 2."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    code, _, err = ogma("config", "edit")
    assert code == 2
    assert err.endswith(
        "Error: The editor '/no/such/editor' did not work; name another in EDITOR.\n"
    )
