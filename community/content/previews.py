"""Previews of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from community.common.errors import NotFound
from community.content import ask_template, bodies, embeds, texts, turns
from community.content.forms import WritingForm
from community.content.models import Kind, Post, Thread
from community.content.querysets import Reader

LONGEST = 200_000


def preview(reader: Reader, sent: Mapping[str, str]) -> bodies.Body:
    """Render what the editor sent as the post it would become, below the title that was sent with an opening post.

    `post` (a primary key) is being edited, `thread` is being answered; else `kind` is being started. A question that is
    not published yet is shown without the hints of the template, as it will be; the lines of its problems are those of
    what was sent. Raises TooManyRequests while another preview of this reader takes long; all visitors are one.
    """
    texts.refuse_too_long(sent.get("source", ""), LONGEST, field="source")
    source = texts.lenient(sent.get("source", ""))
    place = _place(reader, sent)
    lines: tuple[int, ...] = ()
    if place.kind == Kind.QUESTION and not place.is_published:
        source, lines = ask_template.filled(source)
    title = "" if place.kind == "reply" else texts.lenient(sent.get("title", "")).strip()[: texts.TITLE_LENGTH]
    with turns.turn(reader.pk or 0):
        body = bodies.render_preview(
            source, kind=place.kind, number=place.number, thread=place.thread, title=title or None
        )
    html = _heading(body) + embeds.fill([body.html], reader)[0]
    problems = tuple(each | {"line": lines[each["line"] - 1]} for each in body.problems) if lines else body.problems
    return replace(body, columns=body.columns | {"html": html}, problems=problems)


def page(reader: Reader, sent: Mapping[str, str]) -> SafeString:
    """Return the preview as safe HTML, for the Preview button without script."""
    return mark_safe(preview(reader, sent).html)


def form_preview(reader: Reader, form: WritingForm, **place: str) -> SafeString:
    """Return the preview of a form's text; empty if the text is invalid."""
    if form.has_error("source"):
        return SafeString()
    return page(reader, {name: form.data.get(name, "") for name in ("title", "source")} | place)


def _heading(body: bodies.Body) -> str:
    """Return the title as a paragraph: the only h1 is that of the page with the editor."""
    return format_html('<p class="preview-title">{}</p>', mark_safe(body.title_html)) if body.title_html else ""


class _Place(NamedTuple):
    """Where a text will be: the kind of its thread, or `reply`; its number there; the thread of a reply."""

    kind: str
    number: int = 1
    thread: Thread | None = None
    is_published: bool = False


def _place(reader: Reader, sent: Mapping[str, str]) -> _Place:
    if sent.get("post"):
        post = _seen(Post.objects.visible_to(reader).select_related("thread"), sent["post"])
        if post.is_opening:
            return _Place(post.thread.kind, is_published=not post.thread.is_draft)
        return _Place("reply", post.number, post.thread)
    if sent.get("thread"):
        thread = _seen(Thread.objects.visible_to(reader), sent["thread"])
        return _Place("reply", thread.last_number + 1, thread)
    kind = sent.get("kind", "")
    return _Place(kind if kind in Kind.values else Kind.DISCUSSION)


def _seen(rows, pk: str):
    found = rows.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise NotFound
    return found
