"""Train the members of a sweep together, stacked with their seeds where only numbers differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from bpsandbox.core.types import Array
from bpsandbox.document import DataSummary, Document, Finding, Records
from bpsandbox.document import Member as Setting

from . import doctor
from .curves import Point
from .experiment import Experiment
from .observers.snapshots import State
from .observers.worked_example import Capture
from .result import Result
from .session import Session
from .stack import Until
from .warnings import merged

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class Member:
    """One setting of a sweep: the values set, by config path, and the experiment.

    Members of one `group` differ only in learning rates, initial values and seeds, so they train as one stack.
    """

    values: dict[str, Any]
    experiment: Experiment
    group: str


@dataclass(frozen=True)
class Sweep:
    """Members that are trained together. All have the same number of points."""

    members: tuple[Member, ...]
    spec_hash: str = ""


def stacked(members: Sequence[Member]) -> Experiment:
    """Return one experiment with the seeds of all members, member after member."""
    experiments = [member.experiment for member in members]
    first = experiments[0]
    if len(members) == 1:
        return first
    starts = [one.start_values() for one in experiments]
    return replace(
        first,
        seeds=tuple(seed for one in experiments for seed in one.seeds),
        start=np.concatenate(starts),
        rates=np.concatenate([_rates(one) for one in experiments]),
    )


def _rates(experiment: Experiment) -> Array:
    """Return a learning rate for each seed and parameter."""
    own = experiment.optimizer.lr if experiment.rates is None else experiment.rates
    return np.broadcast_to(np.asarray(own, float), (len(experiment.seeds), experiment.network.size))


class SweepSession:
    """Advances the sessions of a sweep point by point. It has the interface of Session."""

    def __init__(self, sweep: Sweep, until: Until = None) -> None:
        self.sweep = sweep
        ordered = sorted(sweep.members, key=lambda member: member.group)
        self.groups = [list(group) for _, group in groupby(ordered, key=lambda member: member.group)]
        self.sessions = [Session(stacked(group), until=until) for group in self.groups]
        self.places = self._places()
        self.names = list(dict.fromkeys(name for session in self.sessions for name in session.curves.names))
        """Names of all curves. Members may have different ones: data_loss exists only with a penalty."""

    def _places(self) -> list[tuple[int, int]]:
        """Return the session and row of every seed, members in the order of the sweep."""
        rows: dict[int, list[tuple[int, int]]] = {}
        for number, group in enumerate(self.groups):
            row = 0
            for member in group:
                seeds = len(member.experiment.seeds)
                rows[id(member)] = [(number, row + i) for i in range(seeds)]
                row += seeds
        return [place for member in self.sweep.members for place in rows[id(member)]]

    @property
    def is_running(self) -> bool:
        return any(session.is_running for session in self.sessions)

    @property
    def _slowest(self) -> Session:
        running = [session for session in self.sessions if session.is_running]
        return min(running or self.sessions, key=lambda session: len(session.curves.points))

    @property
    def epoch(self) -> int:
        return self._slowest.epoch

    @property
    def epochs(self) -> int:
        return self.sessions[0].epochs

    @property
    def step(self) -> int:
        """Return the steps done by all sessions; one that has ended counts with all its planned steps."""
        return sum(session.step if session.is_running else session.total_steps for session in self.sessions)

    @property
    def total_steps(self) -> int:
        return sum(session.total_steps for session in self.sessions)

    @property
    def steps_per_report(self) -> int:
        return self._slowest.steps_per_report

    @property
    def work(self) -> float:
        """Return the multiply-adds done so far by all members."""
        return sum(session.work for session in self.sessions)

    @property
    def ahead(self) -> float:
        """Return the most multiply-adds until `until` is called again, and from there to all results."""
        return self._slowest.workload.until_asked + sum(session.workload.end for session in self.sessions)

    def advance(self, steps: int) -> None:
        """Advance the session with the fewest points by at most `steps` steps, up to its next point."""
        self._slowest.advance(steps)

    @property
    def count(self) -> int:
        """Return the number of points that every running session has recorded."""
        lengths = [len(session.curves.points) for session in self.sessions]
        running = [n for n, session in zip(lengths, self.sessions, strict=True) if session.is_running]
        return min(running) if running else max(lengths)

    def points_from(self, first: int) -> list[Point]:
        return [self._point(i) for i in range(first, self.count)]

    def _point(self, i: int) -> Point:
        """Return point i of all seeds, None for those that had stopped."""
        each = [session.curves.points[i] if i < len(session.curves.points) else None for session in self.sessions]
        epoch, step = self._when(i)
        return Point(epoch, step, {name: [_value(each[s], name, row) for s, row in self.places] for name in self.names})

    def _when(self, i: int) -> tuple[int, int]:
        """Return epoch and step of point i of the first member, even if it had stopped."""
        session = self.sessions[self.places[0][0]]
        if i < len(session.curves.points):
            return session.curves.points[i].epoch, session.curves.points[i].step
        step = min(i * session.interval, session.total_steps)
        return step // session.steps_per_epoch, step

    def states(self, after: int) -> list[State]:
        """Return the states of the first member: see Session.states."""
        count = len(self.sweep.members[0].experiment.seeds)
        return [(epoch, rows[:count]) for epoch, rows in self.sessions[self.places[0][0]].states(after)]

    def close(self, reason: str | None = None) -> None:
        for session in self.sessions:
            session.close(reason)


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep."""

    session: SweepSession

    @property
    def capture(self) -> Capture | None:
        """Return the worked step of the first member; see Result.capture."""
        return self.session.sessions[self.session.places[0][0]].observers.captured

    def document(self) -> Document:
        """Return one document for all members: seeds member after member; `members` lists the rows of each.

        What has no number for each seed (steps, records, checks, layers, data) is the first member's. If members
        have different batch sizes, `members` gives the steps between points for each.
        """
        run, sweep = self.session, self.session.sweep
        places = self._groups()
        examined = [Result(run.sessions[number]).examined(groups) for number, groups in enumerate(places)]
        documents = [document for document, _ in examined]
        points = run.points_from(0)
        first = documents[run.places[0][0]]
        return replace(
            first,
            spec_hash=sweep.spec_hash,
            seeds=tuple(seed for member in sweep.members for seed in member.experiment.seeds),
            epochs=tuple(epoch for epoch, _, _ in points),
            steps=tuple(step for _, step, _ in points),
            curves={name: tuple(tuple(values[name]) for _, _, values in points) for name in run.names},
            final=self._by_name([document.final for document in documents]),
            best=self._by_name([document.best for document in documents]),
            best_epoch=self._by_name([document.best_epoch for document in documents]),
            stop=tuple(documents[s].stop[row] for s, row in run.places),
            warnings=merged([document.warnings for document in documents]),
            findings=doctor.merged(self._in_order([findings for _, findings in examined])),
            data=_shared([document.data for document in documents]),
            records=_of_rows(first.records, len(sweep.members[0].experiment.seeds)),
            members=self._members(),
        )

    def _groups(self) -> list[list[tuple[int, ...]]]:
        """Return for each session the rows of each of its members, in their order."""
        return [
            [tuple(row for s, row in self._places_of(member) if s == number) for member in group]
            for number, group in enumerate(self.session.groups)
        ]

    def _places_of(self, member: Member) -> list[tuple[int, int]]:
        first = 0
        for other in self.session.sweep.members:
            count = len(other.experiment.seeds)
            if other is member:
                return self.session.places[first : first + count]
            first += count
        return []

    def _in_order(self, of_sessions: list[list[tuple[Finding, ...]]]) -> list[tuple[Finding, ...]]:
        """Return the findings of all members in the order of the sweep."""
        known = {
            id(member): found
            for group, each in zip(self.session.groups, of_sessions, strict=True)
            for member, found in zip(group, each, strict=True)
        }
        return [known[id(member)] for member in self.session.sweep.members]

    def _by_name(self, known: list[dict[str, Numbers]]) -> dict[str, Numbers]:
        run = self.session
        return {name: tuple(_row(known[s], name, row) for s, row in run.places) for name in run.names}

    def _members(self) -> tuple[Setting, ...]:
        listed: list[Setting] = []
        row = 0
        for member in self.session.sweep.members:
            rows = tuple(range(row, row + len(member.experiment.seeds)))
            interval = self.session.sessions[self.session.places[row][0]].interval
            steps_a_point = interval if self._steps_differ else None
            listed.append(Setting(member.values, rows, member.experiment.spec_hash, steps_a_point))
            row += len(rows)
        return tuple(listed)

    @property
    def _steps_differ(self) -> bool:
        return len({session.interval for session in self.session.sessions}) > 1


def _shared(each: list[DataSummary | None]) -> DataSummary | None:
    """Return the first member's data, with a baseline if all members have the same."""
    baselines = {data and data.chance_loss for data in each}
    return each[0] and (each[0] if len(baselines) == 1 else replace(each[0], chance_loss=None))


def _of_rows(records: Records, count: int) -> Records:
    """Return the records of a stack without the seeds of all members but the first."""
    gradients, rates = records.gradients, records.learning_rate
    if gradients is not None:
        norms = tuple(tuple(layer[:count] for layer in point) for point in gradients.norms)
        gradients = replace(gradients, norms=norms)
    if rates is not None:
        rates = tuple(rate[:count] if isinstance(rate, tuple) else rate for rate in rates)
    parts = {name: getattr(records, name) for name in ("snapshots", "histograms", "through_time")}
    first = {name: part and part.of(count) for name, part in parts.items()}
    return replace(records, gradients=gradients, learning_rate=rates, **first)


def _value(point: Point | None, name: str, row: int) -> float | None:
    return None if point is None else _row(point[2], name, row)


def _row(values: Mapping[str, Sequence[float | None]], name: str, row: int) -> float | None:
    return values[name][row] if name in values else None
