"""Line prefixes: the markers of block structure.

Where two parts can both match spaces, the first is possessive (`*+`): no pattern backtracks over a long gap.
"""

from __future__ import annotations

import re

QUOTE = re.compile(r" {0,3}> ?")
ITEM = re.compile(r"( {0,3})([-+*]|\d{1,9}[.)])( +|$)")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*+([^`\n]*)$|^ {0,3}(~{3,})[ \t]*+(.*)$")
HEADING = re.compile(r" {0,3}(#)(?:[ \t]+(.*))?$|^ {0,3}(#{2,6})[ \t]*([^#].*)?$")
RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
UNDERLINE = re.compile(r" {0,3}(={2,}|-{2,})[ \t]*$")
FOOTNOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,60})\]:[ \t]?")
CALLOUT = re.compile(r"[ \t]*\[!([^\]\s]{1,20})\][+-]?[ \t]*(.*)$")
ADMONITION = re.compile(r"(!!!|\?\?\?\+?)[ \t]*+([^\s\"]{1,20}+)?+[ \t]*+(?:\"([^\"]*)\")?+[ \t]*$")
TABLE_RULE = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*$")
DISPLAY = re.compile(r"\\\[|\\\]|\$\$|\\begin\{([a-zA-Z]+\*?)\}|`+|\\.")


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def expand(line: str) -> str:
    """Expand tabs before a line's first character to stops of four."""
    if "\t" not in line:
        return line
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(4) + body


def starts_block(line: str) -> bool:
    """Return whether a line begins a block and so cannot continue the previous paragraph."""
    return any(mark.match(line) for mark in (QUOTE, FENCE, HEADING, RULE, FOOTNOTE)) or starts_item(line) is not None


def starts_item(line: str) -> re.Match[str] | None:
    match = ITEM.match(line)
    return match if match and not RULE.match(line) else None


def open_display(line: str) -> str:
    """Return the closing delimiter of the display formula left open at the end of a line, or an empty string."""
    closer = ticks = ""
    for match in DISPLAY.finditer(line):
        mark = match[0]
        if ticks:
            ticks = "" if mark == ticks else ticks
        elif closer:
            closer = (
                ""
                if mark == closer or (closer.startswith("\\end") and line.startswith(closer, match.end()))
                else closer
            )
        elif mark.startswith("`"):
            ticks = mark
        elif mark == "$$":
            closer = "$$"
        elif mark == "\\[":
            closer = "\\]"
        elif match[1]:
            end = f"\\end{{{match[1]}}}"
            closer = "" if end in line[match.end() :] else end
    return closer
