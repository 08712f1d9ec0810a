from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from community.audit.actions import Action
from community.audit.services import record
from community.content import bodies, community_answers, corrections, edited, languages, policies, slugs, texts
from community.content.errors import EditConflict
from community.content.models import Category, Kind, Post, Revision, Thread

from . import after_save, events
from . import tags as tagging
from .drafts import drop_posted
from .locking import locked_post
from .publishing import publish_thread

if TYPE_CHECKING:
    from community.accounts.models import User


@dataclass(frozen=True, slots=True)
class Approval:
    """Who may edit a post takes over a text that somebody else wrote, who is credited as its editor.

    `claim` is called in the transaction, with the post as it was, and raises if this has been decided already.
    """

    by: User
    claim: Callable[[Post], None]


def edit_post(
    *,
    post: Post,
    editor: User,
    source: str,
    base_version: int,
    title: str | None = None,
    tags: Iterable[str] | None = None,
    base_tags: Iterable[str] | None = None,
    category: Category | None = None,
    reason: str = "",
    draft_key: str = "",
    draft_version: int | None = None,
    publish: bool = False,
    within: Callable[[Post], None] | None = None,
    approval: Approval | None = None,
) -> Post:
    """Save a new version and keep the previous one. `title`, `tags`, `category`: for an opening post; None leaves them.

    `base_version` is the version the editor started from. Raises InvalidText, NotAllowed, and EditConflict if a newer
    version has a different text. `base_tags`, if given, are the original tags: concurrent tag changes are a conflict
    too. Saving an unchanged post does nothing. `publish` publishes the thread in the same transaction, after calling
    `within` with the updated post. With an `approval`, its giver must be allowed to edit, not the editor. Who may is
    said by `community_answers.refuse`.
    """
    permitted = approval.by if approval else editor
    kind = post.thread.kind if post.is_opening else "reply"
    source = texts.source(source, kind=kind)
    title = None if title is None else texts.title(title, required=kind != Kind.NOTE)
    names, base_names = _named(tags), _named(base_tags)
    reason = texts.reason(reason)
    body = _rendered(post, source, title)
    with transaction.atomic():
        post = _locked_for(permitted, post)
        if approval is not None:
            approval.claim(post)
        names = _changed_tags(post, source, title, names, base_names)
        has_changed = _keep_version(post, editor, source, base_version, title, reason, body)
        if has_changed:
            edited.apply(post, permitted)
        if has_changed and policies.is_staff(permitted) and not policies.is_own(permitted, post):
            changes = {"version": (base_version, post.version)}
            record(actor=permitted, action=Action.EDIT, target=post, note=reason, changes=changes)
        if post.is_opening:
            credited = reason if permitted == editor else _credit(reason, editor)
            _file_thread(post.thread, permitted, names, category, credited)
        drop_posted(owner=editor, key=draft_key, source=source, title=title or "", version=draft_version)
        if within is not None:
            within(post)
        if publish and post.is_opening:
            post.thread = publish_thread(thread=post.thread, by=editor)
    return post


def _named(tags: Iterable[str] | None) -> dict[str, str] | None:
    return None if tags is None else tagging.canonical(texts.tags(tags))


def _rendered(post: Post, source: str, title: str | None) -> bodies.Body:
    if not post.is_opening:
        body = bodies.render_post(source, kind="reply", number=post.number, thread=post.thread, edited=post)
        return _in_chosen_language(body, post, languages.detect(post.source))
    thread = post.thread
    title = thread.title if title is None else title
    body = bodies.render_post(source, kind=thread.kind, number=post.number, title=title, edited=post)
    return _in_chosen_language(body, post, languages.detect(thread.title, post.source))


def _in_chosen_language(body: bodies.Body, post: Post, before: str) -> bodies.Body:
    """Keep a manually chosen language while the detected language of the text is unchanged."""
    return replace(body, language=post.language) if body.language == before else body


def _locked_for(editor: User, post: Post) -> Post:
    post = locked_post(post.pk, post.thread_id)
    community_answers.refuse(editor, post)
    return post


def _keep_version(
    post: Post, editor: User, source: str, base: int, title: str | None, reason: str, body: bodies.Body
) -> bool:
    """Save a new version; return False if nothing is new."""
    thread = post.thread
    new_title = thread.title if title is None or not post.is_opening else title
    if (post.source, thread.title) == (source, new_title):
        return False
    if post.version != base:
        raise EditConflict(
            current=post.source,
            current_title=thread.title,
            current_version=post.version,
            mine=source,
            mine_title=new_title,
        )
    is_correction = corrections.is_correction(post, editor, reason)
    Revision.objects.create(
        post=post,
        number=post.version,
        title=thread.title if post.is_opening else "",
        source=post.source,
        editor=editor,
        reason=reason,
        is_corrected=is_correction,
    )
    if post.is_opening:
        _retitle(thread, new_title, body)
        _renew_language(thread, body.language)
        _lead_with(thread, body)
    _write(post, source, body, edited_at=post.edited_at if is_correction else timezone.now())
    return True


def _retitle(thread: Thread, title: str, body: bodies.Body) -> None:
    if title and title == thread.title:
        return
    thread.title, thread.title_html, thread.slug = title, body.title_html, slugs.slug_for(title)
    thread.save(update_fields=["title", "title_html", "slug"])


def _renew_language(thread: Thread, language: str) -> None:
    if thread.language != language:
        thread.language = language
        thread.save(update_fields=["language"])


def _write(post: Post, source: str, body: bodies.Body, edited_at: datetime | None) -> None:
    post.source, post.version, post.edited_at = source, post.version + 1, edited_at
    post.language = body.language
    for column, value in body.columns.items():
        setattr(post, column, value)
    post.save(update_fields=["source", "version", "edited_at", "language", *body.columns])
    after_save.after_edit(post, body)


def _changed_tags(
    post: Post, source: str, title: str | None, names: dict[str, str] | None, base: dict[str, str] | None
) -> dict[str, str] | None:
    """Return the new tags, None to leave them. Raises EditConflict if another editor changed them too."""
    if names is None or base is None or not post.is_opening:
        return names
    if names.keys() == base.keys():
        return None
    current = tagging.canonical(dict(post.thread.tags.values_list("slug", "name")))
    if current.keys() in (base.keys(), names.keys()):
        return names
    raise EditConflict(
        current=post.source,
        current_title=post.thread.title,
        current_version=post.version,
        current_tags=", ".join(current.values()),
        mine=source,
        mine_title=post.thread.title if title is None else title,
        mine_tags=", ".join(names.values()),
    )


def _file_thread(
    thread: Thread, editor: User, names: dict[str, str] | None, category: Category | None, reason: str
) -> None:
    if names is not None:
        events.retag(thread=thread, by=editor, names=names, reason=reason)
    if category is not None:
        events.move(thread=thread, by=editor, category=category, reason=reason)


def _credit(reason: str, editor: User) -> str:
    """Name who suggested it in the reason that the thread shows."""
    credit = f" (@{editor.handle})"
    return reason[: texts.REASON_LENGTH - len(credit)] + credit


def _lead_with(thread: Thread, body: bodies.Body) -> None:
    if body.lead_embed != thread.lead_embed:
        thread.lead_embed = body.lead_embed
        thread.save(update_fields=["lead_embed"])
