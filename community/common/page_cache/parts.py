"""Parts of pages that are the same for all readers, kept until the database logs a change of what they show.

    found = shared_part(("threads", "category", 5, "latest"), read, weigh)

A member's page is made anew each time, but the rows of a list and the posts of a thread are everybody's. `read` takes
no request and no reader, and its name says everything else that it depends on. Topics that the view has named before
count for the part too. A part is read by many threads at once: whoever changes it, copies it first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from community.common.changes.log import CHANGES
from community.common.page_cache import recording
from community.common.page_cache.store import Store, weight_of

SHARE = 0.25
"""Of the memory for kept pages, so much is for parts, beside it."""
OVERHEAD_BYTES = 1500
"""What a part of nothing takes, without its name and topics."""


@dataclass(slots=True)
class KeptPart:
    """`reading` is the reading of the log of changes before the page was begun that it was made for: what that page had
    read before the part, such as the thread whose posts these are, is an input of it.
    """

    value: Any
    size: int
    topics: frozenset[str]
    reading: int
    ends_at: float

    def is_current(self) -> bool:
        return time.monotonic() < self.ends_at and CHANGES.is_unchanged(self.topics, self.reading)


STORE: Store[KeptPart] = Store(int(settings.PAGE_CACHE_BYTES * SHARE))


def keeps_parts() -> bool:
    """Return whether the page that is made now may have parts that are kept."""
    return bool(settings.PAGE_CACHE_BYTES) and recording.current() is not None


def shared_part[Value](
    name: Hashable, make: Callable[[], Value], weigh: Callable[[Value], int], *, is_alone: bool = False
) -> Value:
    """Return the part with this name, kept or made by `make`; `weigh` tells about how many bytes it takes.

    One that `is_alone` shows nothing of what the page has read, and is not ended by the topics that the view has named:
    each page has it, and the first that makes it would end it for all others with its own.

    Outside of a view of `shared_page`, and if it reads a table that nobody watches, it is always made.
    """
    page = recording.current()
    if page is None or not keeps_parts():
        return make()
    part = STORE.get(name)
    if part is None or not part.is_current():
        since = recording.Recording(reading=page.reading) if is_alone else page
        with recording.recorded(since) as made:
            value = make()
        if made.unwatched:
            page.tables |= made.tables
            return value
        topics = made.dependencies()
        size = OVERHEAD_BYTES + len(repr(name)) + weight_of(topics) + weigh(value)
        part = KeptPart(value, size, topics, made.reading, time.monotonic() + made.seconds)
        STORE.put(name, part)
    page.of_parts |= part.topics
    page.seconds = min(page.seconds, part.ends_at - time.monotonic())
    return part.value
