"""What kept pages with runs depend on: see `community.common.changes`."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps

from community.common import page_cache
from community.common.changes import Topic, watch

# Columns of a run that pages show; a lease is renewed every few seconds.
SHOWN = (
    "spec_id", "engine_version", "working", "state", "repeats_id", "agreement", "started_at", "finished_at",
    "cancel_requested_at", "progress_seq", "summary", "card", "result", "failure",
)  # fmt: skip


SHOWN_TABLES = ("Spec", "Run", "Attachment", "Certificate")


def register() -> None:
    names = (*SHOWN_TABLES, "Trait")
    Spec, Run, Attachment, Certificate, Trait = (apps.get_model("bpsandbox", name) for name in names)
    of_spec = Topic("spec", "hash", through=Spec._meta.db_table, by="id", key="spec_id")
    watch(Spec, topics=[Topic("spec", "hash")])
    watch(Run, topics=[of_spec], columns=SHOWN)
    watch(Attachment, topics=[of_spec])
    watch(Trait, topics=[of_spec])
    watch(Certificate, topics=[of_spec], columns=("state",), inserts=False)


def shows_any() -> None:
    """Say that a page counts or lists runs."""
    page_cache.depends_on(*(apps.get_model("bpsandbox", name)._meta.db_table for name in SHOWN_TABLES))


def shows(spec_hashes: Iterable[str]) -> None:
    """Say that a page shows something of these runs."""
    page_cache.depends_on(*(f"spec:{spec_hash}" for spec_hash in spec_hashes))
