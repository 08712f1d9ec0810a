"""What a run writes down about its inside at recorded points: gradients, activations, weights, learning rates.

Numbers are rounded to six digits, weights are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.schedules import Schedule
from bpsandbox.core.tape.workspace import Workspace, play
from bpsandbox.core.train.curves import finite

if TYPE_CHECKING:
    from bpsandbox.core.train.session import Session

Array = np.ndarray
EXAMPLES = 256
"""So many training examples, evenly chosen, are looked at for the activations."""
NEAR = 0.01
"""An output is saturated when it is this near a bound of its activation, as a share of their distance."""
STATISTICS = ("mean", "std", "zero", "saturated", "dead")


@dataclass(frozen=True)
class Recording:
    """What is written down; `weights` names epochs."""

    gradients: bool = False
    activations: bool = False
    weights: tuple[int, ...] = ()


class Instruments:
    """Looks into a session: at the gradients of all seeds, at activations and weights of the first."""

    def __init__(self, session: Session, recording: Recording) -> None:
        self.session, self.recording = session, recording
        self.gradients: list[list[list[float | None]]] = []
        self.activations: list[list[dict[str, float | None]] | None] = []
        self.weights: list[dict[str, Any]] = []
        self.rates: list[float | list[float | None] | None] = []
        self.waits = False
        """For the next step's gradient?"""
        self.look_at_stack()

    def look_at_stack(self) -> None:
        """Turn to the stack as it is now: its seeds are fewer after some have left."""
        if self.recording.activations and self._has_first:
            self.probe = Probe(self.session)

    @property
    def _has_first(self) -> bool:
        return len(self.session.alive) > 0 and self.session.alive[0] == 0

    def look_at_point(self) -> None:
        """Look at the seeds that were alive when the point was measured."""
        if type(self.session.schedule) is not Schedule:
            self.rates.append(self._rate())
        if self.recording.activations:
            self.activations.append(self.probe.statistics() if self._has_first else None)
        if self.recording.gradients:
            seeds = len(self.session.experiment.seeds)
            self.gradients.append([[None] * seeds for _ in _trained(self.session.stack.network)])
            self.waits = True
        if self.session.step == self.session.total:
            self.look_at_epoch()

    def look_at_gradient(self) -> None:
        """Write down the norms of a step's gradient, penalties included, before it is clipped."""
        network, self.waits = self.session.stack.network, False
        for layer, (_, start, stop) in enumerate(_trained(network)):
            norms = np.sqrt(np.square(network.gradient[:, start:stop], dtype=np.float64).sum(axis=1))
            for seed, norm in zip(self.session.alive, norms, strict=True):
                self.gradients[-1][layer][seed] = rounded(norm)

    def look_at_epoch(self) -> None:
        """Keep the first seed's weights where this epoch is asked for."""
        epoch = self.session.epoch
        if epoch in self.recording.weights and self._has_first and epoch not in self._kept_epochs:
            self._keep_weights()

    def look_before_leaving(self) -> None:
        """Keep the weights that the first seed stops with in place of those of later epochs."""
        is_early = any(epoch > self.session.epoch for epoch in self.recording.weights)
        if is_early and self._has_first and self.session.epoch not in self._kept_epochs:
            self._keep_weights()

    @property
    def _kept_epochs(self) -> list[int]:
        return [kept["epoch"] for kept in self.weights]

    def _keep_weights(self) -> None:
        session = self.session
        named = session.stack.network.named(session.stack.network.theta)
        tensors = [{"name": name, "value": value[0].tolist()} for name, value in named.items()]
        self.weights.append({"epoch": session.epoch, "seed": session.experiment.seeds[0], "weights": tensors})

    def _rate(self) -> float | list[float | None] | None:
        """The learning rate of the step that comes after this point; one for each seed where they differ."""
        session = self.session
        t = session.step if session.schedule.per == "step" else session.epoch
        base = session.stack.base_rate
        of_seeds = base[:, :1] if isinstance(base, np.ndarray) and base.ndim == 2 else session.experiment.optimizer.lr
        rate = session.schedule.rate(of_seeds, t)
        return [rounded(one) for one in np.ravel(rate)] if isinstance(rate, np.ndarray) else rounded(rate)

    def records(self) -> dict[str, Any]:
        """Everything that was written down, by name."""
        network = self.session.experiment.network
        found: dict[str, Any] = {"learning_rate": self.rates} if self.rates else {}
        if self.gradients:
            layers = [_described(network, place) for place, _, _ in _trained(network)]
            found["gradients"] = {"layers": layers, "norms": self.gradients}
        if self.activations:
            found["activations"] = self._activations(network)
        return found | ({"weights": self.weights} if self.weights else {})

    def _activations(self, network: Network) -> dict[str, Any]:
        nothing = [dict.fromkeys(STATISTICS)] * len(_outputs(network))
        rows = [row or nothing for row in self.activations]
        return {
            "seed": self.session.experiment.seeds[0],
            "examples": min(EXAMPLES, len(self.session.experiment.train)),
            "layers": [_described(network, place) for place in _outputs(network)],
            **{name: [[layer[name] for layer in row] for row in rows] for name in STATISTICS},
        }


class Probe:
    """The first seed's network as it is measured, on a few training examples."""

    def __init__(self, session: Session) -> None:
        train = session.experiment.train
        rows = np.unique(np.linspace(0, len(train) - 1, min(EXAMPLES, len(train))).round().astype(int))
        self.network = session.experiment.network.bind(session.stack.network.values[:1])
        workspace = Workspace(self.network, session.experiment.loss, len(rows), backward=False)
        x = train.x[rows][np.newaxis]
        self.tape, self.arrays = workspace.tape(x), workspace.inputs(x)

    def statistics(self) -> list[dict[str, float | None]]:
        """Of the outputs of every layer, activation included."""
        play(self.tape.forward)
        return [self._statistics(place) for place in _outputs(self.network)]

    def _statistics(self, place: int) -> dict[str, float | None]:
        a = self.arrays[place + 1][0].astype(np.float64)
        is_zero = a == 0.0
        low, high = self.network.layers[place].bounds or (-np.inf, np.inf)
        margin = NEAR * (high - low) if np.isfinite(high - low) else 0.0
        saturated = (a <= low + margin) | (a >= high - margin)
        numbers = a.mean(), a.std(), is_zero.mean(), saturated.mean(), is_zero.all(axis=0).mean()
        return dict(zip(STATISTICS, map(rounded, numbers), strict=True))


def _trained(network: Network) -> list[tuple[int, int, int]]:
    """Place of every layer with parameters, and where these lie in the flat vector."""
    by_layer = [(place, list(slots)) for place, slots in groupby(network.slots, key=lambda slot: slot.layer)]
    return [(place, slots[0].start, slots[-1].stop) for place, slots in by_layer]


def _outputs(network: Network) -> list[int]:
    """Place of the last layer of every number of the config, the activation where there is one; views left out."""
    places = {layer.index: place for place, layer in enumerate(network.layers) if not layer.is_view}
    return list(places.values())


def _described(network: Network, place: int) -> dict[str, Any]:
    index = network.layers[place].index
    first = next(layer for layer in network.layers if layer.index == index)
    return {"index": index, "type": first.name}


def rounded(value: float) -> float | None:
    """Six digits; None for what is not finite."""
    number = finite(value)
    return None if number is None else float(f"{number:.6g}")
