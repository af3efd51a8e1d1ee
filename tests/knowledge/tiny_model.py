"""A BERT small enough to make in a test, and the same model computed with numpy alone."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from ogma.knowledge.model_sources import ModelSpec

HIDDEN, HEADS, LAYERS, INNER, LENGTH = 16, 4, 2, 32, 64
VOCABULARY = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "how", "do", "i", "reset", "my", "password"),
    *("server", "refund", "the", "a", "is", "where", "plan", "price", "days", "five"),
)

Array = NDArray[np.float32]


def weights(seed: int = 7) -> dict[str, Array]:
    """Random weights under BERT's names."""
    rng = np.random.default_rng(seed)

    def random(*shape: int) -> Array:
        return (rng.standard_normal(shape) * 0.3).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": random(len(VOCABULARY), HIDDEN),
        "embeddings.position_embeddings.weight": random(LENGTH, HIDDEN),
        "embeddings.token_type_embeddings.weight": random(2, HIDDEN),
        "embeddings.LayerNorm.weight": 1 + random(HIDDEN),
        "embeddings.LayerNorm.bias": random(HIDDEN),
    }
    for layer in range(LAYERS):
        key = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            found[f"{key}.attention.self.{part}.weight"] = random(HIDDEN, HIDDEN)
            found[f"{key}.attention.self.{part}.bias"] = random(HIDDEN)
        for part, rows, columns in (
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INNER, HIDDEN),
            ("output.dense", HIDDEN, INNER),
        ):
            found[f"{key}.{part}.weight"] = random(rows, columns)
            found[f"{key}.{part}.bias"] = random(rows)
        for part in ("attention.output", "output"):
            found[f"{key}.{part}.LayerNorm.weight"] = 1 + random(HIDDEN)
            found[f"{key}.{part}.LayerNorm.bias"] = random(HIDDEN)
    return found


def write_files(folder: Path, seed: int = 7) -> ModelSpec:
    """The files of the model as a hub would serve them, and their spec."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_safetensors(folder / "model.safetensors", weights(seed))
    config = {
        "hidden_size": HIDDEN,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }
    (folder / "config.json").write_text(json.dumps(config))
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    (folder / "tokenizer_config.json").write_text(json.dumps({**special, "model_max_length": 512}))
    _tokenizer().save(str(folder / "tokenizer.json"))
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
    }
    return ModelSpec(
        name="tests/tiny-bert",
        dim=HIDDEN,
        max_tokens=32,
        requirement="tiny-bert==1.0",
        wheel_folder="tiny_bert/model",
        files=digests,
    )


def reference(text: str, seed: int = 7) -> Array:
    """The unit vector of a text, computed without ONNX."""
    w = weights(seed)
    ids = np.array(_tokenizer().encode(text).ids)
    x = w["embeddings.word_embeddings.weight"][ids]
    x = x + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = x + w["embeddings.token_type_embeddings.weight"][0]
    x = _norm(x, w, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        key = f"encoder.layer.{layer}"
        x = _norm(x + _attention(x, w, key), w, f"{key}.attention.output.LayerNorm")
        inner = _linear(x, w, f"{key}.intermediate.dense")
        gelu = np.vectorize(_gelu)(inner)
        x = _norm(x + _linear(gelu, w, f"{key}.output.dense"), w, f"{key}.output.LayerNorm")
    pooled = x.mean(axis=0)
    return (pooled / np.linalg.norm(pooled)).astype(np.float32)


def _attention(x: Array, w: dict[str, Array], key: str) -> Array:
    size = HIDDEN // HEADS
    q, k, v = (
        _linear(x, w, f"{key}.attention.self.{part}").reshape(len(x), HEADS, size).swapaxes(0, 1)
        for part in ("query", "key", "value")
    )
    scores = q @ k.swapaxes(1, 2) / np.sqrt(size)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = (shares @ v).swapaxes(0, 1).reshape(len(x), HIDDEN)
    return _linear(mixed, w, f"{key}.attention.output.dense")


def _linear(x: Array, w: dict[str, Array], key: str) -> Array:
    return x @ w[f"{key}.weight"].T + w[f"{key}.bias"]


def _norm(x: Array, w: dict[str, Array], key: str) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return scaled * w[f"{key}.weight"] + w[f"{key}.bias"]


def _gelu(value: float) -> float:
    from math import erf, sqrt

    return value / 2 * (1 + erf(value / sqrt(2)))


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(
        WordPiece({word: row for row, word in enumerate(VOCABULARY)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def _write_safetensors(path: Path, tensors: dict[str, Array]) -> None:
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        raw = tensor.tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
    encoded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + body)
