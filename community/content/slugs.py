"""The readable part of a thread's address."""

from __future__ import annotations

import re
import unicodedata

from community.rendering import formulas

SLUG_LENGTH = 80


def slug_for(title: str) -> str:
    """Words of any script in lower case, joined by hyphens; formulas left out. Never empty: `-` stands for nothing."""
    plain = unicodedata.normalize("NFKC", formulas.without(title)).casefold()
    words = re.sub(r"[^\w]+|_+", "-", plain).strip("-")
    return words[:SLUG_LENGTH].rstrip("-") or "-"


def tag_slug(name: str) -> str:
    """How a tag of this name is found: NFKC, casefolded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
