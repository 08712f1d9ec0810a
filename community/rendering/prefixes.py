"""Ids on a page begin with a prefix of their post. A post whose number is not known yet is rendered with a neutral one.

The neutral prefix is a private character that `Source` lets through in no text, so it can only be the renderer's own.
"""

from __future__ import annotations

import re

NEUTRAL = "\ue002"
_PLACE = re.compile(f'((?: id="| href="#)){NEUTRAL}')


def placed(html: str, prefix: str) -> str:
    """Replace the neutral prefix in ids and in the links to them."""
    return _PLACE.sub(lambda match: match[1] + prefix, html)
