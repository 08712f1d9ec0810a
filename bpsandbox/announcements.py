"""Send the signals of ended runs, after the commit and at least once."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from bpsandbox import lifecycle
from bpsandbox.models import Run
from bpsandbox.querysets import database_time
from bpsandbox.signals import run_failed, run_finished

GRACE_SECONDS = 5.0
AT_ONCE = 50


def announce_later(run_id: int) -> None:
    transaction.on_commit(partial(announce, run_id))


def announce(run_id: int) -> None:
    """Send the signal of an ended run, then record that it was sent. Django logs receivers that fail.

    No signal is sent for a worked step: the page that requested it polls.
    """
    run = Run.objects.select_related("spec").only("state", "working", "spec__hash").filter(pk=run_id).first()
    if run is None or run.is_active:
        return
    if not run.working:
        signal = run_finished if run.state in lifecycle.WITH_RESULT else run_failed
        signal.send_robust(sender=Run, run_id=run.pk, spec_hash=run.spec.hash, state=run.state)
    Run.objects.filter(pk=run_id).update(announced_at=database_time())


def catch_up() -> int:
    """Announce the ended runs that a crashed process has not announced; return how many."""
    late = list(Run.objects.unannounced(seconds=GRACE_SECONDS).values_list("pk", flat=True)[:AT_ONCE])
    for run_id in late:
        announce(run_id)
    return len(late)
