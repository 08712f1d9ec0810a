"""Losses, optimisers, schedules, penalties and initialisers with mistakes."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn import initializers
from bpsandbox.core.nn.losses import BCEWithLogitsLoss, CrossEntropyLoss, HingeLoss, HuberLoss, L1Loss, MSELoss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.clipping import Clipping
from bpsandbox.core.optim.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Lion, NAdam, RMSprop
from bpsandbox.core.optim.optimizers.base import Optimizer
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.optim.schedules import CosineAnnealingLR, ExponentialLR, ReduceLROnPlateau, StepLR
from tests.bpsandbox.oracles.rows import BATCH

from .core import GRADIENT_WRONG, WrongCore, after, given, instead, of, oracle, together

MSE, CE = "Linear / tanh / MSELoss", "Linear / tanh / CrossEntropyLoss"
EXP_RATE, FAR = "SGD / ExponentialLR", "far from 0 / CrossEntropyLoss"


def _times(factor):
    """Backward of a loss scaled by a factor."""

    def change(self, p, y, dp, *others):
        dp *= factor(p) if callable(factor) else factor

    return change


def _logits_minus_targets(self, z, t, dz, *others):
    np.subtract(z, t, out=dz)
    dz /= z.shape[-2]


def _next_class(rows, self, *arguments):
    return np.roll(rows, 1, axis=-1)


def _in_bits(self, z, t, value, *others):
    value /= np.log(2.0)


def _without_shift(self, z, t, value):
    """p = exp(z) / sum exp(z), and its logarithm."""
    exponentials = np.exp(z)
    self.p[...] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    value[...] = -(t * np.log(self.p)).sum(axis=(-1, -2)) / z.shape[-2]


def _every_batch_as_long_as_the_first(scale, self, p):
    """Treat every batch as BATCH rows of two numbers."""
    return scale * min(1.0, p.shape[-1] / (2 * BATCH))


def _with_all_before(right):
    def step(self):
        self.g += self.__dict__.get("before", 0.0)
        self.before = self.g.copy()
        right(self)

    return step


def _inverted_correction(self, w, g, b1, b2):
    self.v[...] = b2 * self.v + (1.0 - b2) * g * g
    m, v = self.m * (1.0 - b1**self.t), self.v * (1.0 - b2**self.t)
    w -= self.rate * m / (np.sqrt(v) + self.eps)


def _uncorrected(self, w, g, b1, b2):
    self.v[...] = b2 * self.v + (1.0 - b2) * g * g
    w -= self.rate * self.m / (np.sqrt(self.v) + self.eps)


def _counted_late(self, *arguments, **named):
    self.t = 1


def _without_memory(self, g):
    return g


def _nesterov_backwards(self, g):
    self.v[...] = self.momentum * self.v + g
    return g - self.momentum * self.v if self.nesterov else self.v


def _dampened_at_once(self, g):
    self.v[...] = self.momentum * self.v + (1.0 - self.dampening) * g
    return self.v


def _decayed_twice(self, w, g):
    w -= self.rate * self.weight_decay * w


def _of_this_step_only(self, w, g):
    w -= self.rate * g / (np.abs(g) + self.eps)


def _root_of_both(self, w, g):
    self.decay(w, g)
    self.v[...] = self.alpha * self.v + (1.0 - self.alpha) * g * g
    w -= self.rate * g / np.sqrt(self.v + self.eps)


def _steps_not_remembered(self, w, g):
    self.u[...] = 0.0


def _by_tensor():
    """Clip each tensor separately, by its position."""
    slots = []

    def kept(self, *arguments):
        slots[:] = self.slots

    def apply(self, g):
        for slot in slots if self.norm is not None else []:
            part = g[:, slot.start : slot.stop]
            part *= np.minimum(1.0, self.norm / (np.sqrt((part * part).sum(axis=1, keepdims=True)) + 1e-6))

    return together(after(Network, "bind", kept), instead(Clipping, "apply", apply))


def _always_to_the_norm(self, g):
    if self.norm is not None:
        g *= self.norm / (np.sqrt((g * g).sum(axis=1, keepdims=True)) + 1e-6)


def _scaled_by_value(self, g):
    if self.value is not None:
        g *= np.minimum(1.0, self.value / np.abs(g).max(axis=1, keepdims=True))


def _with_fans(change):
    right = initializers.fans
    return instead(initializers, "fans", lambda shape: change(*right(shape)))


TRAINING = [
    WrongCore("missing-mean", "The gradient of a mean is not divided by the number of terms.",
              after(MSELoss, "backward", _times(lambda p: p.shape[-1])), MSE, GRADIENT_WRONG),
    WrongCore("missing-two", "The derivative of d^2 is d.",
              after(MSELoss, "backward", _times(0.5)), MSE, GRADIENT_WRONG),
    WrongCore("mse-sign", "dL/dp is y - p: training climbs.",
              after(MSELoss, "backward", _times(-1.0)), MSE, GRADIENT_WRONG),
    WrongCore("mse-half", "Half squares, forward and back: a textbook's meaning.",
              of(MSELoss, "scale", lambda scale, self, p: scale / 2.0), MSE, oracle(MSE)),
    WrongCore("short-batch-as-long-as-others", "The last, short batch is divided by the size of the others.",
              of(MSELoss, "scale", _every_batch_as_long_as_the_first), MSE, oracle(MSE)),
    WrongCore("l1-slope", "The slope of |d| is d.",
              after(L1Loss, "backward", lambda self, p, y, dp, *others: np.divide(p - y, p.shape[-1], out=dp)),
              "Linear / tanh / L1Loss", GRADIENT_WRONG),
    WrongCore("huber-not-clipped", "Huber's slope is d on both sides of delta.",
              after(HuberLoss, "backward", lambda self, p, y, dp, *others: np.divide(p - y, p.shape[-1], out=dp)),
              "Linear / tanh / HuberLoss .3", GRADIENT_WRONG),
    WrongCore("softmax-forgotten", "dL/dz is z - t: the softmax is left out.",
              after(CrossEntropyLoss, "backward", _logits_minus_targets), CE, GRADIENT_WRONG),
    WrongCore("class-off-by-one", "Classes are counted from 1 where they begin at 0.",
              of(CrossEntropyLoss, "targets", _next_class), CE, oracle(CE)),
    WrongCore("logarithm-of-base-2", "The loss is told in bits, its gradient is of nats.",
              after(CrossEntropyLoss, "forward", _in_bits), CE, GRADIENT_WRONG),
    WrongCore("softmax-without-shift", "exp of large logits overflows: the largest is not taken off first.",
              after(CrossEntropyLoss, "forward", _without_shift), FAR, GRADIENT_WRONG),
    WrongCore("bce-divided-twice", "The slope of BCE by p, p (1 - p) too small, where logits are given.",
              after(BCEWithLogitsLoss, "backward", lambda self, z, y, dz, *others:
                    np.multiply(dz, np.exp(-z) / (1.0 + np.exp(-z)) ** 2, out=dz)),
              "Linear / tanh / BCEWithLogitsLoss", GRADIENT_WRONG),
    WrongCore("hinge-outside-too", "The hinge pushes examples that are far enough on the right side.",
              after(HingeLoss, "backward", lambda self, z, y, dz, *others:
                    np.divide(-y, z.shape[-1], out=dz)),
              "far from 0 / hinge", GRADIENT_WRONG),
    WrongCore("penalty-without-half", "l2 sum w^2 with the gradient of l2 / 2 sum w^2.",
              of(Penalty, "value", lambda value, self, *rows:
                 value + 0.5 * self.l2 * ((self.w * self.counts) ** 2).sum(axis=1)),
              "penalty l2", GRADIENT_WRONG),
    WrongCore("penalty-on-biases", "Biases are penalised with the weights.",
              given(Penalty, bias=True), "penalty l2", oracle("penalty l2")),
    WrongCore("penalty-value-forgotten", "The penalty has a gradient but is not part of the loss.",
              of(Penalty, "value", lambda value, self, *rows: 0.0 * value), "penalty l1", GRADIENT_WRONG),
    WrongCore("gradients-not-cleared", "The gradient of a step is added to those of all steps before.",
              instead(Optimizer, "step", _with_all_before(Optimizer.step)), "SGD", oracle("SGD")),
    WrongCore("adam-inverted-correction", "Adam multiplies by 1 - b^t instead of dividing.",
              instead(Adam, "move", _inverted_correction), "Adam", oracle("Adam")),
    WrongCore("adam-uncorrected", "Adam leaves both corrections out.",
              instead(Adam, "move", _uncorrected), "Adam", oracle("Adam")),
    WrongCore("adam-counts-from-2", "Adam's first step is counted as its second.",
              after(Adam, "bind", _counted_late), "Adam", oracle("Adam")),
    WrongCore("adamw-coupled", "AdamW adds its decay to the gradient, as Adam does.",
              after(AdamW, "__init__", lambda self, *arguments, **settings:
                    setattr(self, "decoupled_weight_decay", False)),
              "AdamW / decay", oracle("AdamW / decay")),
    WrongCore("adam-decoupled", "Adam's weight decay acts beside the gradient, as AdamW's does.",
              after(Adam, "__init__", lambda self, *arguments, **settings:
                    setattr(self, "decoupled_weight_decay", True)),
              "Adam / decay", oracle("Adam / decay")),
    WrongCore("decay-twice", "Weight decay acts through the gradient and once more on the weight.",
              after(Optimizer, "decay", _decayed_twice), "SGD / decay", oracle("SGD / decay")),
    WrongCore("momentum-forgotten", "Every step begins with an empty velocity.",
              instead(SGD, "_direction", _without_memory), "SGD momentum", oracle("SGD momentum")),
    WrongCore("nesterov-backwards", "Nesterov looks back: g - mu v.",
              instead(SGD, "_direction", _nesterov_backwards), "SGD nesterov", oracle("SGD nesterov")),
    WrongCore("dampened-at-once", "The very first velocity is dampened too.",
              instead(SGD, "_direction", _dampened_at_once), "SGD dampening", oracle("SGD dampening")),
    WrongCore("rmsprop-epsilon-inside", "eps stands inside the root.",
              instead(RMSprop, "update", _root_of_both), "RMSprop of large eps", oracle("RMSprop of large eps")),
    WrongCore("adagrad-forgets", "Adagrad divides by the size of this step's gradient alone.",
              instead(Adagrad, "update", _of_this_step_only), "Adagrad", oracle("Adagrad")),
    WrongCore("adagrad-begins-at-0.1", "The sum of squares starts at 0.1, Keras's start.",
              given(Adagrad, initial_accumulator_value=0.1), "Adagrad", oracle("Adagrad")),
    WrongCore("adadelta-without-steps", "Adadelta never remembers how far it went.",
              after(Adadelta, "update", _steps_not_remembered), "Adadelta", oracle("Adadelta")),
    WrongCore("nadam-without-schedule", "NAdam's momentum is the same at every step.",
              instead(NAdam, "_mu", lambda self, t: self.betas[0]), "NAdam", oracle("NAdam")),
    WrongCore("lion-one-beta", "Lion uses its first beta for both averages.",
              after(Lion, "__init__", lambda self, *arguments, **settings:
                    setattr(self, "betas", (self.betas[0], self.betas[0]))), "Lion", oracle("Lion")),
    WrongCore("rate-one-epoch-early", "The learning rate of the next epoch is used in this one.",
              of(ExponentialLR, "factor", lambda factor, self, t: self.gamma ** (t + 1)), EXP_RATE, oracle(EXP_RATE)),
    WrongCore("step-rate-falls-too-soon", "StepLR falls after step_size - 1 epochs.",
              of(StepLR, "factor", lambda factor, self, t: self.gamma ** ((t + 1) // self.step_size)),
              "SGD / StepLR", oracle("SGD / StepLR")),
    WrongCore("cosine-of-twice-the-period", "The cosine takes 2 T_max for its way down.",
              after(CosineAnnealingLR, "__init__", lambda self, **settings: setattr(self, "period", 2 * self.period)),
              "SGD / CosineAnnealingLR", oracle("SGD / CosineAnnealingLR")),
    WrongCore("plateau-without-threshold", "Any improvement counts, however small.",
              given(ReduceLROnPlateau, threshold=0.0), "SGD / ReduceLROnPlateau", oracle("SGD / ReduceLROnPlateau")),
    WrongCore("clipped-by-tensor", "Every tensor is clipped by its own norm, not all by the norm of all.",
              _by_tensor(), "SGD / norm", oracle("SGD / norm")),
    WrongCore("always-clipped", "Small gradients are made as long as the norm too.",
              instead(Clipping, "apply", _always_to_the_norm), "SGD / norm", oracle("SGD / norm")),
    WrongCore("value-as-norm", "Clipping by value shrinks the whole gradient, keeping its direction.",
              instead(Clipping, "apply", _scaled_by_value), "SGD / value", oracle("SGD / value")),
    WrongCore("kaiming-fan-swapped", "The number of outputs is taken for the number of inputs.",
              _with_fans(lambda inputs, outputs: (outputs, inputs)), "start of kaiming_uniform",
              oracle("start of kaiming_uniform")),
    WrongCore("xavier-one-fan", "Only the inputs are counted, twice.",
              _with_fans(lambda inputs, outputs: (inputs, inputs)), "start of xavier_normal",
              oracle("start of xavier_normal")),
    WrongCore("fans-without-kernel", "Channels are counted, not the numbers that a kernel sees.",
              _with_fans(lambda inputs, outputs: (inputs // 6, outputs // 6)), "start of kaiming_normal",
              oracle("start of kaiming_normal")),
]  # fmt: skip
