from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.accounts.services import choose_picture
from community.audit.actions import Action
from community.audit.services import record
from community.common.errors import Invalid, NotAllowed
from community.content.models import Post
from community.content.services import hide_post, unhide_post
from community.moderation import notices
from community.moderation.models import MOST_NOTE, Outcome, Report


@transaction.atomic
def report_post(*, reporter: User, post: Post, reason: str, note: str = "") -> Report:
    """Report a post to staff. Who reports it again while the first report is open adds to that one.

    Raises Invalid if both notes together are too long.
    """
    refuse_unconfirmed(reporter)
    if post.author_id == reporter.pk:
        raise NotAllowed(_("This is your own post: you can edit or delete it."))
    while True:
        try:
            with transaction.atomic():
                report = Report.objects.create(post=post, reporter=reporter, reason=reason, note=note)
        except IntegrityError:
            earlier = Report.objects.open().select_for_update().filter(post=post, reporter=reporter).first()
            if earlier is not None:
                return _added(earlier, reason, note)
            continue  # it was closed in this moment, so this one is new
        notices.notify_moderators(post)
        return report


def _added(report: Report, reason: str, note: str) -> Report:
    if note and note not in report.note:
        report.note = "\n\n".join(filter(None, [report.note, note]))
    if len(report.note) > MOST_NOTE:
        raise Invalid(
            _("Your earlier report is still open, and together the two notes are too long. Shorten this one.")
        )
    report.reason = reason
    report.save(update_fields=["note", "reason"])
    return report


@transaction.atomic
def hide(*, actor: User, post: Post, reason: str = "", note: str = "") -> None:
    """Hide a post and close its reports. Its author is told the reason."""
    _refuse_unless_staff(actor)
    is_new = hide_post(post=post, by=actor, reason=reason, note=note)
    if _close(actor, post, Outcome.HIDDEN) and not is_new:
        record(actor=actor, action=Action.UPHOLD, target=post, note=note)


@transaction.atomic
def unhide(*, actor: User, post: Post, note: str = "") -> None:
    """Show a hidden post again."""
    _refuse_unless_staff(actor)
    unhide_post(post=post, by=actor, note=note)


@transaction.atomic
def dismiss(*, actor: User, post: Post, note: str = "") -> None:
    """Close the reports on a post without changing it."""
    _refuse_unless_staff(actor)
    if _close(actor, post, Outcome.DISMISSED):
        record(actor=actor, action=Action.DISMISS, target=post, note=note)


@transaction.atomic
def remove_picture(*, actor: User, person: User) -> bool:
    """Remove a person's own picture, whose avatar is drawn then. Returns whether they had one.

    The file stays where posts show it; what is wrong with those is hidden with them.
    """
    _refuse_unless_staff(actor)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not person.picture:
        return False
    before = person.picture
    choose_picture(person=person, picture="")
    record(actor=actor, action=Action.REMOVE_PICTURE, target=person, changes={"picture": (before, "")})
    return True


@transaction.atomic
def remove_links(*, actor: User, person: User) -> bool:
    """Remove the links of a person's profile. Returns whether they had any."""
    _refuse_unless_staff(actor)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not person.links:
        return False
    before, person.links = person.links, ""
    person.save(update_fields=["links"])
    record(actor=actor, action=Action.REMOVE_LINKS, target=person, changes={"links": (before, "")})
    return True


def _close(actor: User, post: Post, outcome: Outcome) -> int:
    """Close the open reports on a post and notify the reporters. Returns the number of reports."""
    reports = list(Report.objects.open().select_for_update().filter(post=post))
    closed = {"closed_at": timezone.now(), "closed_by": actor, "outcome": outcome}
    Report.objects.filter(pk__in=[report.pk for report in reports]).update(**closed)
    notices.withdraw_case(post)
    for report in reports:
        notices.notify_reporter(report, outcome, by=actor)
    return len(reports)


def _refuse_unless_staff(actor: User) -> None:
    if not actor.is_staff:
        raise NotAllowed(_("Only moderators can do this."))
