"""The trained network of a run as an ONNX file, for inference in single precision.

The file is a protocol buffer; the few messages that it needs are written here: see onnx.proto of ONNX.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .described import Described, Layer, padding_of, pair, stride_of

OPSET, IR = 17, 8
FLOAT, INT64 = 1, 7


# protocol buffers


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def _field(tag: int, value: int | float | str | bytes) -> bytes:
    """Return one field: a whole number, a single-precision float, or bytes with their length."""
    if isinstance(value, int):
        return _varint(tag << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(tag << 3 | 5) + struct.pack("<f", value)
    raw = value.encode() if isinstance(value, str) else value
    return _varint(tag << 3 | 2) + _varint(len(raw)) + raw


def _message(*fields: tuple[int, Any]) -> bytes:
    return b"".join(_field(tag, value) for tag, value in fields)


def tensor(name: str, values: np.ndarray) -> bytes:
    kind, raw = (INT64, values.astype("<i8")) if values.dtype.kind in "iu" else (FLOAT, values.astype("<f4"))
    dims = [(1, int(size)) for size in values.shape]
    return _message(*dims, (2, kind), (8, name), (9, np.ascontiguousarray(raw).tobytes()))


def _attribute(name: str, value: Any) -> bytes:
    if isinstance(value, float):
        return _message((1, name), (2, value), (20, 1))
    if isinstance(value, int):
        return _message((1, name), (3, value), (20, 2))
    if isinstance(value[0], str):
        return _message((1, name), *((9, each) for each in value), (20, 8))
    return _message((1, name), *((8, int(each)) for each in value), (20, 7))


def _value(name: str, kind: int, shape: Iterable[int | str]) -> bytes:
    dims = [(1, _message((1, size) if isinstance(size, int) else (2, size))) for size in shape]
    tensor_type = _message((1, kind), (2, _message(*dims)))
    return _message((1, name), (2, _message((1, tensor_type))))


# the network


Outputs = dict[int, str]
"""The output of each layer, by index."""


class Graph:
    """Nodes and tensors of a network, written one after the other. `x` is the name of the last output."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []
        self.count = 0
        self.x = "input"

    def constant(self, values: Any) -> str:
        self.count += 1
        name = f"constant{self.count}"
        self.tensors.append(tensor(name, np.asarray(values)))
        return name

    def add(self, kind: str, *inputs: str, outputs: tuple[str, ...] = (), **attributes: Any) -> str:
        """Add a node; return the name of its first output."""
        self.count += 1
        made = outputs or (f"x{self.count}",)
        fields = [(1, name) for name in inputs] + [(2, name) for name in made]
        fields += [(3, f"{kind}{self.count}"), (4, kind)]
        self.nodes.append(_message(*fields, *((5, _attribute(*each)) for each in attributes.items())))
        return next(name for name in made if name)

    def tensor_of(self, layer: Layer, name: str) -> str:
        return self.constant(self.weights[f"layers.{layer.index}.{name}"])


def model(run: Described, weights: dict[str, np.ndarray]) -> bytes:
    """Return the file, given the trained tensors and buffers by name."""
    graph = Graph(weights)
    outputs: Outputs = {}
    for layer in run.layers:
        if layer.type in LAYERS:
            graph.x = LAYERS[layer.type](graph, layer, outputs)
        inner = layer.activation if layer.type in LAYERS else layer.block
        if inner and inner["type"] != "identity":
            graph.x = ACTIVATIONS[inner["type"]](graph, inner)
        outputs[layer.index] = graph.x
    graph.add("Identity", graph.x, outputs=("output",))
    is_tokens = run.layers[0].type == "Embedding"
    before = run.layers[0].before[:1] if is_tokens else run.layers[0].before
    body = _message(
        *((1, node) for node in graph.nodes),
        (2, "network"),
        *((5, each) for each in graph.tensors),
        (11, _value("input", INT64 if is_tokens else FLOAT, ("n", *before))),
        (12, _value("output", FLOAT, ("n", *run.layers[-1].after))),
    )
    opset = _message((1, ""), (2, OPSET))
    return _message((1, IR), (2, "Chainrule"), (6, f"run {run.spec.hash}"), (7, body), (8, opset))


def _linear(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    weight = graph.weights[f"layers.{layer.index}.weight"]
    x = graph.add("MatMul", graph.x, graph.constant(weight.T))
    return graph.add("Add", x, graph.tensor_of(layer, "bias")) if "bias" in layer.tensors else x


def _reshape(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    return graph.add("Reshape", graph.x, graph.constant(np.array([-1, *layer.after])))


def _pads(layer: Layer) -> list[int]:
    (top, bottom), (left, right) = padding_of(layer)
    return [top, left, bottom, right]


def _conv(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    inputs = [graph.tensor_of(layer, name) for name in layer.tensors]
    how: dict[str, Any] = {
        "kernel_shape": pair(layer.block["kernel_size"]),
        "strides": stride_of(layer),
        "pads": _pads(layer),
    }
    return graph.add("Conv", graph.x, *inputs, **how, dilations=pair(layer.block["dilation"]))


def _pool(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    how: dict[str, Any] = {
        "kernel_shape": pair(layer.block["kernel_size"]),
        "strides": stride_of(layer),
        "pads": _pads(layer),
    }
    if layer.type == "MaxPool2d":
        return graph.add("MaxPool", graph.x, **how)
    return graph.add("AveragePool", graph.x, **how, count_include_pad=1)


def _batch_norm(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    features = layer.before[-1] if layer.is_sequence else layer.before[0]
    names = ("weight", "bias") if layer.tensors else ()
    affine = [graph.tensor_of(layer, name) for name in names]
    affine = affine or [graph.constant(np.ones(features)), graph.constant(np.zeros(features))]
    running = [graph.tensor_of(layer, name) for name in ("running_mean", "running_var")]
    how: dict[str, Any] = {"epsilon": float(layer.block["eps"])}
    if not layer.is_sequence:
        return graph.add("BatchNormalization", graph.x, *affine, *running, **how)
    x = graph.add("Transpose", graph.x, perm=[0, 2, 1])  # ONNX has the features first
    return graph.add("Transpose", graph.add("BatchNormalization", x, *affine, *running, **how), perm=[0, 2, 1])


def _layer_norm(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    shape = tuple(layer.block.get("normalized_shape", layer.before[-1:]))
    names = ("weight", "bias") if layer.tensors else ()
    affine = [graph.tensor_of(layer, name) for name in names] or [graph.constant(np.ones(shape))]
    return graph.add("LayerNormalization", graph.x, *affine, axis=-len(shape), epsilon=float(layer.block["eps"]))


GATES = {"RNN": [0], "LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2]}
"""The order of ONNX's gates: i o f c of an LSTM, z r h of a GRU."""


def _recurrent(graph: Graph, layer: Layer, outputs: Outputs) -> str:
    block, h = layer.block, layer.block["hidden_size"]

    def ordered(name: str) -> np.ndarray:
        values = graph.weights[f"layers.{layer.index}.{name}"]
        return (
            np.concatenate(np.split(values, len(values) // h))
            .reshape(len(values) // h, h, *values.shape[1:])[GATES[layer.type]]
            .reshape(values.shape)
        )

    x = graph.add("Transpose", graph.x, perm=[1, 0, 2])
    inputs = [graph.constant(ordered("weight_ih")[None]), graph.constant(ordered("weight_hh")[None])]
    if block["bias"]:
        bias = ordered("bias_ih")
        inputs.append(graph.constant(np.concatenate([bias, np.zeros_like(bias)])[None]))
    more: dict[str, Any] = {"linear_before_reset": int(block.get("reset_after", True))} if layer.type == "GRU" else {}
    if block.get("nonlinearity") == "relu":
        more["activations"] = ("Relu",)
    graph.count += 1
    whole, last = f"states{graph.count}", f"last{graph.count}"
    graph.add(layer.type, x, *inputs, outputs=(whole, last), hidden_size=h, **more)
    if block["return"] == "last":
        return graph.add("Squeeze", last, graph.constant(np.array([0])))
    states = graph.add("Squeeze", whole, graph.constant(np.array([1])))
    return graph.add("Transpose", states, perm=[1, 0, 2])


LAYERS: dict[str, Callable[[Graph, Layer, Outputs], str]] = {
    "Linear": _linear,
    "Flatten": _reshape,
    "Reshape": _reshape,
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "LayerNorm": _layer_norm,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "Embedding": lambda graph, layer, outputs: graph.add("Gather", graph.tensor_of(layer, "weight"), graph.x),
    "Dropout": lambda graph, layer, outputs: graph.x,
    "Add": lambda graph, layer, outputs: graph.add("Add", graph.x, outputs[layer.block["from"]]),
}


def _plain(kind: str, **fields: str) -> Callable[[Graph, dict[str, Any]], str]:
    def write(graph: Graph, block: dict[str, Any]) -> str:
        given: dict[str, Any] = {theirs: float(block[ours]) for ours, theirs in fields.items()}
        return graph.add(kind, graph.x, **given)

    return write


def _gelu(graph: Graph, block: dict[str, Any]) -> str:
    x, half = graph.x, graph.constant(np.float64(0.5))
    if block["approximate"] == "tanh":
        cube = graph.add("Pow", x, graph.constant(np.float64(3.0)))
        inner = graph.add("Add", x, graph.add("Mul", cube, graph.constant(np.float64(0.044715))))
        share = graph.add("Tanh", graph.add("Mul", inner, graph.constant(np.sqrt(2.0 / np.pi))))
    else:
        share = graph.add("Erf", graph.add("Mul", x, graph.constant(np.sqrt(0.5))))
    return graph.add("Mul", graph.add("Mul", x, half), graph.add("Add", share, graph.constant(np.float64(1.0))))


def _softplus(graph: Graph, block: dict[str, Any]) -> str:
    x, beta = graph.x, graph.constant(np.float64(block["beta"]))
    scaled = graph.add("Mul", x, beta)
    smooth = graph.add("Div", graph.add("Softplus", scaled), beta)
    is_linear = graph.add("Greater", scaled, graph.constant(np.float64(block["threshold"])))
    return graph.add("Where", is_linear, x, smooth)


def _hardtanh(graph: Graph, block: dict[str, Any]) -> str:
    bounds = [graph.constant(np.float64(block[name])) for name in ("min_val", "max_val")]
    return graph.add("Clip", graph.x, *bounds)


def _step(graph: Graph, block: dict[str, Any]) -> str:
    return graph.add("Cast", graph.add("Greater", graph.x, graph.constant(np.float64(0.0))), to=FLOAT)


ACTIVATIONS: dict[str, Callable[[Graph, dict[str, Any]], str]] = {
    "sigmoid": _plain("Sigmoid"),
    "tanh": _plain("Tanh"),
    "relu": _plain("Relu"),
    "softmax": _plain("Softmax"),
    "leaky_relu": _plain("LeakyRelu", negative_slope="alpha"),
    "elu": _plain("Elu", alpha="alpha"),
    "selu": _plain("Selu"),
    "gelu": _gelu,
    "silu": lambda graph, block: graph.add("Mul", graph.x, graph.add("Sigmoid", graph.x)),
    "softplus": _softplus,
    "mish": lambda graph, block: graph.add("Mul", graph.x, graph.add("Tanh", graph.add("Softplus", graph.x))),
    "softsign": _plain("Softsign"),
    "hardtanh": _hardtanh,
    "step": _step,
}
