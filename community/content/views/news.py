"""What is new in a thread since its page was made, for scripts of that page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from community.common.errors import SignInNeeded
from community.common.open_streams import open_stream
from community.common.page_cache import shared_page
from community.common.sse import event_stream, read
from community.content import topics
from community.content.news import as_dict, news_events, news_of, page_of
from community.content.selectors import bare_thread_for


@require_safe
@shared_page()
def news(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    """Return it, for pages without a stream. Visitors share one answer, which is kept until the thread changes."""
    thread, page = bare_thread_for(request.user, pk), page_of(pk, number, request.user)
    topics.shows_thread(thread)
    return JsonResponse(as_dict(thread, news_of([page])[page]))


@require_safe
async def events(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Stream it as it changes, for members."""
    user = await request.auser()
    if not user.is_authenticated:
        raise SignInNeeded
    thread, page = await read(bare_thread_for, user, pk), await read(page_of, pk, number, user)
    return event_stream(news_events(thread, page), await open_stream(request))
