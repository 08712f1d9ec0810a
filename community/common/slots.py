"""Registry of templates that higher apps add to pages of lower ones.

A page has `{% slot "post-menu" %}`; a higher app calls `slots.fill("post-menu", "moderation/post_menu.html")` in
AppConfig.ready. The template is rendered with the page's context; in a fragment (`community.common.drawn`) with its
inputs alone.
"""

from __future__ import annotations

_filled: dict[str, list[tuple[int, str]]] = {}


def fill(slot: str, template: str, *, place: int = 0) -> None:
    """Add a template to a slot; the lowest `place` comes first."""
    entries = _filled.setdefault(slot, [])
    if (place, template) not in entries:
        entries.append((place, template))
        entries.sort()


def templates(slot: str) -> list[str]:
    return [template for _place, template in _filled.get(slot, ())]
