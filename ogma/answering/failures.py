"""What can go wrong between us and Ollama, made one of the closed set in `answering/errors.py`.

The client lets through errors of its own, of httpx, of pydantic and of json, two different ones
for the same closed port, and AttributeError or TypeError for JSON of the wrong shape.
"""

from __future__ import annotations

import re
from typing import Final

import httpx
import ollama

from ogma.answering.errors import (
    BadReply,
    Busy,
    ModelError,
    NotFound,
    ServerError,
    Timeout,
    TooLong,
    Unreachable,
)

FAILURES: Final = (
    ollama.ResponseError,
    ollama.RequestError,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    RecursionError,
)
"""Everything that a call of the client may raise. pydantic's and json's errors are ValueErrors."""

_TOO_LONG: Final = re.compile(
    r"longer than the context|exceeds? the (?:available )?context|exceed_context_size"
    r"|context (?:length|size) exceeded",
    re.IGNORECASE,
)
_NO_MODEL: Final = re.compile(r"\bmodel ['\"].*['\"] not found", re.IGNORECASE)
_MOST_QUOTED: Final = 200


def translated(error: Exception, *, url: str, model: str) -> ModelError:
    """The one error of the closed set that stands for this failure."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, ollama.ResponseError):
        return _of_response(error.status_code, error.error, url, model)
    if isinstance(error, httpx.HTTPStatusError):
        return _of_response(error.response.status_code, error.response.text, url, model)
    if isinstance(error, httpx.ConnectTimeout):
        return _unreachable(url)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Timeout(f"Ollama at {url} did not reply in time: raise [ollama] deadline_s")
    if isinstance(error, httpx.DecodingError):
        return _garbage(url, "its content encoding is broken")
    if isinstance(error, httpx.TransportError | httpx.InvalidURL | OSError):
        return _unreachable(url)
    return _garbage(url, type(error).__name__)


def _of_response(status: int, body: str, url: str, model: str) -> ModelError:
    said = _first_line(body)
    if _TOO_LONG.search(body):
        return TooLong(f"The prompt does not fit the context of {model}: raise [ollama] num_ctx")
    if status == 404 or _NO_MODEL.search(body):
        return NotFound(f"Ollama at {url} has no model {model}: run `ogma models pull {model}`")
    if status in (429, 503):
        return Busy(f"Ollama at {url} is busy{said}: try again in a moment")
    if status in (408, 504):
        return Timeout(f"The server before Ollama at {url} gave up waiting{said}")
    if 300 <= status < 400:
        return _garbage(url, "it redirects; [ollama] url must name Ollama itself")
    if status in (401, 403):
        return ServerError(
            f"Ollama at {url} refuses this client (HTTP {status}){said}: "
            "allow its address in OLLAMA_ORIGINS and OLLAMA_HOST, or sign in"
        )
    place = "in mid-reply" if status < 0 else f"(HTTP {status})"
    return ServerError(f"Ollama at {url} failed {place}{said}: see its log")


def _unreachable(url: str) -> Unreachable:
    return Unreachable(f"No Ollama answers at {url}: start it with `ollama serve`, or set its url")


def _garbage(url: str, why: str) -> BadReply:
    return BadReply(f"What answers at {url} does not speak as Ollama does: {why}")


def _first_line(body: str) -> str:
    """What the server said, short and on one line, for the log."""
    text = " ".join(body.split())
    if not text or text.startswith(("<", "{", "[")):
        return ""
    return f": {text[:_MOST_QUOTED]}"
