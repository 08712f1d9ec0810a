"""Time zones: all valid names, and those to choose from, without the aliases of the tz database."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

TABLE = "zone.tab"


@cache
def time_zones() -> tuple[str, ...]:
    """Return the time zones named after a place, aliases included, sorted, with UTC first."""
    places = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *places)


@cache
def listed_time_zones() -> tuple[str, ...]:
    """Return one name per place, from the system's `zone.tab`; all names if there is no such table."""
    for table in _tables():
        rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
        places = {row[2] for row in rows if len(row) > 2}
        return tuple(name for name in time_zones() if name == "UTC" or name in places)
    return time_zones()


def _tables() -> Iterator[str]:
    folders = [Path(folder) for folder in zoneinfo.TZPATH]
    yield from ((folder / TABLE).read_text("utf-8") for folder in folders if (folder / TABLE).is_file())
    try:
        yield resources.files("tzdata.zoneinfo").joinpath(TABLE).read_text("utf-8")
    except ModuleNotFoundError:
        return
