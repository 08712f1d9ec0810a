"""Steps of a run that were worked on request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bpsandbox import services
from bpsandbox.core.train.training import ENDS_BY_ITSELF
from bpsandbox.document import Document, Stop, WorkedExample
from bpsandbox.models import Run, Spec
from bpsandbox.runner import results


@dataclass(frozen=True)
class StepBounds:
    """Which steps of a spec can be worked: examples and steps count from 0 below these, seeds are listed.

    `ends` are the ends of those seeds that stopped by themselves or were stopped by a limit, before `steps` or at it.
    """

    samples: int
    steps: int
    seeds: tuple[int, ...]
    ends: dict[int, Stop] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Return how many steps the seed took that trained longest."""
        return max(self.steps_of(seed) for seed in self.seeds)

    def steps_of(self, seed: int) -> int:
        return min(self.steps, self.ends[seed].step) if seed in self.ends else self.steps


@dataclass(frozen=True)
class WorkedStep:
    """One step as a reader requested it: the worked step, or why there is none (yet)."""

    sample: int
    step: int
    seed: int
    is_waiting: bool = False
    example: WorkedExample | None = None
    stop: Stop | None = None
    failure: str = ""


def step_bounds(config: dict[str, Any], document: Document) -> StepBounds:
    """Count what can be worked, from a canonical config and its result; of a sweep, the first setting's."""
    training = config["training"]
    samples = document.data.train if document.data else 0
    batch = samples if training["batch_size"] == "full" else min(training["batch_size"], samples)
    steps = training["steps"] if training.get("steps") else training["epochs"] * -(-samples // batch)
    seeds = tuple(config["seeds"])
    rows = document.members[0].rows if document.members else range(len(document.stop))
    stops = zip(seeds, (document.stop[row] for row in rows), strict=False)
    ends = {seed: stop for seed, stop in stops if stop.reason in (*ENDS_BY_ITSELF, "limit")}
    return StepBounds(samples, steps, seeds, ends)


def worked_step(spec: Spec, *, sample: int, step: int, seed: int) -> WorkedStep | None:
    """Return the state of one step of this engine; None if nobody has requested it."""
    runs = Run.objects.filter(
        spec=spec, working=step_name(sample, step, seed), engine_version=services.engine_version()
    )
    run = runs.worked().order_by("-pk").first() or runs.order_by("-pk").first()
    if run is None:
        return None
    asked = WorkedStep(sample, step, seed)
    if run.is_active:
        return replace(asked, is_waiting=True)
    if not run.archive:
        return replace(asked, failure=run.failure_sentence)
    plain = results.unsqueeze(bytes(run.archive))
    if "stop" in plain:
        return replace(asked, stop=Stop.from_store(plain["stop"]))
    return replace(asked, example=WorkedExample.from_store(plain["example"]))


def step_name(sample: int, step: int, seed: int) -> str:
    """Return the value of Run.working for a step."""
    return f"{sample}.{step}.{seed}"
