"""Runs that are chosen in a list to be compared. The list's address has them, so they stay chosen from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from bpsandbox import api
from community.content.querysets import Reader

from . import gallery
from .comparison import hashes_in, too_many
from .selectors import GalleryItem, gallery_items

FIELD = "run"
OTHERS = ("whose", *gallery.NAMES, "sort", "after", "before")


@dataclass(frozen=True)
class Selection:
    """The chosen runs that this reader may see. `elsewhere` are those that the page does not list.

    `query` is the rest of the page's address; `problem` is a sentence if more were chosen than can be compared.
    """

    hashes: tuple[str, ...]
    elsewhere: tuple[GalleryItem, ...]
    query: tuple[tuple[str, str], ...]
    problem: str = ""

    most = api.MOST_RUNS

    @property
    def joined(self) -> str:
        return ",".join(self.hashes)

    @property
    def recent_url(self) -> str:
        return gallery.runs_url({FIELD: self.hashes})

    @property
    def own_url(self) -> str:
        return gallery.runs_url({"whose": ["mine"], FIELD: self.hashes})


def asked_for(request: HttpRequest) -> tuple[str, ...]:
    """Read the chosen runs of an address: any number of fields, each with one hash or several."""
    return tuple(hashes_in(request.GET.getlist(FIELD)))[: api.MOST_RUNS]


def selection(
    request: HttpRequest, hashes: Sequence[str], listed: Sequence[GalleryItem], *, user: Reader | None, owner_key: str
) -> Selection:
    """Load the chosen runs that a page does not list, as far as this reader may see them."""
    here = {item.card.spec_hash for item in listed if item.card.has_result}
    away = [each for each in hashes if each not in here]
    found = _by_hash(away, user, owner_key) if away else {}
    elsewhere = tuple(found[each] for each in away if each in found)
    seen = tuple(each for each in hashes if each in here or each in found)
    rest = tuple((name, request.GET[name]) for name in OTHERS if request.GET.get(name))
    return Selection(seen, elsewhere, rest, too_many(hashes_in(request.GET.getlist(FIELD))))


def _by_hash(hashes: Sequence[str], user: Reader | None, owner_key: str) -> dict[str, GalleryItem]:
    """Return runs with a result: with the titles that lists show, or without one if no list shows them."""
    cards = api.card_states(hashes, user, owner_key)
    listed = gallery_items(list(api.gallery(user).filter(hash__in=hashes)), user)
    known = {name: GalleryItem(card) for name, card in cards.items() if card.has_result}
    return known | {item.card.spec_hash: item for item in listed}
