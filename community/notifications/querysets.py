from __future__ import annotations

from collections.abc import Collection
from copy import copy
from datetime import timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils import timezone

from community.accounts.models import User
from community.common.subqueries import looked_up
from community.mutes.selectors import met_by
from community.notifications import verbs

OPEN_FOR = timedelta(hours=24)
"""How long events may join a line, from its first one on."""
MOST_JOINED = 50
"""Events of a line, so that a page has a bounded number."""


class NotificationQuerySet(models.QuerySet):
    def of(self, user: User):
        """Return a person's notifications, except of those whom they muted, and of what they muted or no longer see."""
        return self.told_to(user).filter(is_mail_only=False)

    def told_to(self, user: User):
        """Return the same and what they hear of by email alone."""
        return self.filter(_seen_by(user), recipient=user, verb__in=verbs.verbs_of())

    def mailed_to(self, person: User):
        """Return what email may tell a person: what members see of it, and nothing by a closed account."""
        return self.filter(_mailed_to(person), recipient=person, verb__in=verbs.verbs_of())

    def lines_mailed_to(self, person: User, due: Q):
        """Return the lines of a person with an event, their first or another, that is due and that email may tell."""
        return self._lines_with(_mailed_to(person) & due).filter(recipient=person, verb__in=verbs.verbs_of())

    def lines_of(self, user: User, **of_verb: Any):
        """Return the lines of a person's list: the first notification of each, if one in the line is of theirs.

        List and bell both use it, so the count matches the list.
        """
        of_verb = of_verb or {"verb__in": verbs.verbs_of()}
        return self._lines_with(_seen_by(user)).shown().filter(recipient=user, **of_verb)

    def parts_of(self, user: User, group: verbs.Group | None, *, is_unread: bool = False):
        """Return the lines of a group as `keyset_page` reads them: those of each verb; or all, or all unread ones."""
        if group is None:
            lines = self._lines_with(_seen_by(user)).shown().filter(_is_known(), recipient=user)
            return [lines.unread() if is_unread else lines]
        return [self.lines_of(user, verb=verb) for verb in verbs.verbs_of(group)]

    def _lines_with(self, is_told: Q):
        joined = self.model._default_manager.filter(is_told, line=OuterRef("pk"))
        return self.lines().filter(is_told | looked_up(joined))

    def lines(self):
        return self.filter(line=None)

    def open_lines(self, recipients: Collection[int], verb_names: Collection[str], subject: int):
        """Return lines that an event may join: unread, begun a short while ago, and not full."""
        since = timezone.now() - OPEN_FOR
        whose = {"recipient__in": recipients, "verb__in": verb_names, "subject": subject}
        return self.lines().shown().unread().filter(**whose, created_at__gte=since, size__lt=MOST_JOINED)

    def shown(self):
        """Return those that are in lists."""
        return self.filter(is_mail_only=False)

    def unread(self):
        return self.filter(read_at=None)

    def in_group(self, group: verbs.Group | None):
        return self if group is None else self.filter(verb__in=verbs.verbs_of(group))


def _is_known() -> Q:
    """Match the verbs that there are, as a column of no index: a plan that is kept would find lines by it, and sort."""
    return Q(In(Coalesce("verb", Value("")), verbs.verbs_of()))


def as_member(person: User) -> User:
    """Return the person as one who sees what all members see: what is hidden is not mailed to moderators either."""
    member = copy(person)
    member.is_staff = False
    return member


def _mailed_to(person: User) -> Q:
    open_account = User.objects.filter(pk=OuterRef("actor"), is_active=True)
    is_open = Q(actor=None) | looked_up(open_account)
    return _seen_by(as_member(person)) & is_open & _wanted(person, is_of_sent=True)


def _seen_by(user: User) -> Q:
    is_seen = reduce(or_, (_leads_to(kind, user) for kind in verbs.kinds())) & met_by(user, "actor")
    return is_seen & _wanted(user)


def _wanted(user: User, *, is_of_sent: bool = False) -> Q:
    is_wanted = reduce(and_, (wanted(user) for wanted in verbs.filters(is_of_sent=is_of_sent)), Q())
    return ~Q(verb__in=verbs.mutable_verbs()) | is_wanted


def _leads_to(kind: verbs.Kind, user: User) -> Q:
    return Q(target_kind=kind.name) & looked_up(kind.rows(user).filter(pk=OuterRef("target_id")))
