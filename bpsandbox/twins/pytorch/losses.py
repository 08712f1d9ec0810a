"""Losses in PyTorch: what is defined before, and the lines of the value, the last of which is an expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpsandbox.twins.described import Block
from bpsandbox.twins.text import number

if TYPE_CHECKING:
    from . import Script

Lines = list[str]


def _plain_loss(name: str, **fields: str) -> Callable[[Script, Block], tuple[Lines, Lines]]:
    def write(script: Script, block: Block) -> tuple[Lines, Lines]:
        given = [f"{theirs}={number(block[ours])}" for ours, theirs in fields.items()]
        reduction, after = block["reduction"], ""
        if reduction == "batchmean":
            reduction, after = "sum", " / len(y)"
        given += [f'reduction="{reduction}"'] if reduction != "mean" else []
        factor = f"{number(block['factor'])} * " if block.get("factor", 1.0) != 1.0 else ""
        return [f"loss = nn.{name}({', '.join(given)})"], [f"{factor}loss(network(x), y){after}"]

    return write


def _cross_entropy(script: Script, block: Block) -> tuple[Lines, Lines]:
    weights = block.get("class_weight")
    smooth = block.get("label_smoothing", 0.0)
    if block.get("from_logits") is False:
        return _of_probabilities(script, block)
    given = [f"weight=torch.tensor({weights})"] if weights else []
    given += [f"label_smoothing={number(smooth)}"] if smooth else []
    given += ['reduction="sum"'] if block["reduction"] == "sum" else []
    call = f"loss = nn.CrossEntropyLoss({', '.join(given)})"
    if len(call) > 79:
        return ["loss = nn.CrossEntropyLoss(", *(f"    {each}," for each in given), ")"], ["loss(network(x), y)"]
    return [call], ["loss(network(x), y)"]


def _of_probabilities(script: Script, block: Block) -> tuple[Lines, Lines]:
    script.parts.add("cross_entropy_of_probabilities")
    k, smooth, weights = script.run.outputs, block.get("label_smoothing", 0.0), block.get("class_weight")
    lines = [f"t = torch.eye({k})[y]"] if script.run.takes_classes else ["t = y"]
    lines += [f"t = (1 - {number(smooth)}) * t + {number(smooth)} / {k}"] if smooth else []
    lines += [f"weight = torch.tensor({weights})", "t = t * weight"] if weights else []
    lines.append("rows = cross_entropy_of_probabilities(network(x), t)")
    if block["reduction"] == "sum":
        return [], [*lines, "rows.sum()"]
    return [], [*lines, "rows.sum() / weight[y].sum()" if weights else "rows.mean()"]


def _hinge(script: Script, block: Block) -> tuple[Lines, Lines]:
    if script.run.outputs > 1:
        return _plain_loss("MultiMarginLoss")(script, block)
    total = "sum" if block["reduction"] == "sum" else "mean"
    return [], [f"torch.relu(1 - y * network(x)).{total}()  # y is -1 or 1"]


LOSSES: dict[str, Callable[[Script, Block], tuple[Lines, Lines]]] = {
    "MSELoss": _plain_loss("MSELoss"),
    "L1Loss": _plain_loss("L1Loss"),
    "HuberLoss": _plain_loss("HuberLoss", delta="delta"),
    "SmoothL1Loss": _plain_loss("SmoothL1Loss", beta="beta"),
    "BCELoss": _plain_loss("BCELoss"),
    "BCEWithLogitsLoss": _plain_loss("BCEWithLogitsLoss"),
    "CrossEntropyLoss": _cross_entropy,
    "hinge": _hinge,
}
