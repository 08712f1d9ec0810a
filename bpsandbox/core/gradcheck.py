"""Does backward compute the derivative of forward? Compared with centred differences.

(L(w + h) - L(w - h)) / 2h differs from dL/dw by O(h^2) and by the rounding of L divided by h. Gradients smaller than
that rounding can show are measured against it (see `_floor`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .losses import Loss
from .network import Network, Slot
from .penalty import Penalty
from .workspace import Workspace, play

Array = np.ndarray
ROWS = 32
BANDS = ((1e-2, "wrong"), (1e-4, "suspicious"), (1e-7, "fair"))


@dataclass(frozen=True)
class GradientCheck:
    """Step of the difference, number of entries tried a tensor, and when."""

    h: float = 1e-5
    samples_per_tensor: int = 20
    at: tuple[str, ...] = ("start", "end")


def band(error: float) -> str:
    """Put a relative error into words: wrong > 1e-2 > suspicious > 1e-4 > fair > 1e-7 > good."""
    if not np.isfinite(error):
        return "wrong"
    return next((word for limit, word in BANDS if error > limit), "good")


class Differences:
    """A network, a loss and a batch, whose gradient can be had in two ways."""

    def __init__(self, network: Network, loss: Loss, x: Array, y: Array, penalty: Penalty | None = None) -> None:
        self.network, self.loss, self.penalty = network, loss, penalty
        self.y = y[np.newaxis]
        self.workspace = Workspace(network, loss, len(x))
        self.tape = self.workspace.tape(x[np.newaxis], self.y)
        self.inputs = self.workspace.inputs(x[np.newaxis])
        if penalty is not None:
            penalty.bind(network)

    def objective(self) -> float:
        play(self.tape.forward)
        self.network.take_back()  # so that every pass drops the same
        penalty = 0.0 if self.penalty is None else float(self.penalty.value()[0])
        return float(self.workspace.value[0]) + penalty

    def analytic(self) -> Array:
        """Gradient by backward, (size,)."""
        play(self.tape.forward)
        play(self.tape.backward)
        self.network.take_back()
        if self.penalty is not None:
            self.penalty.add_gradient()
        return self.network.gradient[0].copy()

    def numeric(self, place: int, h: float) -> float | None:
        """dL/dw at one place of the flat vector by a centred difference; None where a kink lies within h."""
        w = self.network.theta[0]
        kept = w[place]
        w[place] = kept + h
        above, side_above = self.objective(), self._sides()
        w[place] = kept - h
        below, side_below = self.objective(), self._sides()
        w[place] = kept
        if any(not np.array_equal(a, b) for a, b in zip(side_above, side_below, strict=True)):
            return None
        return (above - below) / (2.0 * h)

    def _sides(self) -> list[Array]:
        """On which side of every kink the pass went."""
        sides = self.workspace.sides(self.inputs)
        of_loss = self.loss.sides(self.inputs[-1].reshape(1, -1) if self.loss.elementwise else self.inputs[-1],
                                  self.y.reshape(1, -1) if self.loss.elementwise else self.y)  # fmt: skip
        of_penalty = None if self.penalty is None else self.penalty.sides()
        return [*sides, *(some for some in (of_loss, of_penalty) if some is not None)]


def check_gradient(differences: Differences, check: GradientCheck) -> dict[str, Any]:
    """Compare both gradients on some entries of every tensor."""
    analytic = differences.analytic()
    floor = _floor(differences.objective(), check.h)
    tensors = [_check_tensor(differences, slot, analytic, check, floor) for slot in differences.network.slots]
    worst = max((tensor["max_relative_error"] for tensor in tensors), default=0.0)
    return {"band": band(worst), "max_relative_error": worst, "tensors": tensors}


def _check_tensor(
    differences: Differences, slot: Slot, analytic: Array, check: GradientCheck, floor: float
) -> dict[str, Any]:
    places = _spread(slot.start, slot.stop, check.samples_per_tensor)
    pairs = [(analytic[place], differences.numeric(place, check.h)) for place in places]
    errors = [_relative(a, n, floor) for a, n in pairs if n is not None]
    return {
        "name": slot.name,
        "max_relative_error": max(errors, default=0.0),
        "checked": len(errors),
        "skipped": len(pairs) - len(errors),
    }


def _spread(start: int, stop: int, count: int) -> Sequence[int]:
    """At most `count` places, evenly spread."""
    return np.unique(np.linspace(start, stop - 1, min(count, stop - start)).round().astype(int)).tolist()


def _relative(a: float, n: float, floor: float) -> float:
    return float(abs(a - n) / max(abs(a), abs(n), floor))


def _floor(objective: float, h: float) -> float:
    """The gradient whose relative error by rounding alone is 1e-7, the border of good."""
    rounding = np.finfo(float).eps * (abs(objective) + np.sqrt(abs(objective)))
    return max(rounding / h / 1e-7, 1e-12)
