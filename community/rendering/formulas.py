r"""Formula parser: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, environments. The only one.

It is linear: a missing or distant closing delimiter is searched for once. Django-free.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from .chars import ADDRESS
from .limits import FORMULA_LENGTH

ENVIRONMENTS = (
    "equation|align|gather|multline|eqnarray|alignat|flalign|aligned|gathered|alignedat|split|cases|dcases|array|"
    "matrix|pmatrix|bmatrix|Bmatrix|vmatrix|Vmatrix|displaymath|math|subequations"
)
_BEGIN = re.compile(rf"\\begin\{{((?:{ENVIRONMENTS})\*?)\}}")
_OPENER = re.compile(r"\$\$?|\\.", re.DOTALL)
_TEXT_GROUP = re.compile(r"\\(?:text(?:rm|bf|it|sf|tt|normal|up)?|mbox|hbox|mathrm)\s*\{")
_MONEY = re.compile(r"\d[\d.,]*\s*(?:[kKmMbB]|[万亿千百元美])?(?=[\s,.;:!?()，。；：！？、（）/]|[^\x00-\x7f]|$)")
_NO_PRICE = re.compile(r"[\d.]+(?:,\s*[\d.]+)+|[\d.]+(?:/(?:\d+(?:\.\d+)?[A-Za-z]?|[A-Za-z]|\([^\s()]+\))'*)+")
_FORMULA_SIGNS = re.compile(r"[\\^_={}<>+*|]")
_VARIABLE = re.compile(r"[A-Z_]{2,}+(?![\w^{])")
_ADDRESS = re.compile(ADDRESS)
_CODE_RUN = re.compile("`+")
_TICKED = re.compile("`([^`]+)`")
_PADDED_FORMULA = re.compile(r"[\\^_=<>+]|^\S{1,3}$")


class Span(NamedTuple):
    """A formula. `start` and `end` include the delimiters; `latex` begins at `first`, and is all of an environment."""

    start: int
    first: int
    end: int
    latex: str
    display: bool


def spans(text: str) -> Iterator[Span]:
    """Return the formulas of a text in order; delimiters that are escaped, or in code, open none."""
    formulas = Formulas(text)
    position = 0
    while opener := _OPENER.search(text, position):
        code = formulas.code_around(position, opener.start())
        span = formulas.at(opener.start()) if code < 0 else None
        position = span.end if span else max(code, opener.end())
        if span:
            yield span


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Return where code between backticks begins and ends, fenced or not."""
    return zip(*Formulas(text).code, strict=True)


def without(text: str) -> str:
    """Return a text with each formula replaced by a space."""
    pieces, free = [], 0
    for span in spans(text):
        pieces.append(text[free : span.start])
        free = span.end
    return " ".join([*pieces, text[free:]])


class Formulas:
    """Parses the formula at a position. Positions must be increasing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._closers: dict[
            str, tuple[int, int]
        ] = {}  # from the first position on, the next one is at the second, or does not exist

    def at(self, start: int) -> Span | None:
        """Return the formula whose opening delimiter is at `start`, or None."""
        if self.text.startswith("$$", start):
            return self._double(start)
        if self.text.startswith("$", start):
            return self._single(start)
        if self.text.startswith(("\\(", "\\["), start):
            return self._bracketed(start)
        match = _BEGIN.match(self.text, start)
        return self._environment(match) if match else None

    # === Backslashes ===

    def _bracketed(self, start: int) -> Span | None:
        r"""Parse `\(...\)` or `\[...\]`; `\[text](address)` is an escaped bracket."""
        is_display = self.text[start + 1] == "["
        end = self._next("\\]" if is_display else "\\)", start + 2)
        if end < 0 or (is_display and self.text.startswith("(", end + 2)):
            return None
        if not is_display and end - start > FORMULA_LENGTH:
            return None
        return self._span(start, start + 2, end, end + 2, display=is_display)

    def _environment(self, match: re.Match[str]) -> Span | None:
        closer = f"\\end{{{match[1]}}}"
        end = self._next(closer, match.end())
        if end < 0:
            return None
        end += len(closer)
        start = match.start()
        return Span(start, start, end, self.text[start:end], True)

    def _span(self, start: int, first: int, last: int, end: int, *, display: bool) -> Span | None:
        latex = self.text[first:last]
        return None if not latex or latex.isspace() else Span(start, first, end, latex, display)

    def _next(self, closer: str, start: int) -> int:
        """Return the position of a closing delimiter, or -1; cached for every opener before it."""
        since, found = self._closers.get(closer, (len(self.text) + 1, 0))
        if since <= start and (found < 0 or start <= found):
            return found
        found = self.text.find(closer, start)
        self._closers[closer] = (start, found)
        return found

    # === Dollars ===

    def _double(self, start: int) -> Span | None:
        end = self._next("$$", start + 2)
        while end >= 0 and _is_escaped(self.text, end, start + 2):
            end = self._next("$$", end + 1)
        return self._span(start, start + 2, end, end + 2, display=True) if end >= 0 else None

    def _single(self, start: int) -> Span | None:
        """Parse `$...$`, or GitLab's form of it, whose LaTeX stands between backticks too."""
        end = self._closing_dollar(start)
        if end < 0:
            return None
        ticks = 1 if _TICKED.fullmatch(self.text, start + 1, end) else 0
        return self._span(start, start + 1 + ticks, end - ticks, end + 1, display=False)

    def _closing_dollar(self, start: int) -> int:
        """Return the end of the formula that opens at `start`, or -1 if this dollar opens none."""
        following = self.text[start + 1 : start + 2]
        if not following or following == "\n":
            return -1
        end = self._next_dollar(start + 1)
        if end < 0 or end - start > FORMULA_LENGTH:
            return -1
        inner = self.text[start + 1 : end]
        after = self.text[end + 1 : end + 2]
        if "\n\n" in inner or (after.isascii() and after.isdigit()) or self._is_in_address(start):
            return -1
        if _VARIABLE.match(self.text, start + 1) and _VARIABLE.match(self.text, end + 1):  # $HOME/bin:$PATH
            return -1
        if following.isspace() or inner[-1:].isspace():
            return end if self._is_padded(start, inner, after) else -1
        return -1 if _is_money(inner) else end

    def _next_dollar(self, start: int) -> int:
        r"""Return the next unescaped dollar outside code; those inside `\text{...}` belong to the formula."""
        position, limit = start, start + FORMULA_LENGTH + 1
        while 0 <= (found := self._next("$", position)) < limit:
            group = self._text_group_around(start, found)
            if group > found:
                position = group
            elif _is_escaped(self.text, found, start):
                position = found + 1
            elif (code := self.code_around(start, found)) > found:
                position = code
            else:
                return found
        return -1

    def code_around(self, start: int, dollar: int) -> int:
        """Return the end of the code span around this dollar that begins after `start`, or -1.

        A backtick within braces is a quotation mark of LaTeX.
        """
        begins, ends = self.code
        before = bisect_right(begins, dollar) - 1
        if before < 0 or begins[before] < start or ends[before] <= dollar:
            return -1
        braces = [self.text.count(brace, start, begins[before]) for brace in "{}"]
        return ends[before] if braces[0] <= braces[1] else -1

    def _is_in_address(self, dollar: int) -> bool:
        """Return whether this dollar stands within a bare address, behind a character that does not end a sentence."""
        before = self.text[max(0, dollar - 1) : dollar]
        if not (before.isalnum() or before in tuple("/=-_&%+~")):
            return False
        begins, ends = self._addresses
        place = bisect_right(begins, dollar) - 1
        return place >= 0 and dollar < ends[place]

    @cached_property
    def _addresses(self) -> tuple[list[int], list[int]]:
        found = [match.span() for match in _ADDRESS.finditer(self.text)]
        return [begin for begin, _end in found], [end for _begin, end in found]

    @cached_property
    def code(self) -> tuple[list[int], list[int]]:
        """Where the code spans of the text begin and end: runs of as many backticks, the first not escaped."""
        runs = list(_CODE_RUN.finditer(self.text))
        later: dict[int, int] = {}
        closing = [-1] * len(runs)
        for place in range(len(runs) - 1, -1, -1):
            length = len(runs[place][0])
            closing[place] = later.get(length, -1)
            later[length] = place
        begins, ends, place = [], [], 0
        while place < len(runs):
            if closing[place] < 0 or _is_escaped(self.text, runs[place].start(), 0):
                place += 1
                continue
            begins.append(runs[place].start())
            ends.append(runs[closing[place]].end())
            place = closing[place] + 1
        return begins, ends

    def _text_group_around(self, start: int, dollar: int) -> int:
        r"""Return the end of the `\text{...}` around this dollar, or -1."""
        opened = self.text.rfind("\\text", start, dollar)
        opened = opened if opened >= 0 else self.text.rfind("\\mbox", start, dollar)
        match = _TEXT_GROUP.match(self.text, opened) if opened >= 0 else None
        if match is None:
            return -1
        depth = 1
        for position in range(match.end(), min(len(self.text), match.end() + 400)):
            depth += (self.text[position] == "{") - (self.text[position] == "}")
            if not depth:
                return position + 1
        return -1

    def _is_padded(self, start: int, inner: str, after: str) -> bool:
        """Return whether `$ x $`, with a space at both ends, is a formula rather than two prices."""
        before = self.text[max(0, start - 2) : start].strip()[-1:]
        both = inner[:1] == " " and inner[-1:] == " " and "\n" not in inner
        return (
            both
            and not before.isdigit()
            and not after.isalnum()
            and bool(_PADDED_FORMULA.search(inner.strip()))
            and not _is_money(inner.strip())
        )


def _is_money(inner: str) -> bool:
    """Return whether the text between two dollars is a price and following words; `1/2`, `2/N` and `0, 1` are none."""
    match = _MONEY.match(inner)
    if match is None or _NO_PRICE.fullmatch(inner) or _FORMULA_SIGNS.search(inner):
        return False
    return bool(inner[match.end() :].strip())


def _is_escaped(text: str, position: int, start: int) -> bool:
    slashes = 0
    while position - slashes > start and text[position - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1
