"""The public interface of the sandbox for its host, besides `bpsandbox.signals`.

People are given as `user` (a member, None for a visitor) and `owner_key` (a visitor's secret, stored by the
host in a cookie or session). Refusals are `SandboxError`s: RunNotFound (404), InvalidConfig (422), TooManyRuns (429),
NotYours (403), AlreadyEnded (409).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from bpsandbox import calibration, charts, conf, explain, live, numbers, quotas, selectors, services, spec
from bpsandbox.document import Document, Progress, Recorded, Records
from bpsandbox.errors import (
    AlreadyEnded,
    DailyLimit,
    HourlyLimit,
    InvalidConfig,
    NoSuchStep,
    NotYours,
    RunNotFound,
    SandboxError,
    TooManyRuns,
    TooManyWaiting,
)
from bpsandbox.live import Change
from bpsandbox.messages import N_
from bpsandbox.messages import _ as translate
from bpsandbox.runner import results
from bpsandbox.selectors import Brief, Card, Past, RunPage, Source, StepBounds
from bpsandbox.services import RunRequest, Submission, Target
from bpsandbox.spec import Caps, Price, Problem, Spec, reference, schema

# Bytes of one number of a curve in the compressed archive.
BYTES_A_NUMBER = 10

__all__ = [
    "AlreadyEnded",
    "Brief",
    "Card",
    "Change",
    "Checked",
    "DailyLimit",
    "Document",
    "HourlyLimit",
    "InvalidConfig",
    "NoSuchStep",
    "NotYours",
    "Past",
    "Progress",
    "Recorded",
    "Records",
    "RunNotFound",
    "RunPage",
    "SandboxError",
    "Source",
    "StepBounds",
    "StepPage",
    "Submission",
    "TooManyRuns",
    "TooManyWaiting",
    "about",
    "attach",
    "brief_of",
    "brief_states",
    "cancel",
    "card_of",
    "card_states",
    "check",
    "check_spec",
    "curve_names",
    "curve_svg",
    "data_card",
    "data_shelves",
    "detach",
    "document",
    "draws_network",
    "engine_version",
    "events",
    "gallery",
    "overdue_runs",
    "owned",
    "presets",
    "progress",
    "queue_length",
    "read_spec",
    "rerun",
    "run_by_id",
    "run_page",
    "series_csv",
    "setting_of",
    "shortest_config",
    "submit",
    "target_briefs",
    "targets",
    "title_of",
    "wanted_by",
    "work_step",
    "worked_markdown",
    "worked_page",
    "worked_tex",
    "workers_alive",
    "written_config",
]


@dataclass(frozen=True)
class Checked:
    """The outcome of checking a config: a spec, or all problems."""

    spec: Spec | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    price: Price | None = None

    @property
    def is_fine(self) -> bool:
        return self.spec is not None and not self.problems


def check(config: str, *, line: int = 1, column: int = 1, for_visitor: bool = False) -> Checked:
    """Parse a config, price it and compare the price with the limits. `line` is where it begins in its post."""
    try:
        parsed = spec.parse(config, line=line, column=column)
    except spec.InvalidConfig as error:
        return Checked(None, error.problems)
    return check_spec(parsed, for_visitor=for_visitor)


def check_spec(parsed: Spec, *, for_visitor: bool = False) -> Checked:
    """Price a spec and compare the price with the limits."""
    price = calibration.price(parsed)
    problems = tuple(spec.limits.check(price, caps(for_visitor=for_visitor)))
    return Checked(parsed, problems, tuple(parsed.notes), price)


def is_member(user: Any) -> bool:
    """Return whether this account has the limits of a member. Others, and who has none, have a visitor's."""
    return quotas.is_member(user)


def caps(*, for_visitor: bool) -> Caps:
    """Return the config limits of a member or a visitor."""
    current = conf.current()
    most = Caps(
        seconds=current.cpu_seconds,
        memory_bytes=current.memory_bytes,
        stored_points=current.result_bytes // BYTES_A_NUMBER,
    )
    if for_visitor:
        return replace(most, seconds=current.visitor_cpu_seconds, seeds=current.visitor_seeds)
    return most


def submit(
    *,
    config_text: str = "",
    spec: Spec | None = None,
    requester: Any = None,
    owner_key: str = "",
    address: str = "",
    title: str = "",
    text: str = "",
    visibility: str = "private",
    target: Target | None = None,
    is_system: bool = False,
) -> Submission:
    """Request a run: reuse an existing result, join an active run, or queue a new one.

    `text` is the text from which a `spec` was parsed, stored for forks.

    `visibility` is "public", "unlisted" or "private"; `target` a kind and a number, such as ("post", 12). Raises
    InvalidConfig with all problems, or TooManyRuns; then nothing is written.
    """
    checked = sound(config_text, spec, for_visitor=not is_system and not quotas.is_member(requester))
    request = RunRequest(
        user=requester,
        owner_key=owner_key,
        address=address,
        is_system=is_system,
        title=title or checked.title or "",
        text=text or config_text,
        visibility=visibility,
        target=target,
    )
    return services.submit(
        spec_hash=checked.hash, canonical=checked.to_json(), facts=facts_of(checked), request=request
    )


def read_spec(canonical: str) -> Spec:
    """Read a canonical config back, as `Spec.to_json` wrote it.

    Raises InvalidConfig for a sweep of an older version of the language that is no longer valid.
    """
    try:
        return Spec.from_json(canonical)
    except spec.InvalidConfig as error:
        raise InvalidConfig(problems=error.problems) from None


def attach(
    *,
    spec: Spec,
    requester: Any = None,
    owner_key: str = "",
    title: str = "",
    text: str = "",
    visibility: str = "private",
    target: Target | None = None,
) -> None:
    """Attach a spec without running it, for example when the quota is used up. Its card shows that it was not run."""
    request = RunRequest(
        user=requester,
        owner_key=owner_key,
        title=title or spec.title or "",
        text=text,
        visibility=visibility,
        target=target,
    )
    services.attach_only(spec_hash=spec.hash, canonical=spec.to_json(), facts=facts_of(spec), request=request)


def sound(config_text: str, parsed: Spec | None, *, for_visitor: bool) -> Spec:
    """Return a spec that may run. Raises InvalidConfig with every problem."""
    checked = check_spec(parsed, for_visitor=for_visitor) if parsed else check(config_text, for_visitor=for_visitor)
    if checked.problems or checked.spec is None:
        raise InvalidConfig(problems=checked.problems)
    return checked.spec


def facts_of(parsed: Spec) -> dict[str, Any]:
    """Return the text that lists show of a spec, in every language of the site."""
    words = {}
    for code, _ in settings.LANGUAGES if settings.USE_I18N else [("en", "")]:
        with translation.override(code):
            words[code] = dict(parsed.words)
    price = calibration.price(parsed)
    facts = {"words": words, "seeds": len(parsed.seeds), "parameters": price.parameters, "seconds": price.seconds}
    varied = [{path: charts.shown(value) for path, value in values.items()} for values in parsed.varied]
    return facts | ({"settings": varied} if varied else {})


def rerun(
    spec_hash: str, *, requester: Any = None, owner_key: str = "", address: str = "", title: str = ""
) -> Submission:
    """Run again a spec that this person may see. The results of both runs are compared when the new one ends."""
    row = selectors.spec_for(spec_hash, requester, owner_key)
    sound("", read_spec(row.canonical), for_visitor=not quotas.is_member(requester))
    return services.rerun(
        spec=row, request=RunRequest(user=requester, owner_key=owner_key, address=address, title=title)
    )


def cancel(spec_hash: str, *, user: Any = None, owner_key: str = "", everyone: bool = False) -> bool:
    """Withdraw a request; return whether the run ends: it continues while others wait. Staff may end it for all."""
    return services.cancel(
        spec=selectors.spec_for(spec_hash, user, owner_key), user=user, owner_key=owner_key, everyone=everyone
    )


def detach(target: Target, *, keep: Iterable[str] = ()) -> None:
    """Delete the attachments of a target, except to these specs. Ends runs that nobody waits for."""
    services.detach(target=target, keep=tuple(keep))


def card_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Card]:
    """Return the cards of those specs that this person may see, by hash, in one query."""
    return selectors.card_states(hashes, user, owner_key)


def brief_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Brief]:
    """Return the list entries of those specs that this person may see, by hash, in one query."""
    return selectors.brief_states(hashes, user, owner_key)


def target_briefs(kind: str, ids: Iterable[int]) -> dict[int, list[Brief]]:
    """Return the runs of some targets, by target, in one query. Pass only targets that the reader may see."""
    return selectors.target_briefs(kind, ids)


def gallery(user: Any = None, *, owner: Any = None) -> QuerySet:
    """Return the specs with a result that lists may show, for pagination by "-current_run_id": `card_of`, `brief_of`.

    With an `owner`, only the specs that this member has attached.
    """
    return selectors.gallery(user, owner=owner)


def owned(user: Any = None, owner_key: str = "") -> QuerySet:
    """Return somebody's attachments, for pagination by "-pk"; `card_of(row.spec)` runs no query."""
    return selectors.owned(user, owner_key)


def card_of(row: Any) -> Card:
    return selectors.card_of(row)


def brief_of(row: Any) -> Brief:
    return selectors.brief_of(row)


def run_page(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> RunPage:
    """Return everything on the page of a spec. Raises RunNotFound if this person may not see it.

    `shown_in` is the target from which the reader comes; the page uses its title.
    """
    return selectors.run_page(spec_hash, user, owner_key, shown_in=shown_in)


def title_of(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return the title of a spec in that target, or the one that this person gave it; else empty."""
    return selectors.title_of(spec_hash, user, owner_key, shown_in=shown_in)


def written_config(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return the config of a spec as written there, with title and comments; empty if no text is stored."""
    text = selectors.written_text(spec_hash, user, owner_key, shown_in=shown_in)
    found = check(text).spec if text else None
    return text if found is not None and found.hash == spec_hash else ""


def run_by_id(run_id: int, user: Any = None, owner_key: str = "") -> Card:
    """Return one run. Raises RunNotFound."""
    return selectors.run_by_id(run_id, user, owner_key)


def targets(kind: str) -> dict[int, set[str]]:
    """Return the hashes of the specs attached to each target of a kind, for consistency checks."""
    return selectors.targets(kind)


def overdue_runs() -> list[int]:
    """Return the ids of runs that should have ended long ago. There are none while any worker is alive."""
    return selectors.overdue_runs()


def wanted_by(run_id: int) -> list[tuple[int, str, int | None]]:
    """Name the members who wait for a run, each with the kind and number of the target they want it for."""
    return selectors.wanted_by(run_id)


def progress(run_id: int, after: int = -1) -> Change | None:
    """Return the progress of a run, None without changes since number `after`. Check who may see it first."""
    return live.progress(run_id, after)


def events(run_id: int, after: int = -1) -> AsyncIterator[Change]:
    """Yield each change of a run until its end. Check who may see it first."""
    return live.events(run_id, after)


def document(spec_hash: str, user: Any = None, owner_key: str = "") -> Document:
    """Return the result of a spec at full resolution. Raises RunNotFound."""
    return selectors.whole_document(spec_hash, user, owner_key)


def series_csv(whole: Document) -> Iterator[str]:
    """Yield the series of a result as lines of CSV."""
    return results.csv(whole)


def curve_svg(series: Recorded | Progress, *, name: str = "train_loss", log: bool = True, size: str = "wide") -> str:
    """Draw a curve as a standalone SVG file with its colours; empty without points."""
    return charts.curve(series, name=name, log=log, size=size, standalone=True)


def curve_names(series: Recorded | Progress) -> tuple[str, ...]:
    return charts.curve_names(series)


def draws_network(document: Document) -> bool:
    """Return whether the network of a result can be drawn: small, with Linear layers only."""
    return bool(charts.network(document.records.network))


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
    is_waiting: bool = False
    sentence: str = ""
    may_be_asked: bool = False
    """Whether the step can be requested, for the first time or again."""

    @property
    def most(self) -> StepBounds:
        """The largest example and step."""
        return replace(self.bounds, samples=self.bounds.samples - 1, steps=self.bounds.steps - 1)


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
    shown = StepPage(bounds, **where)
    if recorded and (recorded.sample, recorded.step, recorded.seed) == tuple(where.values()):
        return replace(shown, worked=recorded)
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
    return replace(shown, worked=worked and _with_engine_note(worked, page.document.engine))


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
        return translate("There is no training example {asked}: they go from 0 to {last}.",
                         asked=sample, last=bounds.samples - 1)  # fmt: skip
    if not 0 <= step < bounds.steps:
        return translate("There is no step {asked}: they go from 0 to {last}.", asked=step, last=bounds.steps - 1)
    if seed not in bounds.seeds:
        shown = ", ".join(map(str, bounds.seeds[:16])) + (", …" if len(bounds.seeds) > 16 else "")
        return translate("There is no seed {asked}. The seeds of this run are {seeds}.", asked=seed, seeds=shown)
    return ""


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


def setting_of(canonical: str, number: int) -> Spec | None:
    """Return setting `number` (from 1) of a canonical config's sweep as a separate spec; None if there is none."""
    settings = read_spec(canonical).settings
    return settings[number - 1].spec if 0 < number <= len(settings) else None


def shortest_config(canonical: str) -> dict[str, Any]:
    """Return a canonical config without defaults; a sweep is returned as written."""
    return spec.shortest(read_spec(canonical))


def presets() -> dict[str, Any]:
    """Return the presets by name."""
    return dict(spec.presets.PRESETS)


def about(seconds: float) -> str:
    """Format an estimated time in the active language."""
    return numbers.about(seconds)


def config_reference() -> str:
    """Return the reference of the config language in Markdown, in the active language."""
    return reference.page()


def config_schema() -> str:
    """Return the JSON Schema of the config language, for editors."""
    return schema.text()


def data_shelves() -> tuple[tuple[str, tuple[explain.DataCard, ...]], ...]:
    """Return the cards of all data sets in groups, each with a heading."""
    return explain.shelves()


def data_card(name: str) -> explain.DataCard | None:
    """Return the card of a data set, or of `points`; None if there is no such set."""
    try:
        return explain.data_card(name)
    except KeyError:
        return None


def engine_version() -> str:
    return services.engine_version()


def workers_alive() -> int:
    """Count the workers that have reported in the last seconds."""
    return selectors.workers_alive()


def queue_length() -> int:
    return selectors.queue_length()
