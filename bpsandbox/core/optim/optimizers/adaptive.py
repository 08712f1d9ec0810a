"""Optimisers that divide every gradient by a measure of its past size."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Optimizer, average_squares, lerp


class RMSprop(Optimizer):
    """w = w - lr g / (sqrt(v) + eps), v = alpha v + (1 - alpha) g^2

    With `centered`, the square of the gradient's running mean is subtracted from v. With momentum, quotients are
    accumulated before lr is applied; with `momentum_form` updates, lr is inside the accumulated velocity. With
    `eps_place` inside, the root is sqrt(v + eps); both are Keras's forms. Tieleman, Hinton, lecture 6.5, 2012.
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
        eps_place: str = "outside",
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        momentum: float = 0.0,
        momentum_form: str = "gradients",
        centered: bool = False,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay)
        self.alpha = alpha
        self.eps, self.eps_is_inside = eps, eps_place == "inside"
        self.momentum, self.sums_updates = momentum, momentum_form == "updates"
        self.centered = centered
        self.memory = ("v",) + ("mean",) * centered + ("velocity",) * bool(momentum)

    def update(self, w: Array, g: Array) -> None:
        s = self.s0
        self.decay(w, g)
        average_squares(self.v, g, self.alpha, s)
        root(self._variance(g), self.eps, s, is_inside=self.eps_is_inside)
        np.divide(g, s, out=s)
        if self.momentum and self.sums_updates:
            s *= self.rate
            w -= self._accumulated(s)
            return
        if self.momentum:
            np.copyto(s, self._accumulated(s))
        s *= self.rate
        w -= s

    def _accumulated(self, s: Array) -> Array:
        self.velocity *= self.momentum
        self.velocity += s
        return self.velocity

    def _variance(self, g: Array) -> Array:
        if not self.centered:
            return self.v
        lerp(self.mean, g, 1.0 - self.alpha, self.s0)
        np.multiply(self.mean, self.mean, out=self.s1)
        np.subtract(self.v, self.s1, out=self.s1)
        return self.s1


class Adagrad(Optimizer):
    """w = w - lr / (1 + (t - 1) lr_decay) g / (sqrt(v) + eps), v = sum of all g^2. Duchi, Hazan, Singer, 2011.

    v starts at `initial_accumulator_value` (0.1 in Keras). With `eps_place` inside, the root is sqrt(v + eps).
    """

    memory = ("v",)
    v: Array

    def __init__(
        self,
        lr: float = 0.01,
        *,
        lr_decay: float = 0.0,
        eps: float = 1e-10,
        eps_place: str = "outside",
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        initial_accumulator_value: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay)
        self.lr_decay = lr_decay
        self.eps, self.eps_is_inside = eps, eps_place == "inside"
        self.initial_accumulator_value = initial_accumulator_value

    def start_of(self, name: str) -> float:
        return self.initial_accumulator_value

    def update(self, w: Array, g: Array) -> None:
        s = self.s0
        self.decay(w, g)
        np.multiply(g, g, out=s)
        self.v += s
        root(self.v, self.eps, s, is_inside=self.eps_is_inside)
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

    def __init__(
        self,
        lr: float = 1.0,
        *,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay)
        self.rho = rho
        self.eps = eps

    def update(self, w: Array, g: Array) -> None:
        d, s = self.s1, self.s0
        self.decay(w, g)
        average_squares(self.v, g, self.rho, s)
        root(self.u, self.eps, d, is_inside=True)
        root(self.v, self.eps, s, is_inside=True)
        d /= s
        d *= g
        average_squares(self.u, d, self.rho, s)
        d *= self.rate
        w -= d


def root(v: Array, eps: float, s: Array, *, is_inside: bool) -> None:
    """s = sqrt(v + eps) where eps is inside, else sqrt(v) + eps"""
    if is_inside:
        np.add(v, eps, out=s)
        np.sqrt(s, out=s)
    else:
        np.sqrt(v, out=s)
        s += eps
