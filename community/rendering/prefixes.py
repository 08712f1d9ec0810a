"""Id prefixes of posts. A post whose number is not known yet is rendered with a neutral prefix.

The neutral prefix is a private-use character that `Source` removes from all texts, so it can only be the renderer's
own.
"""

from __future__ import annotations

import re

NEUTRAL = "\ue002"
_PLACE = re.compile(f'((?: id="| href="#)){NEUTRAL}')


def with_prefix(html: str, prefix: str) -> str:
    """Replace the neutral prefix in ids and in the links to them."""
    return _PLACE.sub(lambda match: match[1] + prefix, html)
