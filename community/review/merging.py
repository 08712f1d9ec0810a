"""A suggestion put onto the post as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from community.content import diffs
from community.content.models import Post
from community.review.filing import filing_of, still_wanted
from community.review.models import SuggestedEdit


@dataclass(frozen=True, slots=True)
class Merge:
    """What approving makes of a post. Not `is_clean`: both changed the same, and this is the suggestion.

    `filing` is what it changes beside title and text.
    """

    title: str
    source: str
    is_clean: bool = True
    filing: Mapping[str, str] = field(default_factory=dict)


def merge(suggestion: SuggestedEdit, post: Post) -> Merge:
    """Return the suggestion with what was edited since elsewhere. `thread` must be loaded on the post."""
    text = _merged_text(suggestion, post)
    filing = still_wanted(suggestion.filing, filing_of(post)) if suggestion.filing else {}
    if filing is None:
        as_suggested = {name: after for name, (_before, after) in suggestion.filing.items()}
        return Merge(suggestion.title, suggestion.source, is_clean=False, filing=as_suggested)
    return replace(text, filing=filing)


def _merged_text(suggestion: SuggestedEdit, post: Post) -> Merge:
    as_suggested = Merge(suggestion.title, suggestion.source)
    if post.version == suggestion.base_version:
        return as_suggested
    base = base_of(suggestion.base_version, post)
    title_now = post.thread.title if post.is_opening else ""
    if base is None:
        return Merge(suggestion.title, suggestion.source, is_clean=False)
    title = _either(base.title, title_now, suggestion.title)
    source = diffs.merged(base.source, post.source, suggestion.source)
    if title is None or source is None:
        return Merge(suggestion.title, suggestion.source, is_clean=False)
    return Merge(title, source)


def base_of(version: int, post: Post) -> Merge | None:
    """Return title and text of a version of a post; None if there is none."""
    if version == post.version:
        return Merge(post.thread.title if post.is_opening else "", post.source)
    found = post.revisions.filter(number=version).values_list("title", "source").first()
    return Merge(*found) if found else None


def shown_base_of(version: int, post: Post) -> Merge:
    """Return what everybody sees that a version of a post was: what was only corrected is shown as it was corrected.

    A form can name any version, also one that nobody but moderators is shown (see `content.corrections`).
    """
    found = None
    if version != post.version:
        later = post.revisions.filter(number__gte=version, is_corrected=False).order_by("number")
        found = later.values_list("title", "source").first()
    return Merge(*found) if found else Merge(post.thread.title if post.is_opening else "", post.source)


def _either(base: str, now: str, suggested: str) -> str | None:
    """Return the one that changed; None if both did, differently."""
    if base in (now, suggested):
        return suggested if base == now else now
    return now if now == suggested else None
