"""Reading lists. A list is locked while its order changes, so that two tabs move one thing after the other."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.content.models import Post
from community.lists.errors import ListGone, NameTaken, RenamedMeanwhile, TooManyLists
from community.lists.models import ListItem, ReadingList
from community.lists.selectors import seen_by
from community.social.models import Bookmark
from community.social.services import add_bookmark

MOST_LISTS = 100
UP, DOWN, TOP, BOTTOM = "up", "down", "top", "bottom"


@transaction.atomic
def create_list(*, owner: User, name: str, is_public: bool = False) -> ReadingList:
    """Create a list. Locks the person, so that two tabs keep to the limit. Raises NameTaken, TooManyLists."""
    if is_public:
        refuse_unconfirmed(owner)
    _lock(owner)
    if ReadingList.objects.filter(owner=owner).count() >= MOST_LISTS:
        raise TooManyLists
    try:
        with transaction.atomic():
            return ReadingList.objects.create(owner=owner, name=name, is_public=is_public)
    except IntegrityError:
        raise NameTaken from None


@transaction.atomic
def change_list(
    *, reading_list: ReadingList, name: str, is_public: bool, base_name: str, was_public: bool | None = None
) -> ReadingList:
    """Rename a list, and say who sees it. `base_name` and `was_public` are as it was when the form was opened.

    Who sees it stays as another tab has it by now, if this one did not change that: a list made private stays so.
    Raises ListGone, NameTaken, and RenamedMeanwhile if it has another name by now.
    """
    row = _locked(reading_list.pk, reading_list.owner)
    if base_name not in (row.name, "") and name != row.name:
        raise RenamedMeanwhile(str(RenamedMeanwhile.default).format(name=row.name))
    row.name, row.is_public = name, row.is_public if is_public == was_public else is_public
    if row.is_public:
        refuse_unconfirmed(reading_list.owner)
    try:
        with transaction.atomic():
            row.save(update_fields=["name", "is_public"])
    except IntegrityError:
        raise NameTaken from None
    return row


def delete_list(*, reading_list: ReadingList) -> None:
    """Delete a list. Its bookmarks stay, with their notes and reminders."""
    ReadingList.objects.filter(pk=reading_list.pk).delete()


@transaction.atomic
def put(*, owner: User, post: Post, into: ReadingList | None = None, new_name: str = "") -> Bookmark:
    """Put the bookmark of a post into a list, at its end, or into none; it is added if there is none.

    With a `new_name` the list is created, unless there is one of this name. Raises ListGone, TooManyLists.
    """
    bookmark = add_bookmark(user=owner, post=post)
    if new_name:
        _lock(owner)
        found = ReadingList.objects.filter(owner=owner, name=new_name).first()
        into = found or create_list(owner=owner, name=new_name)
    if into is None:
        ListItem.objects.filter(bookmark=bookmark).delete()
        return bookmark
    row = _locked(into.pk, owner)
    if not ListItem.objects.filter(bookmark=bookmark, reading_list=row).exists():
        place = {"reading_list": row, "position": _end(row) + 1}
        ListItem.objects.update_or_create(bookmark=bookmark, defaults=place)
    return bookmark


@transaction.atomic
def move_item(*, owner: User, pk: int, to: str) -> bool:
    """Move an item within its list: UP or DOWN by one that the owner sees, to its TOP or its BOTTOM.

    Returns whether it moved; an item that was put into another list meanwhile does not.
    """
    found = ListItem.objects.filter(pk=pk, reading_list__owner=owner).first()
    if found is None:
        return False
    items = ListItem.objects.filter(reading_list=_locked(found.reading_list_id, owner))
    item = items.filter(pk=pk).first()
    if item is None:
        return False
    others = (seen_by(items, owner) if to in (UP, DOWN) else items).exclude(pk=pk)
    above, below = others.filter(position__lt=item.position), others.filter(position__gt=item.position)
    beyond = (above if to in (UP, TOP) else below).order_by("-position" if to in (UP, BOTTOM) else "position").first()
    if beyond is None:
        return False
    if to in (UP, DOWN):
        items.filter(pk=beyond.pk).update(position=item.position)
    place = {TOP: beyond.position - 1, BOTTOM: beyond.position + 1}.get(to, beyond.position)
    return items.filter(pk=pk).update(position=place) > 0


def take_out(*, owner: User, pk: int) -> bool:
    """Take an item out of its list; the bookmark stays. Returns whether it was in one."""
    deleted, _rows = ListItem.objects.filter(pk=pk, reading_list__owner=owner).delete()
    return deleted > 0


def _lock(owner: User) -> None:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)


def _locked(pk: int, owner: User) -> ReadingList:
    row = ReadingList.objects.select_for_update(no_key=True).filter(pk=pk, owner=owner).first()
    if row is None:
        raise ListGone
    return row


def _end(reading_list: ReadingList) -> int:
    """Return the last position that is taken; 0 in an empty list."""
    last = ListItem.objects.filter(reading_list=reading_list).order_by("-position").first()
    return last.position if last else 0
