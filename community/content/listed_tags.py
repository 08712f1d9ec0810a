"""Tags of each thread in a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F
from django.db.models.lookups import In

from community.common.addresses import address_of
from community.common.prepared import Prepared, place
from community.content.models import Thread
from community.content.models.taxonomy import in_readers_language


class ListedTag(NamedTuple):
    """A tag of a thread in a list that is everybody's: each reader sees its name in their language."""

    english: str
    chinese: str
    url: str

    @property
    def name(self) -> str:
        return in_readers_language(self.english, self.chinese)


def find_tags(threads: Iterable[Thread]) -> None:
    """Set `listed_tags` on each thread, in one query.

    Of values: rows of tags, with a manager for each thread, cost a page of a list a tenth of its time.
    """
    threads = list(threads)
    found: dict[int, list[ListedTag]] = defaultdict(list)
    keys = {f"thread{n}": thread.pk for n, thread in enumerate(threads)}
    for key, slug, english, chinese in _among(len(threads)).run(**keys) if threads else ():
        found[key].append(ListedTag(english, chinese, address_of("forum:tag", slug)))
    for thread in threads:
        thread.listed_tags = tuple(found[thread.pk])


@lru_cache(maxsize=200)
def _among(count: int) -> Prepared:
    among = In(F("thread_id"), [place(f"thread{n}") for n in range(count)])
    rows = Thread.tags.through.objects.filter(among).order_by("tag__slug")
    return Prepared(lambda: rows.values_list("thread_id", "tag__slug", "tag__name", "tag__name_zh"))
