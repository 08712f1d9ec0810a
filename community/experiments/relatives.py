"""Families of runs as a reader is shown them: relatives come unasked, so words of people they do not meet are left out.

The runs stay, because a tree without some of its members would be another tree; they have the titles of their configs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bpsandbox import api
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among


def relatives_of(page: api.RunPage, *, user: Reader | None, owner_key: str) -> api.Relatives:
    """Return the parent and the forks of a run."""
    found = api.relatives(page, user, owner_key)
    parent = _untitled([found.parent], user)[0] if found.parent else None
    return replace(found, parent=parent)


def family_of(spec_hash: str, *, user: Reader | None, owner_key: str) -> api.Family:
    """Return the family of a run that this person may see. Raises RunNotFound."""
    found = api.family(spec_hash, user, owner_key)
    return replace(found, members=_untitled(found.members, user))


def _untitled(members: Sequence[api.Relative], reader: Reader | None) -> tuple[api.Relative, ...]:
    hidden = hidden_among(reader, {member.owner_id for member in members if member.owner_id is not None})
    return tuple(replace(member, title="") if member.owner_id in hidden else member for member in members)
