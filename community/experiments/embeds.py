"""Runs in posts: attached when a post is saved, filled in when its page is shown."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import lru_cache, partial
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from bpsandbox import api
from community.content import embeds
from community.content.embeds import Drawing, Shown
from community.content.models import Post
from community.content.querysets import Reader
from community.rendering.context import Facts

from . import cards, comparison, linked, placeholders, topics
from .access import POST
from .placeholders import Placeholder

FENCE = "community.experiments.fence.bp"
DRAWN = re.compile(r'data-run="([0-9a-f]{8,64})" data-state="(?:succeeded|diverged)"')
"""The card of a run with a result, as `experiments/card.html` draws it."""

LINKED = re.compile(r'href="/runs/([0-9a-f]{32})/')


def register() -> None:
    embeds.register(
        embeds.Embed(
            name="bp",
            fence=FENCE,
            attach=attach,
            fill=fill,
            sparks=sparks,
            feed=feed,
            picture=picture,
            words=words,
            keys=keys,
            shown_in=shown_in,
            preview=preview,
            unfinished=unfinished,
        )
    )


def attach(post: Post, facts: Sequence[Facts]) -> None:
    """Attach a run to each config of a post, and detach configs the post no longer has.

    Over the author's quota a config is attached without a run; its card offers to run it.
    """
    target = (POST, post.pk)
    api.detach(target, keep=[each["key"] for each in facts])
    for each in facts:
        _attach_one(post, each, target)


def _attach_one(post: Post, facts: Facts, target: tuple[str, int]) -> None:
    wish: dict[str, Any] = {
        "spec": api.read_spec(facts["config"]), "requester": post.author, "title": facts["title"],
        "text": facts["text"], "visibility": "public", "target": target,
    }  # fmt: skip
    try:
        api.submit(**wish, is_system=is_system(post))
    except api.SandboxError:
        api.attach(**wish)


def is_system(post: Post) -> bool:
    """Return whether a post is demo content, whose runs use no quota and have the lowest priority."""
    return bool(getattr(post.author, "is_demo", False))


def fill(htmls: Sequence[str], user: Reader, post_ids: Sequence[int | None], is_shared: bool) -> list[str]:
    """Replace a page's placeholders by cards, in one query; runs not visible to the reader leak nothing."""
    found = [placeholders.find(html) for html in htmls]
    hashes = {each.spec_hash for page in found for each in page}
    htmls = htmls if is_shared else linked.fill(htmls, user)
    if not hashes:
        return list(htmls)
    topics.shows(hashes)
    states = api.card_states(hashes, user)
    stoppable = cards.cancellable(states.values(), user)
    numbers = iter(range(1, 10_000))

    def shown(post_id: int | None, each: Placeholder) -> str:
        card = states.get(each.spec_hash)
        if card is None:
            return cards.draw_unavailable(each.config, each.title, is_preview=post_id is None)
        prefix = f"run-{each.spec_hash[:8]}-{next(numbers)}"
        place: dict[str, Any] = {"title": each.title, "post_id": post_id, "is_shared": is_shared}
        return cards.draw(cards.CardView(card, prefix, can_cancel=each.spec_hash in stoppable, **place))

    return [
        placeholders.replace(html, partial(shown, post_id)) + _comparison(html, runs, () if is_shared else states)
        for html, post_id, runs in zip(htmls, post_ids, found, strict=True)
    ]


def _comparison(html: str, shown: Sequence[Placeholder], seen: Container[str]) -> str:
    """Return a link that compares two runs of a text, such as what was expected and what was observed.

    Of more than two runs nobody knows which are meant; one that the reader does not see, or of a preview, has no curve.
    """
    if not shown or any(each.spec_hash not in seen for each in shown):
        return ""
    runs = tuple(dict.fromkeys([*(each.spec_hash for each in shown), *LINKED.findall(html)]))
    if len(runs) != 2:
        return ""
    return render_to_string("experiments/compare_link.html", {"url": comparison.address(runs)})


def sparks(keys: Sequence[str], user: Reader) -> dict[str, Drawing]:
    """Return the sparklines beside titles in lists."""
    if not keys:
        return {}
    topics.shows(keys)
    briefs = api.brief_states(keys, user)
    return {key: partial(_spark, brief) for key, brief in briefs.items() if brief.has_result}


def unfinished(keys: Sequence[str], user: Reader) -> set[str]:
    """Return which runs are queued or training."""
    return {key for key, brief in api.brief_states(keys, user).items() if brief.is_active}


def shown_in(posts: Sequence[int], most: int) -> list[Shown]:
    """Return public runs with a result that these posts show, those of the newest post first: one query."""
    found = api.listed_on(POST, posts, most)
    topics.shows([each.brief.spec_hash for each in found])
    return [Shown(each.brief.spec_hash, each.target_id, each.title, partial(_spark, each.brief)) for each in found]


def _spark(brief: api.Brief, prefix: str, is_told: bool = False) -> SafeString:
    """Draw a curve. `is_told`: with what speaks against the number beside it, for a place that has room."""
    url = reverse("experiments:run", args=[brief.spec_hash])
    return render_to_string(
        "experiments/spark.html", {"brief": brief, "url": url, "prefix": prefix, "is_told": is_told}
    )


def keys(html: str) -> list[str]:
    """Return the specs that a body shows."""
    return [each.spec_hash for each in placeholders.find(html)]


def preview(key: str, user: Reader) -> SafeString | None:
    """Draw a run beside a link to it: what it is, and its curve."""
    topics.shows([key])
    brief = api.brief_states([key], user).get(key)
    return None if brief is None else render_to_string("experiments/link_preview.html", {"brief": brief})


def feed(htmls: Sequence[str], user: Reader) -> list[str]:
    """Replace each run with a picture and a line of text, for feeds and email."""
    hashes = {each.spec_hash for html in htmls for each in placeholders.find(html)}
    topics.shows(hashes)
    states = api.card_states(hashes, user) if hashes else {}

    def shown(each: Placeholder) -> str:
        card = states.get(each.spec_hash)
        return render_to_string("experiments/feed.html", {"card": card, "title": each.title}) if card else ""

    return [placeholders.replace(html, shown) for html in htmls]


def picture(html: str) -> str:
    """Return the address of the picture of the first finished run in a filled body; empty without one."""
    found = DRAWN.search(html)
    return reverse("experiments:card-png", args=[found[1]]) if found else ""


def words(html: str) -> list[str]:
    """Return the configs of a body as they were written, with their titles and the sizes of their networks."""
    return [f"{each.title}\n{each.text or each.config}\n{_sizes(each.config)}" for each in placeholders.find(html)]


@lru_cache(maxsize=500)
def _sizes(config: str) -> str:
    """Return sizes such as 2-3-1; nothing of a config that an earlier release wrote and this one cannot read."""
    try:
        return " ".join(api.read_spec(config).sizes) if config else ""
    except (api.SandboxError, ValueError):
        return ""
