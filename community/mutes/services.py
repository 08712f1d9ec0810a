"""Mute, block, and undo both. All can be repeated without effect."""

from __future__ import annotations

from django.db import transaction

from community.accounts.models import User
from community.mutes import effects
from community.mutes.errors import CannotBlockModerators, ModeratorsCannotBlock, NotOneself
from community.mutes.models import Mute
from community.mutes.selectors import ask_again


@transaction.atomic
def mute(*, person: User, other: User) -> Mute:
    """Hide from a person what another one writes. Who is blocked already stays blocked. Raises NotOneself."""
    _refuse_oneself(person, other)
    row, created = Mute.objects.get_or_create(person=person, other=other)
    ask_again(person)
    if created:
        effects.after(row)
    return row


@transaction.atomic
def block(*, person: User, other: User) -> Mute:
    """Keep two people apart. Raises NotOneself, CannotBlockModerators, ModeratorsCannotBlock."""
    _refuse_oneself(person, other)
    if other.is_staff:
        raise CannotBlockModerators
    if person.is_staff:
        raise ModeratorsCannotBlock
    hold(person, other)
    row, created = Mute.objects.get_or_create(person=person, other=other, defaults={"is_block": True})
    ask_again(person)
    if created or _raised(row):
        row.is_block = True
        effects.after(row)
    return row


@transaction.atomic
def undo(*, person: User, other: User) -> bool:
    """Undo a mute or a block. Returns whether there was one."""
    row = Mute.objects.select_for_update(no_key=True).filter(person=person, other=other).first()
    if row is None:
        return False
    Mute.objects.filter(pk=row.pk).delete()
    effects.after_undoing(row)
    return True


def hold(person: User, other: User) -> None:
    """Let no block of two people, and no follow, pass another until the transaction ends.

    Otherwise a follow that has just seen no block would be stored after the block has removed what there was.
    """
    both = User.objects.select_for_update(no_key=True).filter(pk__in=(person.pk, other.pk)).order_by("pk")
    list(both.values_list("pk", flat=True))


def _raised(row: Mute) -> bool:
    """Turn a mute into a block. Returns whether it was one."""
    return bool(Mute.objects.filter(pk=row.pk, is_block=False).update(is_block=True))


def _refuse_oneself(person: User, other: User) -> None:
    if person.pk == other.pk:
        raise NotOneself
