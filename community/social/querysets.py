from __future__ import annotations

from typing import Any

from django.db import models


class FollowQuerySet(models.QuerySet):
    def by(self, user: Any):
        return self.filter(follower=user)

    def of_person(self, user: Any):
        return self.filter(person=user)
