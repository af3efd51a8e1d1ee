"""P38: a start with an invalid config is refused, unless the last good one is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.errors import ConfigError
from ogma.settings.last_good import NAME, keep, kept, open_config
from tests.settings.conftest import RIGHT

BAD = RIGHT.replace('"extractive"', '"magic"')


def test_a_valid_config_is_used_either_way(config: Path, tmp_path: Path) -> None:
    keep(tmp_path, BAD)
    for last_good in (False, True):
        opened = open_config(config, tmp_path, last_good=last_good)
        assert (opened.text, opened.found.error) == (RIGHT, None)


def test_the_copy_is_used_on_request_and_says_what_is_wrong(config: Path, tmp_path: Path) -> None:
    """P38: the exact message without --last-good, and beside the copy's settings with it."""
    keep(tmp_path, RIGHT)
    config.write_text(BAD, "utf-8")
    with pytest.raises(ConfigError, match=r'line 23: ai\.engine is "magic"'):
        open_config(config, tmp_path, last_good=False)
    opened = open_config(config, tmp_path, last_good=True)
    assert opened.settings.ai.engine == "extractive"
    assert 'ai.engine is "magic"' in opened.found.problems[0]


def test_without_a_copy_the_config_s_own_message_counts(config: Path, tmp_path: Path) -> None:
    """P38: never an older config by surprise, never defaults."""
    config.write_text(BAD, "utf-8")
    assert kept(tmp_path) is None
    with pytest.raises(ConfigError, match=r'ai\.engine is "magic"'):
        open_config(config, tmp_path, last_good=True)


def test_a_copy_that_is_not_valid_says_which_file_it_is(config: Path, tmp_path: Path) -> None:
    """A copy of another version: the message names the copy."""
    keep(tmp_path, BAD)
    config.write_text(BAD, "utf-8")
    with pytest.raises(ConfigError, match=NAME):
        open_config(config, tmp_path, last_good=True)


def test_the_copy_is_private(tmp_path: Path) -> None:
    keep(tmp_path, RIGHT)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
