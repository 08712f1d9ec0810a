"""The living archive: public runs of earlier engines, repeated on this one, and how far their numbers drift.

A repetition is a run beside the old one, which is kept: `Run.repeats` names it, `Run.agreement` compares them.
A spec that has a result of this engine is done, so that whatever ends the work, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bpsandbox import errors, lifecycle, services
from bpsandbox.certificates import public_specs
from bpsandbox.document import Agreement, Summary
from bpsandbox.models import Run, Spec
from bpsandbox.selectors import stored


@dataclass(frozen=True)
class Drift:
    """A run of an earlier engine beside its repetition. `same_until`: the last step with equal numbers; `misses`: one
    of them has numbers where the other has none.
    """

    spec_hash: str
    title: str
    earlier_run: int
    earlier_engine: str
    run: int
    final: float | None
    same_until: float | None
    largest_difference: float
    misses: bool = False

    @property
    def has_drifted(self) -> bool:
        return self.largest_difference > 0 or self.misses

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def outdated() -> QuerySet[Spec]:
    """Return the public specs with complete results of other engines and no result of this one, oldest first."""
    ours = Run.objects.whole().with_result().filter(spec=OuterRef("pk"), engine_version=services.engine_version())
    shown = Run.objects.with_result().complete().filter(pk=OuterRef("current_run"))
    return public_specs().filter(Exists(shown), ~Exists(ours)).order_by("pk")


@transaction.atomic
def repeat(spec_id: int) -> int | None:
    """Queue the repetition of a spec's run, after everybody's runs; return its number.

    None if the spec is gone, or is not public any more since it was listed.
    """
    rows = public_specs().select_related("current_run").defer("current_run__archive")
    spec = rows.filter(pk=spec_id).first()
    if spec is None or spec.current_run is None or not services.keep(spec):
        return None
    request = services.RunRequest(is_system=True)
    try:
        run, _is_new = services.enqueue(spec=spec, request=request, repeats=spec.current_run)
    except errors.SandboxError:
        return None
    return run.pk


def ended(run_ids: set[int]) -> dict[int, bool]:
    """Return those of the runs that have ended or are gone, each with whether it has a result."""
    states = dict(Run.objects.filter(pk__in=run_ids).values_list("pk", "state"))
    over = {pk: state in lifecycle.WITH_RESULT for pk, state in states.items() if state not in lifecycle.ACTIVE}
    return over | dict.fromkeys(run_ids - states.keys(), False)


def drifts() -> Iterator[Drift]:
    """Yield every public run of this engine that repeats one of another, oldest first."""
    rows = Run.objects.whole().with_result().filter(spec__in=public_specs(), repeats__isnull=False)
    rows = rows.filter(engine_version=services.engine_version()).exclude(
        repeats__engine_version=services.engine_version()
    )
    wanted = ("spec__hash", "spec__facts", "repeats__engine_version", "agreement", "summary", "engine_version")
    for run in rows.select_related("spec", "repeats").only(*wanted).order_by("spec", "pk").iterator(chunk_size=200):
        compared, summary = stored(Agreement, run.agreement), stored(Summary, run.summary)
        if compared is None or run.repeats is None:
            continue
        yield Drift(
            spec_hash=run.spec.hash,
            title=(run.spec.facts.get("words", {}).get("en") or {}).get("title", ""),
            earlier_run=run.repeats.pk,
            earlier_engine=run.repeats.engine_version,
            run=run.pk,
            final=summary.final if summary else None,
            same_until=compared.same_until,
            largest_difference=compared.largest_difference,
            misses=bool(compared.misses),
        )
