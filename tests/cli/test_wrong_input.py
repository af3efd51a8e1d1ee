"""Wrong input: each a sentence with the way out and the right exit code, nothing changed.

No token, no config, a wrong clock, Discord out of reach and a second bot stand in `test_run.py`, a
port in use in `test_sandbox.py`, missing roles and channels in `test_doctor.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.store.opening import FILE_NAME, open_database

from .conftest import Ogma
from .desks import CONFIG


def one_sentence(error: str) -> str:
    """What a person reads: no traceback, ends like a sentence."""
    assert "Traceback" not in error
    assert error.strip().endswith((".", "?", "'"))
    return " ".join(error.split())


def test_a_typo_in_the_config(ogma: Ogma, tmp_path: Path) -> None:
    """S4: file, key, line, what was found, the nearest key; exit code 3."""
    (tmp_path / "config.toml").write_text(CONFIG.replace("csat = false", "cast = false"))
    result = ogma("run")
    assert result.code == 3
    error = one_sentence(result.err)
    assert "config.toml" in error and "line 13" in error
    assert "tickets.cast" in error and "csat" in error


def test_a_file_that_cannot_be_read(ogma: Ogma, tmp_path: Path) -> None:
    """K1: what failed is listed with the reason, the rest goes in; exit code 1."""
    (tmp_path / "config.toml").write_text(CONFIG)
    good, bad = tmp_path / "good.md", tmp_path / "bad.txt"
    good.write_text("# Refunds\n\nMoney comes back within seven days.\n")
    bad.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20)
    result = ogma("kb", "ingest", str(good), str(bad))
    assert result.code == 1
    assert "bad.txt" in result.out + result.err
    assert "1 added" in result.out


def test_a_database_of_a_newer_ogma(ogma: Ogma, tmp_path: Path) -> None:
    """P31, U1: refused with the way out, for whatever command; nothing is changed."""
    (tmp_path / "config.toml").write_text(CONFIG)
    db = open_database(tmp_path / "data")
    with db.write():
        db.execute("INSERT INTO schema_migration VALUES ('9999_future', 0)")
    db.close()
    before = (tmp_path / "data" / FILE_NAME).stat().st_size
    for command in (("tickets", "list"), ("kb", "list")):
        result = ogma(*command)
        assert result.code == 1, command
        assert "newer Ogma" in one_sentence(result.err)
    assert (tmp_path / "data" / FILE_NAME).stat().st_size == before


def test_ollama_that_is_not_there(ogma: Ogma, tmp_path: Path) -> None:
    """A6: the ladder; a question is quoted or handed over, never a crash."""
    (tmp_path / "config.toml").write_text(
        CONFIG + '[ai]\nengine = "ollama"\n[ollama]\nurl = "http://127.0.0.1:9"\n'
    )
    page = tmp_path / "refunds.md"
    page.write_text("# Refunds\n\nMoney comes back within seven days of paying.\n")
    assert ogma("kb", "ingest", str(page)).code == 0
    result = ogma("kb", "ask", "When does my money come back?")
    assert result.code == 0
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("tickets", "show", "99"), 4),
        (("tickets", "nonsense"), 2),
        (("config", "get", "no.such.key"), 4),
        (("kb", "remove", "nothing.md"), 4),
    ],
)
def test_what_does_not_exist(
    ogma: Ogma, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    open_database(tmp_path / "data").close()
    result = ogma(*arguments)
    assert result.code == code, result
    assert "Traceback" not in result.err
