"""How long a text takes to read."""

from __future__ import annotations

import math
import re

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
WORD = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
HAN_A_MINUTE = 500
WORDS_A_MINUTE = 350


def reading_minutes(text: str) -> int:
    """Minutes for plain text at 350 words or 500 Chinese characters a minute, at least one."""
    return max(1, math.ceil(len(WORD.findall(text)) / WORDS_A_MINUTE + len(HAN.findall(text)) / HAN_A_MINUTE))
