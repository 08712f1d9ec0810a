"""Penalties, clipping and schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from bpsandbox.explain.numbers import number
from bpsandbox.messages import _

from .formula import Formula, values

Config = dict[str, Any]


def penalty_meaning(penalty: Config) -> Formula | None:
    terms = []
    if penalty.get("l1"):
        terms.append(r"\lambda_1 \sum |w|")
    if penalty.get("l2"):
        terms.append(r"\frac{\lambda_2}{2} \sum w^2")
    if not terms:
        return None
    whole = " + ".join(terms)
    if penalty.get("per_sample"):
        whole = rf"\frac{{1}}{{N}} \left( {whole} \right)"
    counted = _("Over weights and biases.") if penalty.get("bias") else _("Over weights, not biases.")
    letters = values(l1=penalty.get("l1") or None, l2=penalty.get("l2") or None)
    return Formula(
        _("Penalty"), ", ".join(name for name in ("l1", "l2") if penalty.get(name)), (f"L + {whole}",), letters, counted
    )


def clipping_meanings(clipping: Config) -> Iterator[Formula]:
    label = _("Gradient clipping")
    if clipping.get("value"):
        yield Formula(label, "value", (r"g \leftarrow \max(-c, \min(c, g))",), values(clip=clipping["value"]))
    if clipping.get("norm"):
        line = r"g \leftarrow g \, \min\left( 1, \frac{c}{\left\lVert g \right\rVert_2 + 10^{-6}} \right)"
        note = _("The norm is over all parameters together, for each seed.")
        yield Formula(label, "norm", (line,), values(clip=clipping["norm"]), note)


def schedule_meaning(schedule: Config) -> Formula | None:
    if not schedule:
        return None
    kind = schedule["type"]
    unit = (
        _("t counts steps, from 0.")
        if kind == "OneCycleLR" or schedule.get("per") == "step"
        else _("t counts epochs, from 0.")
    )
    lines, letters, note = SCHEDULES[kind](schedule)
    return Formula(_("Learning rate"), kind, lines, letters, " ".join(filter(None, (note or unit,))))


Made: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], str]


def _step(schedule: Config) -> Made:
    line = r"\eta_t = \eta \, \gamma^{\lfloor t / T \rfloor}"
    return (line,), values(gamma=schedule["gamma"], steps=schedule["step_size"]), ""


def _milestones(schedule: Config) -> Made:
    reached = ", ".join(map(str, schedule["milestones"]))
    line = r"\eta_t = \eta \, \gamma^{\#\{ m \le t \}}"
    return (line,), (*values(gamma=schedule["gamma"]), rf"m \in \{{{reached}\}}"), ""


def _exponential(schedule: Config) -> Made:
    return (r"\eta_t = \eta \, \gamma^{t}",), values(gamma=schedule["gamma"]), ""


def _cosine(schedule: Config) -> Made:
    line = r"\eta_t = \eta_{\min} + \frac{\eta - \eta_{\min}}{2} \left( 1 + \cos \frac{\pi t}{T} \right)"
    least = rf"\eta_{{\min}} = {number(schedule['eta_min'])}"
    return (line,), (*values(steps=schedule["T_max"]), least), ""


def _linear(schedule: Config) -> Made:
    line = r"\eta_t = \eta \left( a + (b - a) \, \frac{\min(t, T)}{T} \right)"
    letters = values(low=schedule["start_factor"], high=schedule["end_factor"], steps=schedule["total_iters"])
    return (line,), letters, ""


def _polynomial(schedule: Config) -> Made:
    line = r"\eta_t = \eta \left( 1 - \frac{\min(t, T)}{T} \right)^{q}"
    return (line,), values(steps=schedule["total_iters"], power=schedule["power"]), ""


def _plateau(schedule: Config) -> Made:
    line = r"\eta \leftarrow \max(\eta_{\min}, \gamma \, \eta)"
    letters = (*values(gamma=schedule["factor"]), rf"\eta_{{\min}} = {number(schedule['min_lr'])}")
    note = _("Each time {name} has not improved for more than {patience} points, separately for each seed.",
             name=schedule["monitor"], patience=schedule["patience"])  # fmt: skip
    return (line,), letters, note


def _one_cycle(schedule: Config) -> Made:
    top = number(schedule["max_lr"])
    lines = (
        r"\eta_t = \eta_a + \frac{\eta_b - \eta_a}{2} \left( 1 - \cos \pi u \right)",
        rf"\frac{{{top}}}{{{number(schedule['div_factor'])}}} \rightarrow {top} \rightarrow "
        rf"\frac{{{top}}}{{{number(schedule['div_factor'])} \cdot {number(schedule['final_div_factor'])}}}",
    )
    note = _("u goes from 0 to 1 in each of the two phases; it rises during {share} of the {steps} steps.",
             share=f"{schedule['pct_start']:.0%}", steps=f"{schedule['total_steps']:,}")  # fmt: skip
    return lines, (), note


SCHEDULES = {
    "StepLR": _step,
    "MultiStepLR": _milestones,
    "ExponentialLR": _exponential,
    "CosineAnnealingLR": _cosine,
    "LinearLR": _linear,
    "PolynomialLR": _polynomial,
    "ReduceLROnPlateau": _plateau,
    "OneCycleLR": _one_cycle,
}
