"""Worked examples as a run records them, computed in plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Vector = list[float]
Matrix = list[list[float]]


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def sigmoid_net(
    weights: Sequence[Matrix], biases: Sequence[Vector], x: Vector, y: Vector, lr: float = 0.1
) -> dict[str, Any]:
    """Record one step of a net of sigmoid layers with the mean of squares."""
    inputs, sums, outs, before = [], [], [], x
    for W, b in zip(weights, biases, strict=True):
        inputs.append(before)
        sums.append([sum(w * v for w, v in zip(row, before, strict=True)) + c for row, c in zip(W, b, strict=True)])
        before = [sigmoid(z) for z in sums[-1]]
        outs.append(before)
    loss = sum((p - t) ** 2 for p, t in zip(before, y, strict=True)) / len(y)
    da, layers = [2 * (p - t) / len(y) for p, t in zip(before, y, strict=True)], []
    for k in reversed(range(len(weights))):
        W, b = weights[k], biases[k]
        dz = [d * a * (1 - a) for d, a in zip(da, outs[k], strict=True)]
        dW = [[d * v for v in inputs[k]] for d in dz]
        layers.insert(0, {
            "index": k, "type": "Linear", "activation": "sigmoid", "in": inputs[k], "weight": W, "bias": b,
            "z": sums[k], "a": outs[k], "dz": dz, "da": da, "dW": dW, "db": dz,
            "weight_after": [[w - lr * g for w, g in zip(*rows, strict=True)] for rows in zip(W, dW, strict=True)],
            "bias_after": [c - lr * d for c, d in zip(b, dz, strict=True)],
        })  # fmt: skip
        da = [sum(W[i][j] * dz[i] for i in range(len(dz))) for j in range(len(W[0]))]
    return {"sample": 0, "step": 0, "epoch": 0, "seed": 0, "layers": layers, "x": x, "y": y if len(y) > 1 else y[0],
            "y_hat": outs[-1], "loss": loss, "loss_type": "MSELoss", "loss_factor": 1.0, "optimizer": "SGD", "lr": lr,
            "batch_size": 1}  # fmt: skip


def article() -> dict[str, Any]:
    """Record the 2-3-1 network of the textbook page: x = (1, 2), y = 1, learning rate 0.1."""
    first = [[0.1, 0.2], [0.3, -0.4], [-0.5, 0.6]]
    return sigmoid_net([first, [[0.7, -0.8, 0.9]]], [[0.1, -0.1, 0.2], [0.05]], [1.0, 2.0], [1.0])


def document(example: dict[str, Any]) -> dict[str, Any]:
    return {"records": {"worked_example": example}}
