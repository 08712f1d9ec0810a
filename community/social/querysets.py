from __future__ import annotations

from django.db import models

from community.accounts.models import User
from community.social.levels import Level


class FollowQuerySet(models.QuerySet):
    def by(self, user: User):
        return self.filter(follower=user)

    def followed(self):
        """Leave out what is muted or at the normal level, which brings nothing into a feed."""
        return self.filter(level__gte=Level.TRACKING)

    def muted(self):
        return self.filter(level=Level.MUTED)
