"""Notifications about reports and decisions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content.models import Post
from community.content.notices import target_of
from community.moderation.models import Outcome, Report
from community.notifications.services import notify, withdraw
from community.notifications.verbs import Kind, Target, Verb, register_kind, register_verb

VERBS = (
    Verb("reported", _("A post in {title} was reported"), "flag"),
    Verb("report_hidden", _("The post you reported was hidden"), "flag"),
    Verb("report_dismissed", _("A moderator reviewed your report and left the post unchanged"), "flag"),
)


def register() -> None:
    register_verb(*VERBS)
    register_kind(Kind("case", cases, _case))
    register_kind(Kind("report", reports, _report))


def notify_moderators(post: Post) -> None:
    """Notify every moderator of a reported post, once until it is decided, however many people report it."""
    notify(
        listeners=dict.fromkeys(_moderators().exclude(pk=post.author_id), "reported"),
        actor=None,
        target_kind="case",
        target_id=post.pk,
        event=f"case:{post.pk}",
    )


def withdraw_case(post: Post) -> None:
    """Withdraw the notifications of a decided post; a new report notifies moderators again."""
    withdraw(listeners=_moderators(), event=f"case:{post.pk}")


def notify_reporter(report: Report, outcome: Outcome, *, by: User) -> None:
    """Notify the reporter of the decision, except moderators of their own."""
    verb = "report_hidden" if outcome == Outcome.HIDDEN else "report_dismissed"
    notify(
        listeners={} if report.reporter_id == by.pk else {report.reporter_id: verb},
        actor=None,
        target_kind="report",
        target_id=report.pk,
        event=f"report:{report.pk}",
    )


def _moderators() -> QuerySet:
    return User.objects.filter(is_staff=True, is_active=True).values_list("pk", flat=True)


def cases(reader: User) -> QuerySet[Post]:
    """Return posts awaiting a decision; their notifications disappear once decided."""
    if not reader.is_staff:
        return Post.objects.none()
    open_reports = Report.objects.open().values("post")
    return Post.objects.filter(pk__in=open_reports).select_related("thread").defer("source", "text")


def reports(reader: User) -> QuerySet[Report]:
    return Report.objects.filter(reporter=reader, closed_at__isnull=False)


def _case(post: Post) -> Target:
    return target_of(post, f"{reverse('moderation:queue')}#case-{post.pk}")


def _report(report: Report) -> Target:
    return Target(reverse("moderation:own-report", args=[report.pk]), "")
