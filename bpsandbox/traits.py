"""What lists of runs are filtered by: data, layers, activations, sizes, loss, optimiser, findings.

Each is a row, so that filters use indexes. The rows of a spec are written when its current run ends, and by
housekeeping where a crash or an older release left them out.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import get_language

from bpsandbox import lifecycle
from bpsandbox.document import KINDS as FINDINGS
from bpsandbox.document import Document, InvalidDocument
from bpsandbox.explain import title_of
from bpsandbox.messages import _
from bpsandbox.models import Attachment, Run, Spec, Trait
from bpsandbox.runner import results
from bpsandbox.selectors import with_listing
from bpsandbox.spec import InvalidConfig
from bpsandbox.spec import Spec as ParsedSpec
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.trait_kinds import KINDS, LISTED, SIZES, plain

logger = logging.getLogger(__name__)

UNKNOWN_LOSS = 1e300
"""Stands for the final loss of a run that has none, so that it comes last."""
FILLED_AT_ONCE = 100
ALL = ("all", "")
"""What every spec with a result has."""
ORDERS = {
    "": ("-pk",),
    "oldest": ("pk",),
    "loss": ("final", "-pk"),
    "parameters": ("parameters", "-pk"),
    "steps": ("steps", "-pk"),
}
"""How a list can be sorted, by the name in its address; each is in the order of an index of every kind of trait."""
SEVERAL = frozenset(name for name, kind in KINDS.items() if kind.is_several)
"""What a run has several of, so that a list can be filtered by more than one."""
MOST_VALUES = 4
"""How many layers, activations and findings a list is filtered by: each is looked up for every run that is read."""
MOST_WORDS, LONGEST_NAME = 12, 4
"""How many words of a search are read, and how many words a name has at most."""
RAREST_FIRST = ("finding", SIZES.name, "task", "data", "layer", "activation", "optimizer", "loss")
"""Which of several filters chooses the rows that are read, in order; the others are looked up for each."""


@dataclass(frozen=True)
class Filters:
    """What the runs of a list must have, all of it, by kind of trait, and their order, one of ORDERS.

    `left_out` are the values of a kind after its first MOST_VALUES, `unknown` those that do not exist.
    """

    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = ""
    left_out: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def is_of_one_task(self) -> bool:
        """Return whether final losses can be compared: they are of one loss on one data set."""
        return {"data", "loss"} <= self.wanted.keys()

    @cached_property
    def traits(self) -> list[tuple[str, str]]:
        """Return what is looked for, the one that is read in order first."""
        wanted = dict(self.wanted)
        if self.is_of_one_task:
            (data,), (loss,) = wanted.pop("data"), wanted.pop("loss")
            wanted["task"] = (task(data, loss),)
        return [(kind, value) for kind in RAREST_FIRST for value in wanted.get(kind, ())] or [ALL]


def filters(given: Mapping[str, str]) -> Filters:
    """Read filters and order from a query, several values of one with commas; what does not exist is left out."""
    asked = {kind.name: kind.chosen(_words(given.get(kind.name, ""))) for kind in KINDS.values()}
    wanted = {name: values[:MOST_VALUES] for name, values in asked.items() if values}
    left_out = tuple((name, value) for name, values in asked.items() for value in values[MOST_VALUES:])
    order = given.get("sort", "")
    unknown = [each for kind in KINDS.values() for each in _words(given.get(kind.name, "")) if not kind.has(each)]
    unknown += [order] if order not in ORDERS else []
    return Filters(wanted, order if order in ORDERS else "", left_out, tuple(unknown[:MOST_WORDS]))


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, text.split(","))))


def value_words(name: str, value: str) -> str:
    return KINDS[name].words(value)


def choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return each kind that has a list of values with its label, and its values with their words."""
    return [(kind.name, _(kind.label), [(value, kind.words(value)) for value in kind.values]) for kind in LISTED]


def searched(text: str) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """Find filters for the words of a search, of which several may make one name, such as "dead units".

    Also return the words that name nothing, and those that name a second value of a filter that has only one.
    """
    found: dict[str, list[str]] = {}
    given = text.split()
    words, unknown, doubled = given[:MOST_WORDS], given[MOST_WORDS:], []
    while words:
        count, (kind, value) = _first_meant(words)
        named, words = " ".join(words[:count]), words[count:]
        values = found.setdefault(kind, []) if kind else []
        if not kind:
            unknown.append(named)
        elif not values or (KINDS[kind].is_several and value not in values):
            values.append(value)
        elif value not in values:
            doubled.append(named)
    return found, unknown, doubled


def _first_meant(words: list[str]) -> tuple[int, tuple[str, str]]:
    """Return how many of the first words make the longest name, and what it means; one word if it means nothing."""
    counts = range(min(LONGEST_NAME, len(words)), 0, -1)
    meanings = ((count, _meant(" ".join(words[:count]))) for count in counts)
    return next(((count, meant) for count, meant in meanings if meant[0]), (1, ("", "")))


def _meant(word: str) -> tuple[str, str]:
    return next(((name, value) for name in KINDS if (value := named(name, word))), ("", ""))


def named(name: str, word: str) -> str:
    """Return the value of a kind that a word names, in any spelling of the lists; empty if there is none."""
    spellings = _spellings(get_language())
    if name in spellings:
        return spellings[name].get(plain(word), "")
    return KINDS[name].read(word) if name in KINDS else ""


@cache
def _spellings(language: str | None) -> Mapping[str, Mapping[str, str]]:
    """Return the values of each kind that has a list of them, by their spellings, which each search asks for."""
    return {kind.name: kind.by_spelling() for kind in LISTED}


def task(data: str, loss: str) -> str:
    return f"{data} {loss}"


def traits_of(parsed: ParsedSpec, findings: set[str]) -> set[tuple[str, str]]:
    """Return the traits of a spec whose result has these findings; of a sweep, those of all settings."""
    found = {("finding", name) for name in findings}
    for config in parsed.configs:
        data, loss = config["dataset"].get("name") or "points", config["loss"]["type"]
        found |= {("data", data), ("loss", loss), ("task", task(data, loss))}
        found |= {("optimizer", config["optimizer"]["type"])}
        layers = config["model"]["layers"]
        found |= {("layer", each["type"]) for each in layers if each["type"] not in ACTIVATIONS}
        found |= {("activation", name) for each in layers for name in _activations(each)}
    return found | {(SIZES.name, sizes) for sizes in parsed.sizes if SIZES.has(sizes)}


def _activations(layer: Mapping[str, Any]) -> Iterator[str]:
    """Yield the activations of a layer: it is one itself, has one, or is an RNN with its nonlinearity."""
    own, inside = layer.get("activation") or {}, layer.get("nonlinearity", "")
    yield from (name for name in (layer["type"], own.get("type", ""), inside) if name in ACTIVATIONS)


@transaction.atomic
def note(*, spec_id: int, run_id: int, canonical: str, document: Document) -> None:
    """Write the traits of a spec with its current result, in the place of earlier ones; nothing for another run."""
    if not Spec.objects.filter(pk=spec_id, current_run=run_id).update(traits_of=run_id):
        return
    spec = parsed(canonical)
    kinds: set[str] = {finding.kind for finding in document.known_findings}
    found = {ALL, *traits_of(spec, kinds)} if spec else set()
    sizes = _sizes(document)
    Trait.objects.filter(spec=spec_id).delete()
    rows = [Trait(spec_id=spec_id, kind=kind, value=value[:60], **sizes) for kind, value in sorted(found)]
    Trait.objects.bulk_create(rows, ignore_conflicts=True)


def _sizes(document: Document) -> dict[str, float]:
    """Return what lists are sorted by."""
    final = results.summary(document).final
    return {
        "final": UNKNOWN_LOSS if final is None else final,
        "parameters": document.parameters or 0,
        "steps": max((stop.step for stop in document.stop), default=0),
    }


def fill(most: int = FILLED_AT_ONCE) -> int:
    """Write the traits of specs with a result that have none yet, or those of an older release; return how many.

    A result that cannot be read is logged once, and has none.
    """
    older = list(Trait.objects.filter(parameters=None).values_list("spec", flat=True)[:most])
    Spec.objects.filter(pk__in=older).update(traits_of=None)
    rows = Spec.objects.filter(traits_of=None, current_run__isnull=False, current_run__state__in=lifecycle.WITH_RESULT)
    found = list(rows.values_list("pk", "current_run", "canonical")[:most])
    for spec_id, run_id, canonical in found:
        result = Run.objects.filter(pk=run_id).values_list("result", flat=True).first()
        try:
            document = Document.from_store(result)
        except InvalidDocument as error:
            logger.warning("the result of run %s cannot be read: %s", run_id, error)
            Spec.objects.filter(pk=spec_id).update(traits_of=run_id)
        else:
            note(spec_id=spec_id, run_id=run_id, canonical=canonical, document=document)
    return len(found)


def parsed(canonical: str) -> ParsedSpec | None:
    """Read a config; None for a sweep of an older version of the language."""
    try:
        return ParsedSpec.from_json(canonical)
    except InvalidConfig:
        return None


def matching(wanted: Filters, user: Any) -> tuple[QuerySet[Spec], QuerySet[Trait], tuple[str, ...]]:
    """Return the specs of a filtered list, what chooses them in order, and the order.

    The host reads the specs by the keys that the traits give, which are in order on an index. As far as lists show
    them to this person.
    """
    (kind, value), *others = wanted.traits
    listed = Attachment.objects.listed_for(user)
    rows = Trait.objects.filter(kind=kind, value=value)
    for other, needed in others:
        rows = rows.filter(Exists(Trait.objects.filter(spec=OuterRef("spec"), kind=other, value=needed)))
    rows = rows.filter(Exists(listed.filter(spec=OuterRef("spec"))), spec__current_run__state__in=lifecycle.WITH_RESULT)
    specs, order = with_listing(Spec.objects.all(), listed), ORDERS[wanted.order]
    if len(order) == 1:
        return specs, rows, order
    column = order[0]
    own = Trait.objects.filter(spec=OuterRef("pk"), kind=kind, value=value)
    specs = specs.annotate(**{column: Subquery(own.values(column)[:1])})
    return specs, rows.filter(**{f"{column}__isnull": False}), order


def newest_matching(
    user: Any,
    most: int,
    *,
    wanted: Filters,
    below: float | None = None,
    above: float | None = None,
    targets: tuple[str, Any] | None = None,
    among: Collection[int] | None = None,
) -> list[int]:
    """Return the keys of the newest specs that lists show to this person and that have what is wanted.

    `below` and `above` are bounds of the final loss. With `targets`, a kind and keys of it, only the specs that lists
    show in one of these; with `among`, only these few.
    """
    _specs, rows, _order = matching(wanted, user)
    rows = rows if among is None else rows.filter(spec__in=among)
    if targets is not None:
        kind, keys = targets
        shown = Attachment.objects.listed_for(user).filter(target_kind=kind, target_id__in=keys)
        rows = rows.filter(spec__in=shown.values("spec"))
    return list(_within(rows, below, above).order_by("-spec").values_list("spec", flat=True)[:most])


def targets_with(
    target_kind: str, *, wanted: Filters, below: float | None = None, above: float | None = None
) -> QuerySet[Attachment]:
    """Return the attachments to targets of a kind whose spec has what is wanted, whoever may see them."""
    rows = Attachment.objects.filter(target_kind=target_kind)
    for kind, value in wanted.traits:
        traits = Trait.objects.filter(spec=OuterRef("spec"), kind=kind, value=value)
        rows = rows.filter(Exists(_within(traits, below, above)))
    return rows


def _within(rows: QuerySet[Trait], below: float | None, above: float | None) -> QuerySet[Trait]:
    rows = rows if below is None else rows.filter(final__lt=below)
    return rows if above is None else rows.filter(final__gt=above, final__lt=UNKNOWN_LOSS)


def shown_traits(path: str = "") -> Prefetch:
    """Load with specs what lists show of their traits, in one query: `findings_shown`, `steps_shown`.

    `path` leads from the rows of the list to their specs, such as "spec__". All traits of a spec are few; of one kind
    there are as many as specs, which PostgreSQL would read first.
    """
    return Prefetch(f"{path}traits", Trait.objects.only("spec", "kind", "value", "steps"), to_attr="shown_traits")


def findings_shown(spec: Spec) -> list[tuple[str, str]]:
    """Return the kinds of the findings of a spec that was loaded with `shown_traits`, with their titles."""
    found = {row.value for row in _loaded(spec) if row.kind == "finding"}
    return [(kind, title_of(kind)) for kind in FINDINGS if kind in found]


def steps_shown(spec: Spec) -> int | None:
    """Return the steps of the longest seed; None if they are not known."""
    return next((row.steps for row in _loaded(spec)), None)


def _loaded(spec: Spec) -> list[Trait]:
    return getattr(spec, "shown_traits", [])
