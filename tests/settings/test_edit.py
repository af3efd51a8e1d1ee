"""S4, P38: edits keep comments and order, are validated whole, atomic, and show the change."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ogma.errors import ConfigError, NotFound, OgmaError, UsageError
from ogma.settings import load
from ogma.settings.edit import Change, save_text, set_value, unset_value
from tests.settings.conftest import RIGHT
from tests.settings.test_load import TOKEN


@pytest.mark.parametrize(
    ("key", "written", "change"),
    [
        ("ai.engine", "ollama", ['-engine = "extractive"', '+engine = "ollama"']),
        ("ai.passages", "3", ["+passages = 3"]),
        ("language", '"de"', ['-language = "en"', '+language = "de"']),
        ("panel.title", "42", ["+", "+[panel]", '+title = "42"']),
        ("types.billing.label", "Bills # 1", ['-label = "Billing"', '+label = "Bills # 1"']),
        ("types.0.max_open", "0", ["+max_open = 0"]),
        ("roles.staff", "5, 6", ["+", "+[roles]", "+staff = [5, 6]"]),
        ("roles.staff", '["5"]', ["+", "+[roles]", '+staff = ["5"]']),
        (
            "types.sales",
            '{ label = "Sales", category = 33 }',
            ["+[[types]]", '+id = "sales"', '+label = "Sales"', "+category = 33", "+"],
        ),
        ("texts.button.human", "Person", ["+", "+[texts]", '+"button.human" = "Person"']),
        (
            "discord.guild",
            "5",
            ['-guild = "123456789012345678"  # ours', "+guild = 5  # ours"],
        ),
    ],
)
def test_set_changes_that_line_and_no_other(
    config: Path, key: str, written: str, change: list[str]
) -> None:
    """S4: the change is exactly these lines; comments, order and the rest stay."""
    assert set_value(config, key, written).lines() == change
    after = config.read_text("utf-8").splitlines()[::-1]
    for line in change:
        if line.startswith("+"):
            after.remove(line[1:])
    removed = [line[1:] for line in change if line.startswith("-")]
    assert after[::-1] == [line for line in RIGHT.splitlines() if line not in removed]


def test_a_value_that_is_there_already_changes_nothing(config: Path) -> None:
    """S4: the file is not even written."""
    before = config.stat()
    assert set_value(config, "ai.engine", "extractive") == Change(RIGHT, RIGHT)
    assert config.stat().st_ino == before.st_ino


def test_a_new_key_goes_into_its_own_table(config: Path) -> None:
    """A key after a list of tables must not fall into the last of them."""
    set_value(config, "channels.panel", "99")
    set_value(config, "types.general.max_open", "4")
    set_value(config, "discord.token_file", "secret")
    settings = load(config)
    assert settings.types[0].max_open == 4
    assert settings.types[1].max_open == 1
    assert settings.discord.token_file == "secret"
    assert settings.channels.panel == 99


def test_a_key_at_the_top_is_put_before_the_tables(config: Path) -> None:
    """`language` after a table would belong to it."""
    unset_value(config, "language")
    set_value(config, "language", "de")
    assert load(config).language == "de"


def test_tables_written_in_other_ways_are_edited_too(config: Path) -> None:
    """Inline tables and dotted keys are TOML as well."""
    config.write_text(
        "discord.guild = 5\nchannels = {panel = 1, staff_review = 2, transcripts = 3}\n"
        'types = [{id = "a", label = "A", category = 9}]\n[texts.button]\nhuman = "x"\n'
    )
    set_value(config, "channels.panel", "7")
    set_value(config, "types.a.label", "B")
    set_value(config, "types.a.max_open", "2")
    set_value(config, "discord.token_file", "t")
    set_value(config, "texts.button.human", "y")
    settings = load(config)
    assert (settings.channels.panel, settings.types[0].label) == (7, "B")
    assert (settings.types[0].max_open, settings.discord.token_file) == (2, "t")
    assert settings.texts == {"button.human": "y"}
    unset_value(config, "texts.button.human")
    unset_value(config, "types.a.max_open")
    assert load(config).texts == {}
    assert load(config).types[0].max_open == 1


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("ai.engine", ['-engine = "extractive"']),
        (
            "types.billing",
            ["-[[types]]", '-id = "billing"', '-label = "Billing"', "-category = 32"],
        ),
        ("ai", ["-[ai]", '-engine = "extractive"']),
    ],
)
def test_unset_takes_out_what_was_named(config: Path, key: str, change: list[str]) -> None:
    """S4."""
    assert unset_value(config, key).lines() == change


@pytest.mark.parametrize(
    ("key", "written", "error", "said"),
    [
        ("ai.engin", "ollama", NotFound, 'no setting ai.engin; did you mean "engine"?'),
        ("ai.engine", "olama", ConfigError, 'line 23: ai.engine is "olama"'),
        ("types.sale.label", "x", NotFound, 'no "sale" in types; there is general, billing'),
        ("types.9.label", "x", NotFound, 'no "9" in types'),
        ("types.sales", "x", NotFound, "to add it give a table: { label = ..., category = ... }"),
        ("types.sales", '{ label = "x" }', ConfigError, "types.sales.category is missing"),
        ("ai", "{}", UsageError, "no single value; set what is in it, such as ai.engine"),
        ("types", "[]", UsageError, "such as types.NAME.label"),
        ("ai.engine.x", "1", NotFound, "no setting ai.engine.x"),
        ("ai.passages", "3\nenabled = false", ConfigError, "ai.passages is"),
        ("discord.guild", TOKEN, ConfigError, "holds a bot token"),
    ],
)
def test_a_wrong_edit_changes_nothing(
    config: Path, key: str, written: str, error: type[OgmaError], said: str
) -> None:
    """S4: refused with the reason, the file untouched, no token repeated."""
    before = config.read_bytes()
    with pytest.raises(error) as caught:
        set_value(config, key, written)
    assert said in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert config.read_bytes() == before


@pytest.mark.parametrize(
    ("key", "error", "said"),
    [
        ("ai.passages", NotFound, "ai.passages is not set in the config; its default counts"),
        ("discord.guild", ConfigError, "discord.guild is missing"),
        ("channels", ConfigError, "the table [channels] is missing"),
    ],
)
def test_unset_refuses_what_has_no_default(
    config: Path, key: str, error: type[OgmaError], said: str
) -> None:
    """S4."""
    with pytest.raises(error, match="^.*" + said.replace("[", r"\[").replace(".", r"\.")):
        unset_value(config, key)
    assert config.read_text("utf-8") == RIGHT


def test_mode_link_and_line_ends_stay(config: Path, tmp_path: Path) -> None:
    """P37: the file behind a symbolic link is replaced, not the link."""
    config.write_bytes(RIGHT.replace("\n", "\r\n").encode())
    config.chmod(0o640)
    link = tmp_path / "elsewhere" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(config)
    set_value(link, "ai.passages", "3")
    assert link.is_symlink()
    assert config.stat().st_mode & 0o777 == 0o640
    raw = config.read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == RIGHT.count("\n") + 1


def test_a_change_made_meanwhile_is_not_overwritten(config: Path) -> None:
    """Nothing is lost: `edit` refuses when the file is not the one that was opened."""
    set_value(config, "ai.passages", "3")
    with pytest.raises(ConfigError, match="changed by someone else"):
        save_text(config, RIGHT, RIGHT.replace("General", "Other"))
    assert load(config).ai.passages == 3


def test_edits_at_the_same_time_all_count(config: Path) -> None:
    """Nothing is lost: each edit waits for the one before."""
    keys = ["ai.passages", "types.general.max_open", "ollama.num_predict", "knowledge.max_file_mb"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: set_value(config, key, "77" if "num" in key else "7"), keys))
    settings = load(config)
    assert (settings.ai.passages, settings.types[0].max_open) == (7, 7)
    assert (settings.ollama.num_predict, settings.knowledge.max_file_mb) == (77, 7)


def test_a_folder_that_cannot_be_written_is_a_sentence(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or a read-only folder: the old file stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ogma.settings.files.os.fsync", full)
    with pytest.raises(OgmaError, match=r"No space left on device\); nothing was changed"):
        set_value(config, "ai.passages", "3")
    assert config.read_text("utf-8") == RIGHT
    assert [entry.name for entry in config.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("point", "saved"),
    [("os.fsync", False), ("Path.chmod", False), ("Path.replace", False), ("_sync_folder", True)],
)
def test_killed_at_any_step_the_file_is_the_old_or_the_new_one(
    config: Path, point: str, saved: bool
) -> None:
    """P38: kill -9 during the write."""
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from ogma.settings import edit, files\n"
        f"files.{point} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "edit.set_value(Path(sys.argv[1]), 'ai.passages', '3')\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, config], check=False)
    assert killed.returncode == -9
    assert load(config).ai.passages == (3 if saved else 6)
