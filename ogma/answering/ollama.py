"""The one place that talks to Ollama. Every failure leaves it as one of `answering/errors.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import ollama

from ogma.answering.errors import BadReply, ModelError, TooLong
from ogma.answering.failures import FAILURES, translated
from ogma.answering.prompt import Prompt
from ogma.domain.policies import OllamaPolicy
from ogma.errors import ConfigError

_CLOUD: Final = (":cloud", "-cloud")
_EXAMPLE: Final = "http://127.0.0.1:11434"
QUICK_S: Final = 10.0
"""The deadline of requests that need no model."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply of the model."""

    content: str
    tokens_counted: int
    """What the model says the prompt took."""
    tokens_written: int
    digest: str | None = None
    """Of the model on the host that answered, where that is known."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that Ollama has. `size` is in bytes."""

    name: str
    digest: str
    size: int
    parameters: str
    quantization: str


@dataclass(frozen=True, slots=True)
class PullStep:
    """One step of a download; `completed` and `total` in bytes, both 0 outside the transfer."""

    status: str
    completed: int
    total: int


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What `models check` and `doctor` need to know. `context_length` is the model's own limit."""

    version: str
    digest: str
    capabilities: tuple[str, ...]
    context_length: int | None
    context_allocated: int | None
    """The window in use now; None while the model is not loaded."""


class Ollama:
    """One Ollama server and one model on it.

    `num_ctx` and the other options are the same in every call, warm-up included, because Ollama
    reloads the model when they differ. Raises ConfigError for a cloud model that is not allowed
    and for an address that is none.
    """

    def __init__(self, policy: OllamaPolicy, *, url: str | None = None) -> None:
        refuse_cloud(policy)
        self.url: Final = base_url(url or policy.url)
        self.model: Final = policy.model
        self._policy = policy
        self._options: Final = {
            "num_ctx": policy.num_ctx,
            "num_predict": policy.num_predict,
            "temperature": 0.0,
            "seed": 7,
        }
        longest = max(policy.deadline_s, policy.warm_up_s)
        self._timeout = httpx.Timeout(connect=5, read=longest, write=10, pool=5)
        self._client = ollama.AsyncClient(
            host=self.url, timeout=self._timeout, trust_env=False, follow_redirects=False
        )
        self._warming: asyncio.Task[None] | None = None

    async def ask(self, prompt: Prompt, *, within_s: float | None = None) -> Reply:
        """The model's reply to a prompt, within the deadline, loading included.

        Raises a ModelError: also for a reply that is not whole, and for a prompt of which the
        model did not see everything.
        """
        async with self._within(self._policy.deadline_s if within_s is None else within_s):
            window = await self._window()
            if window != self._policy.num_ctx:
                await self.warm_up()
                window = await self._window()
            said = await self._chat(prompt.messages, prompt.schema)
        if said.done_reason != "stop":
            why = said.done_reason or "no done_reason"
            raise BadReply(f"The model's reply was cut ({why})", cut=True)
        # A server or a model may give less than was asked for: what fits is cut to half of that.
        allocated = min(window or self._policy.num_ctx, self._policy.num_ctx)
        refuse_cut(prompt, said.prompt_eval_count, allocated)
        return Reply(said.message.content or "", said.prompt_eval_count or 0, said.eval_count or 0)

    async def warm_up(self) -> None:
        """Load the model, under its own deadline. Callers may give up; the loading goes on.

        Ollama drops a load whose client goes away, so no question is ever the one that loads.
        """
        if self._warming is None or self._warming.done():
            self._warming = asyncio.create_task(self._load(), name="ollama-warm-up")
            self._warming.add_done_callback(_look_at_error)
        await asyncio.shield(self._warming)

    async def digest(self, *, within_s: float = QUICK_S) -> str | None:
        """The digest of the configured model, or None when Ollama does not have it."""
        installed = await self.list_models(within_s=within_s)
        return next((one.digest for one in installed if self._is_ours(one.name)), None)

    async def list_models(self, *, within_s: float = QUICK_S) -> tuple[InstalledModel, ...]:
        """The models that Ollama has."""
        async with self._within(within_s):
            listed = await self._client.list()
        return tuple(_installed(model) for model in listed.models)

    async def pull(self) -> AsyncIterator[PullStep]:
        """Download the configured model, step by step. Raises a ModelError."""
        status = ""
        with self._translating():
            async for part in await self._client.pull(self.model, stream=True):
                status = part.status or ""
                yield PullStep(status, part.completed or 0, part.total or 0)
        if status != "success":
            raise BadReply("The download ended early: run `ogma models pull` again")

    async def check(self) -> ModelReport:
        """What the server and the model are. Raises a ModelError, NotFound without the model."""
        async with self._within(QUICK_S):
            version = await self._version()
            shown = await self._client.show(self.model)
            window = await self._window()
        return ModelReport(
            version=version,
            digest=await self.digest() or "",
            capabilities=tuple(shown.capabilities or ()),
            context_length=_context_length(shown.modelinfo or {}),
            context_allocated=window,
        )

    async def aclose(self) -> None:
        """Stop a warm-up that still runs, and close the connections."""
        if self._warming is not None and not self._warming.done():
            self._warming.cancel()
            await asyncio.wait([self._warming])
        await self._client.close()  # type: ignore[no-untyped-call]

    async def _load(self) -> None:
        """A conversation without messages makes Ollama load the model and say nothing."""
        async with self._within(self._policy.warm_up_s):
            await self._chat((), None)

    async def _chat(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None
    ) -> ollama.ChatResponse:
        """One call, in one piece: a stream would break on single odd characters."""
        said = await self._client.chat(
            model=self.model,
            messages=list(messages),
            stream=False,
            think=False,
            format=dict(schema) if schema else None,
            options=self._options,
            keep_alive=keep_alive(self._policy.keep_alive),
        )
        if not said.done:
            raise BadReply("The model's reply broke off: it may be repeating itself", cut=True)
        return said

    async def _window(self) -> int | None:
        """The context that the model is in memory with; another one than ours means a load."""
        running = await self._client.ps()
        windows = (one.context_length for one in running.models if self._is_ours(one.name or ""))
        return next(windows, None)

    async def _version(self) -> str:
        """The client has no call for this one."""
        async with httpx.AsyncClient(
            base_url=self.url, timeout=self._timeout, trust_env=False, follow_redirects=False
        ) as client:
            response = await client.get("/api/version")
            response.raise_for_status()
            return str(response.json()["version"])

    def _is_ours(self, name: str) -> bool:
        return name in (self.model, f"{self.model}:latest")

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except (ModelError, *FAILURES) as error:
            raise translated(error, url=self.url, model=self.model) from error

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        with self._translating():
            async with asyncio.timeout(seconds):
                yield


def refuse_cloud(policy: OllamaPolicy) -> None:
    """Raise ConfigError for a model that would send tickets to a cloud, unless it is allowed."""
    if policy.model.endswith(_CLOUD) and not policy.allow_cloud:
        raise ConfigError(
            f"[ollama] model: {policy.model} would send tickets off this machine; "
            "choose a local model, or set allow_cloud = true"
        )


def base_url(url: str) -> str:
    """The address with its scheme and without a trailing slash. Raises ConfigError."""
    with_scheme = url if "://" in url else f"http://{url}"
    try:
        parsed = httpx.URL(with_scheme)
    except httpx.InvalidURL as error:
        raise ConfigError(f"[ollama] url: {url!r} is no address ({error})") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigError(f"[ollama] url: {url!r} is no address; give one like {_EXAMPLE}")
    return str(parsed).rstrip("/")


def keep_alive(setting: str) -> float | str:
    """Ollama takes seconds as a number and durations as text; '-1' is for ever."""
    try:
        return float(setting)
    except ValueError:
        return setting


def refuse_cut(prompt: Prompt, counted: int | None, num_ctx: int) -> None:
    """Raise TooLong when the model cannot have seen the whole prompt in a context of `num_ctx`.

    Ollama cuts a prompt that is too long to about half the context and answers all the same.
    """
    halved = 0.45 * num_ctx <= (counted or 0) <= 0.55 * num_ctx
    if not counted or counted < prompt.tokens_least:
        cut = True
    else:
        cut = halved and prompt.tokens_estimated > 0.8 * num_ctx
    if cut:
        raise TooLong(
            f"The model saw {counted or 0} tokens of a prompt of about "
            f"{prompt.tokens_estimated}: raise [ollama] num_ctx, or check the server's limit"
        )


def _look_at_error(task: asyncio.Task[None]) -> None:
    """A warm-up nobody waits for any more may fail without a complaint from asyncio."""
    if not task.cancelled():
        task.exception()


def _installed(model: ollama.ListResponse.Model) -> InstalledModel:
    details = model.details
    return InstalledModel(
        name=model.model or "",
        digest=model.digest or "",
        size=int(model.size or 0),
        parameters=(details and details.parameter_size) or "",
        quantization=(details and details.quantization_level) or "",
    )


def _context_length(info: Mapping[str, Any]) -> int | None:
    """`<architecture>.context_length` of the model's own description."""
    value = info.get(f"{info.get('general.architecture')}.context_length")
    return value if isinstance(value, int) else None
