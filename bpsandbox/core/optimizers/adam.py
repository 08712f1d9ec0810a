"""Adam and its relatives: a running mean m of the gradient over a running size of it."""

from __future__ import annotations

import math

import numpy as np

from .base import Array, Optimizer, average_squares, lerp


class Adam(Optimizer):
    """w = w - lr m^ / (sqrt(v^) + eps), m^ = m / (1 - b1^t), v^ = v / (1 - b2^t)

    m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2; weight decay is added to g. With amsgrad the largest v so far takes
    v's place. Kingma, Ba, Adam: a method for stochastic optimization, 2014.
    """

    memory: tuple[str, ...] = ("m", "v")
    decoupled = False
    m: Array
    v: Array
    top: Array

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.amsgrad = amsgrad
        if amsgrad:
            self.memory = ("m", "v", "top")

    def update(self, w: Array, g: Array) -> None:
        b1, b2 = self.betas
        s = self.s0
        (self._decay_weights if self.decoupled else self._coupled)(w, self.weight_decay)
        lerp(self.m, g, 1.0 - b1, s)
        average_squares(self.v, g, b2, s)
        if self.amsgrad:
            np.maximum(self.top, self.v, out=self.top)
        np.sqrt(self.top if self.amsgrad else self.v, out=s)
        s /= math.sqrt(1.0 - b2**self.t)
        s += self.eps
        np.divide(self.m, s, out=s)
        s *= self.rate
        s /= 1.0 - b1**self.t
        w -= s

    def _coupled(self, w: Array, decay: float) -> None:
        self._decay_into_gradient(w, self.g, decay)


class AdamW(Adam):
    """Adam whose weight decay acts on w beside the gradient. Loshchilov, Hutter, Decoupled weight decay, 2017."""

    decoupled = True

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)


class NAdam(Optimizer):
    """Adam with Nesterov's look ahead. Dozat, Incorporating Nesterov momentum into Adam, 2016.

    mu_t = b1 (1 - 0.96^(t d) / 2), d the momentum decay; M_t = mu_1 … mu_t;
    w = w - lr ((1 - mu_t) / (1 - M_t) g + mu_{t+1} / (1 - M_{t+1}) m) / (sqrt(v^) + eps)
    """

    memory = ("m", "v")
    scratches = 2
    m: Array
    v: Array

    def __init__(
        self,
        lr: float = 2e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum_decay = momentum_decay

    def bind(self, w: Array, g: Array, rate: float | Array | None = None) -> None:
        super().bind(w, g, rate)
        self.product = 1.0

    def update(self, w: Array, g: Array) -> None:
        b1, b2 = self.betas
        size, move = self.s0, self.s1
        self._decay_into_gradient(w, g, self.weight_decay)
        lerp(self.m, g, 1.0 - b1, size)
        average_squares(self.v, g, b2, size)
        np.divide(self.v, 1.0 - b2**self.t, out=size)
        np.sqrt(size, out=size)
        size += self.eps
        now, ahead = self._mu(self.t), self._mu(self.t + 1)
        self.product *= now
        np.multiply(self.m, ahead / (1.0 - self.product * ahead), out=move)
        g *= (1.0 - now) / (1.0 - self.product)
        move += g
        move /= size
        move *= self.rate
        w -= move

    def _mu(self, t: int) -> float:
        return self.betas[0] * (1.0 - 0.5 * 0.96 ** (t * self.momentum_decay))


class Adamax(Optimizer):
    """w = w - lr / (1 - b1^t) m / u, u = max(b2 u, |g| + eps): Adam in the infinity norm."""

    memory = ("m", "u")
    m: Array
    u: Array

    def __init__(
        self,
        lr: float = 2e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay

    def update(self, w: Array, g: Array) -> None:
        b1, b2 = self.betas
        s = self.s0
        self._decay_into_gradient(w, g, self.weight_decay)
        lerp(self.m, g, 1.0 - b1, s)
        np.abs(g, out=s)
        s += self.eps
        self.u *= b2
        np.maximum(self.u, s, out=self.u)
        np.divide(self.m, self.u, out=s)
        s *= self.rate
        s /= 1.0 - b1**self.t
        w -= s
