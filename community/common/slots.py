"""Registry of what higher apps put into the pages of lower ones: templates, by the name of a place.

A page says `{% slot "post-menu" %}`; an app above it says `slots.fill("post-menu", "moderation/post_menu.html")` in
AppConfig.ready. The template is rendered with everything that the page knows.
"""

from __future__ import annotations

_filled: dict[str, list[tuple[int, str]]] = {}


def fill(slot: str, template: str, *, place: int = 0) -> None:
    """Add a template to a slot; the smallest `place` comes first."""
    entries = _filled.setdefault(slot, [])
    if (place, template) not in entries:
        entries.append((place, template))
        entries.sort()


def templates(slot: str) -> list[str]:
    return [template for _place, template in _filled.get(slot, ())]
