"""Capture one update of one seed completely: its batch, every layer's arrays and the optimiser's step."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.optimizers import LBFGS, Closure, Optimizer
from bpsandbox.core.optim.optimizers.lbfgs import Move
from bpsandbox.core.optim.schedules import Schedule
from bpsandbox.core.tape.workspace import Tape, Workspace, play
from bpsandbox.core.train.experiment import Experiment, Training
from bpsandbox.document import Stop

Array = np.ndarray


@dataclass(frozen=True)
class WorkedExample:
    """Which training example, step and seed to show; the run's first seed when None."""

    sample: int = 0
    step: int = 0
    seed: int | None = None

    def place(self, seeds: tuple[int, ...]) -> int:
        """Return the index of the seed among those of a run."""
        return 0 if self.seed is None else seeds.index(self.seed)


@dataclass(frozen=True)
class Pass:
    """The arrays of one forward and backward pass, without the seed axis: row i belongs to example i of the batch."""

    x: Array
    y: Array
    inputs: tuple[Array, ...]
    """`inputs[i]` is the input of layer i of the network; the last one is the network's output."""
    gradients: tuple[Array | None, ...]
    """`gradients[i]` is dL/d`inputs[i]`; None if no gradient is needed."""
    scratch: tuple[tuple[Array, ...], ...]
    """The scratch arrays of every layer, as its forward and backward left them."""
    loss: float
    """The loss of the batch, without penalties."""


@dataclass(frozen=True)
class Capture:
    """One update of one seed. Flat arrays are laid out as the network's theta, (size,); see Network.slots."""

    experiment: Experiment
    network: Network
    seed: int
    sample: int
    """Which training example is worked."""
    step: int
    """Number of updates before it."""
    epoch: int
    batch: tuple[int, ...]
    """The training examples of this step's batch, in order."""
    whole: Pass
    """The pass over the batch, from which the update was computed."""
    shown: Pass
    """The pass that contains the example: `whole`, or if the example is not in the batch, a pass over the same batch
    with the example in the place of the first one."""
    place: int
    """The row of the example in `shown`."""
    before: Array
    """Parameters and buffers before the update, (size + buffers,)."""
    after: Array
    loss_gradient: Array
    """dL/dtheta of the batch's loss alone."""
    gradient: Array
    """The gradient with penalties, before clipping; 0 for frozen parameters."""
    clipped: Array
    """The same after clipping."""
    penalty: float
    """The value of the penalties; 0 without penalties."""
    optimizer_before: Optimizer
    optimizer_after: Optimizer
    rates: Array
    """The learning rate of every parameter in this step, (size,); 0 for frozen parameters."""
    schedule: Schedule
    """The run's schedule before this step."""
    moves: tuple[Move, ...] = ()
    """The moves of a step of LBFGS, in order."""
    objective_after: float | None = None
    """Loss and penalties of the batch after a step of LBFGS."""
    slope_after: float | None = None
    """Largest absolute entry of their gradient."""

    stop: Stop | None = None
    """Why the seed stopped before the requested step, if this is its last step instead."""

    @property
    def is_in_batch(self) -> bool:
        return self.shown is self.whole


def capture(
    experiment: Experiment,
    example: WorkedExample,
    stack: Training,
    row: int,
    step: int,
    epoch: int,
    schedule: Schedule,
) -> Capture:
    """Do the next step of the seed in this row on copies, without changing the run."""
    batch = stack.batches.rows(step % experiment.steps_an_epoch)[row]
    streams = [copy.deepcopy(stack.streams[row])] if stack.streams else []
    network = experiment.network.bind(stack.network.values[row : row + 1].copy(), streams)
    before = network.values[0].copy()
    x, y = experiment.train.x[batch], experiment.train.y[batch]
    shown = place = None
    if example.sample in batch:
        place = int(np.flatnonzero(batch == example.sample)[0])
    else:
        place, other_x, other_y = 0, x.copy(), y.copy()
        other_x[0], other_y[0] = experiment.train.x[example.sample], experiment.train.y[example.sample]
        copied = experiment.network.bind(network.values.copy(), copy.deepcopy(streams))
        shown = _pass(*_played(copied, experiment, other_x, other_y), other_x, other_y)
    workspace, tape = _played(network, experiment, x, y)
    whole = _pass(workspace, tape, x, y)
    loss_gradient = network.gradient[0].copy()
    penalty = copy.copy(experiment.penalty)
    if penalty is not None:
        penalty.bind(network)
    value = 0.0 if penalty is None else float(penalty.value(len(batch))[0])

    def finish() -> None:
        if penalty is not None:
            penalty.add_gradient(len(batch))
        if experiment.trained is not None:
            network.gradient *= experiment.trained

    def evaluate() -> None:
        play(tape.forward)
        play(tape.backward[sum(layer.update_running_stats is not None for layer in network.layers) :])
        finish()

    finish()
    gradient = network.gradient[0].copy()
    if experiment.clipping is not None:
        clipping = copy.copy(experiment.clipping)
        clipping.bind(network.gradient)
        clipping.apply(network.gradient)
    clipped = network.gradient[0].copy()
    mine = copy.copy(stack.optimizer)
    mine.narrow(np.array([row]), network.theta, network.gradient)
    mine.closure = Closure(lambda: workspace.value + (0.0 if penalty is None else penalty.value(len(batch))), evaluate)
    begun = copy.copy(mine)
    for name in mine.memory:
        setattr(begun, name, getattr(mine, name).copy())
    rates = np.broadcast_to(np.asarray(mine.rate, dtype=np.float64), (1, network.size))[0].copy()
    if isinstance(mine, LBFGS):
        mine.seeds[0].trail = []
    mine.step()
    after = network.values[0].copy()
    moves = tuple(mine.seeds[0].trail or ()) if isinstance(mine, LBFGS) else ()
    objective_after = slope_after = None
    if isinstance(mine, LBFGS):
        evaluate()
        objective_after, slope_after = float(mine.closure.value()[0]), float(np.abs(network.gradient).max())
    return Capture(
        experiment=experiment,
        network=network,
        seed=experiment.seeds[example.place(experiment.seeds)],
        sample=example.sample,
        step=step,
        epoch=epoch,
        batch=tuple(batch.tolist()),
        whole=whole,
        shown=whole if shown is None else shown,
        place=place,
        before=before,
        after=after,
        loss_gradient=loss_gradient,
        gradient=gradient,
        clipped=clipped,
        penalty=value,
        optimizer_before=begun,
        optimizer_after=mine,
        rates=rates,
        schedule=copy.deepcopy(schedule),
        moves=moves,
        objective_after=objective_after,
        slope_after=slope_after,
    )


def _played(network: Network, experiment: Experiment, x: Array, y: Array) -> tuple[Workspace, Tape]:
    """Run forward and backward of one batch in a new workspace."""
    workspace = Workspace(network, experiment.loss, len(x))
    tape = workspace.tape(x[np.newaxis], y[np.newaxis])
    play(tape.forward)
    play(tape.backward)
    return workspace, tape


def _pass(workspace: Workspace, tape: Tape, x: Array, y: Array) -> Pass:
    return Pass(
        x=x,
        y=y,
        inputs=tuple(array[0].copy() for array in workspace.inputs(x[np.newaxis])),
        gradients=tuple(None if array is None else array[0].copy() for array in workspace.gradients),
        scratch=tuple(tuple(array[0].copy() for array in arrays) for arrays in workspace.scratch),
        loss=float(workspace.value[0]),
    )
