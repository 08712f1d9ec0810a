"""Line break control: keeps a formula with adjacent punctuation, and the numbers of a shape together.

Browsers break lines on both sides of `<math>`, so that a line could begin with a comma.
"""

from __future__ import annotations

import re

NEAR = 16  # characters examined beside a formula
# What can follow: an ending such as -th or ’s, or a hyphen, then closing punctuation.
_AFTER = re.compile(
    r"(?:['’-]?[A-Za-z]{1,3}(?![A-Za-z])|[-‑–])?[,.;:!?)\]}\"'”’»…%，。、；：！？）」』】》〉〕．～]{0,8}"
)
_BEFORE = re.compile(r"[(\[{\"'“‘«（「『【《〈〔]+\Z")
# A shape such as 2-3-1; a longer series of numbers can break.
_SHAPE = re.compile(r"(?<![\w-])\d{1,4}(?:-\d{1,4}){1,5}(?![\w-])")
_FORMULA = ("</math>", "</math></a>")


def keep_together(before: str, shown: str, after: str) -> tuple[str, str, str]:
    """Wrap an island with the punctuation that touches it on both sides.

    Code and errors are excluded: browsers break text by its letters, and a long error must break.
    """
    if not shown.endswith(_FORMULA):
        return before, shown, after
    opening = _BEFORE.search(before, max(0, len(before) - NEAR))
    closing = _AFTER.match(after)
    start = opening.start() if opening else len(before)
    end = closing.end() if closing else 0
    if start == len(before) and not end:
        return before, shown, after
    return before[:start], f'<span class="held">{before[start:]}{shown}{after[:end]}</span>', after[end:]


def keep_shapes(text: str) -> str:
    """Wrap network shapes in a text without tags."""
    return _SHAPE.sub(r'<span class="held">\g<0></span>', text)
