"""Threads of a tag that has become a synonym, which are moved to its tag: by a job, and by housekeeping what is left.

Left is what the job did not see: threads that got the synonym while the tag became one.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from community.common import housekeeping

from . import audience
from .models import Tag, Thread
from .reindexing import thread_changed

AT_ONCE = 50


def connect() -> None:
    housekeeping.register("threads of synonyms", sweep)


def move_tagged(tag_id: int) -> None:
    """Move threads of a synonym, a batch; another job goes on with the rest. Idempotent."""
    from . import tasks

    if move_some(tag_id) == AT_ONCE:
        tasks.move_tagged.enqueue(tag_id=tag_id)


def sweep() -> int:
    tagged = Thread.tags.through.objects.filter(tag=OuterRef("pk"))
    synonym = Tag.objects.filter(Exists(tagged), synonym_of__isnull=False).values_list("pk", flat=True).first()
    return move_some(synonym) if synonym else 0


def move_some(tag_id: int) -> int:
    """Move at most AT_ONCE threads, each in a transaction of its own. Returns how many there were."""
    tag = Tag.objects.filter(pk=tag_id, synonym_of__isnull=False).first()
    if tag is None:
        return 0
    keys = Thread.tags.through.objects.filter(tag=tag).order_by("thread").values_list("thread", flat=True)[:AT_ONCE]
    found = list(keys)
    for key in found:
        _move(key)
    if tag.synonym_of_id is not None:
        audience.merge_tags(tag.pk, tag.synonym_of_id)
    return len(found)


@transaction.atomic
def _move(thread_id: int) -> None:
    """Replace the synonyms among a thread's tags. Nobody is notified, and no event says so: its author did nothing."""
    from .services import after_save, tags

    thread = Thread.objects.select_for_update().filter(pk=thread_id).first()
    if thread is None:
        return
    tags.replace(thread, dict(thread.tags.values_list("slug", "name")))
    thread_changed(thread.pk)
    after_save.redeliver(thread)
