"""S3: the checks that look at this machine, at Ollama and at Discord's answers."""

from __future__ import annotations

import threading
from collections import namedtuple
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ogma.answering.ollama import ModelReport
from ogma.domain.diagnosis import Finding, Level
from ogma.domain.policies import OllamaPolicy
from ogma.errors import ConfigError, OgmaError, Unreachable
from ogma.services import doctor
from ogma.services.doctor import Places, examine, model_findings
from ogma.services.server import look_at
from ogma.services.sync import sources
from ogma.services.sync.sources import Wish
from ogma.settings import default_settings
from ogma.settings.token import Secret
from ogma.store.opening import FILE_NAME, open_database
from ogma.store.sources import note_sync
from tests.settings.conftest import RIGHT
from tests.settings.test_load import TOKEN

NOW = 1_700_000_000_000

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A valid config, no token, an empty private data folder, no models."""
    (tmp_path / "config.toml").write_text(f"{RIGHT}\n[roles]\nstaff = [5]\nmanagement = [6]\n")
    (tmp_path / "data").mkdir(mode=0o700)
    return Places(tmp_path / "config.toml", tmp_path / "data", tmp_path / "models", {})


def report(places: Places) -> dict[str, Finding]:
    """The last finding of each name."""
    return {one.name: one for one in examine(places, lambda: NOW)}


def test_everything_is_looked_at_even_when_much_is_wrong(places: Places) -> None:
    """S3: one fault does not hide the next."""
    found = report(places)
    assert [(one.name, one.level.value) for one in found.values()] == [
        ("config", "ok"),
        ("token", "failure"),
        ("ollama", "ok"),
        ("embedding", "warning"),
        ("sqlite", "ok"),
        ("database", "ok"),
        ("data", "ok"),
        ("disk", "ok"),
    ]
    assert found["token"].text == "There is no bot token."
    assert found["token"].fix.startswith("Set OGMA_DISCORD_TOKEN, or store it in ")
    assert found["embedding"].fix == "ogma models pull"


def test_an_invalid_config_is_told_fault_by_fault(places: Places) -> None:
    """S3: file, key, line; the machine is checked all the same."""
    places.config.write_text(RIGHT.replace("extractive", "x").replace("21", "0"))
    found = [one for one in examine(places, lambda: NOW) if one.name == "config"]
    assert [one.level for one in found] == [Level.FAILURE, Level.FAILURE]
    assert "line 8: channels.panel is 0" in found[0].text
    assert "disk" in report(places)


def test_a_token_that_others_may_read_is_told_with_the_command(places: Places) -> None:
    """SECURITY.md E."""
    (places.data / "token").write_text(TOKEN)
    (places.data / "token").chmod(0o644)
    found = report(places)["token"]
    assert found.level is Level.FAILURE
    assert found.fix.startswith(f"Run 'chmod 600 {places.data}/token'")


def test_webhooks_and_tools_are_looked_at(places: Places) -> None:
    """S3: address and key, by the rules of the request that is not made here."""
    text = '[[webhooks]]\nid = "crm"\nurl = "https://127.0.0.1/"\n'
    text += '[[tools]]\nid = "orders"\nurl = "https://127.0.0.1/"\n'
    places.config.write_text(f"{places.config.read_text()}\n{text}")
    found = [one for one in examine(places, lambda: NOW) if one.name in ("webhook", "tool")]
    assert [one.level for one in found] == [Level.FAILURE] * 4
    assert [one.text.split(".")[0] for one in found] == [
        "There is no key for the webhook crm",
        "127",
        "There is no key for the tool orders",
        "127",
    ]


def test_disk_and_folder(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3: free disk; a data folder that others may enter."""
    for free, level in ((3000, "ok"), (2047, "warning"), (255, "failure")):
        usage = Usage(0, 0, free * doctor.MB)
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _, usage=usage: usage)
        assert report(places)["disk"].level == level
    places.data.chmod(0o750)
    assert report(places)["data"].fix == f"chmod 700 {places.data}"


def test_the_database_of_a_newer_ogma_and_a_damaged_one(places: Places) -> None:
    """S3: integrity, and the schema that this version does not know."""
    database = open_database(places.data)
    assert report(places)["database"].text == "The database is sound."
    database.execute("UPDATE schema_migration SET name = '9999_future' WHERE name LIKE '0001%'")
    database.close()
    assert "newer Ogma (it has 9999_future)" in report(places)["database"].text
    (places.data / FILE_NAME).write_bytes(b"nonsense" * 1000)
    for left in places.data.glob(f"{FILE_NAME}-*"):
        left.unlink()
    found = report(places)["database"]
    assert found.level is Level.FAILURE
    assert "is damaged" in found.text


@pytest.mark.parametrize(
    ("version", "limit", "expected"),
    [
        ("0.31.2", 131_072, {"ollama": "ok", "model": "ok", "context": "ok"}),
        ("0.33.0-rc2", None, {"ollama": "ok", "model": "ok", "context": "ok"}),
        ("0.31.1", 8192, {"ollama": "warning", "model": "ok", "context": "ok"}),
        ("1.0", 4096, {"ollama": "ok", "model": "ok", "context": "failure"}),
    ],
)
def test_ollama_is_new_enough_and_the_model_long_enough(
    version: str, limit: int | None, expected: dict[str, str]
) -> None:
    """S3: version, model present, context length."""
    shown = ModelReport(version, "abcdef0123456789", ("completion",), limit, None)
    found = {one.name: one for one in model_findings(shown, OllamaPolicy())}
    assert {name: one.level.value for name, one in found.items()} == expected
    if expected["context"] == "failure":
        assert found["context"].fix == "ogma config set ollama.num_ctx 4096"


def test_no_ollama_is_a_failure_with_the_way_out(places: Places, closed_port: int) -> None:
    """Wrong input: Ollama absent."""
    places.config.write_text(
        RIGHT.replace('"extractive"', '"ollama"')
        + f'\n[ollama]\nurl = "http://127.0.0.1:{closed_port}"\n'
    )
    found = report(places)["ollama"]
    assert found.level is Level.FAILURE
    assert found.text == f"No Ollama answers at http://127.0.0.1:{closed_port}."
    assert found.fix == "Start it with `ollama serve`, or set its url."


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return int(server.server_address[1])


class _Answers(BaseHTTPRequestHandler):
    """Gives every request the status and body that the test set on the server."""

    def do_GET(self) -> None:  # the name is http.server's
        status, body = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def discord() -> Iterator[ThreadingHTTPServer]:
    """A server that answers whatever the test wants; set `.answer`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (401, b"{}", ConfigError, "Discord refuses the token; make a new one"),
        (500, b"{}", Unreachable, "answers with status 500; try again"),
        (429, b"{}", Unreachable, "answers with status 429"),
        (302, b"", Unreachable, "answers with status 302"),
        (200, b"<html>", Unreachable, "cannot be reached"),
        (404, b"{}", OgmaError, "Discord does not show /api/v10/users/@me"),
    ],
)
def test_every_refusal_of_discord_is_a_sentence(
    discord: ThreadingHTTPServer, status: int, body: bytes, error: type[OgmaError], said: str
) -> None:
    """S3: never a traceback, never the token."""
    discord.answer = (status, body)  # type: ignore[attr-defined]
    api = f"http://127.0.0.1:{discord.server_address[1]}"
    with pytest.raises(error) as caught:
        look_at(1, Secret(TOKEN), lambda: NOW, api=api)
    assert said in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_no_discord_at_all(closed_port: int) -> None:
    """Exit code 5's error: Discord is not reachable."""
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 cannot be reached .*check this machine"):
        look_at(1, Secret(TOKEN), lambda: NOW, api=f"http://127.0.0.1:{closed_port}")


def test_k3_followed_websites_that_need_a_look_are_named(places: Places) -> None:
    """With the command that tries again; where all is well, one line says how many there are."""
    db = open_database(places.data)
    for name in ("docs", "the blog"):
        wish = Wish(name=name, url=f"https://{name[-4:]}.example/")
        added = sources.add(db, default_settings(), wish, NOW)
        with db.write():
            error = "the site answers with HTTP 503" if name == "the blog" else None
            note_sync(db, added.id, NOW, error)
    db.close()
    found = [one for one in examine(places, lambda: NOW) if one.name.startswith("website")]
    assert found == [
        Finding(
            "website",
            Level.WARNING,
            "the blog is failed: the site answers with HTTP 503.",
            "ogma kb sync 'the blog'",
        ),
        Finding("websites", Level.OK, "2 websites are followed."),
    ]
