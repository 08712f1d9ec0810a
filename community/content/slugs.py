"""Slugs of threads and tags."""

from __future__ import annotations

import re
import unicodedata

from community.rendering import formulas

SLUG_LENGTH = 80


def slug_for(title: str) -> str:
    """Return the lower-case words of any script joined by hyphens, without formulas; `-` if there are none."""
    plain = unicodedata.normalize("NFKC", formulas.without(title)).casefold()
    words = re.sub(r"[^\w]+|_+", "-", plain).strip("-")
    return words[:SLUG_LENGTH].rstrip("-") or "-"


def tag_slug(name: str) -> str:
    """Return a tag's slug: NFKC, casefolded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
