"""Count the work of a run in multiply-adds. Deadlines are checked by work done, so the core needs no clock."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.core.gradcheck import work
from bpsandbox.core.optim.optimizers import LBFGS

from .experiment import Experiment

HEARTBEAT = 5e8
"""Multiply-adds between two reports: some 50 ms on one core of a machine of 2020 or later."""
MOST_STEPS = 200
"""Most steps between two reports."""
BACKWARD = 3
"""Cost of a forward and a backward pass, in forward passes."""
UPDATE = 100
"""Cost of an update per parameter. It is memory-bound, so one parameter costs as much as many multiply-adds."""


@dataclass(frozen=True)
class Workload:
    """The cost of the parts of one training, in multiply-adds, for all seeds."""

    gradient: float
    """Loss and gradient of one batch, and the update."""
    evaluations: int
    """Most gradients that a step computes: more than one with LBFGS."""
    point: float
    """One recorded point: a forward pass over every part of the data."""
    start: float
    """Work before the first step."""
    end: float
    """Work after the last step, until the result is complete."""

    @property
    def step(self) -> float:
        return self.gradient * self.evaluations

    @property
    def steps_per_report(self) -> int:
        return max(1, min(MOST_STEPS, int(HEARTBEAT / self.step)))

    @property
    def until_asked(self) -> float:
        """Return the most work before `until` is called; LBFGS also calls it within a step."""
        return self.gradient * self.steps_per_report + self.point

    def done(self, *, gradients: int, points: int) -> float:
        return self.start + gradients * self.gradient + points * self.point


def workload_of(experiment: Experiment) -> Workload:
    """Count what an experiment will compute."""
    network, seeds = experiment.network, len(experiment.seeds)
    point = sum(work(network, len(part) * seeds) for part in experiment.parts.values())
    rows = min(experiment.plan.batch_size or len(experiment.train), len(experiment.train))
    return Workload(
        gradient=BACKWARD * work(network, rows * seeds) + _per_parameter(experiment) * network.size * seeds,
        evaluations=experiment.optimizer.max_eval if isinstance(experiment.optimizer, LBFGS) else 1,
        point=point,
        start=sum(observer.work(experiment, "start") for observer in experiment.observers),
        end=2 * point + sum(observer.work(experiment, "end") for observer in experiment.observers),
    )


def _per_parameter(experiment: Experiment) -> float:
    """Return the cost of an update for each parameter: LBFGS reads every stored step and change twice."""
    optimizer = experiment.optimizer
    return UPDATE + 4 * optimizer.history_size if isinstance(optimizer, LBFGS) else UPDATE
