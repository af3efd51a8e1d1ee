"""S1: `ogma init` leads from nothing to a bot that can be invited."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ogma.package_data import example_config
from ogma.settings import load
from tests.cli.conftest import Ogma
from tests.settings.test_load import TOKEN

LINK = (
    "https://discord.com/oauth2/authorize?client_id=123456789012345678"
    "&permissions=2251800082238480&scope=bot+applications.commands"
)
NEXT = (
    "Put the ids of your server and its roles into the config with 'ogma config edit'. Then"
    " 'ogma setup apply' makes the channels, 'ogma doctor' checks everything, and 'ogma run'"
    " starts the bot."
)


def test_init_writes_stores_and_says_the_next_step(ogma: Ogma, tmp_path: Path) -> None:
    """S1: config with its comments, private data folder and token, link, next step."""
    code, out, err = ogma("init", "--yes", "--token-file", "-", typed=TOKEN + "\n")
    assert (code, err) == (0, "")
    assert out == (
        f"Wrote the config {tmp_path}/config.toml.\n"
        f"The data folder is {tmp_path}/data.\n"
        f"The token is in {tmp_path}/data/token, which only you can read.\n"
        "\n"
        "Invite the bot to your server with this link:\n"
        f"  {LINK}\n"
        "It asks for no more than: View Channels, Send Messages, Embed Links, Attach Files, Read"
        " Message History, Manage Channels, Manage Roles, Pin Messages.\n"
        "In Discord's developer portal, on the page Bot, turn on Message Content Intent and"
        " Server Members Intent.\n"
        "\n"
        f"{NEXT}\n"
    )
    assert (tmp_path / "config.toml").read_text("utf-8") == example_config()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "token").stat().st_mode & 0o777 == 0o600


def test_ids_given_as_flags_stand_in_the_config(ogma: Ogma, tmp_path: Path) -> None:
    """S1: non-interactive with flags, comments kept; the document names everything."""
    flags = ["--guild", "1001", "--staff-role", "11", "--management-role", "12", "--panel", "21"]
    flags += ["--staff-review", "22", "--transcripts", "23", "--category", "31"]
    shown = json.loads(ogma("init", "--yes", "--json", "--application-id", "5", *flags).out)
    assert shown == {
        "config": f"{tmp_path}/config.toml",
        "data": f"{tmp_path}/data",
        "token": "missing",
        "token_file": f"{tmp_path}/data/token",
        "invite": LINK.replace("123456789012345678", "5"),
        "permissions": "2251800082238480",
        "next": NEXT,
    }
    settings = load(tmp_path / "config.toml")
    assert (settings.discord.guild, settings.types[0].category) == (1001, 31)
    assert (settings.roles.staff, settings.roles.management) == ((11,), (12,))
    written = (tmp_path / "config.toml").read_text("utf-8")
    assert written.count("#") == example_config().count("#")


def test_a_wrong_id_writes_nothing(ogma: Ogma, tmp_path: Path) -> None:
    """S1: the fault is told before anything exists."""
    code, _, err = ogma("init", "--yes", "--guild", "my-server")
    assert code == 3
    assert 'discord.guild is "my-server"; allowed is a Discord id' in err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_without_force(ogma: Ogma, tmp_path: Path) -> None:
    """S1: neither the config nor the token; with --force the old config is kept beside it."""
    (tmp_path / "config.toml").write_text("mine")
    code, _, err = ogma("init", "--yes", "--token-file", "-", typed=TOKEN)
    assert (code, err) == (
        1,
        f"Error: There is a config already: {tmp_path}/config.toml. Change it with 'ogma config',"
        " or start anew with 'ogma init --force', which keeps the old one beside it.\n",
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]
    assert ogma("init", "--yes", "--force", "--token-file", "-", typed=TOKEN).code == 0
    assert (tmp_path / "config.toml.old").read_text() == "mine"
    assert (tmp_path / "config.toml").read_text("utf-8") == example_config()


def test_a_token_is_replaced_only_with_force(ogma: Ogma, tmp_path: Path) -> None:
    """S1: `--token-only` leaves the config alone."""
    ogma("init", "--yes", "--token-file", "-", typed="first-token")
    call = ["init", "--token-only", "--token-file", "-"]
    code, _, err = ogma(*call, typed="second-token")
    assert (code, err) == (
        1,
        f"Error: There is a token already: {tmp_path}/data/token. Add --force to replace it.\n",
    )
    assert ogma(*call, "--force", typed="second-token").code == 0
    assert (tmp_path / "data" / "token").read_text() == "second-token\n"
    assert (tmp_path / "config.toml").read_text("utf-8") == example_config()


def test_the_token_of_the_environment_is_not_stored(
    ogma: Ogma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1: it is named, and used for the link."""
    monkeypatch.setenv("OGMA_DISCORD_TOKEN", TOKEN)
    _, out, _ = ogma("init", "--yes")
    assert "The token is taken from OGMA_DISCORD_TOKEN; it is not stored.\n" in out
    assert LINK in out
    assert list((tmp_path / "data").iterdir()) == []


def test_without_a_token_both_ways_are_named(ogma: Ogma) -> None:
    """S1."""
    _, out, _ = ogma("init", "--yes")
    assert (
        "No token is stored: set OGMA_DISCORD_TOKEN, or store it with"
        " 'ogma init --token-only --token-file FILE'.\n" in out
    )
    assert "'ogma init --token-only --application-id ID'" in out
    _, out, _ = ogma("init", "--token-only", "--application-id", "123456789012345678")
    assert LINK in out


def test_a_token_file_that_is_no_file_is_a_sentence(ogma: Ogma, tmp_path: Path) -> None:
    """Wrong input: nothing was written."""
    code, _, err = ogma("init", "--yes", "--token-file", tmp_path / "none")
    assert (code, err) == (
        1,
        f"Error: Cannot read the token from {tmp_path}/none: No such file or directory.\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_the_token_is_never_printed(ogma: Ogma) -> None:
    """U3: not in any output, also with --verbose and --json."""
    said = [ogma("--verbose", "init", "--token-file", "-", "--json", typed=TOKEN)]
    said.append(ogma("--verbose", "init", "--token-file", "-", typed=TOKEN))
    said.append(ogma("--verbose", "init", "--token-file", f"/no/{TOKEN}", "--force"))
    assert TOKEN not in str(said)


def test_a_typed_token_is_hidden_and_stored(ogma: Ogma, tmp_path: Path) -> None:
    """S1: at a terminal the token is asked for, and what is typed does not show."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        child = subprocess.Popen(
            [sys.executable, "-m", "ogma", "init"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        seen = b""
        while b"not now):" not in seen:
            seen += terminal.read(4096)
        terminal.write(TOKEN.encode() + b"\n")
        with contextlib.suppress(OSError):  # how Linux tells that the other end is closed
            while piece := terminal.read(4096):
                seen += piece
        assert child.wait() == 0
    assert TOKEN.encode() not in seen
    assert LINK.encode() in seen
    assert (tmp_path / "data" / "token").read_text() == TOKEN + "\n"
