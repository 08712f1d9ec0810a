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
        r'Unknown command "(.*)"\.': _("There is no command {0}."),
        r'Unknown environment "(.*)"\.': _("There is no environment “{0}”."),
        r'Expected closing token "(.*)", but reached end of input\.': _("The formula ends before a closing {0}."),
        r'Unmatched closing token: "(.*)"\.': _("This {0} closes nothing."),
        r'Found "&", which may only appear in a table-like environment\.': _(
            "“&” belongs into a matrix, cases or aligned; write \\& for the sign itself."
        ),
        r"Duplicate subscript or superscript\.": _("Two scripts on one symbol: put braces around the first part."),
    }
