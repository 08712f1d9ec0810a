"""The site's access policy for the sandbox, named in its settings: visibility of runs and member quota."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.accounts.policies import can_write
from community.common.subqueries import looked_up
from community.content.established import DAYS, is_established
from community.content.models import Post
from community.content.querysets import Reader

POST = "post"
PAGE = "page"


def has_member_quota(user: Reader) -> bool:
    """Return whether an account has the member quota; it requires a confirmed address, since accounts are free to
    create.
    """
    return can_write(user)


def has_trusted_quota(user: Reader) -> bool:
    """Return whether a member has the larger quota: established members and moderators. A query for older accounts."""
    return isinstance(user, User) and (user.is_staff or is_established(user))


def who_has_more_runs(*, an_hour: int, a_day: int) -> str:
    """Return who has the larger quota."""
    told = _(
        "Members who joined %(days)d days ago and have a public post have %(an_hour)d an hour and %(a_day)d a day."
    )
    return told % {"days": DAYS, "an_hour": an_hour, "a_day": a_day}


def visible_specs(user: Reader | None) -> Q:
    """Return a filter for attachments visible to this person; attachments without a post use their own visibility."""
    posts = Post.objects.visible_to(user if user is not None else AnonymousUser())
    return ~Q(target_kind=POST) | looked_up(posts.filter(pk=OuterRef("target_id")))
