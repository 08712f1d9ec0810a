"""Error messages for bad formulas, in the author's language."""

from __future__ import annotations

import re

from community.rendering.messages import _


def sentence(said: str) -> str:
    """Return a message for the author; unknown messages of math-core are passed through."""
    for pattern, words in _known().items():
        if match := re.fullmatch(pattern, said, re.DOTALL):
            return words.format(*match.groups())
    return said


def _known() -> dict[str, str]:
    return {
        r'Unknown command "(.*)"\.': _("Unknown command {0}."),
        r'Unknown environment "(.*)"\.': _("Unknown environment “{0}”."),
        r'Expected closing token "(.*)", but reached end of input\.': _("The formula ends before the closing {0}."),
        r'Unmatched closing token: "(.*)"\.': _("This {0} has nothing to close."),
        r'Found "&", which may only appear in a table-like environment\.': _(
            "“&” belongs in a matrix, cases or aligned; write \\& for the character itself."
        ),
        r"Duplicate subscript or superscript\.": _(
            "Double subscript or superscript: put braces around the first part."
        ),
    }
