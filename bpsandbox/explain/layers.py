"""The recorded layers of one worked example, joined the way people write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .activations import NAMES
from .numbers import Matrix, Vector


@dataclass(frozen=True)
class Layer:
    """One affine map with its activation: what went in, came out and flowed back."""

    label: str
    activation: str
    x: Vector
    weight: Matrix
    bias: Vector | None
    z: Vector
    a: Vector
    dz: Vector
    da: Vector
    weight_gradient: Matrix
    bias_gradient: Vector | None
    weight_after: Matrix
    bias_after: Vector | None
    lr: float | None = None
    """The learning rate of this layer."""

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.weight), len(self.weight[0])

    @property
    def is_plain(self) -> bool:
        return self.activation in ("", "identity")


def layers_of(example: dict[str, Any]) -> list[Layer]:
    """Read the Linear layers; an activation that stands alone joins the layer before it."""
    found: list[Layer] = []
    for entry in example["layers"]:
        if entry.get("weight") is not None:
            found.append(_linear(entry, str(len(found) + 1)))
        elif found and found[-1].is_plain and _name(entry["type"]) in NAMES:
            found[-1] = replace(found[-1], activation=_name(entry["type"]), a=entry["a"], da=entry["da"])
    return found


def _name(activation: str | None) -> str:
    return (activation or "identity").lower().replace("_", "")


def _linear(entry: dict[str, Any], label: str) -> Layer:
    return Layer(
        label,
        _name(entry.get("activation")),
        entry["in"],
        entry["weight"],
        entry.get("bias"),
        entry["z"],
        entry["a"],
        entry["dz"],
        entry["da"],
        entry["dW"],
        entry.get("db"),
        entry["weight_after"],
        entry.get("bias_after"),
        entry.get("lr"),
    )
