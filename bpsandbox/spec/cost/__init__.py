"""Estimate the cost of a run before it runs: size, time and memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bpsandbox.spec.facts import Facts
from bpsandbox.spec.problems import NotParsed

from .memory import memory_bytes
from .passes import Like, words_of
from .rates import Rates, in_use, use
from .seconds import work_of
from .sizes import Sizes
from .tally import Tally

if TYPE_CHECKING:
    from bpsandbox.spec.spec import Spec


MOST_RUN = 2
"""Number of different networks of a sweep that are run to price it."""


@dataclass(frozen=True)
class Price:
    """The cost of a run: all seeds together, forward and backward."""

    parameters: int
    multiply_adds: int
    memory_bytes: int
    """Added to a process in which the engine is loaded."""
    stored_points: int
    """Numbers in all curves."""
    seconds: float
    steps: int = 0
    spec: Spec | None = None


def price(spec: Spec, rates: Rates | None = None) -> Price:
    """Price a spec without running anything; settings of a sweep that train as one stack cost as much as the stack."""
    if isinstance(spec, str):
        raise NotParsed("price", spec)
    rates = rates or in_use()
    sizes = compared([Sizes(config, facts) for config, facts in stacks(spec)])
    memory = [memory_bytes(size) for size in sizes]
    work = [work_of(size).add({"byte": taken}) for size, taken in zip(sizes, memory, strict=True)]
    return Price(
        parameters=max(size.parameters for size in sizes),
        multiply_adds=sum(size.multiply_adds for size in sizes),
        memory_bytes=sum(memory),
        stored_points=sum(size.stored_points for size in sizes),
        seconds=sum(seconds_of(one, rates) for one in work),
        steps=max(size.steps for size in sizes),
        spec=spec,
    )


def compared(sizes: list[Sizes]) -> list[Sizes]:
    """Let all but a few different networks of a sweep be priced by comparison with the first."""
    known: list[Like] = []
    for size in sizes:
        own = words_of(size.config), size.facts.shape
        if own not in known[:MOST_RUN]:
            known.append(own)
            size.like = known[0] if len(known) > MOST_RUN else None
    return sizes


def stacks(spec: Spec) -> Iterator[tuple[dict[str, Any], Facts]]:
    """Yield the configs that train one after the other; of a sweep one per group, with the seeds of its settings."""
    ordered = sorted(spec.settings, key=lambda one: one.group)
    for _, group in groupby(ordered, key=lambda one: one.group):
        members = [one.spec for one in group]
        seeds = [seed for one in members for seed in one.seeds]
        yield {**members[0].config, "seeds": seeds}, members[0].facts
    if not ordered:
        yield spec.config, spec.facts


def seconds_of(tally: Tally, rates: Rates) -> float:
    return sum(count * getattr(rates, name) for name, count in tally.items())


__all__ = ["Price", "Rates", "Sizes", "Tally", "in_use", "price", "seconds_of", "use", "work_of"]
