"""Several runs side by side: what differs in their configs, one curve of all, and whether it differs by chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bpsandbox import charts, explain
from bpsandbox.core.train.curves import is_higher_better
from bpsandbox.document import Document, Member, Progress, Stop
from bpsandbox.models import Attachment, Run, Spec
from bpsandbox.querysets import owned_by
from bpsandbox.runner import results
from bpsandbox.selectors import CARD, SHOWN, Card, card_of, stored
from bpsandbox.spec import InvalidConfig
from bpsandbox.spec import Spec as ParsedSpec

KEYS = "ABCDEFGHIJKL"
MOST_RUNS = len(KEYS)
SPENT = ("epochs", "steps", "limit", "cancelled")
"""Why seeds stop whose training is over or was cut short: with more of it they would have gone on."""


@dataclass(frozen=True)
class ComparedRun:
    """A run in a comparison. `key` is its letter; `config` what was trained: of a sweep, its best setting. It is None
    for a sweep of an older version of the config language.

    `title`, `target_kind` and `target_id` are of an attachment that lists show, or of the reader's own.
    """

    key: str
    card: Card
    config: dict[str, Any] | None
    document: Document | None
    setting: charts.Setting | None = None
    title: str = ""
    target_kind: str = ""
    target_id: int | None = None
    archive: bytes = field(default=b"", repr=False)
    """Every recorded point, for a range of a curve."""

    @property
    def shown_title(self) -> str:
        return self.title or self.card.words["title"]

    @property
    def member(self) -> Member | None:
        members = self.document.members if self.document else None
        return members[self.setting.number - 1] if members and self.setting else None

    @property
    def rank(self) -> int:
        """Its place, which gives it its hue."""
        return KEYS.index(self.key)

    @property
    def hue(self) -> str:
        """The classes of its line."""
        return charts.hue(self.rank)

    @property
    def stops(self) -> list[Stop]:
        """Return why its seeds stopped; of a sweep, those of its best setting."""
        stops = self.document.stop if self.document else ()
        return [stops[row] for row in self.member.rows] if self.member else list(stops)

    @property
    def is_cut(self) -> bool:
        return results.is_cut(self.stops)

    @property
    def stopped_at(self) -> int | None:
        """Return the epoch of its last values if it was cut short; None if they are of several."""
        return results.cut_at(self.stops)

    @property
    def drawable(self) -> Document | Progress | None:
        """Return what has its curves: its result, else the points it came to; None for a sweep without a result."""
        return self.document or (None if self.card.facts.get("settings") else self.card.series_so_far)

    @property
    def overlaid(self) -> charts.Overlaid | None:
        """Return what a chart needs of it; None without points."""
        return self._overlaid(self.drawable) if self.drawable else None

    def dense(self, name: str) -> charts.Overlaid | None:
        """Return the same with every recorded point of one curve, if they were loaded."""
        if self.document is None or not self.archive:
            return self.overlaid
        return self._overlaid(results.with_every_point(self.document, self.archive, [name]))

    def _overlaid(self, document: Document | Progress) -> charts.Overlaid:
        word = self.card.words["title"]
        if self.member is None or isinstance(document, Progress):
            return charts.Overlaid(self.key, word, document, self.rank)
        steps = _own_steps(document, self.member)
        return charts.Overlaid(self.key, word, document, self.rank, self.member.rows, steps)

    def measured(self, name: str) -> explain.Measured | None:
        """Return the final values of its seeds; None without this curve."""
        finals = self.document.final.get(name) if self.document else None
        if self.document is None or finals is None:
            return None
        rows = self.member.rows if self.member else range(len(finals))
        failed = set(self.document.not_finite)
        known = tuple(None if row in failed else finals[row] for row in rows)
        return explain.Measured(self.key, name, known, is_cut=self.is_cut)

    def goals(self, name: str) -> list[float]:
        """Return the values of a curve at which a stopping rule ended seeds of the run."""
        if self.document is None or self.config is None:
            return []
        rows = self.member.rows if self.member else range(len(self.document.seeds))
        if not any(self.document.stop[row].reason == "target" for row in rows):
            return []
        mode = "max" if is_higher_better(name) else "min"
        rules = [rule for rule in self.config["stopping"] if rule["type"] == "Target"]
        return [rule["value"] for rule in rules if (rule["monitor"], rule["mode"]) == (name, mode)]

    def timed(self, name: str, goal: explain.Goal) -> explain.Timed:
        """Return when the curve of each seed first was at the goal, as far as its recorded points show."""
        assert self.document is not None and self.overlaid is not None
        steps = self.overlaid.steps or self.document.steps
        points: tuple[float, ...] = steps if goal.by_step else self.document.epochs
        sign = -1.0 if is_higher_better(name) else 1.0
        drawn = charts.series(self.document, name)
        if self.member:
            drawn = drawn.of(self.member.rows)
        times = tuple(
            next(
                (x for x, v in zip(points, seed, strict=False) if v is not None and sign * v <= sign * goal.value), None
            )
            for seed in drawn.seeds
        )
        unmet = [stop for stop, time in zip(self.stops, times, strict=False) if time is None and stop.reason in SPENT]
        ends = [stop.step if goal.by_step else stop.epoch for stop in unmet]
        return explain.Timed(self.key, times, points, min(ends, default=None))


def _own_steps(document: Document, member: Member) -> tuple[float, ...]:
    """Return the steps of a setting's points where they are not those of the first setting, which are recorded."""
    first = document.members[0].steps_a_point if document.members else None
    if not (first and member.steps_a_point):
        return ()
    return tuple(step * member.steps_a_point / first for step in document.steps)


@dataclass(frozen=True)
class RunComparison:
    """Runs in the reader's order, and the curve in which they are compared."""

    runs: tuple[ComparedRun, ...]
    asked: str = ""
    by_step: bool = False
    range: charts.Look = charts.PLAIN
    """The range of the chart that was asked for, in epochs or steps."""

    @cached_property
    def curves(self) -> tuple[str, ...]:
        """Return the curves that at least two runs have; of a single run, its curves."""
        found = [charts.curve_names(run.drawable) for run in self.runs if run.drawable]
        needed = min(2, len(found))
        names = dict.fromkeys(name for each in found for name in each)
        return tuple(name for name in names if sum(name in each for each in found) >= needed)

    @property
    def curve(self) -> str:
        """Return the curve asked for if there is one, else the first; empty if no two runs have one in common."""
        return self.asked if self.asked in self.curves else next(iter(self.curves), "")

    @property
    def whole(self) -> list[charts.Overlaid]:
        """Return all runs with points, with as many points as a page displays."""
        return [overlaid for run in self.runs if (overlaid := run.overlaid) is not None]

    @cached_property
    def drawn(self) -> list[charts.Overlaid]:
        """Return all runs with points, for a chart: of a range with every point, which is thinned after the cut."""
        if not self.range.is_zoomed:
            return self.whole
        found = (run.dense(self.curve) for run in self.runs)
        return [overlaid for overlaid in found if overlaid is not None]

    @cached_property
    def look(self) -> charts.Look:
        """Return the range that is drawn: all if nothing is in the one that was asked for."""
        is_there = charts.overlay_readings(self.drawn, self.curve, by_step=self.by_step, look=self.range, most=2)
        return self.range if is_there else charts.Look()

    @property
    def leaving(self) -> list[str]:
        """Return the keys of the runs that rise so high that the chart does not show all of them."""
        return charts.leaving(self.drawn, self.curve, by_step=self.by_step, look=self.look)

    @property
    def configs(self) -> list[dict[str, Any]]:
        return [run.config for run in self.runs if run.config is not None]

    @cached_property
    def differences(self) -> tuple[explain.Difference, ...]:
        """Return the settings that differ; none if the config of a run cannot be read any more."""
        are_known = 1 < len(self.runs) == len(self.configs)
        return explain.differences(self.configs) if are_known else ()

    @property
    def every_setting(self) -> tuple[explain.Difference, ...]:
        """Return all settings, those that are equal too."""
        are_known = 1 < len(self.runs) == len(self.configs)
        return explain.every_setting(self.configs) if are_known else ()

    @property
    def changes(self) -> tuple[str, ...]:
        """Return what changed from the first of two runs to the second, in phrases."""
        return explain.changes(*self.configs) if len(self.runs) == len(self.configs) == 2 else ()

    @cached_property
    def measured(self) -> tuple[explain.Measured, ...]:
        return tuple(found for run in self.runs if (found := run.measured(self.curve)) is not None)

    @property
    def obstacle(self) -> str:
        """Return why the values of the curve cannot be compared; empty if they can."""
        return explain.obstacle(self._with_curve, self.curve)

    @property
    def cautions(self) -> list[str]:
        cut = [found.key for found in self.measured if found.is_cut]
        return list(explain.comparison_cautions(self._with_curve, self.curve, cut))

    @cached_property
    def outcomes(self) -> tuple[explain.Comparison, ...]:
        """Compare each run that has the curve with the first of them; none where values mean different things."""
        if self.obstacle or len(self.measured) < 2:
            return ()
        first, *others = (run for run in self.runs if run.measured(self.curve) is not None)
        return explain.compared(self._tested(first, other) for other in others)

    def _tested(self, first: ComparedRun, second: ComparedRun) -> tuple[explain.Measured, explain.Measured]:
        """Return the final values of two runs. Where a target fixed those of either, return the way to it: of two
        targets to that which both pass.
        """
        name, goals = self.curve, [*first.goals(self.curve), *second.goals(self.curve)]
        documents = [run.document for run in (first, second) if run.document]
        if goals:
            value = (min if is_higher_better(name) else max)(goals)
            goal = explain.Goal(value, any(charts.series(each, name).unit == "step" for each in documents))
            return explain.comparable(name, goal, first.timed(name, goal), second.timed(name, goal))
        one, other = first.measured(name), second.measured(name)
        assert one is not None and other is not None
        return one, other

    @property
    def is_testable(self) -> bool:
        """Whether at least two runs came to a result in the curve."""
        return len(self.measured) > 1

    @property
    def is_waited_for(self) -> bool:
        """Whether a run without a result may still come to one."""
        return any(run.document is None and run.card.is_active for run in self.runs)

    @property
    def has_sweep(self) -> bool:
        return any(run.setting for run in self.runs)

    @property
    def _with_curve(self) -> list[dict[str, Any]]:
        keys = {found.key for found in self.measured}
        return [run.config for run in self.runs if run.key in keys and run.config is not None]


def compare(
    hashes: Sequence[str],
    user: Any = None,
    owner_key: str = "",
    *,
    curve: str = "",
    by_step: bool = False,
    look: charts.Look | None = None,
    is_dense: bool = False,
) -> tuple[RunComparison, tuple[str, ...]]:
    """Load at most MOST_RUNS runs in this order; also return the hashes that this person may not see, or that do not
    exist, which is the same.

    `is_dense`: with every recorded point, for a range. It reads the archives, so limit it.
    """
    wanted = list(dict.fromkeys(hashes))[:MOST_RUNS]
    visible = Spec.objects.visible_to(user, owner_key).filter(hash__in=wanted).select_related(SHOWN)
    specs = {spec.hash: spec for spec in visible.only(*CARD, "canonical", "current_run__result")}
    sources = _sources(specs.values(), user, owner_key)
    found = [specs[each] for each in wanted if each in specs]
    runs = tuple(_run(key, spec, sources.get(spec.pk)) for key, spec in zip(KEYS, found, strict=False))
    if is_dense:
        archives = _archives(specs, runs)
        runs = tuple(replace(run, archive=archives.get(run.card.spec_hash, b"")) for run in runs)
    return RunComparison(runs, curve, by_step, look or charts.Look()), tuple(
        each for each in wanted if each not in specs
    )


def _archives(specs: Mapping[str, Spec], runs: Iterable[ComparedRun]) -> dict[str, bytes]:
    """Return the archives, by hash, of those runs whose result has fewer points than were recorded."""
    thinned: dict[int, str] = {}
    for run in runs:
        spec = specs[run.card.spec_hash]
        if run.document and spec.current_run_id and not results.is_whole(run.document, spec.canonical):
            thinned[spec.current_run_id] = spec.hash
    found = Run.objects.filter(pk__in=thinned).values_list("pk", "archive") if thinned else ()
    return {thinned[pk]: bytes(archive or b"") for pk, archive in found}


def _sources(specs: Iterable[Spec], user: Any, owner_key: str) -> dict[int, Attachment]:
    """Return an attachment for each spec that gives it title and author: the reader's own, else the first listed."""
    rows = Attachment.objects.shown_to(user, owner_key).filter(spec__in=list(specs)).defer("text").order_by("pk")
    mine = set(Attachment.objects.filter(owned_by(user, owner_key), spec__in=list(specs)).values_list("pk", flat=True))
    first = {row.spec_id: row for row in reversed(rows)}
    return first | {row.spec_id: row for row in rows if row.pk in mine}


def _run(key: str, spec: Spec, source: Attachment | None) -> ComparedRun:
    document = stored(Document, spec.current_run.result) if spec.current_run else None
    setting = charts.best_setting(document) if document and document.members else None
    run = ComparedRun(key, card_of(spec), _config(spec.canonical, setting), document, setting)
    if source is None:
        return run
    return replace(run, title=source.title, target_kind=source.target_kind, target_id=source.target_id)


def _config(canonical: str, setting: charts.Setting | None) -> dict[str, Any] | None:
    """Return what was trained, of a sweep its best setting."""
    try:
        parsed = ParsedSpec.from_json(canonical)
    except InvalidConfig:
        return None
    return parsed.settings[setting.number - 1].spec.config if setting and parsed.settings else parsed.config
