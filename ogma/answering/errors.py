"""The closed set of failures of a model. Each call fails with exactly one of them.

The way out is part of the message, because `doctor`, `models check` and the log print it as is.
"""

from __future__ import annotations

from typing import ClassVar

from ogma.errors import OgmaError


class ModelError(OgmaError):
    """The model gave no usable reply; the ladder goes on without it."""

    exit_code = 5
    retryable: ClassVar[bool] = False
    """Whether the same request may well succeed a moment later."""

    @property
    def name(self) -> str:
        """The name under which the answer record keeps it."""
        return type(self).__name__


class Unreachable(ModelError):
    """No connection to Ollama, or it broke before the reply was whole."""

    retryable = True


class Timeout(ModelError):
    """Ollama took longer than the deadline."""


class NotFound(ModelError):
    """Ollama does not have the model."""


class Busy(ModelError):
    """Ollama, or our own queue before it, is full."""

    retryable = True


class TooLong(ModelError):
    """The prompt does not fit the model's context, or was cut to make it fit."""


class BadReply(ModelError):
    """What came back is not a whole and valid reply; `cut`: it is not whole."""

    def __init__(self, message: str, *, cut: bool = False) -> None:
        super().__init__(message)
        self.cut = cut


class ServerError(ModelError):
    """Ollama refused the request or failed on it."""


ALL: tuple[type[ModelError], ...] = (
    Unreachable,
    Timeout,
    NotFound,
    Busy,
    TooLong,
    BadReply,
    ServerError,
)
"""The whole set."""
