"""Runs in searches: found by what they are made of and how they ended, alone or as what a post must have.

`layer:LSTM activation:tanh optimizer:Adam loss:<0.01 sizes:2-3-1 stuck:`; the plain words `lstm adam` find the same
runs above the other results. Whatever else filters posts, such as `by:ada`, finds the runs that these posts show.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from math import inf, isfinite
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bpsandbox import api
from community.common.subqueries import looked_up
from community.content.embeds import Drawing
from community.content.models import Post
from community.search import registry
from community.search import selectors as searches
from community.search.backends import backend
from community.search.facts import fact
from community.search.operators import SET, Clause, Meaning, Meaningless, Typed, register, register_kind
from community.search.selectors import Search

from . import selectors, topics
from .access import POST
from .embeds import sparks

KIND, SIZES = "run", "sizes"  # sizes are typed, not chosen
ALIASES = {
    "layer": ("层", "网络层"),
    "activation": ("act", "激活", "激活函数"),
    SIZES: ("shape", "units", "大小", "形状"),
    "optimizer": ("optimiser", "optim", "优化器"),
    "loss": ("损失", "损失函数"),
    "data": ("dataset", "数据", "数据集"),
    "finding": ("诊断", "发现"),
}
TYPED = {
    SIZES: (Typed(SIZES, gettext_lazy("Sizes"), "2-3-1"),),
    "loss": (
        Typed("below", gettext_lazy("Final loss below"), "0.01", sign="<"),
        Typed("above", gettext_lazy("Final loss above"), "0.5", sign=">"),
    ),
}
BOUND = re.compile(r"([<>])=?\s*([0-9.]+(?:e[+-]?[0-9]{1,3})?)", re.IGNORECASE)
BELOW, ABOVE = "below", "above"
HAS_RUN = fact("has", KIND)


def connect() -> None:
    register_kind(KIND, gettext_lazy("Runs"), "runs", "运行", "实验")
    register(*(_meaning(name, aliases) for name, aliases in ALIASES.items()))
    register(Meaning("stuck", _stuck, ("停滞", "卡住"), is_any=False, is_flag=True, offers=_offered_stuck))
    finder = registry.Finder(kind=KIND, find=_find, visible=api.gallery, resolve=_hits, about=_about, new=_new)
    registry.register_finder(finder)


def _meaning(name: str, aliases: tuple[str, ...]) -> Meaning:
    offers = None if name == SIZES else partial(_offered, name)
    return Meaning(name, partial(_read, name), aliases, is_any=False, offers=offers, typed=TYPED.get(name, ()))


def _offered(name: str) -> tuple[str, list[tuple[str, str]]]:
    return next((label, values) for each, label, values in api.filter_choices() if each == name)


def _offered_stuck() -> tuple[str, list[tuple[str, str]]]:
    return pgettext("run", "Stuck"), [(SET, _("Some seeds are stuck"))]


def _read(name: str, value: str, user: Any) -> Clause:
    bound = BOUND.fullmatch(value) if name == "loss" else None
    if bound is not None:
        return _bounded(bound, value)
    named = api.named_trait(name, value)
    if not named and name == SIZES:
        sentence = _(
            "“%(value)s” names no sizes, so it was left out. Write those of linear layers as 2-3-1, inputs first."
        )
        raise Meaningless(sentence % {"value": value})
    if not named:
        known = ", ".join(words for _value, words in _choices()[name])
        sentence = _("“%(name)s:” does not know “%(value)s”, so it was left out. It takes: %(known)s.")
        raise Meaningless(sentence % {"name": name, "value": value, "known": known})
    return _asking((name, named))


def _bounded(bound: re.Match[str], value: str) -> Clause:
    try:
        number = float(bound[2])
    except ValueError:
        number = inf
    if not isfinite(number):  # such as 1e999
        raise Meaningless(_("“%(value)s” is no number, so it was left out.") % {"value": value})
    return _asking((BELOW if bound[1] == "<" else ABOVE, repr(number)))


def _stuck(value: str, user: Any) -> Clause:
    return _asking(("finding", "plateau"))


def _asking(asked: tuple[str, str]) -> Clause:
    """Ask for runs with a trait, and for posts that show one."""
    return Clause(facts=(HAS_RUN,), narrow_together=_with_run, asked=asked)


def _with_run(asked: tuple[tuple[str, str], ...], posts: QuerySet) -> QuerySet:
    """Leave the posts that show one run with all traits. Who sees a post sees its runs."""
    wish = _wish(each for each in asked if each[0] != "kind")
    return posts.filter(looked_up(api.targets_with(POST, **wish).filter(target_id=OuterRef("pk"))))


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {name: values for name, _label, values in api.filter_choices()}


def _wish(asked: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what is asked for as the sandbox takes it: the filters, and bounds of the final loss."""
    given: dict[str, list[str]] = {}
    for name, value in asked:
        given.setdefault(name, []).append(value)
    below = min(map(float, given.pop(BELOW, [])), default=None)
    above = max(map(float, given.pop(ABOVE, [])), default=None)
    return {"wanted": api.filters({name: ",".join(values) for name, values in given.items()}), "below": below,
            "above": above}  # fmt: skip


def _new(after: datetime, until: datetime, most: int) -> list[tuple[int, int | None, datetime]]:
    """A run is there when it has ended and a post that shows it is published."""
    return list(api.newly_listed(POST, Post.objects.public().annotate(at=F("created_at")), after, until)[:most])


def _find(search: Search, user: Any, most: int, among: Collection[int] | None = None) -> Sequence[int]:
    """Return the newest listed runs that are asked for, in posts that have what else is asked for.

    Words must all name something that runs are filtered by.
    """
    asked = [each for each in search.asked.asked if each[0] != "kind"]
    if search.query.words:
        found, unknown, _doubled = api.filters_for(search.query.words)
        if unknown:
            return []
        asked += [(name, value) for name, values in found.items() for value in values]
    if not asked and KIND not in search.asked.kinds:
        return []
    topics.shows_any()
    keys = api.newest_matching(user, most, **_wish(asked), targets=_targets(search, user), among=among)
    if search.of_everybody:
        return keys
    met = selectors.met_among(keys, user)
    search.left_out.update({-key: KIND for key in keys if key not in met})  # keys of no document
    return [key for key in keys if key in met]


def _targets(search: Search, user: Any) -> tuple[str, Any] | None:
    """Return the posts with a run that have what else is asked for; None if nothing else is."""
    query, asked = search.query, search.asked
    others = {facts for facts in asked.facts if facts != (HAS_RUN,)}
    dates = asked.since or asked.until
    if not (others or asked.without_facts or dates or query.phrases or query.without):
        return None
    posts, is_all = searches.having(HAS_RUN, search, user)
    if not is_all:
        search.cut_short.add(KIND)
    return POST, backend().listed(posts)


def _about(search: Search) -> list[str]:
    """Say which words name nothing that runs are filtered by: no run is found by them, though its post may be."""
    _found, unknown, _doubled = api.filters_for(search.query.words)
    sentence = _("No data set, layer, activation, sizes, loss, optimiser or finding is called “%(words)s”.")
    return [sentence % {"words": " ".join(unknown)}] if unknown else []


def _hits(ids: Iterable[int], user: Any) -> dict[int, registry.Hit]:
    rows = list(api.gallery(user).filter(pk__in=list(ids)))
    items = selectors.gallery_items(rows, user)
    curves = sparks([item.card.spec_hash for item in items], user)
    return {
        row.pk: _hit(item, api.listing_of(row).owner_id, curves.get(item.card.spec_hash))
        for row, item in zip(rows, items, strict=True)
    }


def _hit(item: selectors.GalleryItem, owner: int | None, draw: Drawing | None) -> registry.Hit:
    card = item.card
    return registry.Hit(
        url=item.url,
        title=escape(item.shown_title),
        label=_("Run"),
        author=item.post.author if item.post else None,
        at=card.finished_at,
        kind=KIND,
        words=card.words["line"],
        thread=item.post.thread_id if item.post else None,
        plain_title=item.shown_title,
        owner=owner,
        curve=draw(f"found-{card.spec_hash[:8]}") if draw else registry.NO_CURVE,
    )
