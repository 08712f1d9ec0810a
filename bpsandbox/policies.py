"""Decide who may do what. Pure functions on loaded rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Q


def all_targets(user: Any) -> Q:
    """Make every target visible to everyone, the default for a host without hidden pages.

    A host with hidden pages names its own function in `BPSANDBOX_VISIBLE_SPECS`. It takes the user (None or anonymous
    for a visitor) and returns a Q over `Attachment`: true where the page of `target_kind` and `target_id` may be seen,
    and where there is no target.
    """
    return Q()


def every_account(user: Any) -> bool:
    """Give every account the quota of a member, the default for a host whose accounts are all trusted.

    A host names its own function in `BPSANDBOX_HAS_MEMBER_QUOTA`. An account that it returns False for has the limits,
    the quota and the priority of a visitor.
    """
    return True


def no_account(user: Any) -> bool:
    """Give no member a larger quota, the default for a host that trusts all of them alike.

    A host names its own function in `BPSANDBOX_HAS_TRUSTED_QUOTA`; it is asked for members only, before a new run. What
    makes a member one of them it says in `BPSANDBOX_TRUSTED_WORDS`, for whoever is at the smaller limit.
    """
    return False


def can_cancel(user: Any, *, is_owner: bool) -> bool:
    """Return whether this person may cancel: an owner their own request, staff any run."""
    return is_owner or bool(user is not None and user.is_authenticated and user.is_staff)
