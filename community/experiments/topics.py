"""What kept pages with runs depend on: see `community.common.changes`."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model

from community.common import page_cache
from community.common.changes import Topic, watch

# Columns of a run that pages show; a lease is renewed every few seconds.
SHOWN = (
    "spec_id", "engine_version", "working", "state", "repeats_id", "agreement", "started_at", "finished_at",
    "cancel_requested_at", "progress_seq", "summary", "card", "result", "failure",
)  # fmt: skip
RUNS = "runs"
PROGRESS = "progress_seq"
"""It changes several times a second while a run trains, and no list or count of runs shows it."""


def register() -> None:
    names = ("Spec", "Run", "Attachment", "Certificate", "Trait", "TrainedWeights")
    Spec, Run, Attachment, Certificate, Trait, TrainedWeights = map(_model, names)
    of_spec = Topic("spec", "hash", through=Spec._meta.db_table, by="id", key="spec_id")
    watch(Spec, topics=[Topic("spec", "hash")])
    watch(Run, topics=[of_spec], columns=SHOWN)
    watch(Run, label=RUNS, columns=[name for name in SHOWN if name != PROGRESS])
    watch(Attachment, topics=[of_spec])
    watch(Trait, topics=[of_spec])
    watch(Certificate, topics=[of_spec], columns=("state",), inserts=False)
    watch(TrainedWeights, inserts=False)  # inserted with the result of a run


def _model(name: str) -> type[Model]:
    return apps.get_model("bpsandbox", name)


def shows_any() -> None:
    """Say that a page counts or lists runs, and does not show how far one has come."""
    tables = (_model(name)._meta.db_table for name in ("Spec", "Attachment", "Certificate"))
    page_cache.depends_on(RUNS, *tables, covering=[_model("Run")._meta.db_table])


def shows(spec_hashes: Iterable[str]) -> None:
    """Say that a page shows something of these runs."""
    page_cache.depends_on(*(f"spec:{spec_hash}" for spec_hash in spec_hashes))
