"""Lion, which uses only the sign of its update."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Optimizer, lerp


class Lion(Optimizer):
    """w = w - lr sign(b1 m + (1 - b1) g), then m = b2 m + (1 - b2) g; weight decay is decoupled.

    Chen and others, Symbolic discovery of optimization algorithms, 2023.
    """

    memory = ("m",)
    m: Array

    def __init__(
        self,
        lr: float = 1e-4,
        *,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay, decoupled_weight_decay=True)
        self.betas = betas

    def update(self, w: Array, g: Array) -> None:
        b1, b2 = self.betas
        s = self.s0
        self.decay(w, g)
        np.subtract(g, self.m, out=s)
        s *= 1.0 - b1
        s += self.m
        np.sign(s, out=s)
        s *= self.rate
        w -= s
        lerp(self.m, g, 1.0 - b2, s)
