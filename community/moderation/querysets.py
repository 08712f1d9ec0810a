from __future__ import annotations

from django.db import models


class ReportQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)
