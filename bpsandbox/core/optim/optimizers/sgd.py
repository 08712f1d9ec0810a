"""Stochastic gradient descent."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Optimizer


class SGD(Optimizer):
    """w = w - lr v, where v = mu v + (1 - dampening) g; without momentum v = g.

    The first step sets v = g. Nesterov moves along g + mu v. Weight decay is added to g. With `momentum_form`
    updates, learning rates are inside the velocity: v = mu v - lr g, w = w + v, with Nesterov w = w + mu v - lr g
    (Rumelhart, Hinton, Williams 1986; Keras, scikit-learn). Both are equal for a constant lr.
    """

    memory: tuple[str, ...] = ("v",)
    v: Array

    def __init__(
        self,
        lr: float = 0.01,
        *,
        momentum: float = 0.0,
        momentum_form: str = "gradients",
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay)
        self.momentum, self.sums_updates = momentum, momentum_form == "updates"
        self.dampening = dampening
        self.nesterov = nesterov
        if not momentum:
            self.memory = ()

    def update(self, w: Array, g: Array) -> None:
        if self.weight_decay:
            self.decay(w, g)
        if self.momentum and self.sums_updates:
            self._add_velocity(w, g)
            return
        if self.momentum:
            g = self._direction(g)
        np.multiply(g, self.rate, out=self.s0)
        np.subtract(w, self.s0, out=w)

    def _direction(self, g: Array) -> Array:
        self.v *= self.momentum
        if self.dampening and self.t > 1:
            np.multiply(g, 1.0 - self.dampening, out=self.s0)
            self.v += self.s0
        else:
            self.v += g
        if not self.nesterov:
            return self.v
        np.multiply(self.v, self.momentum, out=self.s0)
        g += self.s0
        return g

    def _add_velocity(self, w: Array, g: Array) -> None:
        g *= self.rate
        self.v *= self.momentum
        self.v -= g
        if not self.nesterov:
            w += self.v
            return
        np.multiply(self.v, self.momentum, out=self.s0)
        self.s0 -= g
        w += self.s0
