"""Putting right what is counted or copied: counters, the lists of tags and periods, and how far people have read."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from community.content import counters, listings
from community.content.models import Thread
from community.content.services import reading


def wrong() -> Iterator[str]:
    """Yield a sentence for each that has drifted."""
    yield from map(str, counters.drifts())
    yield from map(_listed, sorted(listings.drifted()))
    yield from map(_read, reading.drifted())


def put_right() -> Iterator[str]:
    """Put right each that has drifted, in a transaction of its own, and yield a sentence for it."""
    while found := list(counters.drifts()):  # until none differs: a thread's score depends on a post's
        for drift in found:
            counters.mend(drift)
            yield str(drift)
    for pk in sorted(listings.drifted()):
        with transaction.atomic():
            thread = Thread.objects.filter(pk=pk)
            list(thread.select_for_update().values_list("pk"))  # as by all that change its tags
            listings.relist(thread)
        yield _listed(pk)
    for pk in list(reading.drifted()):
        reading.refresh(pk)
        yield _read(pk)


def _listed(pk: int) -> str:
    return f"Thread {pk} is wrong in the list of a tag or a period"


def _read(pk: int) -> str:
    return f"Thread {pk} has another newest post than the positions of its readers say"
