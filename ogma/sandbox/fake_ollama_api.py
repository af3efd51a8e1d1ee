"""The endpoints of the fake Ollama, in the shapes of the real one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aiohttp import web

from ogma.sandbox.fake_ollama_json import go_time, refusal, reply
from ogma.sandbox.fake_ollama_replies import Generation, count_tokens, generation
from ogma.sandbox.fake_ollama_state import STATE, Model, State, keep_alive_seconds
from ogma.sandbox.fake_ollama_wire import send_lines, send_whole

VERSION: Final = "0.33.0"
RULE: Final = "scripted_rule"
"""Where the middleware leaves the rule that matched this request."""
_NATIVE_TOO_LONG: Final = (
    "the prompt is longer than the context length currently available to the model; "
    "shorten the prompt or raise num_ctx"
)
_INTEGER_OPTIONS: Final = ("num_ctx", "num_predict", "seed", "top_k", "num_batch", "num_thread")
_EMBEDDING_SIZE: Final = 16


async def root(_: web.Request) -> web.Response:
    return web.Response(text="Ollama is running")


async def version(_: web.Request) -> web.Response:
    return reply({"version": VERSION})


async def tags(request: web.Request) -> web.Response:
    models = [
        {
            "name": model.name,
            "model": model.name,
            "modified_at": go_time(0),
            "size": model.size,
            "digest": model.digest,
            "details": _details(model),
            "capabilities": model.capabilities,
        }
        for model in request.app[STATE].models.values()
    ]
    return reply({"models": models})


async def running(request: web.Request) -> web.Response:
    state = request.app[STATE]
    models = [
        {
            "name": name,
            "model": name,
            "size": state.models[name].size,
            "digest": state.models[name].digest,
            "details": _details(state.models[name]),
            "expires_at": go_time(loaded.expires_at),
            "size_vram": 0,
            "context_length": loaded.num_ctx,
        }
        for name, loaded in state.in_memory().items()
        if name in state.models
    ]
    return reply({"models": models})


async def show(request: web.Request) -> web.Response:
    body = await _body(request)
    model = request.app[STATE].model_named(str(body.get("model", "")))
    if model is None:
        return _absent(body)
    return reply(
        {
            "license": "sandbox",
            "modelfile": f"FROM {model.name}",
            "parameters": "",
            "template": "{{ .Prompt }}",
            "details": _details(model),
            "model_info": {
                "general.architecture": "sandbox",
                "sandbox.context_length": model.context_length,
                "sandbox.embedding_length": _EMBEDDING_SIZE,
            },
            "capabilities": model.capabilities,
            "modified_at": go_time(0),
        }
    )


async def chat(request: web.Request) -> web.StreamResponse:
    state, body = request.app[STATE], await _body(request)
    model = state.model_named(str(body.get("model", "")))
    if model is None:
        return _absent(body)
    if (wrong := _wrong(body, model)) is not None:
        return wrong
    try:
        keep_alive = keep_alive_seconds(body.get("keep_alive"))
    except ValueError as error:
        return refusal(400, str(error))
    if not body.get("messages"):
        return await _preload(state, model, body, keep_alive)
    async with state.slot:
        loaded = await state.load(model, body)
        loaded.expires_at = time.time() + keep_alive
        if model.policy == "native" and count_tokens(body["messages"]) > loaded.num_ctx:
            return refusal(400, _NATIVE_TOO_LONG)
        return await _generate(request, model, body, loaded.num_ctx)


async def _generate(
    request: web.Request, model: Model, body: Mapping[str, Any], num_ctx: int
) -> web.StreamResponse:
    rule = request.get(RULE) or {}
    said = generation(body, num_ctx, rule)
    if model.thinking and body.get("think", True) and not said.thinking:
        said = Generation(said.content, "Let me see.", said.done, said.done_reason)
    if body.get("stream", True):
        return await send_lines(request, _chunks(model, said), rule)
    return await send_whole(request, _whole(model, said), rule)


async def _preload(
    state: State, model: Model, body: Mapping[str, Any], keep_alive: float
) -> web.Response:
    if keep_alive == 0:
        state.loaded.pop(model.name, None)
    else:
        async with state.slot:
            loaded = await state.load(model, body)
        loaded.expires_at = time.time() + keep_alive
    return reply(
        {
            **_head(model, ""),
            "done": True,
            "done_reason": "load" if keep_alive else "unload",
        }
    )


def _head(model: Model, content: str, thinking: str = "") -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    if thinking:
        message["thinking"] = thinking
    return {"model": model.name, "created_at": go_time(), "message": message}


def _tail(said: Generation) -> dict[str, Any]:
    if not said.done:
        return {"done": False}
    counts = {
        "done": True,
        "done_reason": said.done_reason,
        "total_duration": 1_000_000 * (said.prompt_tokens + said.tokens),
        "load_duration": 1_000_000,
        "prompt_eval_count": said.prompt_tokens,
        "prompt_eval_duration": 1_000_000 * said.prompt_tokens,
        "eval_count": said.tokens,
        "eval_duration": 1_000_000 * said.tokens,
    }
    return {name: value for name, value in counts.items() if value != 0}


def _whole(model: Model, said: Generation) -> dict[str, Any]:
    return {**_head(model, said.content, said.thinking), **_tail(said)}


def _chunks(model: Model, said: Generation) -> Iterator[dict[str, Any]]:
    """The thinking, the content word by word, and the figures last; no end without `done`."""
    if said.thinking:
        yield {**_head(model, "", said.thinking), "done": False}
    for word in said.content.split(" "):
        yield {**_head(model, f"{word} "), "done": False}
    if said.done:
        yield {**_head(model, ""), **_tail(said)}


def _wrong(body: Mapping[str, Any], model: Model) -> web.Response | None:
    """The refusal of a request that Ollama would not run."""
    options = body.get("options") or {}
    for name in _INTEGER_OPTIONS:
        if name in options and not isinstance(options[name], int):
            return refusal(500, f'option "{name}" must be of type integer')
    if body.get("think") and not model.thinking:
        return refusal(400, f'"{model.name}" does not support thinking')
    form = body.get("format")
    if isinstance(form, str) and form not in ("", "json"):
        return refusal(400, f'invalid format: "{form}"; expected "json" or a JSON schema')
    return None


async def embed(request: web.Request) -> web.Response:
    body = await _body(request)
    if request.app[STATE].model_named(str(body.get("model", ""))) is None:
        return _absent(body)
    given = body.get("input") or []
    texts = [given] if isinstance(given, str) else given
    if not all(isinstance(text, str) for text in texts):
        return refusal(400, "invalid input type")
    return reply({"model": body["model"], "embeddings": [_vector(text) for text in texts]})


def _vector(text: str) -> list[float]:
    raw = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:_EMBEDDING_SIZE]]
    norm = sum(value * value for value in raw) ** 0.5
    return [value / norm for value in raw]


async def pull(request: web.Request) -> web.StreamResponse:
    state, body = request.app[STATE], await _body(request)
    name, rule = str(body.get("model", "")), request.get(RULE) or {}
    model = Model(name)
    lines: list[dict[str, Any]] = [{"status": "pulling manifest"}]
    part = {"status": f"pulling {model.digest[:12]}", "digest": f"sha256:{model.digest}"}
    for quarter in range(5):
        done = {"completed": model.size * quarter // 4} if quarter else {}
        lines.append({**part, "total": model.size, **done})
    closing = ("verifying sha256 digest", "writing manifest", "removing unused layers", "success")
    lines += [{"status": status} for status in closing]
    if rule.get("do") == "no_done":
        lines = lines[:3]
    else:
        state.models.setdefault(name, model)
    if body.get("stream", True):
        return await send_lines(request, lines, rule)
    return reply(lines[-1])


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if not raw:
        raise _bad("missing request body")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise _bad(f"invalid character: {error}") from error
    if not isinstance(body, dict):
        raise _bad("json: cannot unmarshal into Go value of type api.Request")
    if not body.get("model"):
        raise _bad("model is required")
    return body


def _bad(error: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"error": error}), content_type="application/json")


def _absent(body: Mapping[str, Any]) -> web.Response:
    return refusal(404, f"model '{body.get('model')}' not found")


def _details(model: Model) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "sandbox",
        "families": ["sandbox"],
        "parameter_size": "4.5B",
        "quantization_level": "Q4_K_M",
        "context_length": model.context_length,
    }
