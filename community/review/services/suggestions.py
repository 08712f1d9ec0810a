"""Suggested edits: made, approved, improved, rejected, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.policies import refuse_unconfirmed
from community.common.errors import Conflict, NotAllowed
from community.content import texts
from community.content.errors import EditConflict, InvalidText
from community.content.models import Kind, Post
from community.content.reasons import suggested
from community.content.services import Approval, drop_posted, restore_draft
from community.content.writing import plan_of
from community.mutes.errors import refuse_apart
from community.review import notices, policies
from community.review.errors import (
    AlreadyDecided,
    CannotMerge,
    CannotSuggest,
    OtherTab,
    PostChanged,
    PostHasMany,
    SuggestionChanged,
    TooManySuggestions,
)
from community.review.filing import Changes, Filing, arguments, changes_between, filing_of
from community.review.merging import Merge, base_of, merge
from community.review.models import State, SuggestedEdit
from community.review.models.suggestions import OPEN_FOR

from .community import locked

if TYPE_CHECKING:
    from community.accounts.models import User

OPEN_A_PERSON = 20
OPEN_A_POST = 5
BATCH = 100  # that expire in one round


def suggest_edit(
    *,
    post: Post,
    author: User,
    source: str,
    reason: str,
    base_version: int,
    title: str = "",
    filing: Filing | None = None,
    base_filing: Filing | None = None,
    seen: int = 0,
    draft_key: str = "",
    draft_version: int | None = None,
) -> SuggestedEdit:
    """Suggest a text for somebody else's post, or change one's open suggestion for it.

    `filing` is what else the form has (see `filing`), `base_filing` what it began with. `seen` is the version of the
    open suggestion that the form began with, 0 for none. Sending the same again changes nothing. Raises InvalidText,
    EmailUnconfirmed, CannotSuggest, OtherTab, TooManySuggestions, PostHasMany, and what `policies.obstacle` returns.
    """
    refuse_unconfirmed(author)
    source = texts.source(source, kind=post.thread.kind if post.is_opening else "reply")
    title = texts.title(title, required=post.thread.kind != Kind.NOTE) if post.is_opening else ""
    reason = _said(texts.reason(reason), _("Say in a few words what you changed and why."), field="reason")
    text, posted = Merge(title, source), {"key": draft_key, "version": draft_version}
    now = filing_of(post)
    filed = changes_between(now | {name: old for name, old in (base_filing or {}).items() if name in now}, filing or {})
    try:
        return _suggest(post, author, text, filed, reason, base_version, seen, posted)
    except IntegrityError:  # sent twice at once
        return _suggest(post, author, text, filed, reason, base_version, seen, posted)


@transaction.atomic
def _suggest(
    post: Post,
    author: User,
    text: Merge,
    filed: Changes,
    reason: str,
    base_version: int,
    seen: int,
    posted: dict[str, Any],
) -> SuggestedEdit:
    post = locked(post)
    refuse_apart(author, {post.author_id, post.thread.author_id}, CannotSuggest)
    if (error := policies.obstacle(author, post)) is not None:
        raise error
    base = base_of(base_version, post)
    base_version = base_version if base else post.version
    if not filed:
        _refuse_unchanged(text, base, base_of(post.version, post))
    written = {"title": text.title, "source": text.source, "filing": filed} | {
        "reason": reason,
        "base_version": base_version,
    }
    found = SuggestedEdit.objects.open().select_for_update().filter(post=post, author=author).first()
    if found is not None:
        found = _change(found, seen, written)
        drop_posted(owner=author, source=text.source, title=text.title, **posted)
        return found
    _refuse_many(author, post)
    made = SuggestedEdit.objects.create(
        post=post, thread=post.thread, author=author, receiver_id=post.author_id, **written
    )
    drop_posted(owner=author, source=text.source, title=text.title, **posted)
    notices.notify_receiver(made)
    return made


def approve(*, suggestion: SuggestedEdit, by: User, seen: int, base_version: int) -> Post:
    """Make a suggestion the newest version of its post; its author is the editor.

    `seen` and `base_version` are the versions of the suggestion and of the post that the reviewer has read. Raises
    SuggestionChanged, PostChanged, CannotMerge, AlreadyDecided, NotAllowed.
    """
    suggestion, post = _read(suggestion, by, seen)
    if post.version != base_version:
        raise PostChanged
    text = merge(suggestion, post)
    if not text.is_clean:
        raise CannotMerge
    return _apply(suggestion, post, by, text, State.APPROVED)


def improve(
    *,
    suggestion: SuggestedEdit,
    by: User,
    seen: int,
    base_version: int,
    source: str,
    title: str = "",
    filing: Filing | None = None,
    base_filing: Filing | None = None,
    draft_key: str = "",
    draft_version: int | None = None,
) -> Post:
    """Approve a suggestion and save what the reviewer made of it.

    Where it fits the post, the suggestion is a version by its author and the reviewer's changes are the next; where it
    does not, there is one version by the reviewer, which names the author. Raises InvalidText, EditConflict, and what
    `approve` does but CannotMerge.
    """
    suggestion, post = _read(suggestion, by, seen)
    source = texts.source(source, kind=post.thread.kind if post.is_opening else "reply")
    title = texts.title(title, required=post.thread.kind != Kind.NOTE) if post.is_opening else ""
    now = filing_of(post)
    if post.version != base_version or (base_filing and base_filing != now):
        raise _conflict(post, title, source)
    text = merge(suggestion, post)
    filed = _left_of(text, filing, now)
    wanted = Merge(title, source, filing=filed)
    reason = suggested(suggestion.author.handle)
    if not text.is_clean:
        approval = Approval(by, partial(_claim, suggestion, by, State.IMPROVED))
        return _edit(post, by, wanted, reason, approval=approval, draft_key=draft_key, draft_version=draft_version)
    is_changed = (text.title, text.source, text.filing) != (title, source, filed)
    keep = partial(_keep_in_draft, by, wanted, draft_key, draft_version)
    post = _apply(suggestion, post, by, text, State.IMPROVED if is_changed else State.APPROVED, keep)
    now = filing_of(post)
    back = {name: after for name, (_before, after) in changes_between(now, filing or {}).items()}
    return _edit(post, by, Merge(title, source, filing=back), reason, draft_key=f"edit:{post.pk}", draft_version=0)


def _keep_in_draft(by: User, text: Merge, draft_key: str, draft_version: int | None, post: Post) -> None:
    """Keep what a reviewer makes of a suggestion in a draft of an edit, which saving it deletes.

    Saving may fail: it is a transaction of its own, because the text is rendered before it, and somebody may edit the
    post in that moment.
    """
    drop_posted(owner=by, key=draft_key, source=text.source, title=text.title, version=draft_version)
    restore_draft(owner=by, key=f"edit:{post.pk}", source=text.source, title=text.title, base_version=post.version + 1)


@transaction.atomic
def reject(*, suggestion: SuggestedEdit, by: User, seen: int, answer: str) -> SuggestedEdit:
    """Reject a suggestion with a sentence to its author. Raises what `approve` does, and InvalidText without one."""
    answer = texts.one_line(answer, field="reason", longest=texts.REASON_LENGTH)
    answer = _said(answer, _("Say in a few words why you reject it."), field="reason")
    suggestion, post = _read(suggestion, by, seen)
    suggestion.answer = answer
    _claim(suggestion, by, State.REJECTED, post)
    return suggestion


@transaction.atomic
def withdraw(*, suggestion: SuggestedEdit, by: User) -> SuggestedEdit:
    """Take back one's own suggestion. Doing it again changes nothing. Raises AlreadyDecided, NotAllowed."""
    if suggestion.author_id != by.pk:
        raise NotAllowed(_("Only its author can withdraw a suggestion."))
    moved = SuggestedEdit.objects.open().filter(pk=suggestion.pk).update(state=State.WITHDRAWN, **_decided(by))
    suggestion = SuggestedEdit.objects.get(pk=suggestion.pk)
    if not moved and suggestion.state != State.WITHDRAWN:
        raise AlreadyDecided
    notices.withdraw_from_receiver(suggestion)
    return suggestion


def expire_suggestions() -> int:
    """End suggestions on which nobody decided in time, and return how many. Their text stays where it is."""
    overdue = list(SuggestedEdit.objects.overdue(OPEN_FOR)[:BATCH])
    return sum(_expire(suggestion) for suggestion in overdue)


@transaction.atomic
def _expire(suggestion: SuggestedEdit) -> int:
    still = SuggestedEdit.objects.overdue(OPEN_FOR).filter(pk=suggestion.pk)
    if not still.update(state=State.EXPIRED, decided_at=timezone.now()):
        return 0
    notices.notify_of_expiry(suggestion)
    return 1


def _read(suggestion: SuggestedEdit, by: User, seen: int) -> tuple[SuggestedEdit, Post]:
    """Return the suggestion and its post as they are now, for somebody who decides."""
    suggestion = SuggestedEdit.objects.select_related("author").get(pk=suggestion.pk)
    post = Post.objects.select_related("thread", "author").get(pk=suggestion.post_id)
    if not suggestion.is_open:
        raise AlreadyDecided
    if not policies.can_decide(by, suggestion, post):
        raise NotAllowed(_("You cannot decide on this suggestion."))
    if suggestion.version != seen:
        raise SuggestionChanged
    return suggestion, post


def _apply(
    suggestion: SuggestedEdit,
    post: Post,
    by: User,
    text: Merge,
    state: State,
    within: Callable[[Post], None] = lambda _post: None,
) -> Post:
    """Save a suggestion as a version by its author. `within` is called in its transaction, with the post as it was."""

    def claim(post: Post) -> None:
        _claim(suggestion, by, state, post)
        within(post)

    approval = Approval(by, claim)
    try:
        return _edit(post, suggestion.author, text, suggestion.reason, approval=approval)
    except Conflict as error:  # in the moment since it was read
        if isinstance(error, (AlreadyDecided, SuggestionChanged)):
            raise
        raise PostChanged from error


def _left_of(text: Merge, filing: Filing | None, now: Filing) -> Filing:
    """Return what a reviewer changes beside title and text: what is suggested and fits, if they send nothing of it."""
    if filing is None:
        return text.filing if text.is_clean else {}
    return {name: after for name, (_before, after) in changes_between(now, filing).items()}


def _edit(post: Post, editor: User, text: Merge, reason: str, **more: Any) -> Post:
    titled = {"title": text.title} if post.is_opening else {}
    return plan_of(post).edit(
        post=post,
        editor=editor,
        publish=False,
        source=text.source,
        base_version=post.version,
        reason=reason,
        **titled,
        **arguments(text.filing, filing_of(post)),
        **more,
    )


def _claim(suggestion: SuggestedEdit, by: User, state: State, post: Post) -> None:
    """Decide an open suggestion that is still as it was read. Raises AlreadyDecided, SuggestionChanged, NotAllowed."""
    if not policies.can_decide(by, suggestion, post):
        raise NotAllowed(_("You cannot decide on this suggestion."))
    open_now = SuggestedEdit.objects.open().filter(pk=suggestion.pk)
    as_read = open_now.filter(version=suggestion.version)
    if not as_read.update(state=state, answer=suggestion.answer, **_decided(by)):
        raise SuggestionChanged if open_now.exists() else AlreadyDecided
    notices.notify_author(suggestion, state, by=by, post=post)


def _decided(by: User) -> dict[str, object]:
    return {"decided_by": by, "decided_at": timezone.now()}


def _change(found: SuggestedEdit, seen: int, written: dict[str, object]) -> SuggestedEdit:
    if all(getattr(found, name) == value for name, value in written.items()):
        return found
    if found.version != seen:
        raise OtherTab
    SuggestedEdit.objects.filter(pk=found.pk).update(version=found.version + 1, created_at=timezone.now(), **written)
    found.refresh_from_db()
    return found


def _refuse_unchanged(text: Merge, *known: Merge | None) -> None:
    if any(each is not None and (each.title, each.source) == (text.title, text.source) for each in known):
        raise InvalidText(_("This is the text as it is. Change something first."), field="source")


def _refuse_many(author: User, post: Post) -> None:
    if SuggestedEdit.objects.open().filter(author=author).count() >= OPEN_A_PERSON:
        raise TooManySuggestions(TooManySuggestions.default.format(limit=OPEN_A_PERSON))
    if SuggestedEdit.objects.open().filter(post=post).count() >= OPEN_A_POST:
        raise PostHasMany(PostHasMany.default.format(limit=OPEN_A_POST))


def _said(text: str, refusal: str, *, field: str) -> str:
    if not text:
        raise InvalidText(refusal, field=field)
    return text


def _conflict(post: Post, title: str, source: str) -> EditConflict:
    return EditConflict(
        current=post.source,
        current_title=post.thread.title if post.is_opening else "",
        current_version=post.version,
        mine=source,
        mine_title=title,
    )
