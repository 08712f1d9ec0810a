"""Walks over a whole table while the site runs: by key, in batches, so that no lock and no memory outlasts a batch."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db.models import Model, QuerySet

FIRST, FEWEST, MOST = 100, 10, 1000  # keys in a batch
SECONDS = 0.1  # of work a batch
REST = 0.1  # of the time a batch took


def batches[M: Model](rows: QuerySet[M]) -> Iterator[list[int]]:
    """Yield all keys of `rows` in order, in lists that take their reader about a tenth of a second each.

    Between two batches the walk rests: SQLite's write lock goes to whoever asks next, and others ask less often.
    """
    after, size = 0, FIRST
    while keys := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]):
        began = time.monotonic()
        yield keys
        took = time.monotonic() - began
        time.sleep(took * REST)
        size = min(MOST, max(FEWEST, int(len(keys) * SECONDS / max(took, 0.001))))
        after = keys[-1]
