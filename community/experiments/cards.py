"""Run cards, shared by posts, galleries, the playground and run pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from bpsandbox import api
from community.content.querysets import Reader

from .prices import price_words

CARD = "experiments/card.html"
ABSENT = "experiments/card_absent.html"


@dataclass(frozen=True)
class CardView:
    """A card for one reader. `prefix` makes its ids unique on the page.

    `level` is the heading level of its title; None within a text, whose headings are its author's: there the card is a
    named region. `post_id` is the post that shows the run and gives it its title.
    `is_shared`: its reader has only the link of a draft and cannot open the run, so the card has no links, buttons or
    updates.
    """

    card: api.Card
    prefix: str
    can_cancel: bool = False
    waiting_before: int | None = None
    title: str = ""
    post_id: int | None = None
    is_rerun: bool = False
    level: int = 0
    is_shared: bool = False

    @property
    def title_tag(self) -> str:
        return f"h{self.level}" if self.level else "p"

    @property
    def url(self) -> str:
        return self._at("experiments:run")

    @property
    def fork_url(self) -> str:
        return self._at("experiments:fork")

    @property
    def rerun_url(self) -> str:
        return self._at("experiments:rerun")

    @property
    def cancel_url(self) -> str:
        return self._at("experiments:cancel")

    @property
    def stage_url(self) -> str:
        return self._at("experiments:stage")

    @property
    def citation_url(self) -> str:
        return self._at("experiments:citation")

    def _at(self, name: str, **more: Any) -> str:
        """Return the URL of a part of the run, with the post that gives its title."""
        query = urlencode(({"post": self.post_id} if self.post_id else {}) | more)
        return reverse(name, args=[self.card.spec_hash]) + (f"?{query}" if query else "")

    @property
    def short_hash(self) -> str:
        return short_hash(self.card.spec_hash)

    @property
    def card_url(self) -> str:
        return self._at("experiments:card", **self._which)

    @property
    def events_url(self) -> str:
        return self._at("experiments:events", **self._which)

    @property
    def _which(self) -> dict[str, Any]:
        """Return the query that identifies the run if the spec shows a different one."""
        return {"run": self.card.run_id} if self.is_rerun else {}

    @property
    def shown_title(self) -> str:
        return self.title or self.card.words["title"]

    @property
    def seconds(self) -> float | None:
        """Duration of the run; None while it is running or if it never started."""
        if self.card.started_at is None or self.card.finished_at is None:
            return None
        return (self.card.finished_at - self.card.started_at).total_seconds()

    @property
    def has_worked_steps(self) -> bool:
        return self.card.document is not None and "worked_example" in self.card.document.shows


def short_hash(spec_hash: str) -> str:
    return f"{spec_hash[:4]}·{spec_hash[4:8]}"


def draw(view: CardView) -> SafeString:
    return render_to_string(CARD, {"view": view, "card": view.card})


def draw_unavailable(config: str, title: str, *, is_preview: bool) -> SafeString:
    """Draw the card of a run that cannot be shown: not attached yet, deleted, or not visible to this reader.

    It shows only the config, which the reader sees in the text anyway. A preview is of a text of the reader's own.
    """
    words = _describe(config)
    return render_to_string(ABSENT, {**words, "title": title or words["title"], "is_preview": is_preview})


def _describe(config: str) -> dict[str, str]:
    """Return a config's description and cost; None for one in an older, unsupported language version."""
    try:
        found = api.check_spec(api.read_spec(config))
        return {**(found.spec.words if found.spec else {}), "price": price_words(found.price)}
    except (LookupError, TypeError, ValueError):
        return {"title": "", "line": "", "price": ""}


def cancellable(cards: Iterable[api.Card], user: Reader) -> frozenset[str]:
    """Return the specs whose run this person can cancel; no query while none is active."""
    active = [card.spec_hash for card in cards if card.is_active]
    if not active or user is None or not user.is_authenticated:
        return frozenset()
    if user.is_staff:
        return frozenset(active)
    return frozenset(api.owned(user).filter(spec__hash__in=active).values_list("spec__hash", flat=True))
