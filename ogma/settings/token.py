"""The bot's token: from the environment or a private file, never shown."""

from __future__ import annotations

import base64
import binascii
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from ogma import logs
from ogma.errors import ConfigError
from ogma.settings.files import replace_file

VARIABLE = "OGMA_DISCORD_TOKEN"

_AROUND = " \t\r\n\"'"
"""What gets copied along with a token."""


class Secret:
    """A string that shows itself only to whoever asks with `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        logs.hide(value)

    def reveal(self) -> str:
        """The string itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({logs.MASK})"

    def __str__(self) -> str:
        return logs.MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be copied out")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def token_path(token_file: str, data: Path) -> Path:
    """Where the token file is: relative names lie in the data folder."""
    return data / Path(token_file).expanduser()


def load_token(token_file: str, data: Path, environ: Mapping[str, str]) -> Secret:
    """The token of the environment, else of the file.

    Raises ConfigError where there is none, where others could read the file, or where it does
    not hold one word.
    """
    given = environ.get(VARIABLE, "")
    if given.strip():
        return clean_token(given, VARIABLE)
    path = token_path(token_file, data)
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(
                f"Others on this machine may use the token file {path};"
                f" run 'chmod 600 {path}', and reset the token if they may have read it."
            )
        text = path.read_text("utf-8")
    except FileNotFoundError as missing:
        raise ConfigError(
            f"There is no bot token; set {VARIABLE}, or store it in {path} with"
            " 'ogma init --token-only'."
        ) from missing
    except UnicodeDecodeError as wrong:
        raise ConfigError(f"The token file {path} is not text; store the token again.") from wrong
    except OSError as failed:
        raise ConfigError(
            f"The token file {path} cannot be read ({failed.strerror}); see that it is your file."
        ) from failed
    return clean_token(text, str(path))


def clean_token(text: str, source: str) -> Secret:
    """The token in a text that a person pasted. Raises ConfigError, never repeating the text."""
    word = text.strip(_AROUND).removeprefix("Bot ").strip(_AROUND)
    if not word:
        raise ConfigError(f"The bot token in {source} is empty; copy it from Discord's portal.")
    if not word.isascii() or not word.isprintable() or " " in word:
        raise ConfigError(
            f"What stands in {source} is no bot token (it holds blanks or odd characters);"
            " copy it again from Discord's portal."
        )
    return Secret(word)


def save_token(path: Path, token: Secret) -> None:
    """Write the token for its owner's eyes only, also where the file was readable before."""
    if path.exists():
        path.chmod(0o600)
    replace_file(path, token.reveal() + "\n", new_mode=0o600)


def application_id(token: Secret) -> int | None:
    """The application's id, which a token starts with; None where this one does not."""
    first = token.reveal().split(".", 1)[0]
    try:
        digits = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(digits) if digits.isdigit() and int(digits) > 0 else None
