"""Layers in Keras: the lines that make x, and Keras's tensors in its order, from w."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpsandbox.twins.described import Layer, padding_of, pair, sizes, stride_of
from bpsandbox.twins.text import number

if TYPE_CHECKING:
    from . import Script

Lines = list[str]
Made = tuple[Lines, Lines]


def _call(name: str, layer: Layer, given: Lines) -> Lines:
    given = [each for each in given if each]
    named = [*given, f'name="layer{layer.index}"']
    text = f"x = keras.layers.{name}({', '.join(named)})(x)"
    if len(text) <= 75:
        return [text]
    return [f"x = keras.layers.{name}(", *(f"    {each}," for each in given), f'    name="layer{layer.index}",', ")(x)"]


def _of_images(script: Script, name: str, layer: Layer, given: Lines) -> Lines:
    """Return the call of a layer that Keras applies to images with their channels last."""
    script.parts.add("on_images")
    given = [*given, f'name="layer{layer.index}"']
    text = f"x = on_images(keras.layers.{name}({', '.join(given)}), x)"
    if len(text) <= 75:
        return [text]
    return [
        "x = on_images(",
        f"    keras.layers.{name}(",
        *(f"        {each}," for each in given),
        "    ),",
        "    x,",
        ")",
    ]


def _padded(script: Script, layer: Layer) -> Lines:
    if pair(layer.block["padding"]) == (0, 0):
        return []
    script.parts.add("on_images")
    return [f"x = on_images(keras.layers.ZeroPadding2D({padding_of(layer)}), x)"]


def _w(layer: Layer, tensor: str, after: str = "") -> str:
    return f'w["{layer.index}.{tensor}"]{after}'


def _linear(script: Script, layer: Layer) -> Made:
    given = [
        str(layer.after[-1]),
        "" if layer.block["bias"] else "use_bias=False",
        script.regularizer("kernel_regularizer"),
    ]
    given += [script.regularizer("bias_regularizer")] if layer.block["bias"] else []
    weights = [_w(layer, "weight", ".T")] + ([_w(layer, "bias")] if layer.block["bias"] else [])
    return _call("Dense", layer, given), weights


def _conv(script: Script, layer: Layer) -> Made:
    block = layer.block
    given = [str(layer.after[0]), sizes(pair(block["kernel_size"]))]
    lines: Lines = []
    if block["padding"] == "same":
        given.append('padding="same"')
    else:
        lines = _padded(script, layer)
    given += [f"strides={sizes(stride_of(layer))}"] if stride_of(layer) != (1, 1) else []
    given += [f"dilation_rate={sizes(pair(block['dilation']))}"] if pair(block["dilation"]) != (1, 1) else []
    given += [] if block["bias"] else ["use_bias=False"]
    given += filter(None, [script.regularizer("kernel_regularizer")])
    given += filter(None, [script.regularizer("bias_regularizer")] if block["bias"] else [])
    weights = [_w(layer, "weight", ".transpose(2, 3, 1, 0)")] + ([_w(layer, "bias")] if block["bias"] else [])
    return [*lines, *_of_images(script, "Conv2D", layer, given)], weights


def _pool(script: Script, layer: Layer) -> Made:
    name = "MaxPooling2D" if layer.type == "MaxPool2d" else "AveragePooling2D"
    given = [sizes(pair(layer.block["kernel_size"]))]
    given += [f"strides={sizes(stride_of(layer))}"] if stride_of(layer) != pair(layer.block["kernel_size"]) else []
    return [*_padded(script, layer), *_of_images(script, name, layer, given)], []


def _recurrent(script: Script, layer: Layer) -> Made:
    block = layer.block
    name = {"RNN": "SimpleRNN"}.get(layer.type, layer.type)
    given = [str(block["hidden_size"])]
    given += ['activation="relu"'] if block.get("nonlinearity") == "relu" else []
    given += ["return_sequences=True"] if block["return"] == "all" else []
    given += [] if block["bias"] else ["use_bias=False"]
    given += [f"reset_after={block.get('reset_after', True)}"] if layer.type == "GRU" else []
    given += [script.regularizer("kernel_regularizer"), script.regularizer("recurrent_regularizer")]
    given += [script.regularizer("bias_regularizer")] if block["bias"] else []
    after = ".T"
    script.parts |= {"gates"} if layer.type == "GRU" else set()
    weights = [_gates(layer, "weight_ih", after), _gates(layer, "weight_hh", after)]
    weights += [_gates(layer, "bias_ih", "")] if block["bias"] else []
    return _call(name, layer, given), weights


def _gates(layer: Layer, tensor: str, after: str) -> str:
    if layer.type != "GRU":
        return _w(layer, tensor, after)
    return f'gates(w["{layer.index}.{tensor}"]){after}'


def _embedding(script: Script, layer: Layer) -> Made:
    block = layer.block
    given = [str(block["num_embeddings"]), str(block["embedding_dim"]), script.regularizer("embeddings_regularizer")]
    return _call("Embedding", layer, given), [_w(layer, "weight")]


def _batch_norm(script: Script, layer: Layer) -> Made:
    block = layer.block
    given = ["axis=1"] if layer.type == "BatchNorm2d" else []
    given += [f"momentum={number(round(1.0 - block['momentum'], 12))}", f"epsilon={number(block['eps'])}"]
    given += _scales(script, layer)
    weights = [_w(layer, "weight"), _w(layer, "bias")] if block["affine"] else []
    return _call("BatchNormalization", layer, given), weights


def _layer_norm(script: Script, layer: Layer) -> Made:
    block = layer.block
    count = len(block.get("normalized_shape", (1,)))
    given = [f"axis={list(range(-count, 0))}"] if count > 1 else []
    given += [f"epsilon={number(block['eps'])}", *_scales(script, layer)]
    weights = [_w(layer, "weight"), _w(layer, "bias")] if block["affine"] else []
    return _call("LayerNormalization", layer, given), weights


def _scales(script: Script, layer: Layer) -> Lines:
    if not layer.block["affine"]:
        return ["center=False", "scale=False"]
    return ["gamma_regularizer=PENALTY", "beta_regularizer=PENALTY"] if script.run.penalty.get("bias") else []


LAYERS: dict[str, Callable[[Script, Layer], Made]] = {
    "Linear": _linear,
    "Flatten": lambda script, layer: (["x = keras.layers.Reshape((-1,))(x)"], []),
    "Reshape": lambda script, layer: ([f"x = keras.layers.Reshape({sizes(layer.after)})(x)"], []),
    "Add": lambda script, layer: ([f"x = keras.layers.Add()([x, y{layer.block['from']}])"], []),
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "Embedding": _embedding,
    "Dropout": lambda script, layer: ([], []),
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "LayerNorm": _layer_norm,
}
