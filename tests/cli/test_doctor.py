"""S3: `ogma doctor` against a Discord on loopback: each line, its fix, the exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma.sandbox.process import SandboxProcess
from tests.cli.conftest import Ogma


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """A loopback Discord, not changed by these tests."""
    with SandboxProcess() as running:
        yield running


@pytest.fixture
def doctor(
    ogma: Ogma, sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ogma:
    """`ogma doctor` with the sandbox's config and token; no models on this machine."""
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("OGMA_DISCORD_TOKEN", sandbox.ready.token)
    (tmp_path / "config.toml").write_text(Path(sandbox.ready.config).read_text("utf-8"), "utf-8")
    return lambda *more, **kw: ogma("doctor", "--discord-api", sandbox.ready.api, *more, **kw)


def test_the_sample_server_is_fit(doctor: Ogma, tmp_path: Path) -> None:
    """S3: exit 0 without failures; each line is level, name, text; warnings have a fix."""
    code, out, err = doctor()
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:4] == [
        f"ok       config       {tmp_path}/config.toml is valid.",
        "ok       token        There is a bot token, and only its owner can read it.",
        "ok       discord      Discord answers, and the bot is on the server Sample Support.",
        "ok       intents      On are the intents Message Content and Server Members.",
    ]
    at = lines.index(
        "warning  embedding    The embedding model is not there whole, so search works on words"
        " only."
    )
    assert lines[at + 1] == " " * 22 + "ogma models pull"
    assert lines[-1].endswith(" 0 failures.")
    assert "failure " not in out


def test_json_names_every_check(doctor: Ogma) -> None:
    """INTERFACES.md: one document with stable keys."""
    code, out, _ = doctor("--json")
    report = json.loads(out)
    assert code == 0
    assert list(report) == ["ok", "checks"]
    assert report["ok"] is True
    assert {tuple(check) for check in report["checks"]} == {("name", "level", "text", "fix")}
    assert {check["name"] for check in report["checks"]} == {
        "config", "token", "discord", "intents", "roles", "permissions", "hierarchy", "channels",
        "categories", "room", "clock", "ollama", "embedding", "sqlite", "database", "data", "disk",
    }  # fmt: skip


def test_what_does_not_exist_on_the_server_is_a_failure(doctor: Ogma, ogma: Ogma) -> None:
    """Wrong input: missing role, channel and category; exit 1, each with its fix."""
    ogma("config", "set", "roles.staff", "[42]")
    ogma("config", "set", "channels.panel", "43")
    ogma("config", "set", "types.general.category", "44")
    code, out, _ = doctor()
    assert code == 1
    lines = out.splitlines()
    for text, fix in (
        ("roles.staff names 42, a role that", "ogma config set roles.staff ID"),
        ("channels.panel names 43, that the bot", "ogma config set channels.panel ID"),
        ("types.general.category names 44, that", "ogma config set types.general.category ID"),
    ):
        [at] = [number for number, line in enumerate(lines) if text in line]
        assert lines[at].startswith("failure ")
        assert lines[at + 1].endswith(fix)


def test_a_server_without_the_bot_gets_the_invite_link(doctor: Ogma, ogma: Ogma) -> None:
    """S1, S3."""
    ogma("config", "set", "discord.guild", "45")
    code, out, _ = doctor()
    assert code == 1
    assert "failure  discord      The bot is not on the server 45.\n" in out
    assert "Invite it with https://discord.com/oauth2/authorize?client_id=" in out


def test_a_refused_token_is_told_without_showing_it(
    doctor: Ogma, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3: Discord's own refusal."""
    monkeypatch.setenv("OGMA_DISCORD_TOKEN", "not-the-right-token")
    code, out, err = doctor()
    assert code == 1
    assert "failure  token        Discord refuses the token.\n" in out
    assert "not-the-right-token" not in out + err
