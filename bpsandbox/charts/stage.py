"""Make a run's network and data again, to compute what its pictures show from recorded parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.nn.network import Network
from bpsandbox.core.tape.workspace import Workspace
from bpsandbox.core.train.plan import Part
from bpsandbox.core.train.result import clean
from bpsandbox.core.types import Array
from bpsandbox.document import LARGEST, DecisionBoundary
from bpsandbox.spec import InvalidConfig, Spec
from bpsandbox.spec.build.data import make_dataset, make_parts, rows_of
from bpsandbox.spec.build.model import make_layers
from bpsandbox.spec.build.training import make_loss
from bpsandbox.spec.facts import facts_of

MOST_NUMBERS = 200_000
"""Most numbers in a data set that is made again for a page."""
MOST_POINTS = 400
GRID = 161
"""Points of a fitted function."""


@dataclass(frozen=True)
class Stage:
    """A network without parameters, its loss and its data. `prepare` turns raw samples into inputs.

    `held_out` says of each sample whether it is of the validation or test part; empty if there are no such parts.
    """

    network: Network
    loss: core.Loss
    raw: Dataset
    prepare: Any
    seeds: tuple[int, ...] = ()
    held_out: tuple[bool, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)
    """The parts of the data, as the network sees them."""

    def bound(self, values: Sequence[float | None]) -> Network:
        """Return the network with one seed's parameters and buffers."""
        return self.network.bind(np.array([[value or 0.0 for value in values]], dtype=np.float64))

    def outputs(self, network: Network, x: Array) -> list[Array]:
        """Return the input of every layer and last the output, each (n,) + shape, for raw samples.

        They are finite: of weights that have diverged they may overflow, which no drawing has a place for.
        """
        return self.passed(network, self.prepare(x))

    def passed(self, network: Network, x: Array) -> list[Array]:
        """Return the same for samples as the network sees them."""
        inputs = np.ascontiguousarray(x, dtype=np.float64)[np.newaxis]
        workspace = Workspace(network, self.loss, len(x), backward=False)
        with np.errstate(all="ignore"):  # the first pass of a tape is over arrays that nothing was written to yet
            workspace.tape(inputs)
        arrays = [array[0] for array in workspace.inputs(inputs)]
        return [np.clip(np.nan_to_num(array, nan=0.0), -LARGEST, LARGEST) for array in arrays]

    def boundary(self, network: Network, epoch: int, seed: int) -> DecisionBoundary:
        """Return the decisions over the plane."""
        with np.errstate(all="ignore"):  # as above
            drawn = core.DecisionBoundary((), self.raw, self.prepare).draw(network, self.loss)
        return DecisionBoundary.from_json({"epoch": epoch, "seed": seed, **clean(drawn)})

    @property
    def is_plane(self) -> bool:
        return self.raw.shape == (2,)

    @property
    def is_line(self) -> bool:
        """Return whether it is a function of one number."""
        return self.raw.shape == (1,) and not self.raw.labels and self.raw.y.shape[1] == 1

    def fitted(self, network: Network) -> tuple[Array, Array]:
        """Return x, evenly spaced and a little beyond the data, and the network's output."""
        low, high = float(self.raw.x.min()), float(self.raw.x.max())
        margin = 0.06 * (high - low) or 1.0
        x = np.linspace(low - margin, high + margin, GRID)
        return x, self.outputs(network, x[:, np.newaxis])[-1][:, 0]


@lru_cache(maxsize=8)
def stage(canonical: str) -> Stage | None:
    """Return the stage of a canonical config, of a sweep's first setting; None if its data are too large."""
    try:
        spec = Spec.from_json(canonical)
    except InvalidConfig:  # of an older language
        return None
    first = spec.settings[0].spec if spec.settings else spec
    config = first.config
    facts = facts_of({"features": None, **config["dataset"]})
    if facts is None or facts.n * facts.size > MOST_NUMBERS:
        return None
    dataset, raw = make_dataset(config["dataset"])
    network = core.Network(make_layers(config["model"]["layers"]), dataset.shape)
    loss = make_loss(config["loss"], network.shapes[-1][0])
    parts, prepare = make_parts(config, dataset, loss, network.shapes[-1][0])
    return Stage(network, loss, raw, prepare, first.seeds, _held_out(config, dataset), parts)


def _held_out(config: dict[str, Any], dataset: Dataset) -> tuple[bool, ...]:
    parts = rows_of(config, dataset)
    if len(parts) == 1:
        return ()
    training = set(parts["train"].tolist())
    return tuple(row not in training for row in range(len(dataset)))
