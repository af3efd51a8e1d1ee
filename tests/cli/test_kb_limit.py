"""`ogma kb limit`, `--role` and `kb export` from the command line (K8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG

TEXT = "The vault code is violet seven."


@pytest.fixture(autouse=True)
def _vault(ogma: Ogma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "none"))
    assert ogma("kb", "add", "--title", "Vault", "--only-role", "77", typed=TEXT).code == 0


def found(ogma: Ogma, *options: str) -> list[str]:
    out = ogma("kb", "search", "vault code", "--json", *options).out
    return [one["document"] for one in json.loads(out)["results"]]


def test_k8_a_role_sees_what_is_for_it(ogma: Ogma) -> None:
    assert found(ogma) == found(ogma, "--role", "5", "--role", "77") == ["Vault"]
    assert found(ogma, "--role", "0") == []
    asked = json.loads(ogma("kb", "ask", "What is the vault code?", "--role", "0", "--json").out)
    assert asked["decision"] == "escalate" and asked["citations"] == []
    (listed,) = json.loads(ogma("kb", "list", "--json").out)["documents"]
    assert (listed["roles"], listed["types"]) == (["77"], [])
    assert "role 77" in ogma("kb", "list").out


def test_k8_limits_are_lifted_and_set(ogma: Ogma) -> None:
    assert ogma("kb", "limit", "V*", "--all-roles", "--only-type", "safe").out == "Limited Vault.\n"
    assert found(ogma, "--role", "0", "--type", "safe") == ["Vault"]
    assert found(ogma, "--type", "other") == []
    assert ogma("kb", "limit", "Vault").code == 2
    assert ogma("kb", "limit", "nope", "--all-types").code == 4


def test_k8_an_export_keeps_the_limits(ogma: Ogma, tmp_path: Path) -> None:
    done = ogma("kb", "export", str(tmp_path / "out"), "--json")
    assert json.loads(done.out)["files"] == ["Vault.md"]
    assert ogma("kb", "export", str(tmp_path / "out")).code == 2
    ogma("kb", "remove", "Vault")
    assert ogma("kb", "ingest", str(tmp_path / "out")).code == 0
    assert found(ogma) == ["Vault.md"] and found(ogma, "--role", "0") == []
