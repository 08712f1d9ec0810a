"""One training step of one example, worked by hand: every equation of forward, loss, backward and update.

The formulas are chosen by the config. Every number in them is one that the run computed, rounded for print; a part
whose equation does not give the run's numbers shows a sentence instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.core.nn.losses import MSELoss
from bpsandbox.document import Document, Stop, Title, WorkedExample
from bpsandbox.messages import N_, _
from bpsandbox.spec import Spec, build

from .algebra import Array
from .example import CONVENTIONS, LOSSES, VECTORS, Convention, Example
from .record import from_record, to_json
from .step import Sentence, Step, Worked
from .walk import failed, walk

__all__ = [
    "LOSSES",
    "VECTORS",
    "Convention",
    "Sentence",
    "Step",
    "Stopped",
    "Worked",
    "captured",
    "explained",
    "finished",
    "kept",
    "no_step",
    "recorded",
    "sentence",
    "to_json",
    "worked",
]

log = logging.getLogger(__name__)

AS_CONFIGURED = Convention()
OTHERS = {name: convention for name, convention in CONVENTIONS.items() if convention != AS_CONFIGURED}
OTHER_LAYOUTS = {name: convention for name, convention in OTHERS.items() if convention.loss == AS_CONFIGURED.loss}
"""Where there are no squares to gather, the other conventions write the same."""

LISTED = 8
"""How many examples of a batch are named."""


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
    """Train one seed of a spec up to a step, and work that step for one training example: see `captured`."""
    return explained(captured(spec, sample, step, seed, until=until), convention, asked=step)


def captured(
    spec: Spec,
    sample: int = 0,
    step: int = 0,
    seed: int | None = None,
    *,
    until: Callable[[], str | None] | None = None,
) -> core.Capture:
    """Train one seed of a spec, the first where none is named, up to a step, and capture the step.

    Of a sweep, the first setting is trained. A step beyond the end of the seed's training gives the last one that it
    took. Raises NoSuchExample or NoSuchSeed, and Stopped where it took no step or `until` ended the training.
    """
    built = build(spec)
    experiment = built.members[0].experiment if isinstance(built, core.Sweep) else built
    capture = core.work(experiment, core.WorkedExample(sample, step, seed), until=until)
    if not isinstance(capture, core.Capture):
        raise Stopped(capture)
    return capture


def explained(capture: core.Capture, convention: Convention = AS_CONFIGURED, *, asked: int | None = None) -> Worked:
    """Work a captured step. `asked` is the step that was wanted, where the seed may have ended before it."""
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
        notes=tuple(_notes(capture, capture.step if asked is None else asked)),
    )


def kept(capture: core.Capture, *, asked: int | None = None) -> dict[str, Any]:
    """A captured step as a run keeps it: written in every convention, and large arrays left out."""
    others = OTHERS if isinstance(capture.experiment.loss, MSELoss) else OTHER_LAYOUTS
    variants = {name: _print_of(explained(capture, convention, asked=asked)) for name, convention in others.items()}
    return to_json(explained(capture, asked=asked), variants)


def _print_of(working: Worked) -> Worked:
    """A working without its arrays: those of a large network are not held once for every convention."""
    return replace(working, steps=tuple(replace(step, value=None) for step in working.steps), tensors={})


def no_step(stop: Stop, asked: int) -> str:
    """Say why there is no step to work."""
    if stop.reason == "diverged":
        return _("The seed diverged in its first step: there is no step to work out.")
    if stop.reason != "limit":
        return _("The seed stopped before its first step: there is no step to work out.")
    return _("There was not enough time to train up to step {step}. Choose an earlier one.", step=asked)


def sentence(title: Title) -> Sentence:
    """Read a sentence that a run kept."""
    return Sentence(title.text, title.values)


def _notes(capture: core.Capture, asked: int) -> Iterator[Sentence]:
    """Say when this is another step than was asked for, and which examples the step was made from."""
    if capture.stop is not None:
        diverged = N_("Seed {seed} diverged in step {end}, before step {asked}. This is its last step.")
        ended = N_("Seed {seed} stopped after {end} steps, before step {asked}. This is its last step.")
        text = diverged if capture.stop.reason == "diverged" else ended
        yield Sentence(text, {"seed": capture.seed, "end": capture.stop.step, "asked": asked})
    if not capture.is_in_batch:
        text = N_(
            "Example {sample} is not in the batch of this step. It is worked out in the place of the batch's "
            "first example, {first}; the sums over the batch are those of the real batch."
        )
        yield Sentence(text, {"sample": capture.sample, "first": capture.batch[0]})
    if len(capture.batch) > 1:
        whole = N_("The batch has {count} examples: {examples}.")
        cut = N_("The batch has {count} examples, starting with {examples}.")
        named = ", ".join(map(str, capture.batch[:LISTED]))
        text = cut if len(capture.batch) > LISTED else whole
        yield Sentence(text, {"count": len(capture.batch), "examples": named})


def finished(result: core.Result | core.SweepResult) -> Document:
    """The document of a finished run, with the worked example that its config asked for."""
    document = result.document()
    if result.capture is None:
        return document
    example = _recordable(result.capture)
    return replace(document, records=replace(document.records, worked_example=example))


def _recordable(capture: core.Capture) -> WorkedExample:
    """A captured step as a document has it; where it cannot be written down, a sentence in its place."""
    try:
        return WorkedExample.from_json(kept(capture))
    except Exception as fault:  # a finished training must not be lost with its working
        log.exception("a worked example failed")
        steps = (failed("forward", None, fault),)
        place = (capture.experiment.spec_hash, capture.sample, capture.step, capture.epoch, capture.seed)
        return WorkedExample.from_json(to_json(Worked(*place, steps, {})))


def recorded(record: WorkedExample | Any, convention: Convention = AS_CONFIGURED) -> Worked | None:
    """The working that a run kept; None where there is none, or one of an engine that kept other parts."""
    if isinstance(record, dict) and "steps" in record:
        record = WorkedExample.from_store(record)
    return from_record(record, convention.name) if isinstance(record, WorkedExample) else None


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
