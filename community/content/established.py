"""Members who have been here for a while: they vote on questions, and edit community answers without review."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from .models import Post

if TYPE_CHECKING:
    from community.accounts.models import User

DAYS = 7


def is_established(person: User) -> bool:
    """Return whether a member joined at least DAYS days ago and has a public post. A query."""
    return not is_new(person) and Post.objects.public().filter(author=person).exists()


def is_new(person: User) -> bool:
    """Return whether a member joined less than DAYS days ago. No query."""
    return person.date_joined > timezone.now() - timedelta(days=DAYS)
