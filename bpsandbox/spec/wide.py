"""Signs of a Chinese keyboard where YAML wants its own: what else is wrong with such a line comes from them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import islice

from bpsandbox.messages import _

from .problems import MOST, Log, Problem

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
    """Speak of wide signs instead of their consequences: those of bad lines, or all when nothing could be read."""
    if any(problem.code in ("syntax", "not_a_config") for problem in log.problems):
        log.problems = list(islice(_wide_signs(text, log), MOST)) or log.problems
        return
    bad = {problem.line for problem in log.problems}
    found = list(islice(_wide_signs(text, log, bad), MOST))
    named = {problem.line for problem in found}
    if named:
        others = (each for each in log.problems if each.line not in named and each.code != "missing")
        log.problems = [*found, *others]


def _wide_signs(text: str, log: Log, lines: Container[int] | None = None) -> Iterator[Problem]:
    """The wide signs of these lines, or of all."""
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
