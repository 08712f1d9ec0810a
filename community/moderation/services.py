from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.policies import refuse_unconfirmed
from community.audit.actions import Action
from community.audit.services import record
from community.common.errors import NotAllowed
from community.content.models import Post
from community.content.services import hide_post, unhide_post
from community.moderation.models import Outcome, Report


def report_post(*, reporter: Any, post: Post, reason: str, note: str = "") -> Report:
    """Tell staff about a post. Reporting it again while the first report is open changes nothing.

    Raises EmailUnconfirmed, NotAllowed.
    """
    refuse_unconfirmed(reporter)
    if post.author_id == reporter.pk:
        raise NotAllowed(_("This is your own post: you can edit or delete it."))
    try:
        with transaction.atomic():
            return Report.objects.create(post=post, reporter=reporter, reason=reason, note=note)
    except IntegrityError:
        return Report.objects.open().get(post=post, reporter=reporter)


@transaction.atomic
def hide(*, actor: Any, post: Post, note: str = "") -> None:
    """Take a post out of everyone's sight and close its reports."""
    _refuse_unless_staff(actor)
    is_new = hide_post(post=post, by=actor, note=note)
    if _close(actor, post, Outcome.HIDDEN) and not is_new:
        record(actor=actor, action=Action.UPHOLD, target=post, note=note)


@transaction.atomic
def unhide(*, actor: Any, post: Post, note: str = "") -> None:
    """Show a hidden post again."""
    _refuse_unless_staff(actor)
    unhide_post(post=post, by=actor, note=note)


@transaction.atomic
def dismiss(*, actor: Any, post: Post, note: str = "") -> None:
    """Close the reports on a post and leave it as it is."""
    _refuse_unless_staff(actor)
    if _close(actor, post, Outcome.DISMISSED):
        record(actor=actor, action=Action.DISMISS, target=post, note=note)


def _close(actor: Any, post: Post, outcome: str) -> int:
    """Close the open reports on a post. Returns how many there were."""
    reports = Report.objects.open().filter(post=post)
    return reports.update(closed_at=timezone.now(), closed_by=actor, outcome=outcome)


def _refuse_unless_staff(actor: Any) -> None:
    if not actor.is_staff:
        raise NotAllowed(_("Only moderators may do this."))
