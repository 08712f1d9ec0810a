"""Error messages for bad formulas, in the author's language."""

from __future__ import annotations

import re

from community.rendering.messages import _

# math-core names these commands by a pattern.
_NAMES = {
    r"\h[dash]line": r"\hline",
    r"\shove(left|right)": r"\shoveleft",
    r"\tag[*]": r"\tag",
    r"\big, \Big, ...": r"\big",
}


def sentence(said: str) -> str:
    """Return a message for the author; unknown messages of math-core are passed through."""
    for pattern, words in _known().items():
        if match := re.fullmatch(pattern, said, re.DOTALL):
            return words.format(*(_NAMES.get(each, each) for each in match.groups()))
    return said


def _known() -> dict[str, str]:
    return {
        r'Unknown command "(.*)"\.': _("Unknown command {0}."),
        r'Unknown environment "(.*)"\.': _("Unknown environment “{0}”."),
        r'Unknown color "(.*)"\.': _("Unknown colour “{0}”."),
        r'Expected closing token "(.*)", but reached end of input\.': _("The formula ends before the closing {0}."),
        r'Unmatched closing token: "(.*)"\.': _("This {0} has nothing to close."),
        r"Duplicate subscript or superscript\.": _(
            "Double subscript or superscript: put braces around the first part."
        ),
        r"'\^' or '_' directly followed by .*": _("Nothing stands between two signs of a script."),
        r"Expected argument but got closing token.*": _("A command before this bracket lacks its argument."),
        r"Expected argument but reached end of input\.": _("The formula ends before the argument of its last command."),
        r"Switch-like commands cannot be used as arguments\.": _("Put braces around this command and what it changes."),
        r"Expected (?:at most|exactly) one token as argument\.": _("A single sign is expected here."),
        r"Expected a large operator\.": _("A large operator such as \\sum is expected here."),
        r"Expected a relation after \\not\.": _("\\not stands before a relation, as in \\not=."),
        r'There must be a parenthesis after "(.*)", but not found\.': _("{0} stands before a bracket, as in {0}(."),
        r'Expected column specification, found "(.*)"\.': _("The columns of the array are missing, as in {{lcr}}."),
        r'Expected length with units, found "(.*)"\.': _("A length with its unit is expected here, as in 1em."),
        r"Found more than one label in a row\.": _("A row has one label at most."),
        r"Found more than one infix fraction in a group\.": _("Put braces around the first of two fractions."),
        r"Not valid in text mode\.": _("This is no text: put it between dollars, as in \\text{{if $x>0$}}."),
        r"Not valid in math mode\.": _("This may stand only within \\text."),
        r"Hard limit exceeded\..*": _("The formula is too complex. Write it as two."),
        **_misplaced(),
    }


def _misplaced() -> dict[str, str]:
    found = r'Found "(.*)", which may only appear '
    return {
        found[:7] + r'&", which may only appear in a table-like environment\.': _(
            "“&” belongs in a matrix, cases or aligned; write \\& for the character itself."
        ),
        found + r"directly after a `\\\\` or at the beginning of .*": _("{0} stands at the beginning of a row."),
        found + r"(?:at the top level of|in) a table-like environment\.": _(
            "{0} belongs in a matrix, cases or aligned."
        ),
        found + r"in a numbered equation environment\.": _("{0} belongs in a display formula."),
        found + r"after \\int, \\sum, \.\.\.\.?": _("{0} stands after a large operator such as \\sum."),
        found + r"directly before \\let or \\def\.": _("{0} stands before \\def or \\let."),
    }
