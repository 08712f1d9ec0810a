from __future__ import annotations

from django.db import models

from community.accounts.models import User


class FollowQuerySet(models.QuerySet):
    def by(self, user: User):
        return self.filter(follower=user)
