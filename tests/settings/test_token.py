"""The token: from where, refused when, and never shown."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from ogma.errors import ConfigError
from ogma.settings.token import (
    Secret,
    application_id,
    clean_token,
    load_token,
    save_token,
    token_path,
)
from tests.settings.test_load import TOKEN


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    """S1: either of the two; blanks, quotes and a pasted `Bot ` do not matter."""
    save_token(tmp_path / "token", Secret("from-the-file"))
    assert load_token("token", tmp_path, {}).reveal() == "from-the-file"
    given = load_token("token", tmp_path, {"OGMA_DISCORD_TOKEN": f' "Bot {TOKEN}"\n'})
    assert given.reveal() == TOKEN


def test_a_saved_token_is_private_also_over_an_open_file(tmp_path: Path) -> None:
    """S1: 0600."""
    path = tmp_path / "token"
    path.touch(mode=0o644)
    save_token(path, Secret(TOKEN))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == TOKEN + "\n"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_use_is_refused_with_the_way_out(tmp_path: Path, mode: int) -> None:
    """SECURITY.md E: group or world access stops the start."""
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=f"run 'chmod 600 {path}'"):
        load_token("token", tmp_path, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("two words", "is no bot token"),
        ("caf\u00e9", "is no bot token"),
    ],
)
def test_what_is_no_token_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The sentence says where it stands and not what it is."""
    path = tmp_path / "token"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=said) as caught:
        load_token("token", tmp_path, {})
    assert not text.strip() or text.strip() not in str(caught.value)


def test_no_token_at_all_names_both_ways(tmp_path: Path) -> None:
    """P38: the way out is in the sentence."""
    with pytest.raises(ConfigError, match=r"set OGMA_DISCORD_TOKEN, or store it in .*/token with"):
        load_token("token", tmp_path, {})
    (tmp_path / "token").mkdir(mode=0o700)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_token("token", tmp_path, {})


def test_a_secret_shows_itself_to_nobody() -> None:
    """U3: not by print, format, repr, or in a container."""
    secret = clean_token(TOKEN, "here")
    shown = f"{secret} {secret!r} {[secret]} {secret!s:>5}"
    assert TOKEN not in shown
    assert secret == Secret(TOKEN)
    assert secret != Secret("another one")
    with pytest.raises(TypeError, match="not to be copied out"):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (TOKEN, 123456789012345678),
        ("not-a-token", None),
        ("!!!.x.y", None),
        ("YWJj.x.y", None),
        ("", None),
    ],
)
def test_a_token_starts_with_the_applications_id(token: str, expected: int | None) -> None:
    """So `ogma init` can print the link without asking Discord."""
    assert application_id(Secret(token)) == expected


def test_a_relative_token_file_lies_in_the_data_folder(tmp_path: Path) -> None:
    """And an absolute one where it says, as for systemd's credentials."""
    assert token_path("token", tmp_path) == tmp_path / "token"
    assert token_path("/run/credentials/t", tmp_path) == Path("/run/credentials/t")
