"""A config that is right, to be spoilt by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

RIGHT = """\
language = "en"

# the server
[discord]
guild = "123456789012345678"  # ours

[channels]
panel = 21
staff_review = 22
transcripts = 23

[[types]]
id = "general"
label = "General"
category = 31

[[types]]
id = "billing"
label = "Billing"
category = 32

[ai]
engine = "extractive"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A valid config.toml."""
    path = tmp_path / "config.toml"
    path.write_text(RIGHT, "utf-8")
    return path
