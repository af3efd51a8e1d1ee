"""What the fake Ollama remembers: models, what is loaded, the script, the requests."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

LOAD_OPTIONS: Final = (
    "num_ctx",
    "num_batch",
    "num_gpu",
    "main_gpu",
    "use_mmap",
    "num_thread",
    "draft_num_predict",
)
"""Changing one of these reloads the model; so does changing `shift`."""

_DEFAULT_CONTEXT: Final = 4096
_DEFAULT_KEEP_ALIVE_S: Final = 300.0
_DURATION: Final = re.compile(r"(-?\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_FOR_EVER: Final = 10.0 * 365 * 86_400


@dataclass(slots=True)
class Model:
    """An installed model. `policy` says what a prompt that is too long leads to."""

    name: str
    digest: str = "9b" * 32
    size: int = 4_200_000_000
    thinking: bool = False
    context_length: int = 131_072
    policy: str = "rendered"
    """'rendered': cut to half the context in silence; 'native': refused with 400."""

    @property
    def capabilities(self) -> list[str]:
        return ["completion", "thinking"] if self.thinking else ["completion"]


@dataclass(slots=True)
class Loaded:
    """A model in memory, with the runner options that it was loaded with."""

    options: Mapping[str, Any]
    num_ctx: int
    expires_at: float


@dataclass(slots=True)
class State:
    """The whole server. `loads` counts how often a model was loaded or reloaded."""

    models: dict[str, Model] = field(default_factory=dict)
    loaded: dict[str, Loaded] = field(default_factory=dict)
    load_delay_s: float = 0.0
    loads: int = 0
    rules: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    slot: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One generation at a time; the rest wait without a limit."""

    def model_named(self, name: str) -> Model | None:
        """The installed model; a name without a tag means `:latest`."""
        return self.models.get(name) or self.models.get(f"{name}:latest")

    def in_memory(self) -> dict[str, Loaded]:
        """What is loaded now; what has expired is dropped."""
        now = time.time()
        self.loaded = {name: one for name, one in self.loaded.items() if one.expires_at > now}
        return self.loaded

    async def load(self, model: Model, body: Mapping[str, Any]) -> Loaded:
        """Load the model if it is not in memory with just these options.

        A client that leaves while it waits cancels this, and the model stays unloaded.
        """
        options = body.get("options") or {}
        wanted = {name: options[name] for name in LOAD_OPTIONS if name in options}
        wanted["shift"] = body.get("shift", True)
        present = self.in_memory().get(model.name)
        if present is None or present.options != wanted:
            self.loaded.pop(model.name, None)
            await asyncio.sleep(self.load_delay_s)
            self.loads += 1
            context = min(options.get("num_ctx", _DEFAULT_CONTEXT), model.context_length)
            present = Loaded(wanted, context, 0.0)
            self.loaded[model.name] = present
        return present

    def rule_for(self, path: str, raw: str, *, preload: bool) -> dict[str, Any] | None:
        """The first rule that matches the request, used up by one."""
        for rule in self.rules:
            if rule.get("path", "/api/chat") != path or rule.get("contains", "") not in raw:
                continue
            if preload and not rule.get("preload"):
                continue
            if rule.setdefault("times", 1) is not None:
                rule["times"] -= 1
                if rule["times"] <= 0:
                    self.rules.remove(rule)
            return rule
        return None


STATE: Final = web.AppKey("fake_ollama_state", State)


def keep_alive_seconds(value: object) -> float:
    """How long a model stays loaded. Raises ValueError with Ollama's message."""
    if value is None:
        return _DEFAULT_KEEP_ALIVE_S
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if value >= 0 else _FOR_EVER
    if isinstance(value, str):
        parts = _DURATION.findall(value)
        if not parts or "".join(number + unit for number, unit in parts) != value:
            raise ValueError(f'time: invalid duration "{value}"')
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
        return seconds if seconds >= 0 else _FOR_EVER
    raise ValueError(f"Unsupported type: {type(value).__name__}")
