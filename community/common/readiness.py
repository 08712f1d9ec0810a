"""Readiness probes. Each app registers its own in `AppConfig.ready`."""

from collections.abc import Callable, Collection

import structlog
from django.db import connection

from community.common.jobs import heartbeat

logger = structlog.get_logger(__name__)

type Probe = Callable[[], bool]

DATABASE = "database"
_probes: dict[str, Probe] = {}
_in_database: set[str] = set()


def register(name: str, probe: Probe, *, reads_database: bool = False) -> None:
    """Add a probe that returns whether its component works; an exception counts as failure."""
    _probes[name] = probe
    if reads_database:
        _in_database.add(name)


def report(without: Collection[str] = ()) -> dict[str, bool]:
    """Run every probe but those left out, in registration order.

    A database that is away is waited for once: whatever is read from it is down with it.
    """
    found: dict[str, bool] = {}
    for name, probe in _probes.items():
        if name not in without:
            is_lost = name in _in_database and found.get(DATABASE) is False
            found[name] = not is_lost and _works(name, probe)
    return found


def _works(name: str, probe: Probe) -> bool:
    try:
        return probe()
    except Exception as error:  # any failure means this component is not ready
        logger.warning("not ready", part=name, error=repr(error))
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


register(DATABASE, _database)
register("workers", heartbeat.is_fresh)
