"""What a model can be ill with, by what comes of it: scripts for the fake Ollama (A6, P23)."""

from __future__ import annotations

from typing import Any

from ogma.domain.answers import Reason

FOREIGN = {"answerable": True, "sentences": [{"text": "Ask.", "passages": [9], "quotes": ["x"]}]}
WRONG = {"answerable": True, "sentences": [{"text": "In 2 days.", "passages": [1], "quotes": []}]}

ANSWERED: dict[str, dict[str, Any]] = {
    "normal": {"do": "normal"},
    "slow": {"do": "normal", "delay_s": 0.2},
    "fenced_json": {"do": "fenced_json"},
    "blank_line": {"do": "blank_line"},
    "half_line": {"do": "half_line"},
    "garbage": {"do": "garbage"},
    "busy once": {"do": "status", "status": 503, "body": {"error": "server busy"}, "times": 1},
}
"""The model answers: what breaks a stream does not touch a whole reply."""

QUOTED: dict[str, tuple[dict[str, Any], str]] = {
    "400 too long": (
        {"status": 400, "body": {"error": "the prompt is longer than the context length"}},
        "TooLong",
    ),
    "400 too long for llama-server": (
        {"status": 400, "body": {"error": '{"error":{"type":"exceed_context_size_error"}}'}},
        "TooLong",
    ),
    "404 try pulling": (
        {"status": 404, "body": {"error": 'model "x" not found, try pulling it first'}},
        "NotFound",
    ),
    "404": ({"status": 404, "body": {"error": "model 'x' not found"}}, "NotFound"),
    "400 bad request": ({"status": 400, "body": {"error": "invalid"}}, "ServerError"),
    "400 empty body": ({"status": 400, "body": {"error": "missing request body"}}, "ServerError"),
    "400 no model": ({"status": 400, "body": {"error": "model is required"}}, "ServerError"),
    "400 cannot chat": (
        {"status": 400, "body": {"error": '"x" does not support chat'}},
        "ServerError",
    ),
    "403 no cloud": (
        {"status": 403, "body": {"error": "cloud is disabled", "signin_url": "y"}},
        "ServerError",
    ),
    "500 wrong type": (
        {"status": 500, "body": {"error": 'option "num_ctx" must be of type integer'}},
        "ServerError",
    ),
    "504 HTML": ({"do": "html", "status": 504}, "Timeout"),
    "200 list": ({"do": "list", "status": 200}, "BadReply"),
    "403 empty": ({"status": 403, "body": ""}, "ServerError"),
    "401 signed out": ({"status": 401, "body": {"error": "x", "signin_url": "y"}}, "ServerError"),
    "499": ({"status": 499, "body": {"error": "request canceled"}}, "ServerError"),
    "500 crash": ({"status": 500, "body": {"error": "model runner stopped"}}, "ServerError"),
    "502 HTML": ({"do": "html", "status": 502}, "ServerError"),
    "503": ({"status": 503, "body": {"error": "server busy, please try again"}}, "Busy"),
    "200 HTML": ({"do": "html", "status": 200}, "BadReply"),
    "empty": ({"do": "empty"}, "BadReply"),
    "list": ({"do": "list"}, "BadReply"),
    "missing field": ({"do": "missing_field"}, "BadReply"),
    "not JSON": ({"do": "not_json"}, "BadReply"),
    "drop": ({"do": "drop"}, "Unreachable"),
    "hang": ({"do": "hang"}, "Timeout"),
    "cold": ({"do": "normal", "delay_s": 120}, "Timeout"),
    "redirect": ({"do": "redirect"}, "BadReply"),
    "mid-stream error": ({"do": "midstream_error"}, "ServerError"),
    "cut": ({"do": "cut"}, "Unreachable"),
    "no done": ({"do": "no_done"}, "BadReply"),
    "repeated token": ({"do": "repeat"}, "BadReply"),
    "prose": ({"do": "invalid_json"}, "BadReply"),
    "length": ({"do": "truncated"}, "BadReply"),
    "thinking only": ({"do": "thinking_only"}, "BadReply"),
    "no content": ({"do": "empty_content"}, "BadReply"),
    "odd line break": ({"do": "nel"}, "BadReply"),
    "cut prompt": (
        {"do": "reply", "content": FOREIGN, "prompt_eval_count": 3},
        "TooLong",
    ),
    "wrong schema": ({"do": "reply", "content": {"answer": "yes"}}, "BadReply"),
}
"""The model is as good as not there: a quotation takes its place, and the record says why."""

CUT_SHORT = {"no done", "repeated token", "length"}
"""Those of which the model said, or did not say, that they are not whole: a check in the record."""

HANDED_OVER: dict[str, tuple[dict[str, Any], Reason]] = {
    "unknown passage": ({"do": "reply", "content": FOREIGN}, Reason.FAILED_CHECK),
    "nothing quoted": ({"do": "reply", "content": WRONG}, Reason.FAILED_CHECK),
    "declined": (
        {"do": "reply", "content": {"answerable": False, "sentences": []}},
        Reason.NOT_ANSWERABLE,
    ),
}
"""The model speaks, and what it says is not sent."""
