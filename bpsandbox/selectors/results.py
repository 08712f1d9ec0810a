"""One run, or its whole result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bpsandbox import errors
from bpsandbox.document import Document
from bpsandbox.models import Run, Spec
from bpsandbox.runner import results

from .cards import Card, run_card


def visible_runs(user: Any = None, owner_key: str = "") -> QuerySet[Run]:
    """Return the whole runs of the specs that this person may see."""
    return Run.objects.whole().filter(spec__in=Spec.objects.visible_to(user, owner_key))


def numbered_runs(user: Any = None, owner_key: str = "") -> QuerySet[Run]:
    """Return the whole runs that their number alone opens: those that lists show to this person, and their own.

    Anybody can count up, so a number is not the link of a run that is shared by its link.
    """
    return Run.objects.whole().filter(spec__in=Spec.objects.shown_to(user, owner_key))


def run_by_id(run_id: int, user: Any = None, owner_key: str = "", *, spec_hash: str = "") -> Card:
    """Return one run by its number, or of a spec that this person may see. Raises RunNotFound."""
    known = visible_runs(user, owner_key).filter(spec__hash=spec_hash) if spec_hash else numbered_runs(user, owner_key)
    rows = known.filter(pk=run_id).select_related("spec", "certificate")
    run = rows.defer("archive", "result").first()
    if run is None:
        raise errors.RunNotFound
    return run_card(run.spec, run)


def whole_document(spec_hash: str, user: Any = None, owner_key: str = "") -> Document:
    """Return the result of a spec at full resolution. Raises RunNotFound when there is none to see."""
    visible = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash, current_run__archive__isnull=False)
    return unpacked(visible.values_list("current_run__archive", flat=True).first())


def document_of_run(run_id: int, user: Any = None, owner_key: str = "") -> Document:
    """Return the result of one run at full resolution. Raises RunNotFound when there is none to see."""
    return unpacked(numbered_runs(user, owner_key).filter(pk=run_id).values_list("archive", flat=True).first())


def unpacked(archive: Any) -> Document:
    if archive is None:
        raise errors.RunNotFound
    return results.unpack(bytes(archive))


@dataclass(frozen=True)
class FinishedRun:
    """A run with its canonical config and its whole result."""

    run_id: int
    canonical: str
    document: Document


def finished_run(
    user: Any = None, owner_key: str = "", *, spec_hash: str = "", run_id: int | None = None
) -> FinishedRun:
    """Return a run, or the current run of a spec.

    Raises RunNotFound, or NoResult if the run is not finished or ended without a result.
    """
    if run_id is None:
        visible = Spec.objects.visible_to(user, owner_key)
        spec = visible.filter(hash=spec_hash).select_related("current_run").first()
        run = spec.current_run if spec is not None else None
    else:
        run = numbered_runs(user, owner_key).filter(pk=run_id).select_related("spec").first()
        spec = run.spec if run is not None else None
    if spec is None:
        raise errors.RunNotFound
    if run is None:
        raise errors.NoResult(_("This config has not been run. Run it first."))
    if run.is_active:
        raise errors.NoResult(_("This run is not finished. Try again when it has ended."))
    if not run.archive:
        raise errors.NoResult
    return FinishedRun(run.pk, spec.canonical, results.unpack(bytes(run.archive)))
