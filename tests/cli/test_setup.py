"""S2: `ogma setup plan` and `apply`, and the deployment state in `ogma status`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma.sandbox.process import SandboxProcess
from tests.cli.conftest import Ogma, Result


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    """A loopback Discord of this test's own."""
    with SandboxProcess() as running:
        yield running


@pytest.fixture
def setup(
    ogma: Ogma, sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ogma:
    """`ogma setup` and `ogma status` with the sandbox's config and token."""
    monkeypatch.setenv("OGMA_DISCORD_TOKEN", sandbox.ready.token)
    (tmp_path / "config.toml").write_text(Path(sandbox.ready.config).read_text("utf-8"), "utf-8")

    def call(*arguments: str) -> Result:
        return ogma(*arguments, "--discord-api", sandbox.ready.api)

    return call


def admin(sandbox: SandboxProcess, **fields: object) -> None:
    sandbox.control.request("POST", "admin", {**fields, "wait_s": 0})


def test_a_diff_of_80_columns_then_the_deed(setup: Ogma, sandbox: SandboxProcess) -> None:
    """S2: what is made, changed and kept; then it is so; then nothing is left."""
    admin(sandbox, do="delete_channel", channel="ticket-transcripts")
    admin(sandbox, do="delete_channel", channel="Billing Tickets")
    admin(sandbox, do="set_overwrite", channel="staff-review", role="@everyone", allow=[])
    guild = sandbox.ready.guild
    planned = setup("setup", "plan")
    assert planned == Result(0, f"""\
Sample Support ({guild})

= category General Tickets is as it should be
+ category Billing is made
      types.billing.category = its new id
      + the bot: allow View Channels, Manage Channels
      + Management: allow View Channels
      + Support: allow View Channels
      + Billing: allow View Channels
      + @everyone: deny View Channels
= channel #open-a-ticket is as it should be
~ channel #staff-review gets other permissions
      + @everyone: deny View Channels
+ channel #ticket-transcripts is made
      channels.transcripts = its new id
      + the bot: allow View Channels, Send Messages, Embed Links, Attach Files,
        Read Message History
      + Management: allow View Channels, Read Message History, Manage Channels
      + Support: allow View Channels, Read Message History
      + Billing: allow View Channels, Read Message History
      + @everyone: deny View Channels
= channel #learned-tips is as it should be
+ the panel message is posted

Partial: 3 to make, 1 to change, 3 as it should be. 'ogma setup apply' does it.
""", "")  # fmt: skip
    code, out, err = setup("setup", "apply")
    assert (code, err) == (0, "")
    assert out.splitlines()[:4] == [
        "+ Billing", "~ #staff-review", "+ #ticket-transcripts", "+ the panel message"
    ]  # fmt: skip
    assert out.endswith("\n\nSample Support is ready; 'ogma run' starts the bot.\n")
    assert setup("setup", "apply") == (
        0, "Sample Support is ready; 'ogma run' starts the bot.\n", ""
    )  # fmt: skip
    assert setup("setup", "plan").out.endswith("\nReady: nothing is left to do.\n")


def test_json(setup: Ogma, sandbox: SandboxProcess) -> None:
    """INTERFACES.md: one document, ids as strings; `done` is what apply did."""
    admin(sandbox, do="delete_channel", channel="staff-review")
    plan = json.loads(setup("setup", "plan", "--json").out)
    assert list(plan) == ["state", "server", "steps", "panel", "problems", "notes"]
    assert (plan["state"], plan["panel"]) == ("partial", "create")
    [step] = [one for one in plan["steps"] if one["action"] == "create"]
    assert (step["kind"], step["name"], step["id"]) == ("channel", "staff-review", None)
    assert step["overwrites"][-1] == {
        "target": sandbox.ready.guild, "type": "role", "name": "@everyone",
        "allow": "0", "deny": "1024", "before": None,
    }  # fmt: skip
    applied = json.loads(setup("setup", "apply", "--json").out)
    assert [one["action"] for one in applied["done"]] == ["create", "create", "change"]
    assert applied["state"] == "ready"


def test_what_is_in_the_way_is_said_and_nothing_is_done(
    setup: Ogma, sandbox: SandboxProcess
) -> None:
    """S2: exit 1, the missing permissions by name, and the link that grants them."""
    admin(sandbox, do="delete_channel", channel="staff-review")
    admin(sandbox, do="set_bot_permissions", permissions=["view_channel", "manage_channels"])
    code, out, _ = setup("setup", "plan")
    assert code == 1
    assert "failure: The bot lacks on the whole server: " in out
    assert out.endswith("\nNothing can be done before that is mended.\n")
    code, out, err = setup("setup", "apply")
    assert (code, out) == (1, "")
    assert err.startswith("Error: The bot lacks on the whole server: Manage Roles, Pin Messages. ")
    assert "Manage Roles" in err
    assert "https://discord.com/oauth2/authorize?client_id=" in err
    assert err.endswith("Error: Nothing was done on the server; mend that first.\n")
    changes = [one for one in sandbox.control.requests(wait_s=0) if one["method"] != "GET"]
    assert not changes


@pytest.mark.parametrize("point", ["setup.channel#3", "setup.panel", "setup.config#2"])
def test_a_process_that_dies_on_the_way(
    setup: Ogma, sandbox: SandboxProcess, tmp_path: Path, point: str
) -> None:
    """S2: kill -9, and the next call finishes without doubling anything."""
    for name in ("General Tickets", "Billing Tickets", "open-a-ticket", "staff-review"):
        admin(sandbox, do="delete_channel", channel=name)
    command = [sys.executable, "-m", "ogma", "--config", str(tmp_path / "config.toml")]
    command += ["setup", "apply", "--discord-api", sandbox.ready.api]
    environment = {**os.environ, "OGMA_CRASH_AT": point}
    died = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert setup("setup", "apply").code == 0
    channels = sandbox.control.state(wait_s=0)["channels"]
    names = [one["name"] for one in channels]
    assert len(names) == len(set(names)) == 7
    [panel] = [one for one in channels if one["name"] == "open-a-ticket"]
    assert len(panel["messages"]) == 1


def test_setup_without_a_type_or_a_token(setup: Ogma, ogma: Ogma, tmp_path: Path) -> None:
    """S2: at least one enabled type; wrong input: the config says which line."""
    path = tmp_path / "config.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('style = "', 'enabled = false\nstyle = "'), "utf-8")
    code, _, err = setup("setup", "apply")
    assert code == 3
    assert "no ticket type is enabled; at least one must be" in err


def test_status_shows_the_deployment(setup: Ogma, sandbox: SandboxProcess) -> None:
    """S2: Ready, Partial, Pending, with what is missing."""
    for name in ("General Tickets", "Billing Tickets", "open-a-ticket", "staff-review"):
        admin(sandbox, do="delete_channel", channel=name)
    admin(sandbox, do="set_overwrite", channel="ticket-transcripts", role="Support", remove=True)
    shown = setup("status")
    assert shown.code == 0
    assert (
        "Server     Partial (Sample Support); `ogma setup plan` shows what is missing" in shown.out
    )
    assert "\n  #ticket-transcripts: gets other permissions.\n" in shown.out
    assert "\n  #staff-review: is made.\n" in shown.out
    assert setup("setup", "apply").code == 0
    assert "Server     Ready (Sample Support)\n" in setup("status").out
    found = json.loads(setup("status", "--json").out)["deployment"]
    assert found == {
        "state": "ready",
        "server": {"id": sandbox.ready.guild, "name": "Sample Support"},
        "missing": [],
        "reason": None,
    }
    for name in ("General support", "Billing", "open-a-ticket", "staff-review"):
        admin(sandbox, do="delete_channel", channel=name)
    for name in ("ticket-transcripts", "learned-tips"):
        admin(sandbox, do="delete_channel", channel=name)
    assert json.loads(setup("status", "--json").out)["deployment"]["state"] == "pending"


def test_status_without_a_token_or_a_network(
    setup: Ogma, ogma: Ogma, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It works all the same, and says that it could not look."""
    code, out, _ = ogma("status", "--discord-api", "http://127.0.0.1:9")
    assert code == 0
    assert "Server     not looked at: 127.0.0.1 cannot be reached" in out
    monkeypatch.delenv("OGMA_DISCORD_TOKEN")
    path = tmp_path / "config.toml"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(one for one in lines if "token_file" not in one), "utf-8")
    code, out, _ = setup("status")
    assert code == 0
    assert "Server     not looked at: There is no bot token;" in out
