from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from community.common.replicas.reading import reading_alias


class ReplicaRouter:
    """Reads of a view that says so from a replica, everything else on the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return reading_alias()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
