"""Badges of a profile: the first time that something came of what a person wrote, with the moment and the place.

Nothing is stored or counted up: each is looked up among what everybody sees, so that what was hidden, deleted or taken
back earns none, and what is restored does again. They grant nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import FETCH_RAISE, DateTimeField, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.common import page_cache
from community.common.page_cache import shared_part
from community.common.subqueries import KeysOf, keys_in, looked_up
from community.content import topics
from community.content.models import Kind, Post, Role, Thread
from community.experiments import topics as experiments
from community.experiments.selectors import found_identical
from community.review.selectors import approved_edits
from community.social.models import Reaction

MANY = 10
MOST_LOOKED_AT = 1_000  # answers, the oldest; of those with votes, the best
BADGE_BYTES = 400


class Words(NamedTuple):
    icon: str
    name: Promise
    reason: Promise


WORDS: Mapping[str, Words] = {
    "accepted": Words(
        "check",
        _("First accepted answer"),
        _("An answer to another person’s question was accepted for the first time."),
    ),
    "many_accepted": Words(
        "check-check", _("Ten accepted answers"), _("Ten answers to other people’s questions were accepted.")
    ),
    "useful_answer": Words("thumbs-up", _("Useful answer"), _("Ten people found this answer useful.")),
    "useful_article": Words("book-open", _("Useful article"), _("Ten people found this article useful.")),
    "identical": Words(
        "repeat", _("Reproduced run"), _("The site repeated this run, and the result was the same bit for bit.")
    ),
    "edit": Words("pencil", _("First approved edit"), _("An edit suggested for another person’s post was approved.")),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """What was earned, when, and the address of what earned it."""

    key: str
    at: datetime
    url: str

    @property
    def icon(self) -> str:
        return WORDS[self.key].icon

    @property
    def name(self) -> Promise:
        return WORDS[self.key].name

    @property
    def reason(self) -> Promise:
        return WORDS[self.key].reason


def badges_of(person: User) -> Sequence[Badge]:
    """Return a person's badges in the order of WORDS, in two queries."""
    return shared_part(("badges", person.pk), lambda: _read(person), lambda badges: BADGE_BYTES * len(badges))


def _read(person: User) -> Sequence[Badge]:
    topics.shows_person(person.pk)
    topics.shows_publicity()
    page_cache.depends_on(covering=[Reaction._meta.db_table])  # a vote changes the counts of its post too
    experiments.shows_any()
    found = _found(person)
    posts = _posts({*found["accepted"], *(found[key] for key in POSTS if found[key])})
    for post in posts.values():
        topics.shows_thread(post.thread)
    earned = [_of_post(key, posts.get(found[key]), found["edit_at"]) for key in POSTS]
    earned += _of_accepted([posts[key] for key in found["accepted"] if key in posts])
    if found["identical"]:
        earned.append(Badge("identical", found["identical_at"], reverse("experiments:run", args=[found["identical"]])))
    order = list(WORDS)
    return sorted((badge for badge in earned if badge), key=lambda badge: order.index(badge.key))


def _found(person: User) -> dict[str, Any]:
    """Return by badge the key of the post, or the hash of the run, that earned it; None for those not earned.

    For accepted answers it is the keys of the first ten.
    """
    accepted, edits, runs = _accepted(person), approved_edits(person), found_identical(person)
    articles = Thread.objects.public().filter(author=person, kind=Kind.ARTICLE, score__gt=0).order_by("-score", "-pk")
    opening = Post.objects.filter(role=Role.OPENING, up_count__gte=MANY, thread__in=articles.values("pk")[:MANY])
    columns: dict[str, Any] = {
        "accepted": KeysOf(accepted, "pk", MANY),
        "useful_answer": _useful_answers(person).values("pk")[:1],
        "useful_article": opening.order_by("-score", "-pk").values("pk")[:1],
        "edit": edits.values("post")[:1],
        "edit_at": edits.values("decided_at")[:1],
        "identical": runs.values("spec__hash")[:1],
        "identical_at": runs.values("checked_at")[:1],
    }
    asked = [rows if isinstance(rows, Subquery) else Subquery(rows) for rows in columns.values()]
    found = dict(zip(columns, User.objects.filter(pk=person.pk).values_list(*asked)[0], strict=True))
    return found | {"accepted": keys_in(found["accepted"])}


def _accepted(person: User) -> QuerySet[Post]:
    """Return a person's answers that solve a question of another, by when they were accepted.

    From the answers to their questions: few threads are solved, but to find these all threads would be read.
    """
    oldest = Post.objects.answers().filter(author=person, hidden_at=None, deleted_at=None).order_by("created_at", "pk")
    solved = Thread.objects.public().filter(pk=OuterRef("thread"), solved_post=OuterRef("pk")).exclude(author=person)
    rows = Post.objects.filter(pk__in=oldest.values("pk")[:MOST_LOOKED_AT])
    rows = rows.annotate(accepted_at=Subquery(solved.values("solved_at")[:1]))
    return rows.filter(accepted_at__isnull=False).order_by("accepted_at", "pk")


def _useful_answers(person: User) -> QuerySet[Post]:
    best = _public_answers(person).filter(score__gt=0).order_by("-score", "-pk").values("pk")[:MOST_LOOKED_AT]
    return Post.objects.filter(pk__in=best, up_count__gte=MANY).order_by("-score", "-pk")


def _public_answers(person: User) -> QuerySet[Post]:
    public = Thread.objects.public().filter(pk=OuterRef("thread"))
    return Post.objects.answers().filter(looked_up(public), author=person, hidden_at=None, deleted_at=None)


POSTS = ("useful_answer", "useful_article", "edit")


class LatestOf(Subquery):
    """The latest `created_at` of the first `most` rows of a subquery."""

    template = "(SELECT MAX(moment) FROM (%(subquery)s) AS first_rows)"
    output_field = DateTimeField()

    def __init__(self, rows: QuerySet, most: int) -> None:
        super().__init__(rows.values(moment=F("created_at"))[:most])


def _posts(keys: set[int]) -> dict[int, Post]:
    """Return those of these posts that everybody sees, with thread and the moment of their tenth vote."""
    if not keys:
        return {}
    votes = Reaction.objects.filter(post=OuterRef("pk"), value=Reaction.Value.UP).order_by("created_at", "pk")
    rows = Post.objects.public().filter(pk__in=keys).select_related("thread").fetch_mode(FETCH_RAISE)
    rows = rows.annotate(useful_at=LatestOf(votes, MANY))
    return {post.pk: post for post in rows.defer("html", "source", "text")}


def _of_accepted(posts: list[Post]) -> list[Badge | None]:
    """Return the badges of the first accepted answer and, if there are as many, of the tenth."""
    by_time = sorted(((post.thread.solved_at, post) for post in posts if post.thread.solved_at), key=itemgetter(0))
    at = {"accepted": 0, "many_accepted": MANY - 1}
    earned = {key: by_time[place] for key, place in at.items() if place < len(by_time)}
    return [Badge(key, moment, post.get_absolute_url()) for key, (moment, post) in earned.items()]


def _of_post(key: str, post: Post | None, edit_at: datetime | None) -> Badge | None:
    if post is None:
        return None
    at = edit_at if key == "edit" else post.useful_at  # type: ignore[attr-defined]
    return Badge(key, at, post.get_absolute_url()) if at else None
