"""What the fake model says: a quotation from the prompt's passages, or what a rule dictates.

It understands prompts with `<passage id="N"> ... </passage>` blocks and one
`<question> ... </question>`, and replies under a `format` with
`{"answerable", "sentences": [{"text", "passages", "quotes"}]}`, else in plain text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

_PASSAGE: Final = re.compile(r'<passage id="(\d+)">\s*(.*?)\s*</passage>', re.DOTALL)
_QUESTION: Final = re.compile(r"<question>\s*(.*?)\s*</question>", re.DOTALL)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD: Final = re.compile(r"\w{3,}")
_EVERYDAY: Final = frozenset(
    [
        *("the", "and", "for", "you", "your", "our", "are", "can", "what", "how", "when", "where"),
        *("does", "have", "has", "get", "with", "from", "that", "this", "will", "long", "much"),
        *("many", "who", "why", "which", "there", "was", "any", "please"),
    ]
)
_ENOUGH: Final = 0.5
"""The share of the question's words that a sentence must have to be quoted."""

REPEATED: Final = "again "


@dataclass(frozen=True, slots=True)
class Generation:
    """One reply of the model."""

    content: str
    thinking: str = ""
    done: bool = True
    done_reason: str = "stop"
    prompt_tokens: int = 1
    tokens: int = 1


def count_tokens(messages: Sequence[Mapping[str, Any]]) -> int:
    """Words times 1.3, as good as any for a fake."""
    return math.ceil(1.3 * sum(len(str(one.get("content", "")).split()) for one in messages))


def generation(body: Mapping[str, Any], num_ctx: int, rule: Mapping[str, Any] | None) -> Generation:
    """What the model says to a request that has passed the context policy."""
    messages = body.get("messages") or []
    counted = count_tokens(messages)
    prompt = "\n".join(str(one.get("content", "")) for one in messages)
    if counted > num_ctx:
        seen = prompt.split(" ")
        prompt = " ".join(seen[-(len(seen) * num_ctx // (2 * counted)) :])
        counted = num_ctx // 2
    said = answer(prompt, structured=isinstance(body.get("format"), Mapping))
    plain = Generation(said, prompt_tokens=counted, tokens=max(1, len(said.split())))
    return _dictated(plain, rule or {})


def _dictated(plain: Generation, rule: Mapping[str, Any]) -> Generation:
    kind = rule.get("do")
    if kind == "reply":
        return replace(
            plain,
            content=_as_text(rule.get("content", "")),
            thinking=rule.get("thinking", ""),
            done_reason=rule.get("done_reason", "stop"),
            prompt_tokens=rule.get("prompt_eval_count", plain.prompt_tokens),
        )
    if kind in _CHANGED:
        return replace(plain, **_CHANGED[kind](plain.content))
    return plain


_CHANGED: Final[dict[str, Any]] = {
    "no_done": lambda said: {"content": said[: len(said) // 2], "done": False},
    "repeat": lambda _: {"content": REPEATED * 31, "done": False},
    "invalid_json": lambda said: {"content": f"Sure! Here is what I found: {said[:40]}"},
    "fenced_json": lambda said: {"content": f"```json\n{said}\n```"},
    "truncated": lambda said: {"content": said[: len(said) // 2], "done_reason": "length"},
    "thinking_only": lambda _: {"content": "", "thinking": "Let me think about that. " * 8},
    "nel": lambda said: {"content": said.replace(" ", "\u0085", 1)},
    "empty_content": lambda _: {"content": ""},
}
"""Rules that change what the model says."""


def _as_text(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def answer(prompt: str, *, structured: bool) -> str:
    """The sentence of a passage with the most words of the question, or that there is none."""
    found = _best_sentence(prompt)
    if not structured:
        return found[1] if found else "I do not know."
    sentences = []
    if found:
        number, sentence = found
        sentences = [{"text": sentence, "passages": [number], "quotes": [sentence]}]
    return json.dumps({"answerable": bool(found), "sentences": sentences}, ensure_ascii=False)


def _best_sentence(prompt: str) -> tuple[int, str] | None:
    question = _QUESTION.search(prompt)
    asked = _words(question.group(1)) if question else set()
    best: tuple[float, int, str] | None = None
    for number, text in _PASSAGE.findall(prompt):
        place, _, body = text.partition("\n")
        for sentence in filter(None, map(str.strip, _SENTENCE_END.split(body))):
            share = len(asked & (_words(sentence) | _words(place))) / max(1, len(asked))
            share += len(asked & _words(sentence)) / max(1, len(asked)) / 10
            if share >= _ENOUGH and (best is None or share > best[0]):
                best = (share, int(number), sentence)
    return (best[1], best[2]) if best else None


def _words(text: str) -> set[str]:
    found = {word.rstrip("s") for word in _WORD.findall(text.casefold())}
    return found - {word.rstrip("s") for word in _EVERYDAY}
