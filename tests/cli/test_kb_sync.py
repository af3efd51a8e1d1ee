"""`ogma kb sync` and `ogma kb sources`: followed websites from the shell (K2, K3)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG
from tests.net.loopback import Answer, Site, site
from tests.services.websites import text


@pytest.fixture(autouse=True)
def _no_second_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ogma.net.visit.INTERVAL_S", 0.0)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A website that the config opens, searched by words alone."""
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "none"))
    with site() as served:
        opened = f'\n[network]\ninternal_hosts = ["{served.host}"]\n'
        (tmp_path / "config.toml").write_text(CONFIG + opened)
        served.page("/robots.txt", "")
        served.page("/docs/", "<main><h1>Start</h1><p>See <a href=refunds>refunds</a></p></main>")
        served.page(
            "/docs/refunds",
            "<main><h1>Refunds</h1><h2 id=how>How long?</h2><p>Five working days.</p></main>",
        )
        yield served


def listed(ogma: Ogma) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ogma("kb", "sources", "list", "--json").out)["sources"]
    return found


def test_k2_a_website_is_followed_searched_and_left(ogma: Ogma, web: Site) -> None:
    start = f"{web.url}/docs/"
    done = ogma("kb", "sources", "add", start, "--kind", "crawl", "--name", "docs")
    assert done.code == 0 and done.out.startswith("Added: docs (up to 200 pages below")
    assert listed(ogma)[0]["health"] == "never_synced"
    done = ogma("kb", "sync")
    assert (done.code, done.out) == (0, "docs: 2 added, 0 changed, 0 unchanged; 3 requests.\n")
    found = json.loads(ogma("kb", "search", "five working days", "--json").out)["results"][0]
    assert found["document"] == f"{start}refunds"
    assert found["url"] == f"{start}refunds#how"
    again = json.loads(ogma("kb", "sync", "docs", "--json").out)
    assert (again["added"], again["unchanged"], again["chunks"]) == (0, 2, 0)
    assert again["sources"][0]["source"] == "docs"
    (one,) = listed(ogma)
    assert (one["name"], one["kind"], one["pages"], one["health"]) == (
        "docs", "crawl", 2, "never_retrieved",
    )  # fmt: skip
    assert one["synced_at"] < one["next_at"]
    assert ogma("kb", "sources", "remove", "docs").out == "Removed docs.\n"
    assert json.loads(ogma("kb", "list", "--json").out)["documents"] == []


def test_what_fails_is_listed_and_the_exit_code_is_1(ogma: Ogma, web: Site) -> None:
    ogma("kb", "sources", "add", f"{web.url}/docs/refunds", "--name", "refunds")
    ogma("kb", "sync")
    web.routes["/docs/refunds"] = Answer("x", 503)
    done = ogma("kb", "sync")
    assert done.code == 1
    assert "1 kept as they were" in done.out
    assert "refunds failed: the site answers with HTTP 503." in " ".join(done.err.split())
    done = ogma("kb", "sync", "--json")
    (flagged,) = json.loads(done.out)["flagged"]
    assert flagged == {
        "document": f"{web.url}/docs/refunds", "reason": "the site answers with HTTP 503",
    }  # fmt: skip
    (one,) = listed(ogma)
    assert (one["health"], one["error"]) == ("failed", "the site answers with HTTP 503")
    assert "Failed" in ogma("kb", "sources", "list").out
    assert json.loads(ogma("status", "--json").out)["websites"] == {"failed": 1}
    assert "1 failed; `ogma kb sources list` shows them" in ogma("status").out


def test_a_source_is_changed(ogma: Ogma, web: Site) -> None:
    ogma("kb", "sources", "add", f"{web.url}/docs/", "--name", "docs")
    done = ogma(
        *("kb", "sources", "set", "docs", "--kind", "crawl", "--schedule", "30 2 * * *"),
        *(
            "--depth",
            "1",
            "--max-pages",
            "9",
            "--only-type",
            "support",
            "--only-role",
            "77",
            "--json",
        ),
    )
    changed = json.loads(done.out)
    assert (changed["kind"], changed["schedule"]) == ("crawl", "30 2 * * *")
    assert (changed["depth"], changed["max_pages"], changed["types"]) == (1, 9, ["support"])
    assert changed["roles"] == ["77"]
    assert ogma("kb", "sources", "set", "docs", "--all-types", "--name", "guide").code == 0
    (one,) = listed(ogma)
    assert (one["name"], one["types"], one["schedule"]) == ("guide", [], "30 2 * * *")


def test_nothing_to_follow_is_said_so(ogma: Ogma, web: Site) -> None:
    for command in (("sync",), ("sources", "list")):
        done = ogma("kb", *command)
        assert (done.code, done.out.split(";")[0]) == (0, "No website is followed")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("sync", "nope"), 4, "There is no source named 'nope'"),
        (("sources", "remove", "nope"), 4, "There is no source named 'nope'"),
        (("sources", "set", "nope", "--depth", "1"), 4, "There is no source named 'nope'"),
        (("sources", "add", "file:///etc/passwd"), 2, "only http and https URLs are"),
        (("sources", "add", "http://10.0.0.1/"), 2, "name it in network.internal_hosts"),
        (("sources", "add", "http://x.example/", "--schedule", "x"), 2, "is not a schedule"),
    ],
)
def test_wrong_input_is_one_sentence(
    ogma: Ogma, web: Site, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = ogma("kb", *arguments)
    assert done.code == code
    assert said in " ".join(done.err.split())


@pytest.mark.parametrize(
    "point", [pytest.param("sync.stored", marks=pytest.mark.full), "sync.storing#2"]
)
def test_a_killed_sync_leaves_whole_pages_and_ends_whole(
    ogma: Ogma, web: Site, tmp_path: Path, point: str
) -> None:
    """K2, P40: SIGKILL in the middle; the next sync brings the rest, and nothing twice."""
    pages = [f"/p{number}" for number in range(3)]
    for page in pages:
        web.page(page, text(page[1:], 3_000))
    web.page("/sitemap.txt", "\n".join(web.url + page for page in pages))
    ogma("kb", "sources", "add", f"{web.url}/sitemap.txt", "--name", "all")
    command = [sys.executable, "-m", "ogma", "kb", "sync"]
    environment = {**os.environ, "OGMA_CRASH_AT": point}
    died = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert died.returncode == -9, died.stderr
    (before,) = listed(ogma)
    assert before["health"] == "never_synced", "so it is due again at once"
    documents = json.loads(ogma("kb", "list", "--json").out)["documents"]
    assert len(documents) == before["pages"] < 3
    assert len({document["chunks"] for document in documents}) <= 1
    done = json.loads(ogma("kb", "sync", "--json").out)
    assert (done["added"], done["unchanged"]) == (3 - len(documents), len(documents))
    assert len(json.loads(ogma("kb", "list", "--json").out)["documents"]) == 3
