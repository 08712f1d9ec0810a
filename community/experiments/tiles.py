"""Runs of a gallery as tiles, drawn from plain values (`community.common.drawn`)."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language

from bpsandbox import api
from community.common.drawn import draw, fragments
from community.content.models import Post
from community.content.shown import ShownPerson, shown_person
from community.rendering import readable_words

from . import states
from .selectors import GalleryItem

MOST_LETTERS = 70


class ShownTile(NamedTuple):
    """A run in a gallery. `final` is its loss, if it `has_final`, and
    `loss_words` what it is called; else `state` says why, in its tone.

    `words_title` is the run's description, if it has a title beside it.
    """

    spec_hash: str
    url: str
    title: str
    words_title: str
    line: str
    has_curve: bool
    can_be_chosen: bool
    is_chosen: bool
    has_final: bool
    final: float | None
    loss_words: str
    learned_nothing: bool
    is_restored: bool
    state: str
    tone: str
    parameters: int | None
    steps: int | None
    seeds: int | None
    certificate: str
    findings: tuple[tuple[str, str], ...]
    person: ShownPerson | None
    post_url: str
    post_title: str
    expires: str


def draw_tile(item: GalleryItem, *, can_be_chosen: bool, is_chosen: bool) -> SafeString:
    tile = shown_tile(item, can_be_chosen=can_be_chosen, is_chosen=is_chosen)
    return draw("experiments/run_tile.html", {"tile": tile}, curve=_curve(item.card) if tile.has_curve else "")


def shown_tile(item: GalleryItem, *, can_be_chosen: bool, is_chosen: bool) -> ShownTile:
    card, summary, pill = item.card, item.card.summary, states.pill(item.card)
    has_final = card.has_result and card.state != "diverged"
    return ShownTile(
        spec_hash=card.spec_hash,
        url=item.url,
        title=item.shown_title,
        words_title=card.words["title"] if item.title else "",
        line=card.words["line"],
        has_curve=card.has_series,
        can_be_chosen=can_be_chosen and card.has_result,
        is_chosen=is_chosen,
        has_final=has_final,
        final=summary.final if summary else None,
        loss_words=states.loss_words(summary),
        learned_nothing=bool(summary and summary.learned_nothing),
        is_restored=bool(summary and summary.is_restored),
        state=pill.words,
        tone=pill.tone,
        parameters=card.facts.get("parameters"),
        steps=item.steps,
        seeds=card.facts.get("seeds"),
        certificate=states.certificate_words(card.certificate) if card.certificate else "",
        findings=tuple((kind, str(title)) for kind, title in item.findings),
        person=shown_person(item.post.author) if item.post else None,
        post_url=item.post.get_absolute_url() if item.post else "",
        post_title=_title(item.post) if item.post else "",
        expires=_day(item) if item.expires_at else "",
    )


def _title(post: Post) -> str:
    return Truncator(readable_words(post.thread.title)).chars(MOST_LETTERS) or post.thread.get_kind_display()


def _day(item: GalleryItem) -> str:
    return date_format(timezone.localtime(item.expires_at), "DATETIME_FORMAT")


def _curve(card: api.Card) -> str:
    """Return the lines of a curve: those of a finished run never change, and a training one has news.

    They are kept in memory: a page has two dozen, and a round trip for each would cost more than to draw it.
    """

    def drawn() -> tuple[str]:
        return (render_to_string("experiments/run_tile_curve.html", {"card": card}),)

    if settings.DEBUG:  # templates are being written
        return drawn()[0]
    return fragments.get(("run tile", card.run_id, card.spec_hash, card.state, card.seq, get_language()), drawn)[0]
