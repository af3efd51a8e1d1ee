"""Every error that a person may meet. The message is one sentence: what, where, the way out."""

from __future__ import annotations


class OgmaError(Exception):
    """Something failed; the message says what and what to do about it."""

    exit_code = 1


class UsageError(OgmaError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ConfigError(OgmaError):
    """The configuration is not valid. `problems` holds one sentence per fault."""

    exit_code = 3

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NotFound(OgmaError):
    """What was asked for does not exist."""

    exit_code = 4


class Unreachable(OgmaError):
    """A service that is needed (Discord, Ollama, a model) cannot be reached."""

    exit_code = 5


class AlreadyRunning(OgmaError):
    """Another Ogma holds the lock on this data folder."""

    exit_code = 6


class StoreError(OgmaError):
    """The database cannot be used as it is."""


class StoreBusy(StoreError):
    """Another program holds the database's write lock for too long."""


class StoreUnwritable(StoreError):
    """The disk takes nothing: it is full, read-only or faulty. Nothing was changed."""


class NewerSchema(StoreError):
    """The database was written by a newer Ogma."""


class IllegalMove(OgmaError):
    """A ticket cannot make this move from the state that it is in; nothing was changed."""


class LeaseLost(OgmaError):
    """Another process took over this data folder; this one must not write any more."""

    exit_code = 6
