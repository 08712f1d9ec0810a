"""The training loop: do steps, record points, and let seeds stop."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from bpsandbox.core.types import Array
from bpsandbox.document import Reason, Stop

from .curves import Curves, Point
from .endings import Endings
from .evaluation import Evaluation
from .experiment import Experiment, Observer
from .observers.group import Observers
from .observers.signals import Signals
from .observers.snapshots import State
from .stack import Stack, Until
from .undefined import undefined
from .workload import workload_of


class Session:
    """Trains all seeds of an experiment together until each has stopped.

    A seed that stops is removed from the stack, and the others continue: `alive` lists the seeds in training, from 0,
    one for each row of the stack. `observers` are used as they are; those of the experiment are copied.
    """

    def __init__(self, experiment: Experiment, observers: Sequence[Observer] = (), until: Until = None) -> None:
        seeds = len(experiment.seeds)
        self.experiment = experiment
        self.workload = workload_of(experiment)
        self.stack = Stack(experiment, until)
        self.schedule = copy.copy(experiment.schedule)
        self.schedule.begin(seeds)
        self.endings = Endings(experiment.stopping, self.stack.network.values)
        self.curves = Curves(seeds)
        self.alive = np.arange(seeds)
        self.step, self.epochs_begun = 0, 0
        """Number of steps done, and of epochs begun."""
        self.steps_per_epoch, self.total_steps = experiment.steps_an_epoch, experiment.total_steps
        self.interval = experiment.plan.eval_every * (1 if experiment.plan.steps else self.steps_per_epoch)
        """Steps between two recorded points."""
        self.signals = Signals()
        self.observers = Observers(self, [*map(copy.copy, experiment.observers), *observers, self.signals])
        self._bind_evaluation()
        self.record()

    def _bind_evaluation(self) -> None:
        self.evaluation = Evaluation(self.stack.network, self.experiment, self.stack.penalty)

    @property
    def epoch(self) -> int:
        """Return the number of complete epochs."""
        return self.step // self.steps_per_epoch

    @property
    def epochs(self) -> int:
        """Return the epochs of the plan; the last one may be incomplete."""
        return -(-self.total_steps // self.steps_per_epoch)

    @property
    def is_running(self) -> bool:
        return self.step < self.total_steps and len(self.alive) > 0

    @property
    def steps_per_report(self) -> int:
        return self.workload.steps_per_report

    @property
    def work(self) -> float:
        """Return the multiply-adds done so far."""
        gradients = self.step + self.stack.evaluations
        return self.workload.done(gradients=gradients, points=len(self.curves.points))

    @property
    def ahead(self) -> float:
        """Return the most multiply-adds until `until` is called again, and from there to the result."""
        return self.workload.until_asked + self.workload.end

    # the loop

    def advance(self, steps: int) -> None:
        """Do at most `steps` steps; stop early at a recorded point or at the end of the run."""
        last = min(self.step + steps, self.total_steps)
        while self.is_running and self.step < last:
            self._begin_step()
            watch = self.observers.watch()
            count = 1 if watch or self.schedule.per == "step" else self._quiet_steps(last)
            done = self.stack.train(self.step % self.steps_per_epoch, count, watch)
            self.step += done
            if done < count:
                self._drop_diverged()
            elif self.step % self.interval == 0 or self.step == self.total_steps:
                self.record()
                return

    def _begin_step(self) -> None:
        """Begin the epoch if this step is its first, set the learning rate, and call the observers."""
        if self.step == self.epochs_begun * self.steps_per_epoch:
            self.stack.batches.begin_epoch()
            self._set_rate(self.step if self.schedule.per == "step" else self.epochs_begun)
            self.epochs_begun += 1
        elif self.schedule.per == "step":
            self._set_rate(self.step)
        self.observers.before_step()

    def _set_rate(self, t: int) -> None:
        rate = self.schedule.rate(self.stack.base_rate, t, self.stack.scheduled)
        has_left = isinstance(rate, np.ndarray) and rate.ndim == 2 and len(rate) > len(self.alive)
        self.stack.set_rate(rate[self.alive] if has_left else rate)  # type: ignore[index]

    def _quiet_steps(self, last: int) -> int:
        """Return how many steps can be done before an epoch, a point or an observer interrupts them."""
        next_point = self.step + self.interval - self.step % self.interval
        next_look = self.observers.next_step or last
        return min(last, self.epochs_begun * self.steps_per_epoch, next_point, next_look) - self.step

    # recorded points

    def record(self) -> None:
        """Measure all seeds, call the observers, and apply the stopping rules."""
        values = self.evaluation.measure()
        self.curves.add(self.epoch, self.step, self.alive, values)
        stopped = {row: stop for row in range(len(self.alive)) if (stop := self._reason(row, values))}
        self.observers.at_point()
        self._leave(stopped)

    def _reason(self, row: int, values: dict[str, Array]) -> Stop | None:
        """Return why the seed in this row stops now; None if it continues."""
        if not np.isfinite(values["train_loss"][row]):
            return self._stop("diverged", self.evaluation.broken_layer(row))
        seed, measured = int(self.alive[row]), {name: float(column[row]) for name, column in values.items()}
        if self.schedule.monitor and self.step:
            self.schedule.observe(seed, measured[self.schedule.monitor])
        reason = self.endings.reason(seed, measured, self.epoch, self.stack.network.values[row])
        return self._stop(reason) if reason else None

    def _stop(self, reason: str, layer: str | None = None) -> Stop:
        return Stop(cast(Reason, reason), self.epoch, self.step, layer)

    def _drop_diverged(self) -> None:
        """Stop the seeds whose loss was not finite; the others repeat the step without them."""
        broken = self.stack.broken_layers()
        self._leave({row: self._stop("diverged", layer) for row, layer in broken.items()})

    def _leave(self, stopped: dict[int, Stop]) -> None:
        """Remove these rows from the stack, and store the final values of their seeds; `stopped` has the reasons."""
        if not stopped:
            return
        self.observers.leaving(list(stopped))
        for row, stop in stopped.items():
            seed = int(self.alive[row])
            if stop.reason == "diverged":
                last, epoch = self.curves.last_finite(seed)
                zero = undefined(self.experiment, stop.layer, self.stack.network.values[row])
                stop = replace(stop, last=last, last_epoch=epoch, undefined=zero)
            self.endings.keep(seed, self.stack.network.values[row], stop)
        rows = np.array([row for row in range(len(self.alive)) if row not in stopped], dtype=int)
        self.alive = self.alive[rows]
        if len(rows):
            self.stack.keep(rows)
            self._bind_evaluation()

    # the end

    def close(self, reason: str | None = None) -> None:
        """End the run: stop all seeds, for `reason` if the plan is not at its end, and restore best weights."""
        if reason is not None and self.is_running and self.step > self.curves.points[-1].step:
            self.record()
        planned = "steps" if self.experiment.plan.steps else "epochs"
        reason = reason if reason is not None and self.is_running else planned
        self._leave({row: self._stop(reason) for row in range(len(self.alive))})
        self.endings.restore_best()
        self.observers.at_end()

    def row(self, seed: int) -> int | None:
        """Return the row of a seed in the stack; None once it has stopped."""
        rows = np.flatnonzero(self.alive == seed)
        return int(rows[0]) if len(rows) else None

    def states(self, after: int) -> list[State]:
        """Return the parameters of the first seeds at the epochs recorded since `after`, and now, rounded."""
        return self.observers.states(after)

    def points_from(self, first: int) -> list[Point]:
        """Return the recorded points from number `first` on."""
        return self.curves.points[first:]
