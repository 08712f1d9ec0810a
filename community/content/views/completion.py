"""What the editor offers while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.common.errors import SignInNeeded
from community.common.ratelimit import limited
from community.common.replicas import from_replica
from community.common.text import one_line
from community.content import completion
from community.content.rates import COMPARING, COMPLETING
from community.content.similar import similar_threads
from community.content.texts import TITLE_LENGTH, lenient

LONGEST_DRAFT = 2_000


@require_safe
@from_replica
@limited(COMPLETING, methods=("GET",))
def complete(request: HttpRequest) -> JsonResponse:
    """Return JSON: the choices for what is typed, `q`, of `of=person` in a `thread`, `of=tag`, or `of=emoji`.

    Visitors have no editor, so they get 401.
    """
    if not request.user.is_authenticated:
        raise SignInNeeded
    typed, thread = one_line(request.GET.get("q", "")[:TITLE_LENGTH]), request.GET.get("thread", "")
    of = request.GET.get("of")
    if of == "tag":
        found = completion.tags(typed)
    elif of == "emoji":
        found = completion.emoji(typed)
    else:
        found = completion.people(request.user, typed, int(thread) if _is_key(thread) else None)
    return JsonResponse({"choices": [choice._asdict() for choice in found]})


@require_safe
@from_replica
@limited(COMPARING, methods=("GET",))
def similar(request: HttpRequest) -> HttpResponse:
    """Return a fragment: threads like the question whose title is typed. Visitors ask none, so they get 401.

    `draft` are the formulas and configs of its text.
    """
    if not request.user.is_authenticated:
        raise SignInNeeded
    title = one_line(request.GET.get("title", "")[:TITLE_LENGTH])
    draft = lenient(request.GET.get("draft", "")[:LONGEST_DRAFT])
    return render(request, "content/similar.html", {"similar": similar_threads(title, request.user, draft)})


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
