"""The one door from what people write to the renderer: source in, the columns of a Post out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.html import escape

from community.accounts import handles
from community.accounts.models import User
from community.rendering import mention_candidates, pool
from community.rendering.context import Context, Rendered

from . import embeds, languages
from .errors import InvalidText
from .headlines import headline

if TYPE_CHECKING:
    from .models import Thread

CANDIDATES_A_POST = 500


@dataclass(frozen=True, slots=True)
class Body:
    """`columns` are the Post's; `mentions` are folded handles; `keys` name the embeds, in order.

    `language` is the one the source was found to be in.
    """

    columns: dict[str, Any]
    mentions: tuple[str, ...]
    keys: tuple[str, ...]
    problems: tuple[dict[str, Any], ...]
    is_final: bool
    language: str

    @property
    def html(self) -> str:
        return self.columns["html"]

    @property
    def notice(self) -> str:
        return self.columns["render_notice"]

    @property
    def lead_embed(self) -> str:
        return self.keys[0] if self.keys else ""


def render_post(source: str, *, kind: str, number: int, thread: Thread | None = None) -> Body:
    """Render a post that is to be saved. Raises InvalidText with the renderer's sentence when it is over a limit.

    A renderer that was too slow or died is no refusal: the post is kept as plain text with a notice for its author.
    """
    body = render_preview(source, kind=kind, number=number, thread=thread)
    if body.notice and body.is_final:
        raise InvalidText(body.notice, field="source")
    return body


def render_preview(source: str, *, kind: str, number: int, thread: Thread | None = None) -> Body:
    """Render a post as it will be. `kind` is the thread's for an opening post, `reply` for all others.

    `number` is the post's in its thread; ids on the page begin with it.
    """
    context = Context(
        kind="article" if kind == "article" else "post",
        prefix="s-" if kind == "article" else f"p{number}-",
        fences=embeds.fences(),
        thread_url=f"/t/{thread.pk}/-/{{number}}/" if thread is not None else "",
        known_handles=_known_handles(source),
        hosts=own_hosts(),
        language=languages.detect(source),
    )
    return _body(pool.render(source, context), context.language)


def warm() -> bool:
    """Start the renderer's processes now, so that the first writer does not wait. Return whether one is ready."""
    return pool.warm(fences=embeds.fences().values())


def title_html(title: str) -> str:
    """Render a title: its formulas as MathML, everything else as written."""
    if not title:
        return ""
    rendered = pool.render(title, Context(kind="title", prefix="t-", known_handles=()))
    return escape(title) if rendered.notice else rendered.html


def heading_html(title: str, body: Body) -> str:
    """The title as lists show it; for a note without one, its first words."""
    return title_html(title or headline(body.columns["text"]))


def own_hosts() -> tuple[str, ...]:
    return tuple(host for host in settings.ALLOWED_HOSTS if "*" not in host)


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
        language=language,
    )


def _known_handles(source: str) -> tuple[str, ...]:
    """Of everything that may be a mention, the handles that are somebody's, folded."""
    keys = sorted(mention_candidates(source))[:CANDIDATES_A_POST]
    if not keys:
        return ()
    return tuple(User.objects.filter(handle_key__in=keys, is_active=True).values_list("handle_key", flat=True))
