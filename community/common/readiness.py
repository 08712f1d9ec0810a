"""Readiness probes. Each app registers its own in `AppConfig.ready`."""

from collections.abc import Callable, Collection

import structlog
from django.db import connection

from community.common.jobs import heartbeat

logger = structlog.get_logger(__name__)

type Probe = Callable[[], bool]

_probes: dict[str, Probe] = {}


def register(name: str, probe: Probe) -> None:
    """Add a probe that returns whether its component works; an exception counts as failure."""
    _probes[name] = probe


def report(without: Collection[str] = ()) -> dict[str, bool]:
    """Run every probe but those left out, in registration order."""
    return {name: _works(name, probe) for name, probe in _probes.items() if name not in without}


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


register("database", _database)
register("workers", heartbeat.is_fresh)
