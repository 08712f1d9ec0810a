"""The sizes of gradients and outputs, layer by layer, at a few steps of every run.

They are read from arrays that training and evaluation have filled, so nothing of the run is computed again and none of
its numbers changes. See train.doctor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np

from bpsandbox.core.nn.layers import Layer
from bpsandbox.core.nn.layers.recurrent.recurrent import Recurrent
from bpsandbox.core.train.experiment import Observed, Observer
from bpsandbox.core.types import Array

from .activations import NEAR

FIRST_GAP = 100
"""Steps between the first two samples; each later gap is as long as the run so far."""
ROWS = 64
"""Most examples of a batch in a sample."""


class Backward(NamedTuple):
    """The sizes of the gradients at one step: root mean squares, NaN for seeds that had stopped."""

    step: int
    sizes: Array
    """Of dL/d(output of core layer), for each of `Signals.places`: (seeds, places)."""
    in_time: Array
    """Of dL/dh at the first and at the last time step, for each of `Signals.recurrent`: (seeds, layers, 2)."""


class Shares(NamedTuple):
    """Shares of dead units or saturated outputs, for each of `Signals.watched`: (seeds, layers)."""

    step: int
    values: Array


def sample_steps(total: int) -> list[int]:
    """Return the steps at which gradients are measured: 0, FIRST_GAP, then doubled, and the last one."""
    steps = [0]
    while (after := 2 * steps[-1] or FIRST_GAP) < total - 1:
        steps.append(after)
    return sorted({*steps, total - 1})


class Signals(Observer):
    """Samples every run without being asked."""

    def begin(self, run: Observed) -> None:
        network = run.experiment.network
        self.seeds = len(run.experiment.seeds)
        self.places = list(range(network.first_trained, len(network.layers)))
        self.recurrent = [place for place in self.places if _is_measured(network.layers[place])]
        self.watched = [place for place, layer in enumerate(network.layers) if is_rectified(layer) or bounds_of(layer)]
        self.backward: list[Backward] = []
        self.shares: list[Shares] = []
        self.last_shares = np.full((self.seeds, len(self.watched)), np.nan)
        """The shares of each seed at its last point."""
        self.step_losses: list[Array] = []
        """In networks with batch norm the mean loss of the steps up to each point but the first one, (seeds,)."""
        self.left = sample_steps(run.total_steps)
        self.next_step, self.next_point = self.left[0], 0

    def after_gradient(self, run: Observed) -> None:
        self.left = [step for step in self.left if step > run.step]
        self.next_step = self.left[0] if self.left else None
        workspace, rows = run.stack.workspace, run.alive
        sizes = np.full((self.seeds, len(self.places)), np.nan)
        for i, place in enumerate(self.places):
            sizes[rows, i] = _size(workspace.gradients[place + 1])
        in_time = np.full((self.seeds, len(self.recurrent), 2), np.nan)
        for i, place in enumerate(self.recurrent):
            layer = workspace.network.layers[place]
            assert isinstance(layer, Recurrent)
            through = layer.through_time(*workspace.scratch[place])
            in_time[rows, i, 0], in_time[rows, i, 1] = _size(through[:, 0]), _size(through[:, -1])
        self.backward.append(Backward(run.step, sizes, in_time))

    def at_point(self, run: Observed) -> None:
        if run.stack.losses is not None and run.stack.losses.count:
            means = np.full(self.seeds, np.nan)
            means[run.alive] = run.stack.losses.take()
            self.step_losses.append(means)
        if self.watched and run.step >= self.next_point:
            values = np.full_like(self.last_shares, np.nan)
            values[run.alive] = self._measured(run, slice(None))
            self.shares.append(Shares(run.step, values))
            self.next_point = 2 * run.step or FIRST_GAP

    def leaving(self, run: Observed, rows: Sequence[int]) -> None:
        if self.watched:
            self.last_shares[run.alive[list(rows)]] = self._measured(run, list(rows))

    def _measured(self, run: Observed, rows: slice | list[int]) -> Array:
        """Return the shares of some seeds, given by their rows, from the outputs of the last evaluation."""
        outputs = run.evaluation.parts["train"].chunks[0].workspace.outputs
        layers = run.experiment.network.layers
        columns = [_share(layers[place], cast(Array, outputs[place])[rows, :ROWS]) for place in self.watched]
        return np.stack(columns, axis=-1)


def is_rectified(layer: Layer) -> bool:
    """Return whether a unit of the layer is dead when its output is 0 for every example."""
    return layer.name == "relu" or (layer.name == "RNN" and getattr(layer, "nonlinearity", "") == "relu")


def bounds_of(layer: Layer) -> tuple[float, float] | None:
    """Return the values at which a layer's outputs saturate; softmax has none, since one of its outputs may be 1."""
    if layer.name == "hardtanh":
        return layer.min_val, layer.max_val  # type: ignore[attr-defined]
    if isinstance(layer, Recurrent):
        return None if is_rectified(layer) else (-1.0, 1.0)
    return None if layer.name == "softmax" else layer.bounds


def _is_measured(layer: Layer) -> bool:
    """Return whether the gradient of a recurrent layer begins at its last state and runs back to its first."""
    return isinstance(layer, Recurrent) and layer.returns == "last" and layer.truncate is None


def _size(array: Array | None) -> Array:
    """Return the root mean square over a few examples, (seeds,)."""
    assert array is not None
    flat = array[:, :ROWS].reshape(len(array), -1)
    return np.sqrt(np.mean(np.square(flat, dtype=np.float64), axis=1))


def _share(layer: Layer, outputs: Array) -> Array:
    """Return the share of dead units or of saturated outputs of (seeds, n) + shape; a channel of images is a unit."""
    if is_rectified(layer):
        axes = (1, 3, 4) if outputs.ndim == 5 else (1, 2) if outputs.ndim == 4 else (1,)
        return (~(outputs > 0.0).any(axis=axes)).mean(axis=-1)
    low, high = bounds_of(layer) or (-np.inf, np.inf)
    margin = NEAR * (high - low)
    is_near = (outputs <= low + margin) | (outputs >= high - margin)
    return is_near.reshape(len(outputs), -1).mean(axis=1)
