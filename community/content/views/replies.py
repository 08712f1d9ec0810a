"""Replies: the form, quotes, and the page of all comments on a post."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from community.accounts.requests import MemberRequest
from community.common.fragments import HEADER, wants_fragment
from community.common.page_cache import shared_page
from community.common.ratelimit import limited
from community.common.redirects import redirect_here
from community.content import kept_forms, previews, quoting, selectors, services, topics
from community.content.discussion import comments_page
from community.content.drafts import new_reply_form
from community.content.drawing import drawer
from community.content.forms import ReplyForm
from community.content.models import Post, Thread
from community.content.rates import LOOKING, POSTING, SAVING
from community.content.texts import lenient
from community.content.unread import on_page
from community.mutes.errors import CannotReply, refuse_apart


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(POSTING, instead={**LOOKING, "cancel": SAVING})
def reply(request: MemberRequest, pk: int) -> HttpResponse:
    """Add an answer or a comment; an invalid one returns its form with errors.

    So does one that was written while somebody else replied, with what they wrote. It is posted when it is sent again.
    """
    found = selectors.bare_thread_for(request.user, pk)
    if request.method == "GET":
        return redirect_here(request, found.get_absolute_url(), "write")
    if "cancel" in request.POST:
        return _put_aside(request, found)
    if "preview" in request.POST:
        form = ReplyForm(initial=request.POST.dict())
        page_html = previews.page(request.user, request.POST)
        return render(request, "content/reply.html", _reply_context(request, found, form) | {"page_html": page_html})
    form = ReplyForm(request.POST)
    missed = _missed(form, found, request) if form.is_valid() else []
    if missed:
        form.put("seen", str(missed[-1].number))
        context = _reply_context(request, found, form) | {"missed": missed}
        return render(request, "content/reply.html", context, status=409)
    made = _reply(form, found, request) if form.is_valid() else None
    if made is not None:
        return redirect(made.get_absolute_url())
    return render(request, "content/reply.html", _reply_context(request, found, form), status=422)


@kept_forms.sign_in_keeping_text
@require_safe
@vary_on_headers(HEADER)
def reply_to(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the form to comment on one post, as a page, or alone for a script."""
    parent = _post_to_reply_to(request, pk)
    context = _reply_context(request, parent.thread, new_reply_form(request, parent.thread, parent))
    if wants_fragment(request):
        return render(request, "content/reply.html#box", context)
    return _page_with_focus(request, context)


@kept_forms.sign_in_keeping_text
@require_safe
def quote(request: MemberRequest, pk: int) -> HttpResponse:
    """Start a reply with a quote of this post."""
    post = _post_to_reply_to(request, pk)
    form = new_reply_form(request, post.thread, None, quoting.as_quote(post, request.build_absolute_uri))
    return _page_with_focus(request, _reply_context(request, post.thread, form) | {"quoted": post})


def _page_with_focus(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show a reply's page, which was opened to write in it."""
    context["form"].fields["source"].widget.attrs["autofocus"] = True
    return render(request, "content/reply.html", context)


@require_safe
@shared_page("after", "before")
def comments(request: HttpRequest, pk: int, slug: str, number: int) -> HttpResponse:
    """Show all comments under one post."""
    found = selectors.thread_for(request.user, pk)
    topics.shows_thread(found)
    parent = selectors.numbered_post(request.user, found, number)
    if parent.parent_id is not None:
        return redirect(parent.get_absolute_url())
    page = comments_page(parent, request.user, after=request.GET.get("after"), before=request.GET.get("before"))
    drawn = drawer(request.user, [parent, *page.items])
    context = {"thread": found, "parent": parent, "page": page, "comments": drawn.comments(page.items)}
    context["standing"] = drawn.standing(parent)
    context["to_read"] = on_page(found, request.user, page.items)
    return render(request, "content/comments.html", context)


def _post_to_reply_to(request: MemberRequest, pk: int) -> Post:
    """Return a post this reader sees. Raises NotFound, and CannotReply if a block is in the way."""
    post = selectors.post_for(request.user, pk)
    refuse_apart(request.user, {post.author_id, post.thread.author_id}, CannotReply)
    return post


def _put_aside(request: MemberRequest, found: Thread) -> HttpResponse:
    """Keep a comment that is not posted now as a draft, and return to what it is about."""
    form = ReplyForm(request.POST)
    context = _reply_context(request, found, form)
    form.is_valid()
    sent = {"key": form["draft_key"].value() or "", "source": lenient(form["source"].value() or "")}
    version = form.cleaned_data.get("draft_version") or 0
    form.errors.clear()
    form.act(services.keep_draft, owner=request.user, version=version, **sent)
    if form.errors:
        return render(request, "content/reply.html", context, status=422)
    return redirect((context["parent"] or found).get_absolute_url())


def _missed(form: ReplyForm, found: Thread, request: MemberRequest) -> list[Post]:
    """Return what others wrote while this reply was being written, oldest first, unless it has been posted before.

    A comment on a post is not about the others.
    """
    seen, submission = form.cleaned_data["seen"], form.cleaned_data["submission"]
    if seen is None or seen >= found.last_number or form.cleaned_data["parent"]:
        return []
    return selectors.posts_after(found, request.user, seen, unless_posted=submission)


def _reply(form: ReplyForm, found: Thread, request: MemberRequest) -> Post | None:
    parent_pk = form.cleaned_data["parent"]
    parent = selectors.post_for(request.user, parent_pk) if parent_pk else None
    return form.act(
        services.add_post,
        thread=found,
        author=request.user,
        source=form.cleaned_data["source"],
        parent=parent,
        submission=form.cleaned_data["submission"],
        draft_key=form.cleaned_data["draft_key"],
        draft_version=form.cleaned_data["draft_version"],
    )


def _reply_context(request: HttpRequest, found: Thread, form: ReplyForm) -> dict[str, Any]:
    parent_pk = str(form["parent"].value() or "")
    parent = None
    if parent_pk.isdecimal() and len(parent_pk) < 19:
        parent = Post.objects.visible_to(request.user).select_related("author", "thread").filter(pk=parent_pk).first()
    return {"thread": found, "form": form, "parent": parent}
