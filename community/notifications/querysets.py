from __future__ import annotations

from typing import Any

from django.db import models


class NotificationQuerySet(models.QuerySet):
    def of(self, user: Any):
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)
