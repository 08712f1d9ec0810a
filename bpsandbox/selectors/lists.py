"""Lists of runs, for pagination by the host, and what is attached where."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest, JSONObject, TruncDate

from bpsandbox.models import Attachment, Certificate, GoneRun, Run, Spec
from bpsandbox.querysets import found_by_row

from .cards import CARD, OF_RUN, SHOWN


class Listing(NamedTuple):
    """The title that lists give a spec, the target that they lead to, and who put it there."""

    title: str = ""
    target_kind: str = ""
    target_id: int | None = None
    owner_id: int | None = None


def gallery(user: Any = None, *, owner: Any = None) -> QuerySet[Spec]:
    """Return the specs with a result that lists may show, newest first, for keyset pagination by the host.

    With an `owner`, only the specs that this member has attached.

    Order by "-current_run_id". `brief_of(spec)`, `card_of(spec)` and `listing_of(spec)` run no query.
    """
    listed = Attachment.objects.listed_for(user)
    listed = listed if owner is None else listed.filter(owner=owner)
    first = listed.filter(spec=OuterRef("pk"))
    is_listed = found_by_row(first) if owner is None else Exists(first)  # a member's are few among all
    finished = Run.objects.with_result().filter(pk=OuterRef("current_run"))
    rows = Spec.objects.filter(is_listed, found_by_row(finished), current_run__isnull=False)
    return with_listing(rows, listed).order_by("-current_run_id")


def some_wait(user: Any = None) -> bool:
    """Return whether a run that lists will show has not come to its end yet."""
    return Attachment.objects.listed_for(user).filter(spec__in=Run.objects.active().values("spec")).exists()


def with_listing(specs: QuerySet[Spec], listed: QuerySet[Attachment]) -> QuerySet[Spec]:
    """Load what a gallery shows of specs, each with the first of these attachments, which is looked up once."""
    first = listed.filter(spec=OuterRef("pk")).order_by("pk")
    listing = Subquery(first.values(listing=JSONObject(**{name: name for name in Listing._fields}))[:1])
    # a join may sort all runs
    of_run = Prefetch("current_run", Run.objects.select_related("certificate").only(*OF_RUN))
    return specs.annotate(listing=listing).prefetch_related(of_run).only("hash", "facts", "current_run")


def listing_of(spec: Any) -> Listing:
    """Return what the first listed attachment of a gallery's row says."""
    return Listing(**(spec.listing or {}))


def owned(user: Any = None, owner_key: str = "") -> QuerySet[Attachment]:
    """Return somebody's attachments, newest first by "-pk", each with its spec and current run."""
    wanted = ("title", "target_kind", "target_id", "visibility", "created_at", "expires_at")
    rows = Attachment.objects.alive().of_owner(user, owner_key).select_related(f"spec__{SHOWN}")
    return rows.only(*wanted, *(f"spec__{name}" for name in CARD)).order_by("-pk")


def listed_by_day(owner: Any, since: datetime) -> dict[date, int]:
    """Return how many specs a member has attached since then for everybody's lists, by day in UTC."""
    listed = Attachment.objects.listed_for(None).filter(owner=owner, created_at__gte=since).order_by()
    days = listed.annotate(day=TruncDate("created_at", tzinfo=UTC)).values_list("day")
    return dict(days.annotate(count=Count("pk")))


def found_identical(owner: Any) -> QuerySet[Certificate]:
    """Return the certificates of a member's listed specs that say "bit-identical", the first one first."""
    specs = gallery(None, owner=owner).order_by().values("pk")
    rows = Certificate.objects.filter(state=Certificate.State.IDENTICAL, spec__in=specs, checked_at__isnull=False)
    return rows.order_by("checked_at", "pk")


MOST_ENDED = 2_000  # runs, the newest, among which those are that ended lately


def newly_listed(kind: str, published: QuerySet, after: datetime, until: datetime) -> QuerySet:
    """Return the keys of specs that everybody's lists show since a moment in between, with their owner and that moment.

    It is when there was a result and something listed that shows it: a target of `kind`, of which `published` are all
    with their moment as `at`, or an attachment without a target.
    """
    newest = Run.objects.with_result().filter(pk__in=Run.objects.order_by("-pk").values("pk")[:MOST_ENDED])
    lately = Attachment.objects.filter(target_kind=kind)
    lately = lately.filter(target_id__in=published.filter(at__gt=after, at__lte=until).values("pk"))
    results = Run.objects.with_result().filter(spec=OuterRef("pk")).order_by("finished_at")
    moment = Subquery(published.filter(pk=OuterRef("target_id")).values("at")[:1])
    listed = Attachment.objects.listed_for(None).filter(spec=OuterRef("pk"))
    first = listed.annotate(at=Case(When(target_kind=kind, then=moment), default="created_at")).order_by("at", "pk")
    ended = newest.filter(finished_at__gt=after, finished_at__lte=until)
    rows = Spec.objects.filter(Q(pk__in=ended.values("spec")) | Q(pk__in=lately.values("spec")))
    rows = rows.annotate(
        ended=Subquery(results.values("finished_at")[:1]),
        shown=Subquery(first.values("at")[:1]),
        shown_by=Subquery(first.values("owner")[:1]),
    ).filter(ended__isnull=False, shown__isnull=False)
    rows = rows.annotate(at=Greatest("ended", "shown")).filter(at__gt=after, at__lte=until)
    return rows.order_by("at", "pk").values_list("pk", "shown_by", "at")


def targets(kind: str) -> dict[int, set[str]]:
    """Return the hashes of the specs that are attached to each target of a kind."""
    found: dict[int, set[str]] = {}
    rows = Attachment.objects.filter(target_kind=kind, target_id__isnull=False)
    for target, spec_hash in rows.values_list("target_id", "spec__hash"):
        if target is not None:
            found.setdefault(target, set()).add(spec_hash)
    return found


def is_gone(spec_hash: str) -> bool:
    """Return whether a spec that everybody with its address could see was deleted lately."""
    return GoneRun.objects.filter(hash=spec_hash).exists()


def targets_of(spec_hash: str) -> list[tuple[str, int]]:
    """Return the targets of a spec that are not private, deleted or not. The host checks who may see them."""
    rows = Attachment.objects.filter(spec__hash=spec_hash, target_id__isnull=False).exclude(visibility="private")
    return [(kind, number) for kind, number in rows.values_list("target_kind", "target_id") if number is not None]
