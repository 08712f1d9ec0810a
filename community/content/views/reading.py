"""How far people have read."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.forms import cleaned
from community.common.middleware.same_origin import is_same_origin
from community.common.ratelimit import limited
from community.common.redirects import safe_next
from community.content import services
from community.content.forms import MarkReadForm, ReadForm
from community.content.models import Category
from community.content.rates import READING, SWITCHING
from community.content.selectors import bare_thread_for


@sign_in_first
@require_http_methods(["GET", "POST"])
@limited(READING, methods=("GET", "POST"))
def read(request: MemberRequest, pk: int, number: int | None = None) -> HttpResponse:
    """Note which posts of a page this reader has read: a script sends it, and without one the page's picture does.

    The script says too for how many seconds they have read since it last did, and how much of a long text they have
    seen. A picture is asked for by GET, with which other sites can bring somebody's cookie by leading them here. Pages
    of the release before say only the highest `number` that was in view: no other post counts.
    """
    if request.method == "GET" and not is_same_origin(request):
        return HttpResponse(status=403)
    sent = cleaned(ReadForm(request.GET))
    thread = bare_thread_for(request.user, pk)
    numbers = [*sent["posts"], *([number] if number else [])]
    services.read_posts(reader=request.user, thread=thread, numbers=numbers, first=sent["first"] or 1)
    if request.method == "POST" and sent["seconds"]:
        services.read_for(reader=request.user, thread_id=thread.pk, seconds=sent["seconds"])
    if request.method == "POST" and sent["text"]:
        services.read_text(reader=request.user, thread_id=thread.pk, percent=sent["text"])
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


@sign_in_first
@require_POST
@limited(SWITCHING)
def mark_all_read(request: MemberRequest) -> HttpResponse:
    """Mark everything that was unread when the page was made as read, or one kind, category or tag."""
    sent = cleaned(MarkReadForm(request.POST))
    within = Category.objects.keys_within(sent["category"].pk) if sent["category"] else ()
    tags = sent["tag"].keys if sent["tag"] else ()
    services.mark_all_read(reader=request.user, kind=sent["kind"], categories=within, tags=tags, until=sent["until"])
    return redirect(safe_next(request, reverse("pages:home")))
