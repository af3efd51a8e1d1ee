"""The fake Ollama behaves as the real one does, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ogma.sandbox.fake_ollama import FakeOllama, running

PROMPT = (
    '<passage id="1">\nBilling > Refunds\nWe are kind. Refunds are paid within 14 days.\n</passage>'
    "\n\n<question>\nWhen are refunds paid?\n</question>"
)
OPTIONS = {"num_ctx": 4096, "num_predict": 128}


@pytest.fixture
async def fake() -> AsyncIterator[FakeOllama]:
    async with running() as started:
        yield started


@pytest.fixture
async def http(fake: FakeOllama) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=fake.url, timeout=5, trust_env=False) as client:
        yield client


def question(content: str = PROMPT, **more: Any) -> dict[str, Any]:
    body = {"model": "gemma4:e4b", "messages": [{"role": "user", "content": content}]}
    return {**body, "stream": False, "options": OPTIONS, **more}


async def test_it_answers_by_quoting_the_passage(http: httpx.AsyncClient) -> None:
    plain = (await http.post("/api/chat", json=question())).json()
    assert plain["message"] == {"role": "assistant", "content": "Refunds are paid within 14 days."}
    assert plain["done"] is True and plain["done_reason"] == "stop"
    assert plain["prompt_eval_count"] > 0 and isinstance(plain["total_duration"], int)
    under_format = (await http.post("/api/chat", json=question(format={"type": "object"}))).json()
    (sentence,) = json.loads(under_format["message"]["content"])["sentences"]
    assert sentence["passages"] == [1] and sentence["quotes"] == [sentence["text"]]
    far = question(PROMPT.replace("When are refunds paid?", "Who built the pyramids of Giza?"))
    declined = (await http.post("/api/chat", json=far | {"format": {"type": "object"}})).json()
    assert json.loads(declined["message"]["content"]) == {"answerable": False, "sentences": []}


async def test_a_stream_is_json_lines_with_the_figures_last(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/chat", json=question(stream=True))
    assert response.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert "done_reason" not in lines[0] and "eval_count" in lines[-1]
    said = "".join(line["message"]["content"] for line in lines)
    assert said.strip() == "Refunds are paid within 14 days."


async def test_json_is_escaped_as_go_does(fake: FakeOllama, http: httpx.AsyncClient) -> None:
    fake.script("reply", content="<a> & \u2028 \u0085 ü")
    raw = (await http.post("/api/chat", json=question())).text
    assert "\\u003ca\\u003e \\u0026 \\u2028 \u0085 ü" in raw


async def test_the_model_is_loaded_once_and_again_for_other_options(
    fake: FakeOllama, http: httpx.AsyncClient
) -> None:
    preload = await http.post("/api/chat", json={"model": "gemma4:e4b", "options": OPTIONS})
    assert preload.json()["done_reason"] == "load"
    await http.post("/api/chat", json=question())
    assert fake.state.loads == 1
    (shown,) = (await http.get("/api/ps")).json()["models"]
    assert (shown["name"], shown["context_length"]) == ("gemma4:e4b", 4096)
    await http.post("/api/chat", json=question(options={"num_ctx": 2048}))
    assert fake.state.loads == 2
    gone = await http.post("/api/chat", json={"model": "gemma4:e4b", "keep_alive": 0})
    assert gone.json()["done_reason"] == "unload"
    assert (await http.get("/api/ps")).json() == {"models": []}


async def test_a_client_that_leaves_during_the_load_leaves_the_model_unloaded(
    fake: FakeOllama, http: httpx.AsyncClient
) -> None:
    fake.state.load_delay_s = 30
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/api/chat", json=question(), timeout=0.2)
    while not fake.state.requests[0]["left"]:
        await asyncio.sleep(0.01)
    assert fake.state.loads == 0 and not fake.state.loaded


async def test_one_generation_at_a_time(fake: FakeOllama, http: httpx.AsyncClient) -> None:
    async with fake.state.slot:
        waiting = asyncio.create_task(http.post("/api/chat", json=question()))
        while not fake.asked():
            await asyncio.sleep(0.01)
        assert not waiting.done()
    assert (await waiting).status_code == 200


async def test_a_prompt_that_is_too_long_is_cut_in_silence_or_refused(
    fake: FakeOllama, http: httpx.AsyncClient
) -> None:
    long = question("word " * 400, options={"num_ctx": 256})
    cut = (await http.post("/api/chat", json=long)).json()
    assert cut["prompt_eval_count"] == 128 and cut["done"]
    fake.state.models["gemma4:e4b"].policy = "native"
    refused = await http.post("/api/chat", json=long)
    assert refused.status_code == 400 and "longer than the context" in refused.json()["error"]


async def test_a_thinking_model_thinks_unless_told_not_to(
    fake: FakeOllama, http: httpx.AsyncClient
) -> None:
    refused = await http.post("/api/chat", json=question(think=True))
    assert refused.status_code == 400 and "does not support thinking" in refused.text
    fake.state.models["gemma4:e4b"].thinking = True
    assert "thinking" in (await http.post("/api/chat", json=question())).json()["message"]
    quiet = (await http.post("/api/chat", json=question(think=False))).json()["message"]
    assert "thinking" not in quiet


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "missing request body"),
        (b"{", 400, "invalid character"),
        (b"{}", 400, "model is required"),
        (b'{"model": "nobody"}', 404, "model 'nobody' not found"),
        (b'{"model": "gemma4:e4b", "keep_alive": [1]}', 400, "Unsupported type"),
        (b'{"model": "gemma4:e4b", "keep_alive": "ten"}', 400, "invalid duration"),
        (b'{"model": "gemma4:e4b", "options": {"num_ctx": "8"}}', 500, "must be of type integer"),
        (b'{"model": "gemma4:e4b", "format": "xml"}', 400, "invalid format"),
    ],
)
async def test_wrong_requests_are_refused_in_ollamas_words(
    http: httpx.AsyncClient, body: bytes, status: int, error: str
) -> None:
    response = await http.post("/api/chat", content=body)
    assert response.status_code == status and error in response.json()["error"]


async def test_the_small_endpoints_have_ollamas_shapes(http: httpx.AsyncClient) -> None:
    assert (await http.get("/")).text == "Ollama is running"
    assert set((await http.get("/api/version")).json()) == {"version"}
    (tag,) = (await http.get("/api/tags")).json()["models"]
    assert {"name", "model", "size", "digest", "details", "modified_at"} <= set(tag)
    shown = (await http.post("/api/show", json={"model": "gemma4:e4b"})).json()
    assert shown["model_info"]["sandbox.context_length"] == 131_072
    embedded = (await http.post("/api/embed", json={"model": "gemma4:e4b", "input": "a"})).json()
    assert sum(value * value for value in embedded["embeddings"][0]) == pytest.approx(1)
    mixed = await http.post("/api/embed", json={"model": "gemma4:e4b", "input": ["a", 1]})
    assert mixed.status_code == 400


async def test_pull_installs_the_model(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/pull", json={"model": "new:1b"})
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert lines[0] == {"status": "pulling manifest"} and lines[-1] == {"status": "success"}
    assert "completed" not in lines[1] and lines[5]["completed"] == lines[5]["total"]
    names = [one["name"] for one in (await http.get("/api/tags")).json()["models"]]
    assert names == ["gemma4:e4b", "new:1b"]


async def test_it_is_scripted_and_watched_over_its_control_path(http: httpx.AsyncClient) -> None:
    rules = [
        {"do": "status", "status": 503, "body": {"error": "busy"}, "times": 2, "contains": "Giza"},
        {"do": "html", "path": "/api/tags", "status": 502},
    ]
    assert (await http.post("/control/script", json=rules)).json() == {"rules": 2}
    assert (await http.post("/api/chat", json=question())).status_code == 200
    assert (await http.post("/api/chat", json=question("Giza"))).status_code == 503
    assert (await http.get("/api/tags")).status_code == 502
    assert (await http.get("/api/tags")).status_code == 200
    assert (await http.delete("/control/script")).json() == {"rules": 0}
    assert (await http.post("/api/chat", json=question("Giza"))).status_code == 200
    kept = (await http.get("/control/requests?since=2")).json()
    assert [one["n"] for one in kept] == [3, 4, 5]
    assert [one["status"] for one in kept] == [502, 200, 200]
    state = {"models": [{"name": "a:1b", "thinking": True}], "unload": True}
    assert (await http.post("/control/state", json=state)).json()["models"] == ["a:1b"]
    assert (await http.post("/control/script", json={"times": 1})).status_code == 400
