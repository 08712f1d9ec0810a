"""Worked steps: of a page, on request, and as text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bpsandbox import explain, selectors, services, spec
from bpsandbox.document import WorkedExample
from bpsandbox.errors import NoSuchStep, RunNotFound
from bpsandbox.messages import N_, _
from bpsandbox.selectors import RunPage, StepBounds
from bpsandbox.services import RunRequest
from bpsandbox.spec import Spec


@dataclass(frozen=True)
class StepPage:
    """The worked steps of a run's page: the valid range, the requested step, and its outcome.

    `worked` is None while the step is not ready or there is none; `sentence` then explains why.
    """

    bounds: StepBounds
    sample: int
    step: int
    seed: int
    worked: explain.Worked | None = None
    record: WorkedExample | None = None
    """What is stored of the worked step."""
    is_waiting: bool = False
    sentence: str = ""
    may_be_asked: bool = False
    """Whether the step can be requested, for the first time or again."""

    @property
    def most(self) -> StepBounds:
        """The largest example and step."""
        return replace(self.bounds, samples=self.bounds.samples - 1, steps=max(0, self.bounds.longest - 1))

    @property
    def instead(self) -> int | None:
        """The last step of a seed that ended before the step asked for."""
        taken = self.bounds.steps_of(self.seed)
        return taken - 1 if self.sentence and 0 < taken <= self.step else None


def worked_page(
    page: RunPage, asked: dict[str, int] | None, convention: tuple[str, str], user: Any = None, owner_key: str = ""
) -> StepPage | None:
    """Return the worked steps of a run's page, in the reader's convention; None without a result.

    Without an `asked` step ({"sample", "step", "seed"}, any of them) it is the one that the run recorded.
    """
    config, form = trained_config(page), explain.Convention.of(*convention)
    if page.document is None or not page.document.data or config is None:
        return None
    bounds = selectors.step_bounds(config, page.document)
    recorded = explain.recorded(page.document.records.worked_example, form)
    wanted = config["record"].get("worked_example") or {}
    where = {"sample": 0, "step": 0, "seed": bounds.seeds[0]} | wanted | (asked or {})
    if recorded and not asked:  # the last step of a seed that ended before the one the config names
        where["step"] = recorded.step
    shown = StepPage(bounds, **where)
    if recorded and (recorded.sample, recorded.step, recorded.seed) == tuple(where.values()):
        return replace(shown, worked=recorded, record=page.document.records.worked_example)
    refusal = refused_step(bounds, **where)
    if refusal:
        return replace(shown, sentence=refusal)
    spec_row = selectors.spec_for(page.card.spec_hash, user, owner_key)
    found = selectors.worked_step(spec_row, **where)
    if found is None:
        return replace(shown, may_be_asked=True)
    if found.stop is not None:
        sentence = explain.no_step(found.stop, found.step)
        return replace(shown, sentence=sentence, may_be_asked=found.stop.reason == "limit")
    if found.example is None:
        return replace(shown, is_waiting=found.is_waiting, sentence=found.failure, may_be_asked=True)
    worked = explain.recorded(found.example, form)
    return replace(shown, worked=worked and _with_engine_note(worked, page.document.engine), record=found.example)


def trained_config(page: RunPage) -> dict[str, Any] | None:
    """Return the canonical config whose steps a page works: the spec's, or that of the first setting of a sweep.

    None for a sweep of an older engine that cannot be read any more.
    """
    try:
        return Spec.from_json(page.config).config
    except spec.InvalidConfig:
        return None


def _with_engine_note(worked: explain.Worked, engine: str) -> explain.Worked:
    """Add a note where the page's result is of another engine than the one that works steps now."""
    ours = services.engine_version()
    if engine == ours:
        return worked
    text = N_(
        "The result on this page was computed by engine {page}. This step was trained with engine {ours}, and "
        "its digits may differ."
    )
    return replace(worked, notes=(*worked.notes, explain.Sentence(text, {"page": engine, "ours": ours})))


def refused_step(bounds: StepBounds, *, sample: int, step: int, seed: int) -> str:
    """Return which example, step or seed does not exist, in the reader's language; empty if all exist."""
    if not 0 <= sample < bounds.samples:
        return _("There is no training example {asked}: they go from 0 to {last}.",
                         asked=sample, last=bounds.samples - 1)  # fmt: skip
    if seed not in bounds.seeds:
        shown = ", ".join(map(str, bounds.seeds[:16])) + (", …" if len(bounds.seeds) > 16 else "")
        return _("There is no seed {asked}. The seeds of this run are {seeds}.", asked=seed, seeds=shown)
    taken = bounds.steps_of(seed)
    if 0 <= step < taken:
        return ""
    if taken == bounds.steps:
        return _("There is no step {asked}: they go from 0 to {last}.", asked=step, last=taken - 1)
    if taken == 0:
        return explain.no_step(bounds.ends[seed], step)
    if bounds.ends[seed].reason == "diverged":
        return _("Seed {seed} diverged in step {end}: its last step is {last}.",
                         seed=seed, end=taken, last=taken - 1)  # fmt: skip
    return _("Seed {seed} ended before step {asked}: its last step is {last}.",
                     seed=seed, asked=step, last=taken - 1)  # fmt: skip


def work_step(
    spec_hash: str,
    *,
    sample: int,
    step: int,
    seed: int,
    requester: Any = None,
    owner_key: str = "",
    address: str = "",
) -> None:
    """Have a step of a spec worked that this person may see. Raises RunNotFound, NoSuchStep or TooManyRuns."""
    page = selectors.run_page(spec_hash, requester, owner_key)
    config = trained_config(page)
    if page.document is None or not page.document.data or config is None:
        raise RunNotFound
    bounds = selectors.step_bounds(config, page.document)
    refusal = refused_step(bounds, sample=sample, step=step, seed=seed)
    if refusal:
        raise NoSuchStep(refusal)
    request = RunRequest(user=requester, owner_key=owner_key, address=address)
    row = selectors.spec_for(spec_hash, requester, owner_key)
    services.work_step(spec=row, working=selectors.step_name(sample, step, seed), request=request)


def worked_tex(worked: explain.Worked | None, *, title: str) -> str:
    """Write a worked step as a LaTeX document; empty when there is none."""
    return explain.tex(worked, title=title) if worked else ""


def worked_markdown(worked: explain.Worked | None, *, title: str) -> str:
    """Write a worked step as Markdown; empty when there is none."""
    return explain.markdown(worked, title=title) if worked else ""


def worked_json(shown: StepPage) -> dict[str, Any]:
    """Return a worked step as plain JSON: each equation in the page's notation and the reader's language.

    Empty when there is none.
    """
    worked, record = shown.worked, shown.record
    if worked is None:
        return {}
    stored = record.to_json() if record else {"steps": [], "tensors": {}}
    values = {each["id"]: each.get("value") for each in stored["steps"]}
    return {
        **{name: getattr(worked, name) for name in ("sample", "step", "epoch", "seed")},
        "equations": [
            {name: getattr(step, name) for name in ("id", "phase", "layer", "formula", "numbers")}
            | {"title": str(step.title), "value": values.get(step.id), "notes": [str(note) for note in step.notes]}
            for step in worked.steps
        ],
        "tensors": stored["tensors"],
        "notes": [str(note) for note in worked.notes],
    }
