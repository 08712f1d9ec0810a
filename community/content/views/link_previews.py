"""What is shown beside a link to a post, a run or a person, for a script that asks when somebody stays on it."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from community.accounts.models import User
from community.common.errors import NotFound
from community.common.page_cache import shared_page
from community.common.replicas import from_replica
from community.content import embeds, topics
from community.content.models import Post
from community.content.places import Place, part_at, place_at
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among
from community.rendering.excerpts import equation_at, lead

WORDS_OF_PERSON = 240
_LINKS = re.compile(r"</?a\b[^>]*>")


@require_safe
@shared_page("to")
@from_replica
def link_preview(request: HttpRequest) -> HttpResponse:
    """Return a fragment about what the address `to` leads to, if the reader sees it and meets who wrote it."""
    place = place_at(request.GET.get("to", ""))
    if place is None:
        raise NotFound
    if place.embed:
        drawn = embeds.preview(place.embed, request.user)
        if drawn is None:
            raise NotFound
        return HttpResponse(drawn)
    if place.handle:
        return render(request, "content/person_preview.html", _person_at(place, request.user))
    post = _post_at(place, request.user)
    equation = SafeString(equation_at(post.html, part_at(request.GET["to"])))
    spark = SafeString("") if equation else _spark(post, request.user)
    return render(request, "content/link_preview.html", {"post": post, "equation": equation, "spark": spark})


def _post_at(place: Place, reader: Reader) -> Post:
    rows = (
        Post.objects.visible_to(reader)
        .select_related("thread__author", "thread__category", "author")
        .defer("source", "text")
    )
    post = rows.filter(thread=place.thread, number=place.number).first()
    if post is None or hidden_among(reader, {post.author_id, post.thread.author_id}):
        raise NotFound
    topics.shows_thread(post.thread)
    return post


def _person_at(place: Place, reader: Reader) -> dict[str, object]:
    person = User.objects.by_handle_or_none(place.handle)
    if person is None or hidden_among(reader, {person.pk}):
        raise NotFound
    topics.shows_person(person.pk)
    return {"person": person, "words": SafeString(lead(person.bio_html, WORDS_OF_PERSON))}


def _spark(post: Post, reader: Reader) -> SafeString:
    """Draw the curve of the first run in a post, without its link: the preview itself is beside one."""
    key = embeds.first_key(post.html)
    draw = embeds.sparks([key], reader).get(key) if key else None
    return SafeString(_LINKS.sub("", draw("preview"))) if draw else SafeString("")
