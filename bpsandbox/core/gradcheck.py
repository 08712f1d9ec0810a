"""The gradient check: compare backward with centred finite differences of forward.

(L(w + h) - L(w - h)) / 2h differs from dL/dw by O(h^2) and by the rounding error of L divided by h. Gradients below
that rounding error are compared with it instead (see `_floor`). An entry that disagrees is tried again with h / 10: if
only O(h^2) was too large, it then agrees. All passes use the same rows and dropout masks, so that L is one function of
w; batch statistics are part of it, and running statistics are not updated.

Each entry costs two passes, so only some entries of every tensor are tried, and fewer when passes are slow: a check
must not make a run much longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.types import Array

from .errors import NotRepeatable, NotStacked
from .nn.initializers import constant
from .nn.layers import Layer
from .nn.losses import Loss, MSELoss
from .nn.network import Network, Slot
from .optim.penalty import Penalty
from .streams import stream
from .tape.workspace import Workspace, play

ROWS, FEWEST_ROWS, FEW = 32, 4, 4
"""Rows of the data in a check, fewer if the budget allows less than a few entries of each tensor."""
GOOD = 1e-7
SUSPICIOUS = 1e-4
BANDS = ((1e-2, "wrong"), (SUSPICIOUS, "suspicious"), (GOOD, "fair"))
BUDGET = 2e9
"""Multiply-adds allowed for a check, less than a second. Counted, not timed, so that a run always checks the same."""
PASSES = 2
"""Forward passes for each entry, with +h and -h; twice as many if it disagrees."""
UNCHECKED = "unchecked"
NUMBER, CALLS = 50, 100_000
"""Cost, in multiply-adds, of one output number besides products, and of a layer's calls."""


@dataclass
class Effort:
    """Step h, number of entries tried for each tensor, and the multiply-adds allowed."""

    h: float = 1e-5
    samples_per_tensor: int = 20
    budget: float = BUDGET


def work(network: Network, rows: int = ROWS) -> float:
    """Return the cost of a forward pass in multiply-adds; a sequence of t steps has t times the calls."""
    total = 0
    for layer, before, after in zip(network.layers, network.shapes, network.shapes[1:], strict=False):
        if not layer.is_view:
            total += rows * (layer.multiply_adds(before) + NUMBER * math.prod(after))
            total += CALLS * (before[0] if len(before) == 2 else 1)
    return float(total)


def rows_for(network: Network, check: Effort) -> int:
    """Return how many rows of the data a check uses."""
    rows = ROWS
    while rows > FEWEST_ROWS and work(network, rows) * PASSES * FEW * len(network.slots) > check.budget:
        rows //= 2
    return rows


def entries(sizes: Sequence[int], check: Effort, work: float) -> list[int]:
    """Return how many entries to try of tensors of these sizes: the same number of each, within the budget.

    If the budget allows less than one of each, the first tensors get one.
    """
    affordable = int(check.budget / work) // PASSES if work else sum(sizes)
    tried = [0] * len(sizes)
    for count in range(1, check.samples_per_tensor + 1):
        more = [place for place, size in enumerate(sizes) if size >= count][:affordable]
        if not more or (count > 1 and sum(tried) + len(more) > affordable):
            break
        for place in more:
            tried[place] = count
    return tried


def most_work(network: Network, check: Effort) -> float:
    """Return the multiply-adds of a check that tries every entry twice, with h and with h / 10."""
    cost = work(network, rows_for(network, check))
    return 2 * PASSES * cost * sum(entries([slot.stop - slot.start for slot in network.slots], check, cost))


def band(error: float) -> str:
    """Return the band of a relative error: wrong > 1e-2 > suspicious > 1e-4 > fair > 1e-7 > good."""
    if not np.isfinite(error):
        return "wrong"
    return next((word for limit, word in BANDS if error > limit), "good")


class Differences:
    """A network, a loss and a batch, with the gradient by backward and by finite differences."""

    def __init__(self, network: Network, loss: Loss, x: Array, y: Array, penalty: Penalty | None = None) -> None:
        self.network, self.loss, self.penalty = network, loss, penalty
        self.y = y[np.newaxis]
        self.workspace = Workspace(network, loss, len(x))
        self.tape = self.workspace.tape(x[np.newaxis], self.y)
        self.inputs = self.workspace.inputs(x[np.newaxis])
        self.work = work(network, len(x))
        if penalty is not None:
            penalty.bind(network)

    def objective(self) -> float:
        play(self.tape.forward)
        self.network.rewind_random()  # so that every pass has the same dropout masks
        penalty = 0.0 if self.penalty is None else float(self.penalty.value()[0])
        return float(self.workspace.value[0]) + penalty

    def analytic(self) -> Array:
        """Return the gradient by backward, (size,)."""
        play(self.tape.forward)
        play(self.tape.backward)
        self.network.rewind_random()
        if self.penalty is not None:
            self.penalty.add_gradient()
        return self.network.gradient[0].copy()

    def numeric(self, place: int, h: float) -> float | None:
        """Return dL/dw at one index of the flat vector by a centred difference; None if a kink is within h."""
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
        """Return the side of every kink on which the last pass was."""
        sides = self.workspace.kink_sides(self.inputs)
        of_loss = self.loss.kink_sides(self.inputs[-1].reshape(1, -1) if self.loss.elementwise else self.inputs[-1],
                                  self.y.reshape(1, -1) if self.loss.elementwise else self.y)  # fmt: skip
        of_penalty = None if self.penalty is None else self.penalty.kink_sides()
        return [*sides, *(some for some in (of_loss, of_penalty) if some is not None)]


STACKED = 3
"""Seeds of the stack in which layers are tested, different from common numbers of rows or outputs."""


def check_layers(
    layers: Sequence[Layer], x: Array, y: Array, loss: Loss | None = None, *, seed: int = 0
) -> dict[str, Any]:
    """Check a network of these layers on samples x, (n,) + shape, and targets y, (n, k). The default loss is MSE.

    Parameters are drawn from N(0, 1/4) and moved by 1/2 away from 0, because some formulas divide by them.
    Raises NotStacked if the gradient of a stack of seeds differs from that of a seed alone, NotRepeatable if recorded
    steps and direct calls give different gradients.
    """
    loss, seeds = MSELoss() if loss is None else loss, range(seed, seed + STACKED)
    network = Network(layers, np.shape(x)[1:])
    values = network.draw(seeds, [constant(0.0)] * len(network.slots))
    draw = stream(seed, "init").normal(0.0, 0.5, (STACKED, network.size))
    values[:, : network.size] = np.copysign(np.abs(draw) + 0.5, draw)
    _compare_with_stack(network, loss, (x, y), values)
    alone = network.bind(values[:1], [stream(seed, "dropout")])
    return check_gradient(Differences(alone, loss, x, y), Effort())


def _compare_with_stack(network: Network, loss: Loss, batch: tuple[Array, Array], values: Array) -> None:
    """Raise NotStacked or NotRepeatable if the gradients of a stack are not those of its seeds alone."""
    alone = [_gradient(network, loss, batch, values[row : row + 1], row) for row in range(len(values))]
    called = _gradient(network, loss, batch, values[:1], 0, record=False)
    if (name := _difference(network, alone[0], called)) is not None:
        raise NotRepeatable(f"the gradient of {name} differs")
    try:
        stacked = _gradient(network, loss, batch, values, 0)
    except ValueError as error:
        raise NotStacked(str(error)) from error
    if (name := _difference(network, stacked, np.concatenate(alone))) is not None:
        raise NotStacked(f"the gradient of {name} differs")


def _gradient(
    network: Network, loss: Loss, batch: tuple[Array, Array], values: Array, first: int, *, record: bool = True
) -> Array:
    """Return the gradient of the second of two passes by backward, (seeds, size); the seeds count from `first`."""
    x, y = (np.repeat(array[np.newaxis], len(values), axis=0) for array in batch)
    bound = network.bind(values.copy(), [stream(first + row, "dropout") for row in range(len(values))])
    tape = Workspace(bound, loss, x.shape[1], record=record).tape(x, y)
    for _ in range(2):
        play(tape.forward)
        play(tape.backward)
    return bound.gradient


def _difference(network: Network, one: Array, other: Array) -> str | None:
    """Return the name of a tensor whose gradients differ."""
    apart = (slot.name for slot in network.slots if not np.allclose(slot.view(one), slot.view(other), equal_nan=True))
    return next(apart, None)


def check_gradient(differences: Differences, check: Effort) -> dict[str, Any]:
    """Compare both gradients on some entries of every tensor.

    An entry with a kink within h is skipped. A tensor without other entries is "unchecked". So are
    all tensors if rounding the parameters loses h. A loss that is not finite at other entries is wrong.
    """
    network = differences.network
    if _loses(network.theta, check.h):
        return unchecked("diverged")
    analytic = differences.analytic()
    floor = _floor(differences.objective(), check.h)
    counts = entries([slot.stop - slot.start for slot in network.slots], check, differences.work)
    tensors = [
        _check_tensor(differences, slot, _evenly_spaced(slot.start, slot.stop, count), analytic, check.h, floor)
        for slot, count in zip(network.slots, counts, strict=True)
    ]
    checked = [tensor for tensor in tensors if tensor["checked"]]
    worst = _worst([tensor["max_relative_error"] for tensor in checked])
    return {"band": band(worst) if checked else UNCHECKED, "max_relative_error": worst, "tensors": tensors}


def unchecked(reason: str) -> dict[str, Any]:
    """Return the result of a check that was not done, with the reason."""
    return {"band": UNCHECKED, "reason": reason, "max_relative_error": 0.0, "tensors": []}


def _loses(theta: Array, h: float) -> bool:
    """Return whether rounding loses h: for some parameter w + h and w - h are not 2h apart, or not finite."""
    return not float(np.max(np.abs(theta), initial=0.0)) * np.finfo(float).eps <= h * SUSPICIOUS


def _check_tensor(
    differences: Differences, slot: Slot, places: Sequence[int], analytic: Array, h: float, floor: float
) -> dict[str, Any]:
    tried = [_error(differences, place, analytic[place], h, floor) for place in places]
    errors = [error for error in tried if error is not None]
    worst = _worst(errors)
    return {
        "name": slot.name,
        "band": band(worst) if errors else UNCHECKED,
        "max_relative_error": worst,
        "size": slot.stop - slot.start,
        "checked": len(errors),
        "skipped": len(tried) - len(errors),
    }


def _error(differences: Differences, place: int, a: float, h: float, floor: float) -> float | None:
    """Return the relative error of `a` with h, or with h / 10 if that is smaller; None at a kink.

    If a kink is within h but not within h / 10, only h / 10 counts, whose rounding error is ten times as large.
    """
    n, finer = differences.numeric(place, h), None
    if n is None or _relative(a, n, floor) > GOOD:
        finer = differences.numeric(place, h / 10.0)
    if n is None:
        return None if finer is None else _relative(a, finer, 10.0 * floor)
    error = _relative(a, n, floor)
    return error if finer is None else min(error, _relative(a, finer, floor))


def _worst(errors: Sequence[float]) -> float:
    """Return the largest error; NaN counts as larger than all."""
    return float(np.max(errors)) if len(errors) else 0.0


def _evenly_spaced(start: int, stop: int, count: int) -> Sequence[int]:
    """Return at most `count` places, evenly spaced."""
    if count == 0:
        return []
    return np.unique(np.linspace(start, stop - 1, min(count, stop - start)).round().astype(int)).tolist()


def _relative(a: float, n: float, floor: float) -> float:
    return float(abs(a - n) / max(abs(a), abs(n), floor))


def _floor(objective: float, h: float) -> float:
    """Return the smallest gradient that rounding allows to be measured with a good relative error."""
    rounding = np.finfo(float).eps * (abs(objective) + np.sqrt(abs(objective)))
    return max(rounding / h / GOOD, 1e-12)
