"""Suggested edits: the queue, one's own, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet

from community.accounts.models import User
from community.common.errors import NotFound
from community.common.lookups import get_or_not_found
from community.common.subqueries import looked_up
from community.content import diffs
from community.content.history import Step, Version
from community.content.models import Post
from community.mutes.selectors import met_by
from community.review import filing, policies
from community.review.filing import filing_of
from community.review.merging import Merge, merge, shown_base_of
from community.review.models import State, SuggestedEdit

BATCH = 20
MOST_BATCHES = 10  # of suggestions for posts that are hidden


def to_review(reviewer: User) -> QuerySet[SuggestedEdit]:
    """Return the queue of a person, without suggestions of people whom they do not meet unless they are a moderator."""
    rows = SuggestedEdit.objects.to_review(reviewer)
    rows = rows if reviewer.is_staff else rows.filter(met_by(reviewer, "author"))
    return _for_rows(rows)


def next_to_review(reviewer: User, after: SuggestedEdit) -> SuggestedEdit | None:
    """Return what comes after a suggestion in a person's queue and can be decided; None at its end.

    Nothing is decided about a post that is hidden or deleted.
    """
    for _batch in range(MOST_BATCHES):
        older = Q(created_at__lt=after.created_at) | Q(created_at=after.created_at, pk__lt=after.pk)
        queue = to_review(reviewer).filter(older, created_at__lte=after.created_at).order_by("-created_at", "-pk")
        rows = list(queue[:BATCH])
        public = set(Post.objects.public().filter(pk__in=[row.post_id for row in rows]).values_list("pk", flat=True))
        if found := next((row for row in rows if row.post_id in public), None):
            return found
        if len(rows) < BATCH:
            return None
        after = rows[-1]
    return None


def suggested_by(author: User) -> QuerySet[SuggestedEdit]:
    return _for_rows(SuggestedEdit.objects.filter(author=author))


def approved_edits(author: User) -> QuerySet[SuggestedEdit]:
    """Return the suggestions of a person that became a version of a post which everybody sees, the first one first."""
    public = Post.objects.public().filter(pk=OuterRef("post"))
    rows = SuggestedEdit.objects.filter(looked_up(public), author=author, state__in=(State.APPROVED, State.IMPROVED))
    return rows.order_by("decided_at", "pk")


def seen_among(suggestions: Sequence[SuggestedEdit], reader: User) -> set[int]:
    """Return the keys of those posts that a reader sees."""
    keys = {each.post_id for each in suggestions}
    return set(Post.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    """A suggestion with its post; None if its author no longer sees that.

    `text` is what approving makes of the post, `step` is what is shown: from the post as it is
    or, once decided, as it was.
    """

    suggestion: SuggestedEdit
    post: Post | None
    text: Merge
    step: Step | None
    can_decide: bool

    @property
    def filing_rows(self) -> list[diffs.Row]:
        """What changes beside title and text, as rows of a diff: from what the post has, or had.

        Of a post that is hidden or deleted only what is suggested is shown.
        """
        before = {name: old for name, (old, _new) in self.suggestion.filing.items()}
        if self.suggestion.is_open and self.post is not None:
            before = {name: now for name, now in filing_of(self.post).items() if name in self.text.filing}
        rows = filing.rows(before, self.text.filing)
        return rows if self.post is not None else [row for row in rows if row.sign == "new"]

    @property
    def own_title(self) -> str:
        """The title that its author wrote, for when the post is not seen; none if it is the thread's own."""
        post = Post.objects.filter(pk=self.suggestion.post_id).select_related("thread").first()
        base = shown_base_of(self.suggestion.base_version, post) if post else None
        return self.suggestion.title if base is None or base.title != self.suggestion.title else ""

    @property
    def is_changed_since(self) -> bool:
        return self.post is not None and self.post.version != self.suggestion.base_version


def suggestion_page(reader: User, pk: int) -> SuggestionPage:
    """Return a suggestion visible to this reader. Raises NotFound."""
    rows = SuggestedEdit.objects.visible_to(reader).select_related("author", "decided_by")
    found = get_or_not_found(rows, pk=pk)
    filed = {name: new for name, (_old, new) in found.filing.items()}
    suggested = Merge(found.title, found.source, filing=filed)
    posts = Post.objects.visible_to(reader).select_related("author", "thread__author", "thread__category")
    post = posts.filter(pk=found.post_id).first()
    if post is None:
        if found.author_id != reader.pk:
            raise NotFound
        return SuggestionPage(found, None, suggested, None, can_decide=False)
    text = merge(found, post) if found.is_open else suggested
    step = _step(found, post, text)
    return SuggestionPage(found, post, text, step, policies.can_decide(reader, found, post))


def own_undecided(author: User, post: Post) -> SuggestedEdit | None:
    """Return one's newest suggestion for a post if it is open, or ended because nobody decided."""
    newest = SuggestedEdit.objects.filter(author=author, post=post).order_by("-pk").first()
    return newest if newest is not None and newest.state in (State.OPEN, State.EXPIRED) else None


def _step(suggestion: SuggestedEdit, post: Post, text: Merge) -> Step:
    base = shown_base_of(post.version if suggestion.is_open else suggestion.base_version, post)
    after = Version("", text.title, text.source, suggestion.author, suggestion.reason, suggestion.created_at)
    return Step(Version("", base.title, base.source, post.author, "", post.created_at), after)


def _for_rows(rows: QuerySet[SuggestedEdit]) -> QuerySet[SuggestedEdit]:
    return rows.select_related("author", "post", "thread").defer("source", "post__source", "post__html", "post__text")
