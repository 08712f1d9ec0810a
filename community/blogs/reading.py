"""Reading time estimates."""

from __future__ import annotations

import math

from community.rendering.chars import han_and_words

HAN_A_MINUTE = 500
WORDS_A_MINUTE = 350


def reading_minutes(text: str) -> int:
    """Return the minutes needed at 350 words or 500 Chinese characters a minute, at least one."""
    han, words = han_and_words(text)
    return max(1, math.ceil(words / WORDS_A_MINUTE + han / HAN_A_MINUTE))
