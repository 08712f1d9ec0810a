"""Stochastic gradient descent."""

from __future__ import annotations

import numpy as np

from .base import Array, Optimizer


class SGD(Optimizer):
    """w = w - lr v, where v = mu v + (1 - dampening) g; without momentum v = g.

    The first step takes v = g whole. Nesterov moves along g + mu v. Weight decay is added to g.
    """

    memory: tuple[str, ...] = ("v",)
    v: Array

    def __init__(
        self,
        lr: float = 0.01,
        *,
        momentum: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.lr = lr
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        if not momentum:
            self.memory = ()

    def update(self, w: Array, g: Array) -> None:
        if self.weight_decay:
            self._decay_into_gradient(w, g, self.weight_decay)
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
