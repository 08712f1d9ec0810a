"""What is tidied up again and again, by whichever worker does the small jobs. Each app registers its own chores."""

from collections.abc import Callable

from django.db.models import QuerySet

from community.common.jobs import heartbeat, rows

BATCH = 500

type Chore = Callable[[], int]

_chores: dict[str, Chore] = {}


def register(name: str, chore: Chore) -> None:
    """Add something short that is done every few seconds and returns how many rows it swept."""
    _chores[name] = chore


def keep_house() -> dict[str, int]:
    """Show that a worker lives, look after the jobs, and do every chore once."""
    heartbeat.beat()
    rows.take_back()
    rows.forget()
    return {name: chore() for name, chore in _chores.items()}


def delete_batch(stale: QuerySet) -> int:
    """Delete at most BATCH rows: a sweep never holds the database up for long, and the next one follows soon."""
    keys = list(stale.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    deleted, _by_model = stale.model._default_manager.filter(pk__in=keys).delete()
    return deleted
