"""Read config.toml into frozen policies, or say everything that is wrong with it at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ogma.domain.policies import Settings
from ogma.errors import ConfigError
from ogma.settings import rules
from ogma.settings.lines import Path as Place
from ogma.settings.lines import line_numbers, line_of
from ogma.settings.locations import Locations
from ogma.settings.problems import Problem, from_validation, sentence

_AT = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def load(path: Path) -> Settings:
    """The settings of this file. Raises ConfigError with one problem per fault."""
    return parse(read(path), str(path))


def load_or_defaults(locations: Locations) -> Settings:
    """The settings, or `default_settings` where no config file exists and none was named."""
    if locations.config.exists() or locations.config_chosen:
        return load(locations.config)
    return default_settings()


def default_settings() -> Settings:
    """Every shipped default, with made-up Discord ids: for what needs no server."""
    return Settings.model_validate(
        {
            "discord": {"guild": 1},
            "channels": {"panel": 2, "staff_review": 3, "transcripts": 4},
            "types": [{"id": "support", "label": "Support", "category": 5}],
        }
    )


def read(path: Path) -> str:
    """The file's text without a byte order mark. Raises ConfigError where it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as missing:
        raise ConfigError(
            f"There is no config file {path}; write one with 'ogma init', or name yours with"
            " --config or OGMA_CONFIG."
        ) from missing
    except OSError as failed:
        raise ConfigError(f"Cannot read the config file {path}: {failed.strerror}.") from failed
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise ConfigError(
            f"{path}, line {line}: this is not UTF-8 text; save the file as UTF-8."
        ) from wrong


def parse(text: str, file: str) -> Settings:
    """The settings in a TOML text; `file` names it in messages. Raises ConfigError."""
    if not text.strip():
        raise ConfigError(f"The config file {file} is empty; write one with 'ogma init --force'.")
    data = table(text, file)
    settings, problems = _validated(data)
    if settings is None or problems:
        lines = with_texts(line_numbers(text))
        problems.sort(key=lambda problem: line_of(problem.path, lines) or 0)
        raise _error(file, [sentence(problem, file, lines) for problem in problems])
    return settings


def table(text: str, file: str) -> dict[str, Any]:
    """The TOML text as a dict. Raises ConfigError with the line where it is not valid TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(_syntax(str(wrong), text, file)) from wrong


def _syntax(message: str, text: str, file: str) -> str:
    found = _AT.match(message)
    what = found[1] if found else message
    if found and found[2]:
        line, column = int(found[2]), f", column {found[3]}"
    else:
        line, column = text.rstrip().count("\n") + 1, ", where the file ends"
    if what.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        return f"{file}, line {line}: this key or table was set before; keep one of the two."
    return f"{file}, line {line}: this is not valid TOML: {what[:1].lower()}{what[1:]}{column}."


def _validated(data: dict[str, Any]) -> tuple[Settings | None, list[Problem]]:
    """The settings where the keys are right, and all problems: of keys, then between them."""
    data = {**data, "texts": _flat(data["texts"])} if _is_table(data.get("texts")) else data
    found = list(rules.secrets(data))
    leaked = {problem.path for problem in found}
    settings = None
    tables: Mapping[str, Any]
    try:
        # By way of JSON because its strict mode takes a list for a tuple and a name for an
        # enum, and yet no "30" for 30 and no 1 for true.
        settings = Settings.model_validate_json(_json(data), strict=True)
        tables = {name: getattr(settings, name) for name in Settings.model_fields}
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)
        found += [p for p in from_validation(errors, data) if p.path not in leaked]
        tables = _valid_tables(data, without={str(error["loc"][0]) for error in errors})
    return settings, [*found, *rules.problems(tables)]


def _valid_tables(data: Mapping[str, Any], without: set[str]) -> dict[str, Any]:
    """The tables that are right by themselves, so that their rules are checked all the same."""
    return {
        name: TypeAdapter[Any](field.rebuild_annotation()).validate_json(
            _json(data[name]), strict=True
        )
        if name in data
        else field.get_default(call_default_factory=True)
        for name, field in Settings.model_fields.items()
        if name not in without
    }


def _json(data: object) -> str:
    # A TOML date has no JSON form; a list of one is wrong wherever it stands.
    return json.dumps(data, default=lambda date: [str(date)])


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _flat(table: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """[texts] with dotted keys: `ticket.greeting` may be written with quotes or without."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{above}{key}.")
        else:
            flat[above + key] = value
    return flat


def with_texts(lines: Mapping[Place, int]) -> dict[Place, int]:
    """The line numbers with [texts] keyed as `_flat` keys it."""
    dotted: dict[Place, int] = {
        ("texts", ".".join(map(str, path[1:]))): line
        for path, line in lines.items()
        if path[0] == "texts" and len(path) > 1
    }
    return {**lines, **dotted}


def _error(file: str, sentences: list[str]) -> ConfigError:
    if len(sentences) == 1:
        return ConfigError(sentences[0])
    return ConfigError(f"The config {file} has {len(sentences)} problems.", tuple(sentences))
