"""The process itself: how it stops, that there is one, and what it tells nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from tests.e2e.conftest import BuildTown
from tests.e2e.processes import PATIENCE_S
from tests.e2e.town import QUESTION, Town

STOPS_WITHIN_S = 10.0


def test_sigterm_loses_nothing(town: Town) -> None:
    """P6, U1: in the middle of an opening, 10 s and exit code 0; the next start finishes it."""
    town.control.faults("POST", "/channels/*/messages", times=1, delay_ms=30_000, wait_s=0)
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    town.wait_until(
        lambda: (
            town.matching("POST", r"/channels/\d+/messages", 20)
            or town.count("FROM job WHERE kind = 'greet' AND state = 'doing'")
        ),
        "the greeting is on its way",
    )
    started = time.monotonic()
    assert town.stop_bot() == 0
    assert time.monotonic() - started < STOPS_WITHIN_S
    town.run_bot()
    channel = town.wait_until(lambda: town.channel_of("alice", "quick"), "the channel is there")
    town.until_idle()
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    assert len(town.ticket_channels()) == 1


def test_interrupted_at_the_keyboard(town: Town) -> None:
    """U1: Ctrl-C ends it as SIGTERM does."""
    town.bot.signal(signal.SIGINT)
    assert town.bot.wait() in (0, 130)
    assert "Traceback" not in town.bot.output()


def test_a_second_bot_is_refused(town: Town) -> None:
    """P5: one bot per data folder; the second says who holds it, and leaves with code 6."""
    second = town.ogma("run", "--discord-api", town.server.ready["api"])
    assert second.returncode == 6
    assert f"process {town.bot.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    town.open_ticket("alice")


def test_two_bots_start_at_the_same_moment(build_town: BuildTown) -> None:
    """P5: whatever the timing, one of them serves and the other leaves with code 6."""
    town = build_town()
    bots = [town.launch() for _ in range(3)]
    town.bots = bots

    def left() -> list[int]:
        return [bot.exit_code for bot in bots if bot.exit_code is not None]

    until = time.monotonic() + PATIENCE_S
    while len(left()) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert left() == [6, 6]
    [survivor] = [bot for bot in bots if bot.exit_code is None]
    town.bots = [bot for bot in bots if bot is not survivor] + [survivor]
    town.wait_until(lambda: town.by_bot("open-a-ticket"), "the panel is there")
    assert town.open_ticket("alice")


def test_started_as_an_owner_starts_it(build_town: BuildTown) -> None:
    """R1, P6: `python -m ogma run` by itself, as systemd would: ready, stopped, exit code 0."""
    town = build_town()
    command = [sys.executable, "-m", "ogma", "--config", str(town.config)]
    command += ["--data", str(town.data), "run", "--discord-api", town.server.ready["api"]]
    environment = {**os.environ, **town.environment}
    running = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while not town.by_bot("open-a-ticket") and time.monotonic() < until:
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        output, _ = running.communicate(timeout=PATIENCE_S)
    finally:
        running.kill()
    assert running.returncode == 0, output
    assert len(town.by_bot("open-a-ticket")) == 1
    assert town.server.ready["token"] not in output


def test_the_token_stands_nowhere(town: Town) -> None:
    """S4, U3: not in the log, the database, a transcript, nor in what the command line prints."""
    token = town.server.ready["token"]
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    town.close(channel)
    town.until_closed()
    for words in (["config", "show"], ["tickets", "show", "1"], ["jobs", "list"]):
        done = town.ogma(*words)
        assert done.returncode == 0, (words, done.stderr)
        assert token not in done.stdout + done.stderr
    # Every file of the data folder is searched after each test (`invariants`): here, that it works.
    town.stop_bot()
    files = [path for path in town.data.rglob("*") if path.is_file()]
    assert any(b"Forgot password" in path.read_bytes() for path in files)
    assert all(token.encode() not in path.read_bytes() for path in files)


def test_a_wrong_token_is_a_sentence(build_town: BuildTown) -> None:
    """S4: Discord refuses the token: exit code 3, one sentence, and the token is not in it."""
    town = build_town()
    wrong = "MTIz.abcdef." + "x" * 38
    environment = {**os.environ, **town.environment, "OGMA_DISCORD_TOKEN": wrong}
    command = [sys.executable, "-m", "ogma", "--config", str(town.config), "--data"]
    command += [str(town.data), "run", "--discord-api", town.server.ready["api"]]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 3, done.stderr
    assert "token" in done.stderr
    assert wrong not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_intent_that_is_switched_off(build_town: BuildTown) -> None:
    """S3, P11: Discord refuses Message Content: exit code 3, where to switch it on, no loop."""
    town = build_town()
    town.control.admin("set_intents", approved=[], wait_s=0)
    done = town.ogma("run", "--discord-api", town.server.ready["api"])
    assert done.returncode == 3, done.stderr
    assert "Message Content" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(town.matching("GET", "/gateway/bot")) == 1


def test_a_bot_that_slept_through_its_successors_start(town: Town) -> None:
    """P5: its lock is gone, another has taken over: it writes nothing more, and leaves with 6."""
    sleeper = town.bot
    sleeper.signal(signal.SIGSTOP)
    (town.data / "bot.lock").unlink()
    successor = town.run_bot()
    sleeper.signal(signal.SIGCONT)
    assert sleeper.wait() == 6
    assert "took over" in sleeper.output()
    town.forgiven = ("took over", "lease", "LeaseLost")
    assert successor.exit_code is None
    town.open_ticket("alice")
    assert len(town.ticket_channels()) == 1
