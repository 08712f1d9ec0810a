"""A run between two steps: who still trains, what was recorded, why others stopped."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from bpsandbox.core.optim.schedules import ReduceLROnPlateau

from .curves import Curves, Point
from .evaluation import Evaluation
from .experiment import Experiment
from .observers.album import Album
from .observers.instruments import Instruments
from .stack import Stack
from .trace import Trace

Array = np.ndarray


class Session:
    """Drives a stack of seeds through the plan.

    A seed that stops leaves the stack and stays as it was while the others go on: `alive` holds the seeds (counted from
    0) that the rows of the stack stand for, `values` what every seed ends with (see
    Network.values).
    """

    def __init__(self, experiment: Experiment, trace: Trace | None = None) -> None:
        seeds = len(experiment.seeds)
        self.experiment, self.trace = experiment, trace
        self.watch = None if trace is None else self._write_down
        self.stack = Stack(experiment)
        self.values = self.stack.network.values.copy()
        self.step, self.begun = 0, 0
        self.per_epoch, self.total = experiment.steps_an_epoch, experiment.total_steps
        self.interval = experiment.plan.eval_every * (1 if experiment.plan.steps else self.per_epoch)
        self.alive = np.arange(seeds)
        self.stops: list[dict[str, Any]] = [{} for _ in range(seeds)]
        self.best: dict[int, tuple[int, Array]] = {}
        self.curves = Curves(seeds)
        self.album = Album(self)
        self.instruments = Instruments(self, experiment.recording)
        self._begin_rules(seeds)
        if trace is not None:
            trace.begin(self.stack.network)
        self._evaluate_with_stack()
        self.record()

    def _begin_rules(self, seeds: int) -> None:
        self.rules = [copy.copy(rule) for rule in self.experiment.stopping]
        for rule in self.rules:
            rule.begin(seeds)
        self.schedule = copy.copy(self.experiment.schedule)
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.begin(seeds)

    def _evaluate_with_stack(self) -> None:
        self.evaluation = Evaluation(self.stack.network, self.experiment, self.stack.penalty)

    @property
    def epoch(self) -> int:
        """Whole epochs done."""
        return self.step // self.per_epoch

    @property
    def is_running(self) -> bool:
        return self.step < self.total and len(self.alive) > 0

    @property
    def epochs(self) -> int:
        """Epochs of the whole plan, the last of which may be cut."""
        return -(-self.total // self.per_epoch)

    def points_from(self, first: int) -> list[Point]:
        """The recorded points from number `first` on."""
        return self.curves.points[first:]

    # the next steps

    def advance(self, steps: int) -> None:
        """Do so many steps, or fewer: up to a recorded point or the end of the run."""
        last = self.step + steps
        while self.is_running and self.step < last:
            self._prepare()
            wanted = self._quiet_steps(last)
            done = self.stack.train(self.step % self.per_epoch, wanted, self._watching())
            self.step += done
            if done < wanted:
                self._drop_diverged()
            elif self.step % self.interval == 0 or self.step == self.total:
                self.record()
                return

    def _quiet_steps(self, last: int) -> int:
        """Steps until something besides training happens."""
        if self.schedule.per == "step" or self._watching() is not None:
            return 1
        next_point = self.step + self.interval - self.step % self.interval
        end = min(last, self.total, self.begun * self.per_epoch, next_point)
        look = self.album.next_step
        return (look if self.step < look < end else end) - self.step

    def _prepare(self) -> None:
        """Begin an epoch where one begins, set the rate, and look at what is asked for at this step."""
        if self.step == self.begun * self.per_epoch:
            self._begin_epoch()
        elif self.schedule.per == "step":
            self._set_rate(self.step)
        self.album.look_before_step()

    def _begin_epoch(self) -> None:
        self.stack.batches.begin_epoch()
        self._set_rate(self.step if self.schedule.per == "step" else self.begun)
        self.begun += 1
        self.instruments.look_at_epoch()

    def _set_rate(self, t: int) -> None:
        rate = self.schedule.rate(self.stack.base_rate, t, self.stack.scheduled)
        have_left = isinstance(rate, np.ndarray) and rate.ndim == 2 and len(rate) > len(self.alive)
        self.stack.set_rate(rate[self.alive] if have_left else rate)  # type: ignore[index]

    def _watching(self) -> Callable[[], None] | None:
        """What the next step is to be shown to between backward and update."""
        return self._look_and_write_down if self.instruments.waits else self.watch

    def _look_and_write_down(self) -> None:
        self.instruments.look_at_gradient()
        if self.watch is not None:
            self.watch()

    def _write_down(self) -> None:
        """Show the trace a step between backward and update."""
        if self.trace is None:
            return
        self.trace.add(
            self.stack.network,
            step=self.step,
            epoch=self.epoch,
            seeds=len(self.experiment.seeds),
            alive=self.alive,
            loss=self.stack.objective(),
        )

    # recorded points

    def record(self) -> None:
        """Measure everything, look at it, and let seeds stop."""
        values = self.evaluation.measure()
        self.curves.add(self.epoch, self.step, self.alive, values)
        self.album.look_at_point()
        stopped = {row: stop for row in range(len(self.alive)) if (stop := self._reason(row, values))}
        self.instruments.look_at_point()
        self._leave(stopped)

    def _reason(self, row: int, values: dict[str, Array]) -> dict[str, Any] | None:
        """Why the seed in this row stops now; None when it goes on."""
        seed = int(self.alive[row])
        if not np.isfinite(values["train_loss"][row]):
            return {"reason": "diverged", "layer": self.evaluation.broken_layer(row)}
        if isinstance(self.schedule, ReduceLROnPlateau) and self.step:
            self.schedule.observe(seed, float(values[self.schedule.monitor][row]))
        reasons = [rule.reason for rule in self.rules if self._stops(rule, seed, row, float(values[rule.monitor][row]))]
        return {"reason": reasons[0]} if reasons else None

    def _stops(self, rule: Any, seed: int, row: int, value: float) -> bool:
        if rule.restore_best_weights and rule.improves(seed, value):
            self.best[seed] = (self.epoch, self.stack.network.values[row].copy())
        return rule.stops(seed, value)

    def _drop_diverged(self) -> None:
        """Let go of seeds whose forward was not finite; the others repeat the step without them."""
        broken = self.stack.broken_layers()
        self._leave({row: {"reason": "diverged", "layer": layer} for row, layer in broken.items()})

    def _leave(self, stopped: dict[int, dict[str, Any]]) -> None:
        if not stopped:
            return
        self.album.look_before_leaving(stopped)
        if 0 in stopped:
            self.instruments.look_before_leaving()
        for row, stop in stopped.items():
            seed = self.alive[row]
            self.values[seed] = self.stack.network.values[row]
            last = self.curves.last_finite(seed) if stop["reason"] == "diverged" else {}
            self.stops[seed] = {**stop, "epoch": self.epoch, "step": self.step, **last}
        rows = np.array([row for row in range(len(self.alive)) if row not in stopped], dtype=int)
        self.alive = self.alive[rows]
        if len(rows):
            self.stack.keep(rows)
            self._evaluate_with_stack()
            self.instruments.look_at_stack()

    # the end

    def close(self, reason: str | None = None) -> None:
        """Write down what the seeds end with, restoring best weights where a rule asks for it.

        `reason` is why those that were still training do so no longer, when it is not the end of the plan.
        """
        if reason is not None and self.is_running and self.step > self.curves.points[-1][1]:
            self.record()
        self._leave_at_end(reason)
        for seed, (epoch, values) in self.best.items():
            self.values[seed] = values
            self.stops[seed]["restored_epoch"] = epoch
        self.album.look_at_end()
        if self.trace is not None:
            self.trace.finish(self.experiment.network, self.values)

    def _leave_at_end(self, reason: str | None) -> None:
        planned = "steps" if self.experiment.plan.steps else "epochs"
        reason = reason if reason is not None and self.is_running else planned
        rows = range(len(self.alive))
        self._leave({row: {"reason": reason} for row in rows})
