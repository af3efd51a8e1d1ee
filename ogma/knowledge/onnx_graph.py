"""Writes the ONNX graph of a BERT sentence encoder from its safetensors weights.

The model hub offers a ready graph, the package registry only the weights. Writing the graph here
needs numpy and onnx, takes a second, and gives the same vectors whichever way the weights came.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET: Final = 17
IR_VERSION: Final = 8
MASKED: Final = -3.4e38
"""Added to the attention scores of padding, so that softmax gives them nothing."""

_DTYPES: Final = {"F32": np.float32, "F16": np.float16, "I64": np.int64}

Weights = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class BertShape:
    """The sizes in a model's config.json that the graph depends on."""

    hidden: int
    heads: int
    layers: int
    epsilon: float

    @classmethod
    def from_config(cls, path: Path) -> BertShape:
        """Read them from a Hugging Face config.json."""
        config = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            hidden=config["hidden_size"],
            heads=config["num_attention_heads"],
            layers=config["num_hidden_layers"],
            epsilon=config["layer_norm_eps"],
        )


def read_safetensors(path: Path) -> Weights:
    """All tensors of a safetensors file by name.

    Layout: a little-endian uint64 header length, a JSON header, then the raw tensors.
    """
    raw = path.read_bytes()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length])
    body = memoryview(raw)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            flat = np.frombuffer(body[start:end], _DTYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


class _Graph:
    """Nodes and initializers as they are added; every method returns the name of its output."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.prefix = "bert." if "bert.embeddings.word_embeddings.weight" in weights else ""
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Any, dtype: type = np.float32) -> str:
        array: NDArray[Any] = np.ascontiguousarray(np.asarray(value, dtype=dtype))
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, key: str) -> str:
        return self.constant(key, self.weights[self.prefix + key])

    def op(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def linear(self, x: str, key: str, output: str) -> str:
        matrix = self.constant(f"{key}.weight.T", self.weights[f"{self.prefix}{key}.weight"].T)
        product = self.op("MatMul", [x, matrix], f"{output}/matmul")
        return self.op("Add", [product, self.weight(f"{key}.bias")], output)

    def layer_norm(self, x: str, key: str, output: str, epsilon: float) -> str:
        inputs = [x, self.weight(f"{key}.weight"), self.weight(f"{key}.bias")]
        return self.op("LayerNormalization", inputs, output, axis=-1, epsilon=epsilon)

    def gelu(self, x: str, output: str) -> str:
        """x/2 * (1 + erf(x/sqrt 2)): the exact form that BERT was trained with."""
        scaled = self.op("Div", [x, "sqrt_two"], f"{output}/scaled")
        erf = self.op("Erf", [scaled], f"{output}/erf")
        gate = self.op("Add", [erf, "one"], f"{output}/gate")
        gated = self.op("Mul", [x, gate], f"{output}/gated")
        return self.op("Mul", [gated, "half"], output)


def _shared_constants(graph: _Graph, shape: BertShape) -> None:
    size = shape.hidden // shape.heads
    graph.constant("one", 1.0)
    graph.constant("half", 0.5)
    graph.constant("sqrt_two", math.sqrt(2.0))
    graph.constant("masked", MASKED)
    graph.constant("scale", 1.0 / math.sqrt(size))
    graph.constant("zero", [0], np.int64)
    graph.constant("first_axis", [0], np.int64)
    graph.constant("mask_axes", [1, 2], np.int64)
    graph.constant("split_heads", [0, 0, shape.heads, size], np.int64)
    graph.constant("join_heads", [0, 0, shape.hidden], np.int64)


def _embeddings(graph: _Graph, shape: BertShape) -> str:
    """Word, position and token-type embeddings, summed and normalized."""
    length = graph.op("Shape", ["input_ids"], "length", start=1, end=2)
    table = graph.weight("embeddings.position_embeddings.weight")
    positions = graph.op("Slice", [table, "zero", length, "first_axis"], "positions")
    table = graph.weight("embeddings.word_embeddings.weight")
    words = graph.op("Gather", [table, "input_ids"], "words")
    table = graph.weight("embeddings.token_type_embeddings.weight")
    types = graph.op("Gather", [table, "token_type_ids"], "types")
    summed = graph.op("Add", [graph.op("Add", [words, types], "words+types"), positions], "summed")
    return graph.layer_norm(summed, "embeddings.LayerNorm", "embedded", shape.epsilon)


def _attention_bias(graph: _Graph) -> str:
    """0 where a token is, a huge negative number where padding is; (batch, 1, 1, length)."""
    mask = graph.op("Unsqueeze", ["attention_mask", "mask_axes"], "mask")
    present = graph.op("Cast", [mask], "present", to=TensorProto.FLOAT)
    return graph.op("Mul", [graph.op("Sub", ["one", present], "absent"), "masked"], "mask_bias")


def _attention(graph: _Graph, x: str, layer: int, bias: str) -> str:
    key, name = f"encoder.layer.{layer}.attention", f"layer{layer}/attention"

    def split(part: str, axes: list[int]) -> str:
        projected = graph.linear(x, f"{key}.self.{part}", f"{name}/{part}")
        heads = graph.op("Reshape", [projected, "split_heads"], f"{name}/{part}/heads")
        return graph.op("Transpose", [heads], f"{name}/{part}/turned", perm=axes)

    query, keys = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1])
    values = split("value", [0, 2, 1, 3])
    scores = graph.op("MatMul", [query, keys], f"{name}/scores")
    scaled = graph.op("Mul", [scores, "scale"], f"{name}/scaled")
    biased = graph.op("Add", [scaled, bias], f"{name}/biased")
    weights = graph.op("Softmax", [biased], f"{name}/weights", axis=-1)
    mixed = graph.op("MatMul", [weights, values], f"{name}/mixed")
    turned = graph.op("Transpose", [mixed], f"{name}/mixed/turned", perm=[0, 2, 1, 3])
    joined = graph.op("Reshape", [turned, "join_heads"], f"{name}/joined")
    return graph.linear(joined, f"{key}.output.dense", f"{name}/output")


def _encoder_layer(
    graph: _Graph, x: str, layer: int, bias: str, shape: BertShape, output: str
) -> str:
    key, name = f"encoder.layer.{layer}", f"layer{layer}"
    attended = graph.op("Add", [_attention(graph, x, layer, bias), x], f"{name}/residual1")
    norm = f"{key}.attention.output.LayerNorm"
    x = graph.layer_norm(attended, norm, f"{name}/norm1", shape.epsilon)
    inner = graph.linear(x, f"{key}.intermediate.dense", f"{name}/inner")
    outer = graph.linear(graph.gelu(inner, f"{name}/gelu"), f"{key}.output.dense", f"{name}/outer")
    summed = graph.op("Add", [outer, x], f"{name}/residual2")
    return graph.layer_norm(summed, f"{key}.output.LayerNorm", output, shape.epsilon)


def sentence_encoder(weights: Weights, shape: BertShape) -> onnx.ModelProto:
    """The encoder's graph: token ids, mask and types (batch, length) in, last_hidden_state out.

    Pooling and normalization are left to fastembed.
    """
    graph = _Graph(weights)
    _shared_constants(graph, shape)
    x = _embeddings(graph, shape)
    bias = _attention_bias(graph)
    for layer in range(shape.layers):
        last = layer == shape.layers - 1
        output = "last_hidden_state" if last else f"layer{layer}/norm2"
        x = _encoder_layer(graph, x, layer, bias, shape, output)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    result = helper.make_tensor_value_info(
        "last_hidden_state", TensorProto.FLOAT, ["batch", "length", shape.hidden]
    )
    proto = helper.make_graph(graph.nodes, "sentence_encoder", inputs, [result], graph.initializers)
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    # Nothing in this graph needs the quantizer's preparation; it warns unless it is told so.
    model.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
    return model


def write_graph(weights: Path, config: Path, destination: Path) -> None:
    """Write the fp32 graph of the model in `weights` (safetensors) to `destination`."""
    model = sentence_encoder(read_safetensors(weights), BertShape.from_config(config))
    onnx.save(model, str(destination))


def write_int8(graph: Path, destination: Path) -> None:
    """Write the int8 variant of an fp32 graph.

    Only the products with a weight matrix, per channel: that keeps the ranking quality; int8 of
    everything does not.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        graph,
        destination,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
    )
