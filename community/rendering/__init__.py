"""Text in, safe HTML out: Markdown, LaTeX and embeds become the fragment that every page shows.

`render(source, context)` runs in this process, for terminals and tests; the site uses `community.rendering.pool`, whose
child processes can be killed. Names are imported lazily, so that a web worker does not load the parsers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .context import Context, Heading, MathError, Rendered
    from .feeds import feed_html
    from .leading import leading_blocks
    from .math import mathml
    from .mentioning import mention_candidates
    from .pipeline import render
    from .plain import plain
    from .readable import readable_words
    from .sanitizer import sanitize
    from .titles import render_title

__all__ = [
    "Context",
    "Heading",
    "MathError",
    "Rendered",
    "feed_html",
    "leading_blocks",
    "mathml",
    "mention_candidates",
    "plain",
    "readable_words",
    "render",
    "render_title",
    "sanitize",
]

_homes = {
    "Context": "context",
    "Heading": "context",
    "MathError": "context",
    "Rendered": "context",
    "feed_html": "feeds",
    "leading_blocks": "leading",
    "mathml": "math",
    "mention_candidates": "mentioning",
    "plain": "plain",
    "readable_words": "readable",
    "render": "pipeline",
    "render_title": "titles",
    "sanitize": "sanitizer",
}


def __getattr__(name: str) -> Any:
    """Import a public name's module on first access."""
    if name not in _homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_homes[name]}"), name)
