"""Full-width characters where YAML needs its own; other problems of such a line follow from them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import islice

from bpsandbox.messages import _

from .problems import MAX_PROBLEMS, Log, Problem

_PLAIN = {
    "：": ": ",
    "，": ", ",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "＃": "# ",
    "\u00a0": " ",
    "\u3000": " ",
}
_WIDE = re.compile("[" + "".join(_PLAIN) + "]")
_FREE = re.compile(r"""(?:^|(?<=\s))#.*|"[^"]*"|'[^']*'|^\s*(?:title|notes):.*""")


def name_wide_signs(text: str, log: Log) -> None:
    """Report full-width characters instead of the problems that they cause."""
    if any(problem.code in ("syntax", "not_a_config") for problem in log.problems):
        log.problems = list(islice(_wide_signs(text, log), MAX_PROBLEMS)) or log.problems
        return
    bad = {problem.line for problem in log.problems}
    found = list(islice(_wide_signs(text, log, bad), MAX_PROBLEMS))
    named = {problem.line for problem in found}
    if named:
        others = (each for each in log.problems if each.line not in named and each.code != "missing")
        log.problems = [*found, *others]


def _wide_signs(text: str, log: Log, lines: Container[int] | None = None) -> Iterator[Problem]:
    """Yield a problem for every full-width character of these lines, or of all."""
    for line, words in enumerate(text.split("\n")):
        if lines is not None and line + log.first_line not in lines:
            continue
        bare = _FREE.sub(lambda free: " " * len(free[0]), words)
        for sign in _WIDE.finditer(bare):
            plain = _PLAIN[sign[0]]
            message = _("{seen} is a full-width character; write {plain}.", seen=sign[0], plain=plain.strip())
            if sign[0].isspace():
                message = _("This is a full-width or no-break space (U+{code}); write a normal space.",
                            code=f"{ord(sign[0]):04X}")  # fmt: skip
            where = log.outer(line, sign.start())
            yield Problem(*where, "", message, "wide_sign", sign[0], plain.strip() or plain, plain)
