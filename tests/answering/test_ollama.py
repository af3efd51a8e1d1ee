"""The adapter: every failure of Ollama and of its client becomes one of a closed set (A6, P23).

The server is a fake on loopback; the client is the real one.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ogma.answering import errors
from ogma.answering.ollama import Ollama, base_url, keep_alive, refuse_cut
from ogma.answering.prompt import Prompt, build
from ogma.domain.passages import Passage
from ogma.domain.policies import OllamaPolicy
from ogma.errors import ConfigError
from ogma.sandbox.fake_ollama import FakeOllama

PASSAGE = Passage(7, "billing.md", "Billing", "Refunds", None, "Refunds are paid within 14 days.")
POLICY = OllamaPolicy(num_ctx=4096, num_predict=256, deadline_s=5, warm_up_s=5)


def prompt(question: str = "When are refunds paid?") -> Prompt:
    return build(question, [PASSAGE], (), num_ctx=4096, num_predict=256)


@pytest.fixture
async def adapter(fake_ollama: FakeOllama) -> AsyncIterator[Ollama]:
    made = Ollama(POLICY.model_copy(update={"url": fake_ollama.url}))
    yield made
    await made.aclose()


ROWS: list[tuple[dict[str, Any], type[errors.ModelError]]] = [
    # A2: what the server says
    (
        {"do": "status", "status": 400, "body": {"error": "missing request body"}},
        errors.ServerError,
    ),
    ({"do": "status", "status": 400, "body": {"error": "invalid model name"}}, errors.ServerError),
    (
        {"do": "status", "status": 404, "body": {"error": "model 'gemma4:e4b' not found"}},
        errors.NotFound,
    ),
    (
        {
            "do": "status",
            "status": 404,
            "body": {"error": 'model "gemma4:e4b" not found, try pulling it first'},
        },
        errors.NotFound,
    ),
    (
        {"do": "status", "status": 400, "body": {"error": '"m" does not support thinking'}},
        errors.ServerError,
    ),
    (
        {
            "do": "status",
            "status": 503,
            "body": {"error": "server busy, please try again.  maximum pending requests exceeded"},
            "times": None,
        },
        errors.Busy,
    ),
    (
        {
            "do": "status",
            "status": 400,
            "body": {
                "error": "the prompt is longer than the context length currently available to "
                "the model; shorten it"
            },
        },
        errors.TooLong,
    ),
    (
        {
            "do": "status",
            "status": 400,
            "body": {"error": '{"error":{"code":400,"type":"exceed_context_size_error"}}'},
        },
        errors.TooLong,
    ),
    (
        {
            "do": "status",
            "status": 500,
            "body": {"error": "model runner has unexpectedly stopped, see the server log"},
        },
        errors.ServerError,
    ),
    (
        {
            "do": "status",
            "status": 500,
            "body": {"error": 'option "num_ctx" must be of type integer'},
        },
        errors.ServerError,
    ),
    ({"do": "status", "status": 403, "body": ""}, errors.ServerError),
    (
        {"do": "status", "status": 401, "body": {"error": "unauthorized", "signin_url": "x"}},
        errors.ServerError,
    ),
    # A3: what a proxy, a crash or another program makes of it
    ({"do": "html", "status": 502}, errors.ServerError),
    ({"do": "html", "status": 504}, errors.Timeout),
    ({"do": "html", "status": 200}, errors.BadReply),
    ({"do": "empty"}, errors.BadReply),
    ({"do": "list", "status": 500}, errors.BadReply),
    ({"do": "list", "status": 200}, errors.BadReply),
    ({"do": "missing_field"}, errors.BadReply),
    ({"do": "not_json"}, errors.BadReply),
    ({"do": "status", "status": 200, "body": "[" * 200_000}, errors.BadReply),
    ({"do": "redirect"}, errors.BadReply),
    ({"do": "midstream_error"}, errors.ServerError),
    ({"do": "no_done"}, errors.BadReply),
    ({"do": "repeat"}, errors.BadReply),
    ({"do": "truncated"}, errors.BadReply),
    ({"do": "reply", "done_reason": "load"}, errors.BadReply),
    ({"do": "cut"}, errors.Unreachable),
    ({"do": "drop"}, errors.Unreachable),
]


@pytest.mark.parametrize(
    ("rule", "expected"), ROWS, ids=[f"{n}-{rule['do']}" for n, (rule, _) in enumerate(ROWS)]
)
async def test_each_failure_is_exactly_one_error(
    rule: dict[str, Any],
    expected: type[errors.ModelError],
    fake_ollama: FakeOllama,
    adapter: Ollama,
) -> None:
    fake_ollama.state.rules.append(dict(rule))
    with pytest.raises(errors.ModelError) as caught:
        await adapter.ask(prompt())
    assert type(caught.value) is expected
    assert type(caught.value) in errors.ALL
    assert str(caught.value) and "\n" not in str(caught.value)


PULL_ROWS: list[tuple[dict[str, Any], type[errors.ModelError]]] = [
    ({"do": "midstream_error"}, errors.ServerError),
    ({"do": "no_done"}, errors.BadReply),
    ({"do": "cut"}, errors.Unreachable),
    ({"do": "half_line"}, errors.BadReply),
    ({"do": "garbage"}, errors.BadReply),
    ({"do": "blank_line"}, errors.BadReply),
    ({"do": "html", "status": 200}, errors.BadReply),
    (
        {"do": "status", "status": 500, "body": {"error": "pull model manifest: no"}},
        errors.ServerError,
    ),
    ({"do": "drop"}, errors.Unreachable),
]


@pytest.mark.parametrize(
    ("rule", "expected"), PULL_ROWS, ids=[str(rule["do"]) for rule, _ in PULL_ROWS]
)
async def test_each_failure_of_a_stream_is_exactly_one_error(
    rule: dict[str, Any],
    expected: type[errors.ModelError],
    fake_ollama: FakeOllama,
    adapter: Ollama,
) -> None:
    fake_ollama.state.rules.append({"path": "/api/pull", **rule})
    with pytest.raises(errors.ModelError) as caught:
        async for _ in adapter.pull():
            pass
    assert type(caught.value) is expected


async def test_a_closed_port_is_unreachable_for_every_call() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    adapter = Ollama(POLICY.model_copy(update={"url": f"http://127.0.0.1:{port}"}))
    for call in (adapter.ask(prompt()), adapter.list_models(), adapter.check(), adapter.warm_up()):
        with pytest.raises(errors.Unreachable, match="ollama serve"):
            await call
    with pytest.raises(errors.Unreachable):
        await anext(adapter.pull())
    await adapter.aclose()


async def test_silence_ends_at_the_deadline(fake_ollama: FakeOllama) -> None:
    adapter = Ollama(POLICY.model_copy(update={"url": fake_ollama.url, "deadline_s": 0.2}))
    fake_ollama.script("hang")
    with pytest.raises(errors.Timeout):
        await adapter.ask(prompt())
    await adapter.aclose()


async def test_an_absent_model_is_not_found(fake_ollama: FakeOllama) -> None:
    adapter = Ollama(POLICY.model_copy(update={"url": fake_ollama.url, "model": "nobody:1b"}))
    with pytest.raises(errors.NotFound, match="ogma models pull"):
        await adapter.ask(prompt())
    with pytest.raises(errors.NotFound):
        await adapter.check()
    assert await adapter.digest() is None
    await adapter.aclose()


async def test_a_good_reply_is_whole(fake_ollama: FakeOllama, adapter: Ollama) -> None:
    reply = await adapter.ask(prompt())
    assert "within 14 days" in reply.content and reply.tokens_counted > 0


async def test_an_odd_character_does_not_break_the_reply(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    fake_ollama.script("nel")
    assert "\u0085" in (await adapter.ask(prompt())).content


async def test_every_call_sends_the_same_options(fake_ollama: FakeOllama, adapter: Ollama) -> None:
    """Another option set would reload the model; the model is loaded once."""
    await adapter.warm_up()
    await adapter.ask(prompt())
    await adapter.ask(prompt("Who pays refunds?"))
    bodies = [one["body"] for one in fake_ollama.state.requests if one["path"] == "/api/chat"]
    assert len(bodies) == 3 and fake_ollama.state.loads == 1
    for body in bodies:
        assert body["options"] == bodies[0]["options"]
        assert body["options"]["num_ctx"] == 4096 and body["options"]["num_predict"] == 256
        assert body["think"] is False and body["stream"] is False
        assert body["keep_alive"] == "30m"


async def test_a_thinking_model_is_kept_from_thinking(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    fake_ollama.state.models["gemma4:e4b"].thinking = True
    assert "14 days" in (await adapter.ask(prompt())).content


async def test_a_cut_prompt_is_never_answered_from(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    """The server allows less context than was asked for, cuts in silence and replies 200."""
    fake_ollama.state.models["gemma4:e4b"].context_length = 120
    with pytest.raises(errors.TooLong, match="num_ctx"):
        await adapter.ask(prompt())


async def test_a_cut_to_half_of_a_smaller_context_is_seen(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    """Languages without spaces: few tokens are sure, half of the allocated ones give it away."""
    fake_ollama.state.models["gemma4:e4b"].context_length = 1024
    long = prompt("请问退款需要多长时间才能到账" * 80)
    fake_ollama.script("reply", content="{}", prompt_eval_count=512)
    assert long.tokens_least < 512 < 0.8 * 1024 < long.tokens_estimated
    with pytest.raises(errors.TooLong, match="512"):
        await adapter.ask(long)


async def test_a_native_model_refuses_what_does_not_fit(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    fake_ollama.state.models["gemma4:e4b"].context_length = 60
    fake_ollama.state.models["gemma4:e4b"].policy = "native"
    with pytest.raises(errors.TooLong):
        await adapter.ask(prompt())


async def test_a_cold_load_outlives_the_question_that_waits_for_it(
    fake_ollama: FakeOllama,
) -> None:
    """P25: the question gives up at its deadline; the model is loaded all the same, once."""
    fake_ollama.state.load_delay_s = 0.6
    adapter = Ollama(POLICY.model_copy(update={"url": fake_ollama.url, "deadline_s": 0.2}))
    with pytest.raises(errors.Timeout):
        await adapter.ask(prompt())
    await adapter.warm_up()
    assert fake_ollama.state.loads == 1
    assert not any(one["left"] for one in fake_ollama.state.requests)
    assert "14 days" in (await adapter.ask(prompt())).content
    await adapter.aclose()


async def test_a_load_that_is_not_done_is_a_bad_reply(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    body = {"model": "m", "message": {"role": "assistant", "content": ""}, "done": False}
    fake_ollama.script("status", status=200, body=body, preload=True)
    with pytest.raises(errors.BadReply):
        await adapter.warm_up()


async def test_a_cancelled_question_frees_the_connection(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    await adapter.warm_up()
    fake_ollama.script("hang")
    task = asyncio.create_task(adapter.ask(prompt()))
    while not fake_ollama.asked():
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while not fake_ollama.state.requests[-1]["left"]:
        await asyncio.sleep(0.01)
    assert "14 days" in (await adapter.ask(prompt())).content


async def test_closing_stops_a_warm_up(fake_ollama: FakeOllama) -> None:
    fake_ollama.state.load_delay_s = 60
    adapter = Ollama(POLICY.model_copy(update={"url": fake_ollama.url}))
    waiting = asyncio.create_task(adapter.warm_up())
    while not fake_ollama.state.requests:
        await asyncio.sleep(0.01)
    await adapter.aclose()
    assert (await asyncio.gather(waiting, return_exceptions=True))[0] is not None


async def test_pull_reports_progress_to_the_end(fake_ollama: FakeOllama) -> None:
    adapter = Ollama(POLICY.model_copy(update={"url": fake_ollama.url, "model": "new:1b"}))
    steps = [step async for step in adapter.pull()]
    assert steps[0].status == "pulling manifest" and steps[-1].status == "success"
    assert [s.completed for s in steps if s.total] == sorted(s.completed for s in steps if s.total)
    assert await adapter.digest() == "9b" * 32
    await adapter.aclose()


async def test_check_tells_version_digest_capabilities_and_context(
    fake_ollama: FakeOllama, adapter: Ollama
) -> None:
    assert (await adapter.check()).context_allocated is None
    await adapter.warm_up()
    report = await adapter.check()
    assert report.version == "0.33.0" and report.digest == "9b" * 32
    assert report.capabilities == ("completion",)
    assert (report.context_length, report.context_allocated) == (131_072, 4096)


async def test_the_environment_cannot_redirect_the_client(
    fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P47: neither a proxy variable nor OLLAMA_HOST sends a prompt elsewhere."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OLLAMA_HOST"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    adapter = Ollama(POLICY.model_copy(update={"url": fake_ollama.url}))
    assert (await adapter.ask(prompt())).content
    assert (await adapter.check()).version
    await adapter.aclose()


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "deepseek:cloud"])
async def test_a_cloud_model_needs_the_owners_leave(model: str) -> None:
    with pytest.raises(ConfigError, match="allow_cloud"):
        Ollama(OllamaPolicy(model=model))
    await Ollama(OllamaPolicy(model=model, allow_cloud=True)).aclose()


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://[::1", "http://a:b:c"])
def test_what_is_no_address_is_a_config_error(url: str) -> None:
    with pytest.raises(ConfigError, match=r"\[ollama\] url"):
        base_url(url)


def test_an_address_may_lack_its_scheme() -> None:
    assert base_url("gpu.lan:11434") == "http://gpu.lan:11434"


@pytest.mark.parametrize(("setting", "sent"), [("30m", "30m"), ("-1", -1.0), ("600", 600.0)])
def test_keep_alive_takes_durations_and_seconds(setting: str, sent: float | str) -> None:
    assert keep_alive(setting) == sent


@pytest.mark.parametrize(
    ("counted", "num_ctx", "cut"),
    [(None, 8192, True), (0, 8192, True), (10, 8192, True), (300, 8192, False)],
)
def test_a_count_that_cannot_be_true_unmasks_a_cut(
    counted: int | None, num_ctx: int, cut: bool
) -> None:
    if cut:
        with pytest.raises(errors.TooLong):
            refuse_cut(prompt(), counted, num_ctx)
    else:
        refuse_cut(prompt(), counted, num_ctx)
