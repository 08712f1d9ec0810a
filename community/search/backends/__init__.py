"""The two full-text indexes. Each has the same four functions; the database vendor selects one."""

from __future__ import annotations

from types import ModuleType

from django.db import connection


def backend() -> ModuleType:
    """Return the backend module.

    It has `write(document_id, title, body)`, `delete(ids)`, `matching(documents, tokens)`, which adds `rank`, and
    `indexed()`.
    """
    from community.search.backends import postgres, sqlite_fts

    return postgres if connection.vendor == "postgresql" else sqlite_fts
