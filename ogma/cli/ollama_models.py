"""The models of Ollama, on every host that the config names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ogma.cli.context import Context
from ogma.cli.output import Column

if TYPE_CHECKING:
    from ogma.answering.ollama import InstalledModel, Ollama, PullStep
    from ogma.domain.policies import OllamaPolicy


def wanted(context: Context) -> bool:
    """Whether there is a config, and it lets a model of Ollama answer."""
    if not context.config.exists():
        return False
    ai = context.settings_or_defaults.ai
    return ai.enabled and ai.engine == "ollama"


def named(context: Context, name: str | None) -> OllamaPolicy:
    """The settings of Ollama with this model; raises ConfigError for a cloud model."""
    from ogma.answering.ollama import refuse_cloud

    policy = context.settings_or_defaults.ollama
    policy = policy.model_copy(update={"model": name}) if name else policy
    refuse_cloud(policy)
    return policy


def hosts(policy: OllamaPolicy) -> tuple[str, ...]:
    """Every host, the first one first."""
    return (policy.url, *policy.hosts)


@asynccontextmanager
async def _at(policy: OllamaPolicy, url: str) -> AsyncIterator[Ollama]:
    from ogma.answering.ollama import Ollama

    ollama = Ollama(policy, url=url)
    try:
        yield ollama
    finally:
        await ollama.aclose()


def listed(policy: OllamaPolicy) -> list[dict[str, Any]]:
    """By host: `{"url", "error", "models": [{"name", "digest", "size", ..., "configured"}]}`."""
    return [asyncio.run(_listed(policy, url)) for url in hosts(policy)]


async def _listed(policy: OllamaPolicy, url: str) -> dict[str, Any]:
    from ogma.answering.errors import ModelError

    error, found = None, list[dict[str, Any]]()
    async with _at(policy, url) as ollama:
        try:
            found = [_described(one, policy.model) for one in await ollama.list_models()]
        except ModelError as failed:
            error = str(failed)
    return {"url": url, "error": error, "models": found}


def _described(model: InstalledModel, configured: str) -> dict[str, Any]:
    return {**asdict(model), "configured": model.name in (configured, f"{configured}:latest")}


def show(context: Context, found: list[dict[str, Any]], configured: str) -> None:
    """The models of each host as a table; hosts that do not answer as warnings."""
    rows = [
        (one["name"], host["url"], f"{one['size'] / 1e9:.1f} GB", one["digest"][:12], one)
        for host in found
        for one in host["models"]
    ]
    for host in found:
        if host["error"]:
            context.output.warning(host["error"])
        elif not any(one["configured"] for one in host["models"]):
            context.output.warning(
                f"{host['url']} has no {configured}: `ogma models pull` gets it."
            )
    if rows:
        context.output.text()
        context.output.table(
            [Column("Model of Ollama", keep=True), "Host", "Size", "Digest", "Answers"],
            [(*row[:4], row[4]["configured"]) for row in rows],
        )


def pull(context: Context, policy: OllamaPolicy) -> list[dict[str, Any]]:
    """Download the model on every host, with a bar; gives what is there then. Raises ModelError."""
    return [asyncio.run(_pulled(context, policy, url)) for url in hosts(policy)]


async def _pulled(context: Context, policy: OllamaPolicy, url: str) -> dict[str, Any]:
    async with _at(policy, url) as ollama:
        with context.output.progress(f"Pulling {policy.model} at {url}", total=100) as advance:
            parts: dict[str, PullStep] = {}
            done = 0
            async for step in ollama.pull():
                parts[step.status] = step
                now = _percent(parts)
                advance(max(0, now - done), step.status)
                done = max(done, now)
        return {"name": policy.model, "url": url, "digest": await ollama.digest()}


def _percent(parts: dict[str, PullStep]) -> int:
    """How much of all layers that are known so far has arrived."""
    total = sum(step.total for step in parts.values())
    return 100 * sum(step.completed for step in parts.values()) // total if total else 0


def check(policy: OllamaPolicy) -> list[dict[str, Any]]:
    """What each host says of the model, with its faults."""
    return [asyncio.run(_checked(policy, url)) for url in hosts(policy)]


async def _checked(policy: OllamaPolicy, url: str) -> dict[str, Any]:
    from ogma.answering.errors import ModelError

    report: dict[str, Any] = {"name": policy.model, "url": url, "faults": []}
    async with _at(policy, url) as ollama:
        try:
            told = await ollama.check()
        except ModelError as failed:
            return {**report, "faults": [str(failed)]}
    faults = []
    if "completion" not in told.capabilities:
        faults.append(f"{policy.model} cannot answer: choose a model that can chat")
    if told.context_length is not None and told.context_length < policy.num_ctx:
        faults.append(
            f"{policy.model} takes {told.context_length} tokens: lower [ollama] num_ctx to that"
        )
    return {**report, **asdict(told), "faults": faults}
