"""Previews of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.safestring import SafeString, mark_safe

from community.common.errors import NotFound
from community.content import bodies, embeds, texts, turns
from community.content.forms import WritingForm
from community.content.models import Kind, Post, Thread
from community.content.querysets import Reader

LONGEST = 200_000


def preview(reader: Reader, sent: Mapping[str, str]) -> bodies.Body:
    """Render what the editor sent as the post it would become.

    `post` (a primary key) is being edited, `thread` is being answered; else `kind` is being started. Raises
    TooManyRequests while another preview of this reader takes long.
    """
    texts.refuse_too_long(sent.get("source", ""), LONGEST, field="source")
    source = texts.lenient(sent.get("source", ""))
    kind, number, thread = _place(reader, sent)
    with turns.turn(reader.pk or 0):
        body = bodies.render_preview(source, kind=kind, number=number, thread=thread)
    filled = embeds.fill([body.html], reader)[0]
    return replace(body, columns=body.columns | {"html": filled})


def page(reader: Reader, sent: Mapping[str, str]) -> SafeString:
    """Return the preview as safe HTML, for the Preview button without script."""
    return mark_safe(preview(reader, sent).html)


def form_preview(reader: Reader, form: WritingForm, **place: str) -> SafeString:
    """Return the preview of a form's text; empty if the text is invalid."""
    if form.has_error("source"):
        return SafeString()
    return page(reader, {"source": form.data.get("source", "")} | place)


def _place(reader: Reader, sent: Mapping[str, str]) -> tuple[str, int, Thread | None]:
    if sent.get("post"):
        post = _seen(Post.objects.visible_to(reader).select_related("thread"), sent["post"])
        return (post.thread.kind, 1, None) if post.is_opening else ("reply", post.number, post.thread)
    if sent.get("thread"):
        thread = _seen(Thread.objects.visible_to(reader), sent["thread"])
        return "reply", thread.last_number + 1, thread
    kind = sent.get("kind", "")
    return (kind if kind in Kind.values else Kind.DISCUSSION), 1, None


def _seen(rows, pk: str):
    found = rows.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise NotFound
    return found
