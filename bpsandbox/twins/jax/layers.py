"""Layers in JAX: lines that change x."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpsandbox.twins.described import Layer, padding_of, pair, sizes, stride_of
from bpsandbox.twins.text import number

if TYPE_CHECKING:
    from . import Script

Lines = list[str]


def _w(layer: Layer, tensor: str) -> str:
    return f'w["{layer.index}.{tensor}"]'


def _linear(script: Script, layer: Layer) -> Lines:
    bias = f" + {_w(layer, 'bias')}" if "bias" in layer.tensors else ""
    return [f"x = x @ {_w(layer, 'weight')}.T{bias}"]


def _conv(script: Script, layer: Layer) -> Lines:
    given = [f"rhs_dilation={sizes(pair(layer.block['dilation']))}"] if pair(layer.block["dilation"]) != (1, 1) else []
    lines = [
        "x = jax.lax.conv_general_dilated(",
        f"    x, {_w(layer, 'weight')}, {sizes(stride_of(layer))}, {padding_of(layer)},",
        *(f"    {each}," for each in given),
        ")",
    ]
    return [*lines, *([f"x = x + {_w(layer, 'bias')}[:, None, None]"] if "bias" in layer.tensors else [])]


def _pool(script: Script, layer: Layer) -> Lines:
    name = "max_pool2d" if layer.type == "MaxPool2d" else "avg_pool2d"
    script.parts.add(name)
    how = f"{sizes(pair(layer.block['kernel_size']))}, {sizes(stride_of(layer))}, {padding_of(layer)}"
    return [f"how = {how}  # kernel, stride, padding", f"x = {name}(x, *how)"]


def _recurrent(script: Script, layer: Layer) -> Lines:
    block, kind = layer.block, layer.type.lower()
    script.parts.add(kind)
    steps, cut = layer.before[0], block.get("truncate")
    bias = _w(layer, "bias_ih") if block["bias"] else "0.0"
    f = {"tanh": "jnp.tanh", "relu": "jax.nn.relu"}.get(block.get("nonlinearity", ""), "")
    more = {"rnn": f"{f}, ", "gru": f"{block.get('reset_after', True)}, "}.get(kind, "")
    keep = f"[k == 0 or ({steps} - k) % {cut} != 0 for k in range({steps})]" if cut else f"[True] * {steps}"
    lines = [f"weights = {_w(layer, 'weight_ih')}, {_w(layer, 'weight_hh')}"]
    lines += [f"keep = {keep}" + ("  # segments of backpropagation" if cut and len(keep) < 40 else "")]
    lines.append(f"x = {kind}(x, *weights, {bias}, {more}keep)")
    return lines if block["return"] == "all" else [*lines, "x = x[:, -1]"]


def _batch_norm(script: Script, layer: Layer) -> Lines:
    i, block = layer.index, layer.block
    is_image = layer.type == "BatchNorm2d"
    axis = "(0, 2, 3)" if is_image else "(0, 1)" if layer.is_sequence else "0"
    momentum, eps, lift = number(block["momentum"]), number(block["eps"]), "[:, None, None]" if is_image else ""
    script.parts.add("normalise")
    unbiased = block.get("unbiased") is not False
    lines = [
        "if training:",
        f"    x, mean, var = normalise(x, {axis}, {eps})",
        *(["    n = x.size / mean.size", "    var = var * n / max(n - 1, 1)  # unbiased"] if unbiased else []),
        f"    old_mean, old_var = running[{i}]",
        f"    mean = (1 - {momentum}) * old_mean + {momentum} * mean",
        f"    running[{i}] = mean, (1 - {momentum}) * old_var + {momentum} * var",
        "else:",
        f"    mean, var = running[{i}]",
        f"    x = (x - mean) / jnp.sqrt(var + {eps})",
    ]
    return [*lines, *_scaled(layer, lift)]


def _scaled(layer: Layer, lift: str) -> Lines:
    if not layer.tensors:
        return []
    return [f"scale, shift = {_w(layer, 'weight')}, {_w(layer, 'bias')}", f"x = scale{lift} * x + shift{lift}"]


def _layer_norm(script: Script, layer: Layer) -> Lines:
    count = len(layer.block.get("normalized_shape", (1,)))
    axis = f"({', '.join(str(-k) for k in range(count, 0, -1))})" if count > 1 else "-1"
    script.parts.add("normalise")
    return [f"x, _, _ = normalise(x, {axis}, {number(layer.block['eps'])})", *_scaled(layer, "")]


def _dropout(script: Script, layer: Layer) -> Lines:
    p, place = number(layer.block["p"]), len(script.masks)
    shape = ", ".join(map(str, layer.before))
    script.masks.append(f"rng.random((len(x), {shape})) >= {p}")
    return ["if masks is not None:  # those of this step", f"    x = x * masks[{place}] / (1 - {p})"]


LAYERS: dict[str, Callable[[Script, Layer], Lines]] = {
    "Linear": _linear,
    "Flatten": lambda script, layer: ["x = x.reshape(len(x), -1)"],
    "Reshape": lambda script, layer: [f"x = x.reshape(-1, {', '.join(map(str, layer.after))})"],
    "Add": lambda script, layer: [f"x = x + y{layer.block['from']}"],
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "Embedding": lambda script, layer: [f"x = {_w(layer, 'weight')}[x]"],
    "Dropout": _dropout,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "LayerNorm": _layer_norm,
}
