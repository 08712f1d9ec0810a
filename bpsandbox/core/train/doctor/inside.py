"""Findings inside the network: symmetric, dead, saturated, vanishing, exploding.

A healthy network has saturated and dead units too, and a gradient that becomes smaller from layer to layer. So these
are looked for only in seeds that did not learn, except a layer that is dead as a whole, and equal units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bpsandbox.core.nn.layers.recurrent.recurrent import Recurrent
from bpsandbox.core.nn.losses import BCELoss, CrossEntropyLoss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.curves import rounded
from bpsandbox.core.train.experiment import Experiment
from bpsandbox.core.train.observers.signals import Signals, is_rectified
from bpsandbox.core.types import Array
from bpsandbox.document import Evidence, Finding, FindingKind

from .outcomes import Outcomes

MOST = {"dead": 0.5, "saturated": 0.75}
"""Share of dead units or saturated outputs of a layer that explains why a seed did not learn."""
NEARLY_ALL = 0.9
"""The same for a seed that learned little."""
EQUAL = 1e-6
"""Weights are equal if they differ by at most this share of the largest one: products round rows differently."""
VANISHED, EXPLODED = 1e-3, 1e2
"""Ratios of the gradient's size at the first layer, or time step, to that at a later layer, or the last time step."""
KEEPS_SCALE = frozenset(("identity", "relu", "leaky_relu", "Dropout", "MaxPool2d", "AvgPool2d", "Flatten", "Reshape"))
"""Layers that give c times the output for c times the input, for any c > 0."""


@dataclass(frozen=True)
class Inside:
    """Searches the seeds of one config; `network` has their final parameters."""

    experiment: Experiment
    network: Network
    signals: Signals
    outcomes: Outcomes

    def findings(self) -> Iterator[Finding]:
        yield from self.symmetric()
        for kind in ("dead", "saturated"):
            yield from self.of_layers(kind)
        yield from self.vanishing()
        yield from self.exploding()

    # equal units

    @cached_property
    def equal(self) -> tuple[int, list[int]] | None:
        """Return the first layer, except the last with parameters, whose units are equal, and the seeds."""
        places = list(dict.fromkeys(slot.layer for slot in self.network.slots))
        for place in places[:-1]:
            same = equal_units(self.network, place)
            found = [seed for seed in self.outcomes.whole if same[seed]]
            if found:
                return place, found
        return None

    def symmetric(self) -> Iterator[Finding]:
        if self.equal is not None:
            place, found = self.equal
            layer = self.network.layers[place]
            evidence = Evidence(type=layer.name, units=units_of(self.network, place))
            yield Finding("symmetric", self.outcomes.named(found), layer.index, 0, evidence)

    @property
    def _symmetric(self) -> list[int]:
        return self.equal[1] if self.equal else []

    # dead and saturated layers

    def of_layers(self, kind: FindingKind) -> Iterator[Finding]:
        """Yield the layer with the largest share of dead units or saturated outputs, if it explains anything."""
        layers, last = self.network.layers, self.signals.last_shares
        best: tuple[float, int, list[int]] = (0.0, 0, [])
        for column, place in enumerate(self.signals.watched):
            if is_rectified(layers[place]) != (kind == "dead") or not self._may_blame(place):
                continue
            found = [seed for seed in self._candidates if self._is_bad(kind, seed, last[seed, column])]
            share = float(np.median(last[found, column])) if found else 0.0
            best = max(best, (share, -column, found))
        share, column, found = best[0], -best[1], best[2]
        if found:
            yield self._of_layer(kind, column, found, share)

    @property
    def _candidates(self) -> list[int]:
        return [seed for seed in self.outcomes.whole if seed not in self._symmetric]

    def _is_bad(self, kind: FindingKind, seed: int, share: float) -> bool:
        if not share >= MOST[kind]:
            return False
        if kind == "dead" and share == 1.0:
            return True
        if seed in self.outcomes.grown:  # then it is an effect
            return False
        return seed in self.outcomes.ill or (share >= NEARLY_ALL and self.outcomes.is_poor(seed))

    def _may_blame(self, place: int) -> bool:
        """Return whether the layer is hidden, or the loss's slope vanishes where its outputs saturate.

        Cross-entropy divides by the slope of sigmoid and softmax, so saturated outputs learn as fast as others.
        """
        is_last = place == len(self.network.layers) - 1
        return not is_last or not isinstance(self.experiment.loss, BCELoss | CrossEntropyLoss)

    def _of_layer(self, kind: FindingKind, column: int, found: list[int], share: float) -> Finding:
        place = self.signals.watched[column]
        owner, layer = self.network.owner(place), self.network.layers[place]
        shares = self.signals.shares
        start = float(np.median(shares[0].values[found, column])) if shares else 0.0
        bad = (one.step for one in shares if np.median(one.values[found, column]) >= MOST[kind])
        step = next(bad, self.outcomes.document.stop[found[0]].step)
        evidence = Evidence(type=owner.name, activation=layer.name, share=share, start=rounded(start))
        return Finding(kind, self.outcomes.named(found), owner.index, step, evidence)

    # the gradient's way back

    def vanishing(self) -> Iterator[Finding]:
        """Yield the finding if the first layer's gradient is far smaller than that of some later one."""
        unlearned = {*self.outcomes.unlearned, *self.outcomes.stuck, *self.outcomes.flat}
        blamed = {*self._symmetric, *self._dead_or_saturated_at_first}
        yield from self._gradient("vanishing", unlearned - blamed, lambda ratio: 0.0 < ratio < VANISHED, np.argmin)

    def exploding(self) -> Iterator[Finding]:
        """Yield the finding if the first layer's gradient is far larger than that of some later one."""
        yield from self._gradient("exploding", set(self.outcomes.ill), lambda ratio: ratio > EXPLODED, np.argmax)

    @property
    def _dead_or_saturated_at_first(self) -> list[int]:
        """Return the seeds with a layer that blocks the gradient at the start."""
        shares = self.signals.shares
        if not shares:
            return []
        return [seed for seed in self.outcomes.whole if (shares[0].values[seed] >= NEARLY_ALL).any()]

    def _gradient(
        self, kind: FindingKind, seeds: set[int], is_bad: Callable[[float], bool], extreme: Callable[..., Any]
    ) -> Iterator[Finding]:
        """Yield the finding of the first step, through layers, or else through time."""
        if not self.signals.backward or not seeds:
            return
        first, compared = self.signals.backward[0], self._compared
        each = np.nan_to_num(_ratio(first.sizes[:, compared[:1]], first.sizes[:, compared]), nan=1.0)
        column = extreme(each, axis=1)
        ratios = each[np.arange(len(each)), column]
        found = [seed for seed in sorted(seeds) if is_bad(ratios[seed])]
        if found:
            seed = found[int(extreme(ratios[found]))]
            yield self._through_layers(kind, found, seed, float(ratios[seed]), compared[column[seed]])
            return
        for column, place in enumerate(self.signals.recurrent):
            ratios = _ratio(first.in_time[:, column, 0], first.in_time[:, column, 1])
            found = [seed for seed in sorted(seeds) if is_bad(ratios[seed])]
            if found:
                seed = found[int(extreme(ratios[found]))]
                yield self._through_time(kind, found, seed, float(ratios[seed]), place)
                return

    @property
    def _compared(self) -> list[int]:
        """Return the columns of the sizes before activations, where layers differ only by what is between them, and
        of that at the output.

        A norm divides by the size of its input, and multiplies the gradient by the inverse: c times as large an input
        gives the same network and 1 / c of the gradient before the norm, which says nothing. Ioffe, Szegedy, Batch
        normalization, 2015, section 3.3; Yang, Pennington, Rao, Sohl-Dickstein, Schoenholz, A mean field theory of
        batch normalization, 2019.
        """
        layers, places = self.network.layers, self.signals.places
        own = [i for i, place in enumerate(places) if self.network.owner(place) is layers[place]]
        return sorted({*(i for i in own if not self._is_normalised(places[i])), len(places) - 1})

    def _is_normalised(self, place: int) -> bool:
        """Return whether a norm follows, after layers that keep the scale."""
        rest = self.network.layers[place + 1 :]
        after = next((layer for layer in rest if layer.name not in KEEPS_SCALE), None)
        return after is not None and after.is_scale

    def _through_layers(self, kind: FindingKind, found: list[int], seed: int, ratio: float, last: int) -> Finding:
        begin = self._compared[0]
        first, places = self.signals.backward[0], self.signals.places[begin : last + 1]
        layers = self.network.layers
        evidence = Evidence(
            through="layers",
            ratio=ratio,
            seed=self.outcomes.document.seeds[seed],
            sizes=tuple(rounded(size) for size in first.sizes[seed, begin : last + 1]),
            layers=tuple(layers[place].index for place in places),
        )
        return Finding(kind, self.outcomes.named(found), layers[places[0]].index, first.step, evidence)

    def _through_time(self, kind: FindingKind, found: list[int], seed: int, ratio: float, place: int) -> Finding:
        layer, first = self.network.layers[place], self.signals.backward[0]
        evidence = Evidence(
            through="time",
            ratio=ratio,
            seed=self.outcomes.document.seeds[seed],
            steps=self.network.shapes[place][0],
            type=layer.name,
        )
        return Finding(kind, self.outcomes.named(found), layer.index, first.step, evidence)


def _ratio(first: Array, last: Array) -> Array:
    """Return first / last, NaN where that is not a finite number."""
    with np.errstate(all="ignore"):
        ratio = first / last
    return np.where(np.isfinite(ratio), ratio, np.nan)


def silent_seeds(network: Network, signals: Signals) -> frozenset[int]:
    """Return the seeds with a layer that is dead as a whole and that no sum passes by: their output is constant."""
    rectified = [column for column, place in enumerate(signals.watched) if is_rectified(network.layers[place])]
    if any(layer.name == "Add" for layer in network.layers):
        return frozenset()
    return frozenset(np.flatnonzero((signals.last_shares[:, rectified] == 1.0).any(axis=1)).tolist())


def units_of(network: Network, place: int) -> int:
    layer, shape = network.layers[place], network.shapes[place]
    if isinstance(layer, Recurrent):
        return layer.hidden_size
    return layer.output_shape(shape)[0] if layer.name == "Conv2d" else layer.output_shape(shape)[-1]


def equal_units(network: Network, place: int) -> Array:
    """Return for each seed whether all units of a layer have the same weights and bias, (seeds,).

    A unit is a row of a Linear layer, a kernel of a convolution, a column of an embedding, or a row of each gate of a
    recurrent layer, whose own columns are equal too. False for one unit, and for layers that scale single numbers.
    """
    layer, seeds, count = network.layers[place], len(network.theta), units_of(network, place)
    slots = [slot for slot in network.slots if slot.layer == place]
    if count < 2 or layer.is_scale:
        return np.zeros(seeds, dtype=bool)
    largest = np.zeros(seeds)
    differences = np.zeros(seeds)
    for slot in slots:
        values = slot.view(network.theta)
        if layer.name == "Embedding":
            units = np.moveaxis(values, -1, 1)
        elif isinstance(layer, Recurrent):
            units = np.moveaxis(values.reshape(seeds, layer.gates, count, -1), 2, 1)
        else:
            units = values
        rows = units.reshape(seeds, count, -1)
        if slot.parameter == "weight_hh":  # a permutation of the units moves rows and columns
            rows = np.sort(rows, axis=2)
        largest = np.maximum(largest, np.abs(rows).max(axis=(1, 2)))
        differences = np.maximum(differences, np.abs(rows - rows[:, :1]).max(axis=(1, 2)))
    return differences <= EQUAL * largest
