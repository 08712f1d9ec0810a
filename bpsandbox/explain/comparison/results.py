"""Compare runs seed against seed: the final values or, where a rule fixed those, how long the seeds took to them."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpsandbox.core.train.curves import is_higher_better
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from .ranks import RankTest, holm, rank_test

Config = dict[str, Any]

LEVEL = 0.05
"""The p value from which on a difference counts as what chance between seeds gives."""


@dataclass(frozen=True)
class Goal:
    """The value of a curve at which a stopping rule ended seeds, and whether the way there is counted in steps.

    `until` is the epoch or step after which times count as never, because one of the runs was not trained for longer;
    `is_rounded` tells whether times were rounded up to a point that both runs recorded.
    """

    value: float
    by_step: bool = False
    until: float | None = None
    is_rounded: bool = False


@dataclass(frozen=True)
class Measured:
    """The final values of one curve, one a seed; None where the seed diverged. `key` names the run: A, B, …

    With a `goal` they are the epochs or steps to it instead, None where the seed never reached it.
    """

    key: str
    name: str
    finals: tuple[float | None, ...]
    goal: Goal | None = None
    is_cut: bool = False
    """Whether a limit stopped one of the seeds before its end."""

    @property
    def is_lower_better(self) -> bool:
        return self.goal is not None or not is_higher_better(self.name)

    def quantile(self, share: float) -> float | None:
        known = [value for value in self.finals if value is not None]
        return float(np.quantile(known, share)) if known else None

    @property
    def median(self) -> float | None:
        return self.quantile(0.5)

    @property
    def low(self) -> float | None:
        return self.quantile(0.25)

    @property
    def high(self) -> float | None:
        return self.quantile(0.75)

    @property
    def midway(self) -> float:
        """Return the median with the seeds that never reached the goal at infinity."""
        return statistics.median(self.ranked)

    @property
    def diverged(self) -> int:
        return self.finals.count(None)

    @property
    def ranked(self) -> list[float]:
        """Return the values with the worst in place of those that do not exist."""
        worst = math.inf if self.is_lower_better else -math.inf
        return [worst if value is None else value for value in self.finals]


@dataclass(frozen=True)
class Comparison:
    """Two runs in one measure. Without a `test` there are too few seeds; `p` is adjusted for all tests of the page."""

    first: Measured
    second: Measured
    test: RankTest | None = None
    p: float = 1.0
    tests: int = 1

    @property
    def is_more_than_chance(self) -> bool:
        """Return whether chance between seeds seldom separates two runs this much."""
        return self.test is not None and self.p < LEVEL

    @property
    def goal(self) -> Goal | None:
        return self.first.goal

    @property
    def reason(self) -> str:
        """Say why the way to a target is tested; empty where final values are."""
        if self.goal is None:
            return ""
        final = _("The final values of {name} are not comparable, since a stopping rule ended seeds once they reached "
                  "{value}.", name=self.first.name, value=short(self.goal.value))  # fmt: skip
        epochs = _("Tested instead: the epochs to {value}. Seeds that never reached it count as later than all others.")
        steps = _("Tested instead: the steps to {value}. Seeds that never reached it count as later than all others.")
        tested = (steps if self.goal.by_step else epochs).format(value=short(self.goal.value))
        return sentences(final, tested, *_limits(self.goal))

    @property
    def medians(self) -> str:
        keys = {"first": self.first.key, "second": self.second.key}
        if self.goal is not None:
            times = {"one": _time(self.first.midway), "other": _time(self.second.midway)}
            if self.goal.by_step:
                return _("Median of the steps: {one} in {first}, {other} in {second}.", **keys, **times)
            return _("Median of the epochs: {one} in {first}, {other} in {second}.", **keys, **times)
        values = {"one": _value(self.first.median), "other": _value(self.second.median)}
        if self.first.is_cut or self.second.is_cut:
            return _("Median of the last values: {one} in {first}, {other} in {second}.", **keys, **values)
        return _("Median of the final values: {one} in {first}, {other} in {second}.", **keys, **values)

    @property
    def verdict(self) -> str:
        """Say whether the runs differ by more than chance between seeds, or why nobody can tell."""
        if self.test is None:
            return _(
                "One seed says nothing about the spread of seeds, so the difference may be chance: train several seeds."
            )
        if self.is_more_than_chance:
            return _("The runs differ by more than chance between seeds ({p}).", p=p_words(self.p))
        if self.test.least_p * self.tests >= LEVEL:
            return _(
                "{one} and {other} seeds are too few to tell: p cannot fall below {least} with them, and is {p}.",
                one=self.test.first,
                other=self.test.second,
                least=f"{min(1.0, self.test.least_p * self.tests):.2g}",
                p=f"{self.p:.2g}",
            )
        return _("These seeds show no difference beyond chance ({p}).", p=p_words(self.p))

    @property
    def method(self) -> str:
        """Name the test, its statistic and the size of the effect; empty without a test."""
        if self.test is None:
            return ""
        if self.goal is not None:
            exact = _("Mann–Whitney U test, two-sided and exact: U = {u} with {one} and {other} seeds.")
            normal = _(
                "Mann–Whitney U test, two-sided, by the normal approximation: U = {u} with {one} and {other} seeds."
            )
        else:
            exact = _(
                "Mann–Whitney U test of the final values, two-sided and exact: U = {u} with {one} and {other} seeds."
            )
            normal = _(
                "Mann–Whitney U test of the final values, two-sided, by the normal approximation: U = {u} with {one} "
                "and {other} seeds."
            )
        words = (exact if self.test.is_exact else normal).format(
            u=f"{self.test.u:g}", one=self.test.first, other=self.test.second
        )
        diverged = self.goal is None and (self.first.diverged or self.second.diverged)
        return sentences(
            words,
            self.effect,
            _("Seeds that diverged count as the worst.") if diverged else "",
            _("p is adjusted for {count} comparisons by Holm's method.", count=self.tests) if self.tests > 1 else "",
        )

    @property
    def effect(self) -> str:
        """Say in which share of the pairs of seeds the second run ends lower or higher, or is at the goal first."""
        if self.test is None:
            return ""
        share = self.test.share_larger
        words = _("In {share} of all pairs of seeds, {second} ends lower than {first}.")
        if self.goal is not None:
            words = _("In {share} of all pairs of seeds, {second} is there before {first}.")
        if share < 0.5:
            share, words = 1 - share, _("In {share} of all pairs of seeds, {second} ends higher than {first}.")
            if self.goal is not None:
                words = _("In {share} of all pairs of seeds, {second} is there after {first}.")
        shown = "100%" if share == 1.0 else f"{min(share, 0.99):.0%}"
        words = words.format(share=shown, first=self.first.key, second=self.second.key)
        has_equal = not set(self.first.ranked).isdisjoint(self.second.ranked)
        return sentences(words, _("Pairs with equal values count as half.") if has_equal else "")


def p_words(p: float) -> str:
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def compared(couples: Iterable[tuple[Measured, Measured]]) -> tuple[Comparison, ...]:
    """Compare the runs of each pair."""
    pairs = [Comparison(first, second, _test(first, second)) for first, second in couples]
    tests = [pair.test.p for pair in pairs if pair.test is not None]
    adjusted = iter(holm(tests))
    return tuple(
        pair if pair.test is None else replace(pair, p=next(adjusted), tests=max(1, len(tests))) for pair in pairs
    )


def _test(first: Measured, second: Measured) -> RankTest | None:
    if min(len(first.finals), len(second.finals)) < 2:
        return None
    return rank_test(first.ranked, second.ranked)


def obstacle(configs: Sequence[Config], name: str) -> str:
    """Return why values of this curve mean different things in these runs; empty if they can be compared."""
    if name.endswith("loss") and _kinds([config["loss"] for config in configs]) > 1:
        losses = _(", ").join(dict.fromkeys(config["loss"]["type"] for config in configs))
        return _("These runs minimise different losses ({losses}), so their values cannot be compared. A metric that "
                 "both measure can.", losses=losses)  # fmt: skip
    data = list(dict.fromkeys(config["dataset"].get("name") or _("own points") for config in configs))
    if len(data) > 1:
        return _("These runs learn different data ({data}), so a lower value does not mean a better network.",
                 data=_(", ").join(data))  # fmt: skip
    if _kinds([config["dataset"].get("points") for config in configs]) > 1:
        return _("The points of these runs differ, so a lower value does not mean a better network.")
    return ""


def cautions(configs: Sequence[Config], name: str, cut: Sequence[str] = ()) -> Iterator[str]:
    """Yield what to keep in mind where values can be compared. `cut` are the keys of runs that a limit stopped."""
    if cut:
        yield _("A limit stopped seeds of {runs} before the end of their training. What differs may be only how long "
                "the runs trained.", runs=_(", ").join(cut))  # fmt: skip
    if name == "train_loss" and _kinds([config.get("regularization") for config in configs]) > 1:
        yield _("The training loss includes the penalty on the weights, which differs between these runs.")
    if _kinds([config["dataset"] for config in configs]) > 1:
        yield _("The examples are not the same in all runs.")


def _kinds(values: Sequence[Any]) -> int:
    return len({json.dumps(value, sort_keys=True) for value in values})


def _limits(goal: Goal) -> Iterator[str]:
    """Yield what was done so that neither a longer training nor closer points make a difference."""
    if goal.until is not None:
        epoch = _("Times after epoch {end} count as never, since one of the runs was not trained for longer.")
        step = _("Times after step {end} count as never, since one of the runs was not trained for longer.")
        yield (step if goal.by_step else epoch).format(end=grouped(goal.until))
    if goal.is_rounded:
        yield _("The runs recorded different points, so each time is rounded up to the next point of both. If a curve "
                "goes up and down, the run with more points may still be seen at the target earlier.")  # fmt: skip


def _time(median: float) -> str:
    return _("not reached") if math.isinf(median) else short(median)


def _value(median: float | None) -> str:
    return _("not finite") if median is None else short(median)
