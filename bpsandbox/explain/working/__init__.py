"""One training step of one example, worked by hand: every equation of forward, loss, backward and update.

The formulas are chosen by the config. Every number in them is one that the run computed, rounded for print; a part
whose equation does not give the run's numbers shows a sentence instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.document import Document, Stop, WorkedExample
from bpsandbox.spec import Spec, build

from .algebra import Array
from .example import Convention, Example
from .record import from_record, to_json
from .step import Sentence, Step, Worked
from .walk import walk

__all__ = [
    "Convention",
    "Sentence",
    "Step",
    "Stopped",
    "Worked",
    "explained",
    "finished",
    "recorded",
    "to_json",
    "worked",
]


AS_CONFIGURED = Convention()


class Stopped(Exception):
    """There is no such step: `stop` says how the seed's training ended before its first update."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(str(stop))
        self.stop = stop


def worked(
    spec: Spec,
    sample: int = 0,
    step: int = 0,
    seed: int | None = None,
    *,
    convention: Convention = AS_CONFIGURED,
    until: Callable[[], str | None] | None = None,
) -> Worked:
    """Train one seed of a spec up to a step, and work that step for one training example.

    Of a sweep, the first setting is worked. A step beyond the end of the seed's training gives the last one that it
    took. Raises Stopped where it took none, or where `until` ended the training.
    """
    built = build(spec)
    experiment = built.members[0].experiment if isinstance(built, core.Sweep) else built
    capture = core.work(experiment, core.WorkedExample(sample, step, seed), until=until)
    if not isinstance(capture, core.Capture):
        raise Stopped(capture)
    return explained(capture, convention)


def explained(capture: core.Capture, convention: Convention = AS_CONFIGURED) -> Worked:
    """Work a captured step."""
    example = Example(capture, convention)
    with np.errstate(all="ignore"):  # a seed that diverges has infinities, and they are shown
        steps = tuple(walk(example))
    return Worked(
        spec_hash=capture.experiment.spec_hash,
        sample=capture.sample,
        step=capture.step,
        epoch=capture.epoch,
        seed=capture.seed,
        steps=steps,
        tensors=_tensors(capture),
    )


def finished(result: core.Result | core.SweepResult) -> Document:
    """The document of a finished run, with the worked example that its config asked for."""
    document = result.document()
    if result.capture is None:
        return document
    example = WorkedExample.from_json(to_json(explained(result.capture)))
    return replace(document, records=replace(document.records, worked_example=example))


def recorded(record: WorkedExample | Any) -> Worked | None:
    """The working that a run kept; None where there is none, or one of an engine that kept other parts."""
    if isinstance(record, dict) and "steps" in record:
        record = WorkedExample.from_store(record)
    return from_record(record) if isinstance(record, WorkedExample) else None


def _tensors(capture: core.Capture) -> dict[str, dict[str, Array]]:
    """Parameters before and after, and the gradient as the optimiser received it, by the parameters' names."""
    found = {"before": capture.before, "gradient": capture.gradient, "after": capture.after}
    if capture.experiment.clipping is not None:
        found["clipped"] = capture.clipped
    size = capture.network.size
    return {
        part: {slot.name: slot.view(flat[None, :size])[0] for slot in capture.network.slots}
        for part, flat in found.items()
    }
