from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, OuterRef, Q

from community.accounts.models import User
from community.notifications import verbs


class NotificationQuerySet(models.QuerySet):
    def of(self, user: User):
        """Return a person's notifications, except those whose target they can no longer see.

        List and bell both use it, so the count matches the list.
        """
        seen = reduce(or_, (_leads_to(kind, user) for kind in verbs.kinds()))
        return self.filter(seen, recipient=user, verb__in=verbs.verbs_of())

    def unread(self):
        return self.filter(read_at=None)

    def in_group(self, group: verbs.Group | None):
        return self if group is None else self.filter(verb__in=verbs.verbs_of(group))


def _leads_to(kind: verbs.Kind, user: User) -> Q:
    target = kind.rows(user).order_by().filter(pk=OuterRef("target_id"))
    return Q(Exists(target), target_kind=kind.name)
