"""Notifications about suggested edits, about votes on questions, and about community answers."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content.models import Post, Thread
from community.content.querysets import Reader
from community.content.reasons import edit_words
from community.notifications.services import notify, withdraw
from community.notifications.topics import Topic
from community.notifications.verbs import Kind, Target, Verb, register_kind, register_verb
from community.rendering.plain import excerpt
from community.review.models import Matter, Proposal, State, SuggestedEdit
from community.review.reasons import hold_note

ON_QUESTIONS = (
    Verb("propose_duplicate", _("{actor} thinks that {title} is a duplicate"), "copy", Topic.ANSWERS),
    Verb("duplicate", _("{title} was marked as a duplicate"), "copy"),
    Verb("hold", _("{title} was put on hold"), "circle-pause", read_note=hold_note),
    Verb("reopen", _("{title} takes answers again"), "circle-play"),
    Verb("held_edited", _("{actor} edited {title}. Should it take answers again?"), "pen-line", Topic.ANSWERS),
)
VERBS = (
    Verb("suggest_edit", _("{actor} suggested an edit of your post in {title}"), "file-pen", Topic.ANSWERS),
    Verb("edit_approved", _("{actor} approved your edit of a post in {title}"), "circle-check", Topic.ANSWERS),
    Verb("edit_rejected", _("{actor} rejected your edit of a post in {title}"), "x", Topic.ANSWERS),
    Verb("edit_expired", _("Nobody decided on your edit of a post in {title} in time"), "alarm-clock", Topic.ANSWERS),
    Verb("edit_taken", _("{actor} approved an edit of your post in {title}"), "file-pen", Topic.ANSWERS),
)


ON_COMMUNITY_ANSWERS = (
    Verb(
        "community_edit",
        _("{actor} edited your community answer to {title}"),
        "file-pen",
        Topic.ANSWERS,
        read_note=edit_words,
        is_grouped=True,
    ),
    Verb("community", _("A moderator made your answer to {title} a community answer"), "users"),
    Verb("community_end", _("Your answer to {title} is no longer a community answer"), "users"),
)


def register() -> None:
    register_verb(*VERBS, *ON_QUESTIONS, *ON_COMMUNITY_ANSWERS)
    register_kind(Kind("suggestion", suggestions, _suggestion))


def notify_receiver(suggestion: SuggestedEdit) -> None:
    _notify(suggestion, {suggestion.receiver_id: "suggest_edit"}, suggestion.author, "made", suggestion.reason)


def notify_of_expiry(suggestion: SuggestedEdit) -> None:
    """Notify who suggested an edit that it has expired, and leave it out of what waits for the post's author."""
    withdraw_from_receiver(suggestion)
    _notify(suggestion, {suggestion.author_id: "edit_expired"}, None, "decided", suggestion.reason)


def withdraw_from_receiver(suggestion: SuggestedEdit) -> None:
    withdraw(listeners=[suggestion.receiver_id], event=_key(suggestion, "made"))


def notify_author(suggestion: SuggestedEdit, state: State, *, by: User, post: Post) -> None:
    """Notify who suggested an edit of the decision, and the author of the post if a moderator changed it."""
    if state == State.REJECTED:
        _notify(suggestion, {suggestion.author_id: "edit_rejected"}, by, "decided", suggestion.answer)
        return
    told = {suggestion.author_id: "edit_approved"}
    if post.author_id != suggestion.author_id:
        told[post.author_id] = "edit_taken"
    _notify(suggestion, told, by, "decided", suggestion.reason)


def notify_asker_of_proposal(proposal: Proposal) -> None:
    """Notify the asker once that a question is said to be a duplicate: their agreement decides."""
    thread = proposal.thread
    if proposal.matter == Matter.DUPLICATE:
        _of_question(thread, {thread.author_id: "propose_duplicate"}, proposal.author, f"duplicate-of:{thread.pk}")


def notify_asker(proposal: Proposal) -> None:
    """Notify the asker of a decision of others, without naming who cast the last vote."""
    thread = proposal.thread
    if proposal.decided_by_id != thread.author_id:
        event = f"proposal:{proposal.pk}"
        _of_question(thread, {thread.author_id: proposal.matter}, None, event, proposal.reason)


def notify_edited(thread: Thread, in_force: Proposal) -> None:
    """Notify who decided about a question that its asker has edited it since."""
    if in_force.decided_by_id:
        event = f"held-edited:{in_force.pk}"
        _of_question(thread, {in_force.decided_by_id: "held_edited"}, thread.author, event)


def notify_of_community_edit(post: Post, by: User) -> None:
    """Notify the author of a community answer that a member has edited it, with the reason."""
    newest = post.revisions.order_by("-number").values_list("reason", flat=True).first()
    _of_post(post, "community_edit", by, f"community-edit:{post.pk}:{post.version}", newest or "")


def notify_of_community(post: Post, verb: str) -> None:
    """Notify the author that a moderator made it a community answer, or ended that, without naming them."""
    _of_post(post, verb, None, f"{verb}:{post.pk}:{timezone.now().timestamp()}")


def suggestions(reader: Reader) -> QuerySet[SuggestedEdit]:
    """Return the suggestions that a reader sees, of posts that they see."""
    rows = SuggestedEdit.objects.visible_to(reader).filter(post__in=Post.objects.visible_to(reader).values("pk"))
    return rows.select_related("thread", "post").defer("source", "post__source", "post__html", "post__text")


def _suggestion(suggestion: SuggestedEdit) -> Target:
    post = suggestion.post
    title = suggestion.thread.title_html or escape(excerpt(post.excerpt, 80))
    return Target(suggestion.get_absolute_url(), title, post.number, language=post.language)


def _of_post(post: Post, verb: str, by: User | None, event: str, note: str = "") -> None:
    notify(
        listeners={post.author_id: verb},
        actor=by,
        target_kind="post",
        target_id=post.pk,
        event=event,
        subject=post.thread_id,
        note=note,
    )


def _of_question(thread: Thread, listeners: dict[int, str], by: User | None, event: str, note: str = "") -> None:
    notify(
        listeners=listeners,
        actor=by,
        target_kind="thread",
        target_id=thread.pk,
        event=event,
        subject=thread.pk,
        note=note,
    )


def _notify(suggestion: SuggestedEdit, listeners: dict[int, str], by: User | None, moment: str, note: str) -> None:
    notify(
        listeners=listeners,
        actor=by,
        target_kind="suggestion",
        target_id=suggestion.pk,
        event=_key(suggestion, moment),
        subject=suggestion.thread_id,
        note=note,
    )


def _key(suggestion: SuggestedEdit, moment: str) -> str:
    return f"suggestion:{suggestion.pk}:{moment}"
