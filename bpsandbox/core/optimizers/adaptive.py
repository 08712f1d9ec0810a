"""Optimisers that divide every gradient by a measure of its own past size."""

from __future__ import annotations

import numpy as np

from .base import Array, Optimizer, average_squares, lerp


class RMSprop(Optimizer):
    """w = w - lr g / (sqrt(v) + eps), v = alpha v + (1 - alpha) g^2

    Centred, the running mean's square is taken off v. With momentum the quotient is accumulated first. Tieleman,
    Hinton, lecture 6.5, 2012.
    """

    scratches = 2
    v: Array
    mean: Array
    velocity: Array

    def __init__(
        self,
        lr: float = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        self.lr = lr
        self.alpha = alpha
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.centered = centered
        self.memory = ("v",) + ("mean",) * centered + ("velocity",) * bool(momentum)

    def update(self, w: Array, g: Array) -> None:
        s = self.s0
        self._decay_into_gradient(w, g, self.weight_decay)
        average_squares(self.v, g, self.alpha, s)
        np.sqrt(self._variance(g), out=s)
        s += self.eps
        np.divide(g, s, out=s)
        if self.momentum:
            self.velocity *= self.momentum
            self.velocity += s
            np.copyto(s, self.velocity)
        s *= self.rate
        w -= s

    def _variance(self, g: Array) -> Array:
        if not self.centered:
            return self.v
        lerp(self.mean, g, 1.0 - self.alpha, self.s0)
        np.multiply(self.mean, self.mean, out=self.s1)
        np.subtract(self.v, self.s1, out=self.s1)
        return self.s1


class Adagrad(Optimizer):
    """w = w - lr / (1 + (t - 1) lr_decay) g / (sqrt(v) + eps), v = sum of all g^2. Duchi, Hazan, Singer, 2011."""

    memory = ("v",)
    v: Array

    def __init__(
        self,
        lr: float = 0.01,
        *,
        lr_decay: float = 0.0,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
    ) -> None:
        self.lr = lr
        self.lr_decay = lr_decay
        self.eps = eps
        self.weight_decay = weight_decay
        self.initial_accumulator_value = initial_accumulator_value

    def start_of(self, name: str) -> float:
        return self.initial_accumulator_value

    def update(self, w: Array, g: Array) -> None:
        s = self.s0
        self._decay_into_gradient(w, g, self.weight_decay)
        np.multiply(g, g, out=s)
        self.v += s
        np.sqrt(self.v, out=s)
        s += self.eps
        np.divide(g, s, out=s)
        s *= self.rate
        s /= 1.0 + (self.t - 1) * self.lr_decay
        w -= s


class Adadelta(Optimizer):
    """w = w - lr d, d = sqrt(u + eps) / sqrt(v + eps) g; v and u are running means of g^2 and d^2. Zeiler, 2012."""

    memory = ("v", "u")
    scratches = 2
    v: Array
    u: Array

    def __init__(self, lr: float = 1.0, *, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0) -> None:
        self.lr = lr
        self.rho = rho
        self.eps = eps
        self.weight_decay = weight_decay

    def update(self, w: Array, g: Array) -> None:
        d, s = self.s1, self.s0
        self._decay_into_gradient(w, g, self.weight_decay)
        average_squares(self.v, g, self.rho, s)
        np.add(self.u, self.eps, out=d)
        np.sqrt(d, out=d)
        np.add(self.v, self.eps, out=s)
        np.sqrt(s, out=s)
        d /= s
        d *= g
        average_squares(self.u, d, self.rho, s)
        d *= self.rate
        w -= d
