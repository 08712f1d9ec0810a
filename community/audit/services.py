from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Model

from community.audit.actions import Action
from community.audit.models import AuditEntry

if TYPE_CHECKING:
    from community.accounts.models import User

type Changes = Mapping[str, tuple[object, object]]


def record(*, actor: User, action: Action, target: Model, note: str = "", changes: Changes | None = None) -> AuditEntry:
    """Add an entry to the audit log, inside the transaction of the action and after its changes.

    `changes` maps a field to its values before and after; both must be JSON-serialisable.
    """
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_kind=target._meta.model_name or "",
        target_id=target.pk,
        note=note,
        changes={field: list(values) for field, values in (changes or {}).items()},
    )
