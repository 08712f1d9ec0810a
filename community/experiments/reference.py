"""Reference page of the config language, generated from its declaration."""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache
from django.utils.translation import get_language

from bpsandbox import api
from community.rendering import pool
from community.rendering.context import VERSION, Context, Rendered

KEPT_SECONDS = 7 * 24 * 3600


def reference() -> Rendered:
    """Render the reference in the active language, cached per text unless rendering failed."""
    source = api.config_reference().partition("\n")[2]  # the page has its own heading
    language = (get_language() or "en").lower()
    key = f"config-reference-{VERSION}-{language}-{sha256(source.encode()).hexdigest()[:20]}"
    found = cache.get(key)
    if found is None:
        rendered = pool.render(_without_note(source), _context(language))
        found = rendered.as_dict()
        if not rendered.notice:
            cache.set(key, found, KEPT_SECONDS)
    return Rendered.from_dict(found)


def _context(language: str) -> Context:
    return Context(kind="article", prefix="c-", known_handles=(), language=language)


def _without_note(source: str) -> str:
    """Remove the note for people who would edit the file."""
    return "\n".join(line for line in source.splitlines() if not line.startswith("<!--"))
