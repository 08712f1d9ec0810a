"""Losses in JAX: lines before `objective`, and the lines of the value, the last of which is an expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpsandbox.twins.described import Block
from bpsandbox.twins.numpy.losses import targets
from bpsandbox.twins.text import number

if TYPE_CHECKING:
    from . import Script

Lines = list[str]


def _elementwise(term: str, *before: str, part: str = "") -> Callable[[Script, Block], tuple[Lines, Lines]]:
    def write(script: Script, block: Block) -> tuple[Lines, Lines]:
        if part:
            script.parts |= {part} if part == "absolute" else {part, f"slope_of_{part}"}
        delta = number(block.get("delta", block.get("beta", 1.0)))
        scale = f"{number(block['factor'])} * " if block.get("factor", 1.0) != 1.0 else ""
        if block["type"] == "SmoothL1Loss" and block["beta"] != 1.0:
            scale = f"1 / {delta} * {scale}"
        lines = [line.format(delta=delta) for line in before]
        if len(term) > 40:
            lines.append(f"terms = {term}")
        inner = "terms" if len(term) > 40 else term
        mean = {"mean": f"jnp.mean({inner})", "sum": f"jnp.sum({inner})", "batchmean": f"jnp.sum({inner}) / len(y)"}
        return [], [*lines, f"{scale}{mean[block['reduction']]}"]

    return write


def _cross_entropy(script: Script, block: Block) -> tuple[Lines, Lines]:
    run = script.run
    before = targets(run, "jnp")
    rows = "targets(y)" if run.takes_classes else "y"
    share, weigh = (" / len(y)" if block["reduction"] == "mean" else ""), []
    if share and "class_weight" in block:
        share, weigh = " / whole", ["whole = jnp.array(CLASS_WEIGHT)[y].sum()"]
    if block.get("from_logits") is False:
        lines = ["q = y_pred / y_pred.sum(axis=1, keepdims=True)", "q = jnp.clip(q, 1e-7, 1 - 1e-7)  # as Keras does"]
        return before, [*weigh, *lines, f"-({rows} * jnp.log(q)).sum(){share}"]
    return before, [*weigh, f"-({rows} * jax.nn.log_softmax(y_pred)).sum(){share}"]


def _hinge(script: Script, block: Block) -> tuple[Lines, Lines]:
    run = script.run
    if run.outputs == 1:
        total = "sum" if block["reduction"] == "sum" else "mean"
        return [], [f"jax.nn.relu(1 - y * y_pred).{total}()"]
    share = " / y_pred.size" if block["reduction"] == "mean" else f" / {run.outputs}"
    rows = "targets(y)" if run.takes_classes else "y"
    lines = [f"t = {rows}", "own = (y_pred * t).sum(axis=1, keepdims=True)"]
    lines.append("margin = (1 - own + y_pred) * (1 - t)  # of the wrong classes")
    return targets(run, "jnp"), [*lines, f"jax.nn.relu(margin).sum(){share}"]


_HUBER = _elementwise("c * (d - c / 2)", "d = y_pred - y", "c = jnp.clip(d, -{delta}, {delta})")
LOSSES: dict[str, Callable[[Script, Block], tuple[Lines, Lines]]] = {
    "MSELoss": _elementwise("(y_pred - y) ** 2"),
    "L1Loss": _elementwise("absolute(y_pred - y)", part="absolute"),
    "HuberLoss": _HUBER,
    "SmoothL1Loss": _HUBER,
    "BCELoss": _elementwise("binary_cross_entropy(y_pred, y)", part="binary_cross_entropy"),
    "BCEWithLogitsLoss": _elementwise("jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))", "z = y_pred"),
    "CrossEntropyLoss": _cross_entropy,
    "hinge": _hinge,
}
