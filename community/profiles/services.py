"""Pinning things to one's profile. All can be repeated without effect."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from community.accounts.models import User
from community.content.models import Post, Role
from community.experiments.selectors import lists_run
from community.profiles.errors import CannotPin, TooManyPins
from community.profiles.models import Pin
from community.profiles.selectors import MOST_PINS, pins_of


@transaction.atomic
def pin_post(*, owner: User, post: Post) -> Pin:
    """Pin a thread, by its opening post, or an answer. Raises CannotPin, TooManyPins."""
    is_public = Post.objects.public().filter(pk=post.pk).exists()
    if post.author_id != owner.pk or post.role == Role.COMMENT or not is_public:
        raise CannotPin
    return _pin(owner, post=post)


@transaction.atomic
def pin_run(*, owner: User, spec_hash: str) -> Pin:
    """Pin a run that the owner has shown to everybody. Raises CannotPin, TooManyPins."""
    if not lists_run(owner, spec_hash):
        raise CannotPin
    return _pin(owner, spec_hash=spec_hash)


@transaction.atomic
def move_pin(*, owner: User, pk: int, by: int) -> bool:
    """Move a pin one place up (-1) or down (1). Returns whether it moved."""
    pins = _locked(owner)
    place = next((place for place, pin in enumerate(pins) if pin.pk == pk), None)
    if place is None or not 0 <= place + by < len(pins):
        return False
    pins.insert(place + by, pins.pop(place))
    for position, pin in enumerate(pins):
        pin.position = position
    Pin.objects.bulk_update(pins, ["position"])
    return True


def unpin(*, owner: User, pk: int) -> bool:
    """Returns whether there was such a pin."""
    deleted, _rows = Pin.objects.filter(owner=owner, pk=pk).delete()
    return deleted > 0


def _pin(owner: User, **thing: Any) -> Pin:
    """Pin a thing below the others. What nobody sees any more takes no place."""
    pins = _locked(owner)
    known = Pin.objects.filter(owner=owner, **thing).first()
    if known is not None:
        return known
    if len(pins) >= MOST_PINS:
        raise TooManyPins
    position = max((pin.position for pin in pins), default=-1) + 1
    return Pin.objects.create(owner=owner, position=position, **thing)


def _locked(owner: User) -> list[Pin]:
    """Return the pins that are shown, in order; nobody else changes them until the transaction ends."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    return pins_of(owner)
