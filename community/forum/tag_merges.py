"""What making a tag a synonym of another changes, for moderators to look at before they do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from community.content.models import Tag, Thread
from community.social.models import Follow


@dataclass(frozen=True, slots=True)
class TagMerge:
    """What becomes of a tag and of the one that stays.

    Threads are public ones; `both` of them have both tags already. `moving` people follow or mute the tag and will the
    other, `staying` have a level for that one already, which stays. `names` are what the other is called from then on.
    """

    tag: Tag
    target: Tag
    names: Sequence[str]
    both: int
    moving: int
    staying: int

    @property
    def together(self) -> int:
        """The threads that the tag which stays has then."""
        return self.tag.thread_count + self.target.thread_count - self.both

    @property
    def is_described(self) -> bool:
        """Whether the tag has texts about it, which are shown nowhere then."""
        tag = self.tag
        return any((tag.description, tag.description_zh, tag.about, tag.about_zh))


def merge_of(tag: Tag, target: Tag) -> TagMerge:
    tagged = Thread.tags.through.objects.filter(thread=OuterRef("pk"))
    both = Thread.objects.public().filter(Exists(tagged.filter(tag=tag)), Exists(tagged.filter(tag=target)))
    levels = Follow.objects.filter(tag=tag)
    staying = levels.filter(follower__in=Follow.objects.filter(tag=target).values("follower")).count()
    names = [tag.name, tag.name_zh, *tag.synonyms.order_by("slug").values_list("name", flat=True)]
    return TagMerge(
        tag=tag,
        target=target,
        names=list(dict.fromkeys(filter(None, names))),
        both=both.count() if tag.thread_count and target.thread_count else 0,
        moving=levels.count() - staying,
        staying=staying,
    )
