"""The learning rate of this step: the first one, times what the schedule makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bpsandbox.core.optim import schedules
from bpsandbox.core.optim.schedules import Schedule
from bpsandbox.explain.working.algebra import (
    PI,
    Term,
    constant,
    floored,
    fraction,
    function,
    maximum,
    minimum,
    minus,
    named,
    plus,
    raised,
    times,
)
from bpsandbox.explain.working.example import Example, Place
from bpsandbox.explain.working.step import Sentence, Step, equation
from bpsandbox.messages import N_

Formula = Callable[[Example, Any, Term], Term]


def base_rate(place: Place) -> float:
    """The learning rate of a layer before any schedule."""
    experiment = place.example.capture.experiment
    if experiment.rates is None:
        return float(experiment.optimizer.lr)
    row = experiment.seeds.index(place.example.capture.seed)
    return float(np.atleast_2d(experiment.rates)[min(row, np.atleast_2d(experiment.rates).shape[0] - 1), _first(place)])


def _first(place: Place) -> int:
    return place.slots[0].start


def _trained(example: Example) -> list[Place]:
    trained = example.capture.experiment.trained
    return [place for place in example.places if place.slots and (trained is None or trained[_first(place)])]


def differ(example: Example) -> bool:
    """Do layers have learning rates of their own?"""
    return len({base_rate(place) for place in _trained(example)}) > 1


def rate_symbol(place: Place) -> str:
    return place.symbol(r"\eta") if differ(place.example) else r"\eta"


def steps(example: Example) -> Iterator[Step]:
    """The rate of this step as an equation, for each layer where they differ; nothing where it is one constant."""
    schedule, places = example.capture.schedule, _trained(example)
    if isinstance(schedule, schedules.OneCycleLR) or not differ(example):
        places = places[:1]
        if type(schedule) is Schedule:
            return
    for place in places:
        yield _step(place, schedule, number=place.number if differ(example) else None)


def _step(place: Place, schedule: Schedule, number: int | None) -> Step:
    example = place.example
    symbol = rate_symbol(place)
    base = named(symbol.replace(r"\eta", r"\eta_0", 1), base_rate(place))
    term = FORMULAS[type(schedule)](example, schedule, base)
    stored = float(example.capture.rates[_first(place)])
    made = equation(symbol, term, stored, dtype=example.dtype)
    made["notes"] = (*made["notes"], *_notes(example, schedule))
    if number is None:
        return Step("update.rate", "update", None, Sentence(N_("Learning rate of this step")), **made)
    title = Sentence(N_("Layer {layer}: learning rate of this step"), {"layer": number})
    return Step(f"update.{number}.rate", "update", number, title, **made)


def count(example: Example) -> int:
    """Epochs or steps before this step, whichever the schedule counts."""
    capture = example.capture
    return capture.step if capture.schedule.per == "step" else capture.epoch


def _notes(example: Example, schedule: Schedule) -> Iterator[Sentence]:
    if type(schedule) is Schedule:
        return
    if isinstance(schedule, schedules.ReduceLROnPlateau):
        yield Sentence(
            N_("ReduceLROnPlateau has multiplied the learning rate by {factor} so far; it monitors {monitor}."),
            {"factor": f"{_reduced(example):.4g}", "monitor": schedule.monitor},
        )
    elif schedule.per == "step":
        yield Sentence(N_("{schedule}: t is the number of steps done before this one, {count}."), _counted(example))
    else:
        yield Sentence(N_("{schedule}: t is the number of epochs done before this step, {count}."), _counted(example))


def _counted(example: Example) -> dict[str, str | int]:
    return {"schedule": type(example.capture.schedule).__name__, "count": count(example)}


def _t(example: Example) -> Term:
    return named("t", count(example))


def _step_lr(example: Example, schedule: schedules.StepLR, base: Term) -> Term:
    exponent = floored(fraction(_t(example), constant(schedule.step_size)))
    return times(base, raised(named(r"\gamma", schedule.gamma), exponent))


def _multi_step_lr(example: Example, schedule: schedules.MultiStepLR, base: Term) -> Term:
    reached = sum(milestone <= count(example) for milestone in schedule.milestones)
    return times(base, raised(named(r"\gamma", schedule.gamma), named("k", reached)))


def _exponential_lr(example: Example, schedule: schedules.ExponentialLR, base: Term) -> Term:
    return times(base, raised(named(r"\gamma", schedule.gamma), _t(example)))


def _cosine(share: Term) -> Term:
    """(1 + cos(π share)) / 2"""
    return fraction(plus(constant(1), function(r"\cos", np.cos, times(PI, share))), constant(2))


def _cosine_annealing_lr(example: Example, schedule: schedules.CosineAnnealingLR, base: Term) -> Term:
    low = named(r"\eta_{\min}", schedule.low)
    share = fraction(_t(example), named("T", schedule.period))
    return plus(low, times(minus(base, low), _cosine(share)))


def _linear_lr(example: Example, schedule: schedules.LinearLR, base: Term) -> Term:
    start, end, whole = named("a", schedule.start), named("b", schedule.end), named("T", schedule.total)
    share = fraction(minimum(_t(example), whole), whole)
    return times(base, plus(start, times(minus(end, start), share)))


def _polynomial_lr(example: Example, schedule: schedules.PolynomialLR, base: Term) -> Term:
    whole = named("T", schedule.total)
    left = minus(constant(1), fraction(minimum(_t(example), whole), whole))
    return times(base, raised(left, named("p", schedule.power)))


def _one_cycle_lr(example: Example, schedule: schedules.OneCycleLR, base: Term) -> Term:
    """Up or down along half a cosine: to + (from - to) (1 + cos(π share)) / 2."""
    t = min(count(example), int(schedule.last))
    top, peak = named(r"\eta_{\max}", schedule.top), named("P", schedule.peak)
    if t <= schedule.peak:
        start = named(r"\eta_{\mathrm{start}}", schedule.start)
        share = fraction(named("t", t), peak) if schedule.peak > 0 else constant(1)
        return plus(top, times(minus(start, top), _cosine(share)))
    end, last = named(r"\eta_{\mathrm{end}}", schedule.end), named("T", schedule.last)
    share = fraction(minus(named("t", t), peak), minus(last, peak))
    return plus(end, times(minus(top, end), _cosine(share)))


def _reduced(example: Example) -> float:
    """What ReduceLROnPlateau has multiplied the rate of this seed by, when this epoch began."""
    capture = example.capture
    place = capture.experiment.seeds.index(capture.seed)
    return float(capture.schedule.applied[place, 0])  # type: ignore[attr-defined]


def _reduce_lr_on_plateau(example: Example, schedule: schedules.ReduceLROnPlateau, base: Term) -> Term:
    reduced = times(base, named("c", _reduced(example)))
    if not schedule.low:
        return reduced
    return maximum(reduced, minimum(base, named(r"\eta_{\min}", schedule.low)))


FORMULAS: dict[type[Schedule], Formula] = {
    Schedule: lambda _example, _schedule, base: constant(float(base.value)),
    schedules.StepLR: _step_lr,
    schedules.MultiStepLR: _multi_step_lr,
    schedules.ExponentialLR: _exponential_lr,
    schedules.CosineAnnealingLR: _cosine_annealing_lr,
    schedules.LinearLR: _linear_lr,
    schedules.PolynomialLR: _polynomial_lr,
    schedules.ReduceLROnPlateau: _reduce_lr_on_plateau,
    schedules.OneCycleLR: _one_cycle_lr,
}
