"""Unformatted fallback: the source as written, with the reason, so that no word is lost."""

from __future__ import annotations

from html import escape

from .context import VERSION, Rendered
from .headlines import headline
from .plain import excerpt
from .source import Source


def as_written(given: str, notice: str, *, version: int = VERSION, title: str | None = None) -> Rendered:
    """Return the whole source, escaped, under a notice, with the title or the first words if it is empty."""
    text = Source(given).text.strip("\n")
    return Rendered(
        html=(
            f'<p class="render-notice">{escape(notice)}</p>\n'
            f'<pre class="as-written" tabindex="0">{escape(text, quote=False)}</pre>'
        ),
        text=text.strip(),
        excerpt=excerpt(text[:2_000]),
        version=version,
        notice=notice,
        title_html="" if title is None else escape(title or headline(text)),
    )
