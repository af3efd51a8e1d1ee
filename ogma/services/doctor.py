"""`ogma doctor`: every check in turn, none of which changes anything."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ogma.answering.errors import BadReply, ModelError
from ogma.answering.ollama import ModelReport, Ollama
from ogma.domain import readiness
from ogma.domain.clock import Millis
from ogma.domain.diagnosis import Finding, failure, ok, warning
from ogma.domain.policies import KnowledgePolicy, OllamaPolicy, Settings
from ogma.domain.sources import Health
from ogma.errors import ConfigError, NotFound, OgmaError
from ogma.knowledge.model import check as model_faults
from ogma.knowledge.model import model_named
from ogma.net.guard import Guard
from ogma.services.automation import reachable
from ogma.services.automation.signed import Keys
from ogma.services.server import look_at
from ogma.services.sync import sources
from ogma.settings import default_settings, load
from ogma.settings.advice import advice
from ogma.settings.token import Secret, load_token
from ogma.store import health
from ogma.store.database import sqlite_version
from ogma.store.opening import open_database

OLDEST_OLLAMA: Final = (0, 31, 2)
"""The first version that honours `think: false` together with a schema for every model."""

MB: Final = 1024 * 1024
DISK_LOW: Final = 2048 * MB
DISK_FULL: Final = 256 * MB


_SOUND: Final = ok("database", "The database is sound.")


@dataclass(frozen=True)
class Places:
    """Where to look. `api` is another server's base URL than Discord's."""

    config: Path
    data: Path
    models: Path
    environ: Mapping[str, str]
    api: str | None = None


def examine(places: Places, now: Callable[[], Millis]) -> Iterator[Finding]:
    """All findings, each as soon as it is known."""
    settings = None
    try:
        settings = load(places.config)
        yield ok("config", f"{places.config} is valid.")
        yield from (warning("config", text, "ogma config edit") for text in advice(settings))
    except ConfigError as wrong:
        for text in wrong.problems or (str(wrong),):
            yield failure("config", text, "ogma config edit")
    if settings is not None:
        yield from _discord(places, settings, now)
        yield from _model(settings)
        keys = Keys(places.data, places.environ)
        yield from reachable.findings(settings, keys, Guard(settings.network.internal_hosts))
    yield _embedding(places.models, (settings or default_settings()).knowledge)
    for finding in _database(places.data):
        yield finding
        if finding == _SOUND:
            yield from _websites(places.data, settings or default_settings(), now())
    yield from _folder(places.data)


def _discord(places: Places, settings: Settings, now: Callable[[], Millis]) -> Iterator[Finding]:
    try:
        token = load_token(settings.discord.token_file, places.data, places.environ)
    except ConfigError as wrong:
        yield failure("token", *_split(str(wrong)))
        return
    yield ok("token", "There is a bot token, and only its owner can read it.")
    yield from _server(places, settings, token, now)


def _server(
    places: Places, settings: Settings, token: Secret, now: Callable[[], Millis]
) -> Iterator[Finding]:
    try:
        server = look_at(settings.discord.guild, token, now, api=places.api)
    except OgmaError as failed:
        name = "token" if isinstance(failed, ConfigError) else "discord"
        yield failure(name, *_split(str(failed)))
        return
    yield ok("discord", f"Discord answers, and the bot is on the server {server.name}.")
    yield from readiness.findings(server, settings)


def _model(settings: Settings) -> Iterator[Finding]:
    if not settings.ai.enabled or settings.ai.engine != "ollama":
        yield ok("ollama", "Not needed: no setting asks for a model.")
        return
    try:
        report = asyncio.run(_asked(settings.ollama))
    except BadReply as garbage:
        yield failure("ollama", f"{garbage}.", "Set ollama.url to Ollama's own address.")
        return
    except ModelError as failed:
        yield failure("ollama", *_split(str(failed), ": "))
        return
    yield from model_findings(report, settings.ollama)


async def _asked(policy: OllamaPolicy) -> ModelReport:
    ollama = Ollama(policy)
    try:
        return await ollama.check()
    finally:
        await ollama.aclose()


def model_findings(report: ModelReport, policy: OllamaPolicy) -> Iterator[Finding]:
    """What a reachable Ollama and its model are good for."""
    version = tuple(int(part) for part in re.findall(r"\d+", report.version)[:3])
    if version < OLDEST_OLLAMA:
        oldest = ".".join(map(str, OLDEST_OLLAMA))
        yield warning(
            "ollama",
            f"Ollama {report.version} answers; before {oldest} some models ignore the schema.",
            f"Install Ollama {oldest} or newer.",
        )
    else:
        yield ok("ollama", f"Ollama {report.version} answers at {policy.url}.")
    yield ok("model", f"The model {policy.model} is there ({report.digest[:12] or 'no digest'}).")
    limit = report.context_length
    if limit is not None and limit < policy.num_ctx:
        yield failure(
            "context",
            f"ollama.num_ctx is {policy.num_ctx}, but {policy.model} takes {limit} tokens.",
            f"ogma config set ollama.num_ctx {limit}",
        )
    else:
        yield ok("context", f"The model's context has room for {policy.num_ctx} tokens.")


def _embedding(models: Path, policy: KnowledgePolicy) -> Finding:
    try:
        faults = model_faults(models, model_named(policy.model))
    except NotFound as unknown:
        return failure("embedding", *_split(str(unknown)))
    if faults:
        return warning(
            "embedding",
            "The embedding model is not there whole, so search works on words only.",
            "ogma models pull",
        )
    return ok("embedding", f"The embedding model is in {models}.")


def _database(data: Path) -> Iterator[Finding]:
    yield ok("sqlite", f"SQLite {sqlite_version()}, brought by Ogma.")
    try:
        found = health.examine(data)
    except OgmaError as failed:
        yield failure("database", *_split(str(failed)))
        return
    if found is None:
        yield ok("database", "There is no database yet; the first start makes one.")
    elif found.faults:
        yield failure(
            "database",
            f"The database is damaged: {'; '.join(found.faults)}.",
            f"Stop the bot and restore a backup of {data}.",
        )
    elif found.unknown:
        yield failure(
            "database",
            f"The database was written by a newer Ogma (it has {found.unknown[-1]}).",
            "Install that version again.",
        )
    elif found.pending:
        yield ok("database", "The database is sound; the next start brings it up to date.")
    else:
        yield _SOUND


def _websites(data: Path, settings: Settings, now: Millis) -> Iterator[Finding]:
    """What of the followed websites needs a look."""
    db = open_database(data)
    try:
        followed = sources.overview(db, settings, now)
    finally:
        db.close()
    for one in followed:
        if one.health in (Health.FAILED, Health.OVERDUE, Health.STALE):
            why = one.source.error or next((reason for _, reason in one.problems), "")
            text = f"{one.source.name} is {one.health.value}{f': {why}' if why else ''}."
            yield warning("website", text, f"ogma kb sync {shlex.quote(one.source.name)}")
    if followed:
        yield ok("websites", f"{len(followed)} websites are followed.")


def _folder(data: Path) -> Iterator[Finding]:
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    if there == data and data.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warning("data", f"Others on this machine can look into {data}.", f"chmod 700 {data}")
    else:
        yield ok("data", f"The data folder is {data}.")
    free = shutil.disk_usage(there).free
    text = f"{free // MB} MB are free for {data}."
    if free >= DISK_LOW:
        yield ok("disk", text)
    else:
        level = failure if free < DISK_FULL else warning
        yield level("disk", text, "Free some space, or choose another folder with --data.")


def _split(sentence: str, mark: str = "; ") -> tuple[str, str]:
    """The two parts of our errors, what is wrong and the way out, each a sentence."""
    what, found, way = sentence.rpartition(mark)
    if not found:
        return sentence, ""
    return f"{what.rstrip('.')}.", f"{way[:1].upper()}{way[1:].rstrip('.')}."
