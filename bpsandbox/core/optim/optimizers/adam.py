"""Adam and its variants: a running mean of the gradient divided by a running measure of its size.

Kingma, Ba, Adam: a method for stochastic optimization, 2014.
"""

from __future__ import annotations

import math

import numpy as np

from bpsandbox.core.types import Array

from .base import Optimizer, average_squares, lerp


class Moments(Optimizer):
    """m = b1 m + (1 - b1) g, after weight decay; each subclass then defines the update of w."""

    memory: tuple[str, ...] = ("m", "v")
    m: Array
    v: Array

    def __init__(
        self,
        lr: float,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay)
        self.betas = betas
        self.eps = eps

    def update(self, w: Array, g: Array) -> None:
        self.decay(w, g)
        lerp(self.m, g, 1.0 - self.betas[0], self.s0)
        self.move(w, g, *self.betas)

    def move(self, w: Array, g: Array, b1: float, b2: float) -> None:
        raise NotImplementedError


class Adam(Moments):
    """w = w - lr m^ / (sqrt(v^) + eps), m^ = m / (1 - b1^t), v^ = v / (1 - b2^t), v = b2 v + (1 - b2) g^2

    With amsgrad the largest v so far replaces v. With `eps_place` uncorrected, eps is the paper's epsilon hat, as
    in Keras and scikit-learn: w = w - lr m^ sqrt(1 - b2^t) / (sqrt(v) + eps).
    """

    top: Array

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        eps_place: str = "corrected",
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(
            lr, betas=betas, eps=eps, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay
        )
        self.eps_is_corrected = eps_place == "corrected"
        self.amsgrad = amsgrad
        if amsgrad:
            self.memory = ("m", "v", "top")

    def move(self, w: Array, g: Array, b1: float, b2: float) -> None:
        s = self.s0
        average_squares(self.v, g, b2, s)
        if self.amsgrad:
            np.maximum(self.top, self.v, out=self.top)
        np.sqrt(self.top if self.amsgrad else self.v, out=s)
        if self.eps_is_corrected:
            s /= math.sqrt(1.0 - b2**self.t)
            s += self.eps
        else:
            s += self.eps
            s /= math.sqrt(1.0 - b2**self.t)
        np.divide(self.m, s, out=s)
        s *= self.rate
        s /= 1.0 - b1**self.t
        w -= s


class AdamW(Adam):
    """Adam with decoupled weight decay. Loshchilov, Hutter, Decoupled weight decay, 2017."""

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        eps_place: str = "corrected",
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(lr, betas=betas, eps=eps, eps_place=eps_place, weight_decay=weight_decay, amsgrad=amsgrad)
        self.decoupled_weight_decay = True


class NAdam(Moments):
    """Adam with Nesterov momentum. Dozat, Incorporating Nesterov momentum into Adam, 2016.

    mu_t = b1 (1 - 0.96^(t d) / 2), d the momentum decay (Keras's is 1); M_t = mu_1 … mu_t;
    w = w - lr ((1 - mu_t) / (1 - M_t) g + mu_{t+1} / (1 - M_{t+1}) m) / (sqrt(v^) + eps)
    """

    scratches = 2
    counters = ("t", "product")

    def __init__(
        self,
        lr: float = 2e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        momentum_decay: float = 4e-3,
    ) -> None:
        super().__init__(
            lr, betas=betas, eps=eps, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay
        )
        self.momentum_decay = momentum_decay

    def bind(self, w: Array, g: Array, rate: float | Array | None = None) -> None:
        super().bind(w, g, rate)
        self.product = 1.0

    def step(self) -> None:
        self.product *= self._mu(self.t + 1)
        super().step()

    def move(self, w: Array, g: Array, b1: float, b2: float) -> None:
        size, move = self.s0, self.s1
        average_squares(self.v, g, b2, size)
        np.divide(self.v, 1.0 - b2**self.t, out=size)
        np.sqrt(size, out=size)
        size += self.eps
        now, ahead = self._mu(self.t), self._mu(self.t + 1)
        np.multiply(self.m, ahead / (1.0 - self.product * ahead), out=move)
        g *= (1.0 - now) / (1.0 - self.product)
        move += g
        move /= size
        move *= self.rate
        w -= move

    def _mu(self, t: int) -> float:
        return self.betas[0] * (1.0 - 0.5 * 0.96 ** (t * self.momentum_decay))


class Adamax(Moments):
    """w = w - lr / (1 - b1^t) m / u, u = max(b2 u, |g| + eps): Adam in the infinity norm.

    With `eps_place` outside, as in Keras: u = max(b2 u, |g|), and m / (u + eps).
    """

    memory = ("m", "u")
    u: Array

    def __init__(
        self,
        lr: float = 2e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        eps_place: str = "inside",
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(
            lr, betas=betas, eps=eps, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay
        )
        self.inside, self.outside = (eps, 0.0) if eps_place == "inside" else (0.0, eps)

    def move(self, w: Array, g: Array, b1: float, b2: float) -> None:
        s = self.s0
        np.abs(g, out=s)
        s += self.inside
        self.u *= b2
        np.maximum(self.u, s, out=self.u)
        np.add(self.u, self.outside, out=s)
        np.divide(self.m, s, out=s)
        s *= self.rate
        s /= 1.0 - b1**self.t
        w -= s
