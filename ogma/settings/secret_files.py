"""Keys of the owner's own, such as those of webhooks: from the environment or a private file."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from ogma.errors import ConfigError
from ogma.settings.token import Secret


def load_secret(what: str, path: Path, variable: str, environ: Mapping[str, str]) -> Secret:
    """The key of `what`, of the environment, else of the file; raises ConfigError without one."""
    given = environ.get(variable, "").strip()
    if given:
        return Secret(given)
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(
                f"Others on this machine may use the file {path}; run 'chmod 600 {path}', and make"
                " a new key if they may have read it."
            )
        text = path.read_text("utf-8").strip()
    except FileNotFoundError as missing:
        raise ConfigError(
            f"There is no key for {what}; set {variable}, or store one in {path}, for its owner"
            " alone (chmod 600)."
        ) from missing
    except (OSError, UnicodeDecodeError) as failed:
        raise ConfigError(f"The file {path} cannot be read; see that it is your text file.") from (
            failed
        )
    if not text:
        raise ConfigError(f"The file {path} is empty; store the key for {what} in it.")
    return Secret(text)
