"""Layers and activations in PyTorch: how a module is made, and the expression of its output."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpsandbox.twins.described import Block, Layer, pair, sizes, stride_of
from bpsandbox.twins.text import number

if TYPE_CHECKING:
    from . import Script

Lines = list[str]
Made = tuple[str, str]
"""The expression that makes a module, empty for none; and that of its output, where {x} is the input."""


def written(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _linear(script: Script, layer: Layer) -> Made:
    bias = "" if layer.block["bias"] else ", bias=False"
    return f"nn.Linear({layer.before[-1]}, {layer.after[-1]}{bias})", f"self.layer{layer.index}(x)"


def _reshape(script: Script, layer: Layer) -> Made:
    return "", f"x.reshape(-1, {', '.join(map(str, layer.after))})"


def _conv(script: Script, layer: Layer) -> Made:
    block = layer.block
    given = [str(layer.before[0]), str(layer.after[0]), sizes(pair(block["kernel_size"]))]
    for name, default in (("stride", 1), ("padding", 0), ("dilation", 1)):
        value = block[name]
        if value != default:
            given.append(f"{name}={written(value) if isinstance(value, str) else sizes(pair(value))}")
    given += [] if block["bias"] else ["bias=False"]
    text = f"nn.Conv2d({', '.join(given)})"
    if len(text) > 54:
        text = "nn.Conv2d(\n" + "".join(f"    {each},\n" for each in given) + ")"
    return text, f"self.layer{layer.index}(x)"


def _pool(script: Script, layer: Layer) -> Made:
    name = "max_pool2d" if layer.type == "MaxPool2d" else "avg_pool2d"
    given = [sizes(pair(layer.block["kernel_size"]))]
    if stride_of(layer) != pair(layer.block["kernel_size"]):
        given.append(f"stride={sizes(stride_of(layer))}")
    if pair(layer.block["padding"]) != (0, 0):
        given.append(f"padding={sizes(pair(layer.block['padding']))}")
    return "", f"F.{name}(x, {', '.join(given)})"


def _batch_norm(script: Script, layer: Layer) -> Made:
    block, name = layer.block, f"nn.{layer.type}"
    if block.get("unbiased") is False:
        name = f"Biased{layer.type}"
        script.parts.add(name)
    features = layer.before[0] if layer.type == "BatchNorm2d" else layer.before[-1]
    given = [str(features), *(f"{key}={number(block[key])}" for key, usual in (("eps", 1e-5), ("momentum", 0.1))
                              if block[key] != usual)]  # fmt: skip
    given += [] if block["affine"] else ["affine=False"]
    call = f"self.layer{layer.index}(x)"
    if layer.type == "BatchNorm1d" and layer.is_sequence:
        call = f"self.layer{layer.index}(x.transpose(1, 2)).transpose(1, 2)"
    return f"{name}({', '.join(given)})", call


def _layer_norm(script: Script, layer: Layer) -> Made:
    shape = tuple(layer.block.get("normalized_shape", layer.before[-1:]))
    given = [sizes(shape) if len(shape) > 1 else str(shape[0])]
    given += [f"eps={number(layer.block['eps'])}"] if layer.block["eps"] != 1e-5 else []
    given += [] if layer.block["affine"] else ["elementwise_affine=False"]
    return f"nn.LayerNorm({', '.join(given)})", f"self.layer{layer.index}(x)"


def _recurrent(script: Script, layer: Layer) -> Made:
    block, name = layer.block, f"nn.{layer.type}"
    if block.get("reset_after") is False:
        name = "ResetBefore"
        script.parts.add(name)
    given = [str(layer.before[-1]), str(block["hidden_size"])]
    given += ['nonlinearity="relu"'] if block.get("nonlinearity") == "relu" else []
    given += [] if block["bias"] else ["bias=False"]
    given.append("batch_first=True")
    states = f"self.layer{layer.index}(x)[0]"
    if block.get("truncate"):
        script.parts.add("truncated")
        states = f"truncated(self.layer{layer.index}, x, {block['truncate']})"
    return f"{name}({', '.join(given)})", states if block["return"] == "all" else f"{states}[:, -1]"


def _dropout(script: Script, layer: Layer) -> Made:
    script.parts.add("drop")
    return "", f"drop(x, {number(layer.block['p'])}, self.rng) if self.training else x"


LAYERS: dict[str, Callable[[Script, Layer], Made]] = {
    "Linear": _linear,
    "Flatten": lambda script, layer: ("", "x.flatten(1)"),
    "Reshape": _reshape,
    "Add": lambda script, layer: ("", f"x + y{layer.block['from']}"),
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "Embedding": lambda script, layer: (
        f"nn.Embedding({layer.block['num_embeddings']}, {layer.block['embedding_dim']})",
        f"self.layer{layer.index}(x)",
    ),
    "Dropout": _dropout,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "LayerNorm": _layer_norm,
}


ACTIVATIONS: dict[str, Callable[[Block], str]] = {
    "sigmoid": lambda block: "torch.sigmoid({x})",
    "tanh": lambda block: "torch.tanh({x})",
    "relu": lambda block: "torch.relu({x})",
    "softmax": lambda block: "torch.softmax({x}, dim=-1)",
    "leaky_relu": lambda block: f"F.leaky_relu({{x}}, {number(block['negative_slope'])})",
    "elu": lambda block: f"F.elu({{x}}, {number(block['alpha'])})",
    "selu": lambda block: "F.selu({x})",
    "gelu": lambda block: 'F.gelu({x}, approximate="tanh")' if block["approximate"] == "tanh" else "F.gelu({x})",
    "silu": lambda block: "F.silu({x})",
    "softplus": lambda block: f"F.softplus({{x}}, {number(block['beta'])}, {number(block['threshold'])})",
    "mish": lambda block: "F.mish({x})",
    "softsign": lambda block: "F.softsign({x})",
    "hardtanh": lambda block: f"F.hardtanh({{x}}, {number(block['min_val'])}, {number(block['max_val'])})",
    "step": lambda block: "step({x})",
}
