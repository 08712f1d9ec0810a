from __future__ import annotations

from django.db import models


class MuteQuerySet(models.QuerySet):
    def blocks(self):
        """Return blocks that keep two people apart: none with a moderator, who looks after every thread."""
        return self.filter(is_block=True, person__is_staff=False, other__is_staff=False)
