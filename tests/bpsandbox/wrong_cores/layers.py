"""Layers with mistakes, mostly in backward."""

from __future__ import annotations

import numpy as np

from bpsandbox.core import Linear
from bpsandbox.core.nn.activations import ELU, GELU, Hardtanh, ReLU, Sigmoid, Softmax, Tanh, TanhGELU
from bpsandbox.core.nn.layers import (
    GRU,
    LSTM,
    RNN,
    AvgPool2d,
    BatchNorm1d,
    Conv2d,
    Dropout,
    Embedding,
    LayerNorm,
    MaxPool2d,
)
from bpsandbox.core.nn.network import Network
from bpsandbox.core.tape.workspace import Workspace

from .core import GRADIENT_SUSPICIOUS, GRADIENT_WRONG, WrongCore, after, given, instead, of, oracle, together

LINEAR, CONV, RNNS = "Linear / tanh / MSELoss", "Conv2d / tanh / MSELoss", "RNN / tanh / MSELoss"
DROPOUT, BATCH_NORM = "Dropout / tanh / MSELoss", "BatchNorm1d / tanh / MSELoss"


def _transposed(self, x, z, dz, dx, *others):
    self.dW[...] = (np.swapaxes(x, -1, -2) @ dz).reshape(self.dW.shape)


def _updated_too_soon(self, x, z, dz, dx, *others):
    if dx is not None:
        np.matmul(dz, self.W - 0.05 * self.dW, out=dx)


def _bias_of_one_row(self, x, z, dz, dx, *others):
    self.db[...] = dz[..., 0, :]


def _without_weight(self, x, z, dz, dx, *others):
    if dx is not None:
        dx[...] = np.add.reduce(dz, axis=-1, keepdims=True)


def _kept_weight(self, values, gradients):
    self.whole_weight, self.whole_d_weight = values["weight"], gradients["weight"]


def _not_turned(self, x, z, dz, dx, *others):
    """Compute dL/dx with the kernel not flipped."""
    if dx is None:
        return
    dx[...] = 0.0
    *_, rows, columns = dz.shape
    *_, height, width = self.whole_weight.shape
    for i in range(height):
        for j in range(width):
            W = self.whole_weight[..., height - 1 - i, width - 1 - j]
            dx[..., i : i + rows, j : j + columns] += np.einsum("oc,noyx->ncyx", W, dz)


def _turned_kernel_gradient(self, x, z, dz, dx, *others):
    self.whole_d_weight[...] = self.whole_d_weight[..., ::-1, ::-1].copy()


def _one_step_short(right):
    def backward(self, x, *others):
        self.truncate = x.shape[-2] - 1
        right(self, x, *others)

    return backward


def _mixed_gates(blocks):
    """Network.draw with a recurrent layer's gates in another order."""

    def mixed(values, self, *arguments):
        for slot in self.slots:
            if "_ih" in slot.parameter or "_hh" in slot.parameter:
                size = slot.shape[0] // len(blocks)
                gates = slot.view(values).copy()
                for to, place in enumerate(blocks):
                    slot.view(values)[:, to * size : (to + 1) * size] = gates[:, place * size : (place + 1) * size]
        return values

    return mixed


def _to_all_that_are_greatest(self, x, y, dy, dx, *others):
    """Route the gradient to all maxima, for windows that do not overlap."""
    dx[...] = 0.0
    (height, width), (s, t) = self.kernel, self.stride
    *_, rows, columns = y.shape
    for i in range(height):
        for j in range(width):
            at = (..., slice(i, i + s * (rows - 1) + 1, s), slice(j, j + t * (columns - 1) + 1, t))
            dx[at] += dy * (x[at] == y)


def _drawn_again(self, x, y, dy, dx, u, *others):
    kept = np.random.default_rng(0).random(dx.shape) >= self.p
    dx[...] = dy * kept / (1.0 - self.p)


def _made_smaller(self, x, y, *others):
    y *= 1.0 - self.p


def _made_smaller_on_the_way_back(self, x, y, dy, dx, *others):
    dx *= 1.0 - self.p


def _statistics_held(self, x, y, dy, dx, *others):
    """Treat mean and variance as independent of x."""
    if dx is not None:
        scale = 1.0 if self.w is None else self.w
        dx[...] = dy * scale / np.sqrt(x.var(axis=-2, keepdims=True) + self.eps)


def _old_share(self, *arguments, **settings):
    self.momentum = 1.0 - self.momentum


def _epsilon_outside(self, var, r):
    """r = 1 / (sqrt(var) + eps)"""
    r[...] = 1.0 / (np.sqrt(var) + self.eps)


def _last_wins(self, x, y, dy, dx, found, *others):
    """Keep only the gradient of a token's last occurrence."""
    self.dW[...] = 0.0
    self.dW[found.reshape(-1)] = dy.reshape(-1, dy.shape[-1])


LAYERS = [
    WrongCore("missing-transpose", "dL/dW is x^T dz, read in the shape of W, instead of dz^T x.",
              after(Linear, "backward", _transposed), LINEAR, GRADIENT_WRONG),
    WrongCore("updated-too-soon", "The weight is updated before it sends the gradient on to the layer below.",
              after(Linear, "backward", _updated_too_soon), LINEAR, GRADIENT_WRONG),
    WrongCore("bias-not-summed", "dL/db is the first row of dz, not the sum of all rows.",
              after(Linear, "backward", _bias_of_one_row), LINEAR, GRADIENT_WRONG),
    WrongCore("weight-left-out", "dL/dx is dz without the weight.",
              after(Linear, "backward", _without_weight), LINEAR, GRADIENT_WRONG),
    WrongCore("residual-gradient-lost", "The layer that is added sends nothing back.",
              instead(Workspace, "_gather", lambda self, place: []), "Add / tanh / MSELoss", GRADIENT_WRONG),
    WrongCore("relu-of-the-wrong-side", "relu' is 1 where z is negative.",
              after(ReLU, "backward", lambda self, z, a, da, dz, *others: np.multiply(da, z < 0.0, out=dz)),
              "Linear / relu / MSELoss", GRADIENT_WRONG),
    WrongCore("relu-without-derivative", "relu lets every gradient through.",
              after(ReLU, "backward", lambda self, z, a, da, dz, *others: np.copyto(dz, da)),
              "Linear / relu / MSELoss", GRADIENT_WRONG),
    WrongCore("relu-at-0", "relu'(0) is 1: only networks that hit 0 exactly notice.",
              after(ReLU, "backward", lambda self, z, a, da, dz, *others: np.multiply(da, z >= 0.0, out=dz)),
              "relu at 0 / relu / MSELoss", oracle("relu at 0 / relu / MSELoss")),
    WrongCore("hardtanh-at-its-bounds", "hardtanh' is 1 on its bounds.",
              after(Hardtanh, "backward", lambda self, z, a, da, dz, *others:
                    np.multiply(da, (z >= self.min_val) & (z <= self.max_val), out=dz)),
              "hardtanh at 0 / hardtanh / MSELoss", oracle("hardtanh at 0 / hardtanh / MSELoss")),
    WrongCore("tanh-of-z-squared", "tanh' is 1 - z^2 instead of 1 - tanh(z)^2.",
              after(Tanh, "backward", lambda self, z, a, da, dz, *others: np.multiply(da, 1.0 - z * z, out=dz)),
              LINEAR, GRADIENT_WRONG),
    WrongCore("sigmoid-of-z", "sigmoid' is z (1 - z) instead of a (1 - a).",
              after(Sigmoid, "backward", lambda self, z, a, da, dz, *others: np.multiply(da, z * (1.0 - z), out=dz)),
              "Linear / sigmoid / MSELoss", GRADIENT_WRONG),
    WrongCore("softmax-diagonal", "Only the diagonal a (1 - a) of softmax's Jacobian is used.",
              after(Softmax, "backward", lambda self, z, a, da, dz, *others: np.multiply(da, a * (1.0 - a), out=dz)),
              "Linear / softmax / MSELoss", GRADIENT_WRONG),
    WrongCore("elu-alpha-forgotten", "elu' of negative z is exp(z), without alpha.",
              after(ELU, "backward", lambda self, z, a, da, dz, *others:
                    np.multiply(da, np.where(z > 0.0, 1.0, np.exp(np.minimum(z, 0.0))), out=dz)),
              "Linear / elu .5 / MSELoss", GRADIENT_WRONG),
    WrongCore("gelu-mixed", "gelu by erf, its derivative by the tanh formula.",
              after(GELU, "backward", lambda self, z, a, da, dz, *others: _tanh_gelu_slope(z, da, dz)),
              "Linear / gelu / MSELoss", GRADIENT_SUSPICIOUS),
    WrongCore("gelu-by-tanh", "gelu is the tanh formula, forward and back.",
              together(after(GELU, "forward", lambda self, z, a, *others: _tanh_gelu(z, a)),
                       after(GELU, "backward", lambda self, z, a, da, dz, *others: _tanh_gelu_slope(z, da, dz))),
              "Linear / gelu / MSELoss", oracle("Linear / gelu / MSELoss")),
    WrongCore("conv-not-flipped", "The gradient goes back through the kernel as it is, not turned around.",
              together(after(Conv2d, "attach", _kept_weight), after(Conv2d, "backward", _not_turned)),
              CONV, GRADIENT_WRONG),
    WrongCore("conv-kernel-gradient-turned", "dL/dW of a kernel is turned around: convolution for correlation.",
              together(after(Conv2d, "attach", _kept_weight), after(Conv2d, "backward", _turned_kernel_gradient)),
              CONV, GRADIENT_WRONG),
    WrongCore("max-pool-to-all-ties", "Every number that equals the greatest gets the whole gradient.",
              after(MaxPool2d, "backward", _to_all_that_are_greatest),
              "MaxPool2d of flat pictures / tanh / MSELoss", GRADIENT_WRONG),
    WrongCore("average-pool-not-divided", "Every number of a window gets the whole gradient of its mean.",
              after(AvgPool2d, "backward", lambda self, x, y, dy, dx, *others: np.multiply(dx, 4.0, out=dx)),
              "AvgPool2d / tanh / MSELoss", GRADIENT_WRONG),
    WrongCore("bptt-one-step-short", "Backpropagation through time stops before the first step.",
              instead(RNN, "backward", _one_step_short(RNN.backward)), RNNS, GRADIENT_WRONG),
    WrongCore("bptt-one-step-only", "The gradient is not carried through time at all.",
              given(RNN, truncate=1), RNNS, GRADIENT_WRONG),
    WrongCore("lstm-forget-swapped", "Input and forget gate are swapped: f i g o.",
              of(Network, "draw", _mixed_gates((1, 0, 2, 3))), "LSTM / tanh / MSELoss",
              oracle("LSTM / tanh / MSELoss")),
    WrongCore("lstm-order-i-f-o-g", "Gates in the order i f o g of other papers.",
              of(Network, "draw", _mixed_gates((0, 1, 3, 2))), "LSTM / tanh / MSELoss",
              oracle("LSTM / tanh / MSELoss")),
    WrongCore("lstm-truncated", "The cell's gradient ends after one step.",
              given(LSTM, truncate=1), "LSTM / tanh / MSELoss", GRADIENT_WRONG),
    WrongCore("gru-reset-before", "The reset gate acts before the product: the paper's form, not PyTorch's.",
              given(GRU, reset_after=False), "GRU / tanh / MSELoss", oracle("GRU / tanh / MSELoss")),
    WrongCore("gru-update-swapped", "Reset and update gate are swapped: z r n.",
              of(Network, "draw", _mixed_gates((1, 0, 2))), "GRU / tanh / MSELoss",
              oracle("GRU / tanh / MSELoss")),
    WrongCore("embedding-last-wins", "A token that occurs twice keeps one gradient instead of the sum.",
              after(Embedding, "backward", _last_wins), "Embedding / tanh / MSELoss", GRADIENT_WRONG),
    WrongCore("dropout-not-scaled", "What is kept is not divided by 1 - p.",
              together(after(Dropout, "forward", _made_smaller),
                       after(Dropout, "backward", _made_smaller_on_the_way_back)),
              DROPOUT, oracle(DROPOUT)),
    WrongCore("dropout-drawn-again", "The way back drops other numbers than the way there.",
              after(Dropout, "backward", _drawn_again), DROPOUT, GRADIENT_WRONG),
    WrongCore("dropout-when-measuring", "Numbers are still dropped when the network is measured.",
              instead(Dropout, "evaluate", Dropout.forward), DROPOUT, oracle(DROPOUT)),
    WrongCore("batch-norm-held", "Mean and variance are taken for constants on the way back.",
              after(BatchNorm1d, "backward", _statistics_held), BATCH_NORM, GRADIENT_WRONG),
    WrongCore("batch-norm-biased", "The running variance is divided by N, not by N - 1.",
              given(BatchNorm1d, unbiased=False), BATCH_NORM, oracle(BATCH_NORM)),
    WrongCore("batch-norm-momentum", "Momentum is the share of the old statistics, Keras's meaning.",
              after(BatchNorm1d, "__init__", _old_share), BATCH_NORM, oracle(BATCH_NORM)),
    WrongCore("batch-norm-when-measuring", "The batch's own statistics are used when the network is measured.",
              instead(BatchNorm1d, "evaluate", BatchNorm1d.forward), BATCH_NORM, oracle(BATCH_NORM)),
    WrongCore("layer-norm-slope", "Layer norm's gradient forgets that the mean moves too.",
              after(LayerNorm, "backward", lambda self, x, y, dy, dx, *others: np.multiply(
                  dy, (1.0 if self.w is None else self.w) / np.sqrt(x.var(axis=-1, keepdims=True) + self.eps), out=dx)),
              "LayerNorm / tanh / MSELoss", GRADIENT_WRONG),
]  # fmt: skip


def _tanh_gelu(z, a):
    TanhGELU().forward(z, a)


def _tanh_gelu_slope(z, da, dz):
    layer, a = TanhGELU(), np.empty_like(z)
    layer.forward(z, a)
    layer.backward(z, a, da, dz)
