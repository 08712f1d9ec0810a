"""Losses in Keras: `loss(y_true, y_pred)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpsandbox.twins.described import Block
from bpsandbox.twins.text import number

if TYPE_CHECKING:
    from . import Script

Lines = list[str]


def _own(*lines: str) -> Lines:
    return ["def loss(y_true, y_pred):", *(f"    {line}" for line in lines)]


def _elementwise(term: str, *before: str) -> Callable[[Script, Block], Lines]:
    def write(script: Script, block: Block) -> Lines:
        delta = number(block.get("delta", block.get("beta", 1.0)))
        scale = f"{number(block['factor'])} * " if block.get("factor", 1.0) != 1.0 else ""
        if block["type"] == "SmoothL1Loss" and block["beta"] != 1.0:
            scale = f"1 / {delta} * {scale}"
        whole = {
            "mean": "ops.mean(terms)",
            "sum": "ops.sum(terms)",
            "batchmean": "ops.sum(ops.mean(terms, axis=0))",
        }
        lines = [line.format(delta=delta) for line in before]
        cast = "y_true = ops.cast(y_true, y_pred.dtype)"
        return _own(cast, *lines, f"terms = {term}", f"return {scale}{whole[block['reduction']]}")

    return write


def _rows(script: Script, block: Block) -> Lines:
    """Return lines that set t, the target rows."""
    k, smooth = script.run.outputs, block.get("label_smoothing", 0.0)
    lines = ["t = ops.cast(y_true, y_pred.dtype)"]
    if script.run.takes_classes:
        lines = [f"t = ops.one_hot(ops.reshape(y_true, (-1,)), {k}, dtype=y_pred.dtype)"]
    if smooth:
        lines.append(f"t = (1 - {number(smooth)}) * t + {number(smooth)} / {k}")
    return lines


def _cross_entropy(script: Script, block: Block) -> Lines:
    weights, logits = block.get("class_weight"), block.get("from_logits") is not False
    lines = _rows(script, block)
    is_mean = block["reduction"] == "mean"
    whole = "-ops.mean(ops.sum(t * log_p, axis=1))" if is_mean else "-ops.sum(t * log_p)"
    if weights:
        lines += [f"weight = ops.convert_to_tensor({weights}, dtype=y_pred.dtype)"]
        if is_mean:
            lines += [
                f"own = ops.one_hot(ops.reshape(y_true, (-1,)), {script.run.outputs}, dtype=y_pred.dtype)",
                "whole = ops.sum(own * weight)",
            ]
            whole = "-ops.sum(t * log_p) / whole"
        lines.append("t = t * weight")
    if logits:
        lines.append("log_p = ops.log_softmax(y_pred, axis=-1)")
    else:
        lines += ["q = y_pred / ops.sum(y_pred, axis=1, keepdims=True)", "log_p = ops.log(ops.clip(q, 1e-7, 1 - 1e-7))"]
    return _own(*lines, f"return {whole}")


def _hinge(script: Script, block: Block) -> Lines:
    if script.run.outputs == 1:
        total = "sum" if block["reduction"] == "sum" else "mean"
        terms = "terms = ops.relu(1 - y_true * y_pred)"
        return _own("y_true = ops.cast(y_true, y_pred.dtype)", terms, f"return ops.{total}(terms)")
    k = script.run.outputs
    total = "ops.mean(ops.relu(margin))" if block["reduction"] == "mean" else f"ops.sum(ops.relu(margin)) / {k}"
    lines = _rows(script, block)
    lines += ["own = ops.sum(y_pred * t, axis=1, keepdims=True)", "margin = (1 - own + y_pred) * (1 - t)"]
    return _own(*lines, f"return {total}")


_HUBER = ("c * (d - c / 2)", "d = y_pred - y_true", "c = ops.clip(d, -{delta}, {delta})")
LOSSES: dict[str, Callable[[Script, Block], Lines]] = {
    "MSELoss": _elementwise("(y_pred - y_true) ** 2"),
    "L1Loss": _elementwise("ops.abs(y_pred - y_true)"),
    "HuberLoss": _elementwise(*_HUBER),
    "SmoothL1Loss": _elementwise(*_HUBER),
    "BCELoss": _elementwise(
        "-(y_true * log_p + (1 - y_true) * log_q)",
        "log_p = ops.clip(ops.log(y_pred), -100.0, 0.0)",
        "log_q = ops.clip(ops.log1p(-y_pred), -100.0, 0.0)",
    ),
    "BCEWithLogitsLoss": _elementwise(
        "ops.relu(z) - z * y_true + ops.log1p(ops.exp(-ops.abs(z)))",
        "z = y_pred",
    ),
    "CrossEntropyLoss": _cross_entropy,
    "hinge": _hinge,
}
