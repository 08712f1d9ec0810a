"""Call all observers of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bpsandbox.core.train.experiment import Observed, Observer

from .snapshots import Snapshots, State
from .worked import Worked
from .worked_example import Capture


class Observers:
    """Calls the hooks of each observer; step hooks only of observers that wait for that step."""

    next_step: int | None = None
    """The first step, from the current one on, that an observer waits for. Cached, because the loop reads it often."""

    def __init__(self, run: Observed, observers: Sequence[Observer]) -> None:
        self.run, self.observers = run, observers
        for observer in observers:
            observer.begin(run)
        self._look_ahead()

    def _look_ahead(self, first: int | None = None) -> None:
        first = self.run.step if first is None else first
        steps = (observer.next_step for observer in self.observers)
        self.next_step = min((step for step in steps if step is not None and step >= first), default=None)

    def _waiting(self) -> Iterator[Observer]:
        return (observer for observer in self.observers if observer.next_step == self.run.step)

    def before_step(self) -> None:
        if self.next_step == self.run.step:
            for observer in self._waiting():
                observer.before_step(self.run)
            self._look_ahead()

    def watch(self) -> Callable[[], None] | None:
        """Return the callback that the next step calls after backward; None if no observer waits for it."""
        return self._after_gradient if self.next_step == self.run.step else None

    def _after_gradient(self) -> None:
        for observer in self._waiting():
            observer.after_gradient(self.run)
        self._look_ahead(self.run.step + 1)

    def at_point(self) -> None:
        for observer in self.observers:
            observer.at_point(self.run)
        self._look_ahead()

    def leaving(self, rows: Sequence[int]) -> None:
        for observer in self.observers:
            observer.leaving(self.run, rows)
        self._look_ahead()

    def at_end(self) -> None:
        for observer in self.observers:
            observer.at_end(self.run)

    @property
    def captured(self) -> Capture | None:
        """Return the step that a worked example asked for; None if it was not reached."""
        return next((one.captured for one in self.observers if isinstance(one, Worked)), None)

    def states(self, after: int) -> list[State]:
        """Return the states recorded since the epoch `after`, and the present one; none if none is recorded."""
        found = next((one for one in self.observers if isinstance(one, Snapshots)), None)
        return found.states(self.run, after) if found and found.seeds else []

    def documents(self, section: str) -> dict[str, Any]:
        """Return the records of one section of the document, by name."""
        made = {one.name: one.document() for one in self.observers if one.name and one.section == section}
        return {name: document for name, document in made.items() if document}
