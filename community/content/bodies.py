"""Rendering of posts: source in, the columns of a Post out."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from community.accounts import handles
from community.accounts.models import User
from community.media.models import Asset
from community.rendering import mention_candidates, pool
from community.rendering.context import Context, Facts, Rendered
from community.rendering.prefixes import NEUTRAL, with_prefix

from . import embeds, languages
from .errors import InvalidText

if TYPE_CHECKING:
    from .models import Post, Thread

CANDIDATES_A_POST = 500
PICTURES_A_POST = 200
MOST_MENTIONED = 50  # people
_PICTURE = re.compile(r"/media/assets/([0-9a-f]{64})\.[a-z]{3,4}")


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered text.

    `columns` are the Post's; `mentions` are folded handles; `specs` are the facts of its embeds, in order. `title_html`
    is the rendered title; `language` is that of title and source.
    """

    columns: dict[str, Any]
    mentions: tuple[str, ...]
    specs: tuple[Facts, ...]
    problems: tuple[dict[str, Any], ...]
    is_final: bool
    language: str
    title_html: str = ""

    @property
    def html(self) -> str:
        return self.columns["html"]

    @property
    def notice(self) -> str:
        return self.columns["render_notice"]

    @property
    def keys(self) -> list[str]:
        """Keys of the embeds, in order."""
        return [facts["key"] for facts in self.specs]

    @property
    def lead_embed(self) -> str:
        return self.keys[0] if self.keys else ""

    def numbered(self, number: int) -> Body:
        """Return the body with ids for this post number, for bodies rendered before the number was known."""
        prefix = _prefix("reply", number)
        headings = [_renamed(heading, prefix) for heading in self.columns["headings"]]
        return replace(self, columns=self.columns | {"html": with_prefix(self.html, prefix), "headings": headings})


def render_post(
    source: str,
    *,
    kind: str,
    number: int | None = None,
    thread: Thread | None = None,
    title: str | None = None,
    edited: Post | None = None,
) -> Body:
    """Render a post to be saved. Raises InvalidText with the renderer's message when it exceeds a limit, and if it
    mentions too many people. A post that is `edited` may keep however many it mentions, and gets no more.

    If the renderer times out or crashes, the post is saved as plain text with a notice for its author. Never call it
    within a transaction: on SQLite that would block all writers.
    """
    body = render_preview(source, kind=kind, number=number, thread=thread, title=title)
    if body.notice and body.is_final:
        raise InvalidText(body.notice, field="source")
    if len(body.mentions) > MOST_MENTIONED:
        _refuse_new_names(body, edited)
    return body


def _refuse_new_names(body: Body, edited: Post | None) -> None:
    """Refuse names that come on top of too many."""
    old = set(edited.mentions.values_list("user__handle_key", flat=True)) if edited is not None else set()
    if not old.issuperset(body.mentions):
        kept = len(old.intersection(body.mentions))
        sentence = _("This mentions more than {limit} people. Please remove some of the names.")
        if kept >= MOST_MENTIONED:
            sentence = _("This mentions {limit} people or more already. Please remove the names you have added.")
        raise InvalidText(sentence.format(limit=MOST_MENTIONED), field="source")


def render_preview(
    source: str, *, kind: str, number: int | None, thread: Thread | None = None, title: str | None = None
) -> Body:
    """Render a preview of a post. `kind` is the thread's for an opening post, `reply` for all others.

    `number` is the post's number in its thread, with which ids on the page begin; None if unknown, see `numbered`.
    `title` is the thread's, for an opening post; an untitled one is listed by its first words.
    """
    language = languages.detect(source)
    context = Context(
        kind="article" if kind == "article" else "post",
        prefix=_prefix(kind, number),
        fences=embeds.fences(),
        thread_url=f"/t/{thread.pk}/-/{{number}}/" if thread is not None else "",
        known_handles=_known_handles(source),
        hosts=own_hosts(),
        pictures=_known_pictures(source),
        language=language,
        title=title,
    )
    return _body(pool.render(source, context), languages.detect(title, source) if title else language)


def _prefix(kind: str, number: int | None) -> str:
    """Return the id prefix; an article's own ids have none."""
    if kind == "article":
        return "s-"
    return NEUTRAL if number is None else f"p{number}-"


def _renamed(heading: dict[str, Any], prefix: str) -> dict[str, Any]:
    return heading | {"id": heading["id"].replace(NEUTRAL, prefix, 1), "html": with_prefix(heading["html"], prefix)}


def warm() -> bool:
    """Start the renderer's processes ahead of the first request. Return whether one is ready."""
    return pool.warm(fences=embeds.fences().values())


def own_hosts() -> tuple[str, ...]:
    """Return the hosts of addresses that lead to this site; those with its port too, where it has one of its own."""
    hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host]
    port = urlsplit(settings.SITE_ADDRESS).port
    return (*hosts, *(f"{host}:{port}" for host in hosts if port))


def _body(rendered: Rendered, language: str) -> Body:
    columns = {
        "html": rendered.html,
        "html_version": str(rendered.version),
        "text": rendered.text,
        "excerpt": rendered.excerpt[:400],
        "headings": [asdict(heading) for heading in rendered.headings],
        "render_notice": rendered.notice[:400],
    }
    return Body(
        columns,
        tuple(map(handles.fold, rendered.mentions)),
        tuple(rendered.specs),
        tuple(rendered.problems),
        is_final=rendered.version != 0,
        title_html=rendered.title_html,
        language=language,
    )


def _known_handles(source: str) -> tuple[str, ...]:
    """Return the existing handles among all possible mentions, folded."""
    keys = sorted(mention_candidates(source))[:CANDIDATES_A_POST]
    if not keys:
        return ()
    return tuple(User.objects.filter(handle_key__in=keys, is_active=True).values_list("handle_key", flat=True))


def _known_pictures(source: str) -> dict[str, tuple[int, int]]:
    """Return width and height of the pictures of this site that a text names, by their address."""
    named = {found[0]: found[1] for found in islice(_PICTURE.finditer(source), PICTURES_A_POST)}
    if not named:
        return {}
    rows = Asset.objects.filter(sha256__in=set(named.values())).values_list("sha256", "width", "height")
    sizes = {sha256: (width, height) for sha256, width, height in rows}
    return {address: sizes[sha256] for address, sha256 in named.items() if sha256 in sizes}
