"""Find formulas, code spans and pasted tags in the text of one paragraph, in linear time, before Markdown sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from string import punctuation

from .islands import CodeIsland, FormulaIsland, Islands, ReferenceIsland, TagIsland
from .limits import BRACKET_DEPTH, FORMULA_LENGTH
from .source import PUA_CLOSE, PUA_OPEN
from .tags import read_tag

type OffsetOf = Callable[[int], int]

ENVIRONMENTS = (
    "equation|align|gather|multline|eqnarray|alignat|flalign|aligned|gathered|alignedat|split|cases|dcases|array|"
    "matrix|pmatrix|bmatrix|Bmatrix|vmatrix|Vmatrix|displaymath|math|subequations"
)
_BEGIN = re.compile(rf"\\begin\{{((?:{ENVIRONMENTS})\*?)\}}")
_SPECIAL = re.compile(r"[\\`$<&]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_DOLLAR = re.compile(r"\\.|\$|\\text[a-z]*\{|\\mbox\{", re.DOTALL)
_TEXT_GROUP = re.compile(r"\\(?:text(?:rm|bf|it|sf|tt|normal|up)?|mbox|hbox|mathrm)\s*\{")
_BACKTICKS = re.compile("`+")
_EQREF = re.compile(r"\\(?:eqref|ref)\{([^{}\n]{1,80})\}")
_AUTOLINK = re.compile(r"<(?:https?|mailto):[^\s<>]*>", re.IGNORECASE)
_MONEY = re.compile(r"\d[\d.,]*\s*(?:[kKmMbB]|[万亿千百元美])?(?=[\s,.;:!?()，。；：！？、（）/]|[^\x00-\x7f]|$)")
_FORMULA_SIGNS = re.compile(r"[\\^_={}<>+*|]")
_PADDED_FORMULA = re.compile(r"[\\^_=<>+]|^\S{1,3}$")
_BRACKET = re.compile(r"[\[\]]")
# What may follow `]`: no address at all, or one that ends.
_ADDRESS_AFTER = re.compile(r"(?!\()|\((?:[^()\[\]]|\([^()\[\]]{0,300}\)){0,1000}\)")
FEW_BRACKETS = 40
_ESCAPED = re.compile("\x02(\\d+)\x03")
# Python-Markdown writes this as `&amp;`; a bare `&` before what looks like a reference it would leave alone.
AMPERSAND = "\x02amp\x03amp;"


class Scanner:
    """Replaces what it finds by placeholders; `where` tells tags of different containers apart."""

    def __init__(self, islands: Islands, *, with_tags: bool = True) -> None:
        self.islands = islands
        self.with_tags = with_tags

    def scan(self, text: str, offset_of: OffsetOf, *, where: int = 0) -> str:
        """Return the text with islands taken out."""
        return _Scan(text, offset_of, self.islands, where, self.with_tags).run()


class _Scan:
    def __init__(self, text: str, offset_of: OffsetOf, islands: Islands, where: int, with_tags: bool) -> None:
        self.text = text
        self.offset_of = offset_of
        self.islands = islands
        self.where = where
        self.with_tags = with_tags
        self.out: list[str] = []
        self.without_end: dict[str, int] = {}  # closing delimiter: there is none from here on
        self.runs: dict[int, list[int]] | None = None

    def run(self) -> str:
        position = 0
        while match := _SPECIAL.search(self.text, position):
            self.out.append(self.text[position : match.start()])
            position = _READERS[match[0]](self, match.start())
        self.out.append(self.text[position:])
        return cap_brackets("".join(self.out))

    # === Backslashes ===

    def _backslash(self, start: int) -> int:
        following = self.text[start + 1 : start + 2]
        if following in "([" and following:
            return self._bracketed(start, following)
        if following == "b" and (match := _BEGIN.match(self.text, start)):
            return self._environment(start, match)
        if following in "er" and (match := _EQREF.match(self.text, start)):
            self.out.append(self.islands.add(ReferenceIsland(match[0], match[1])))
            return match.end()
        if following and following in punctuation:
            self.out.append(escaped(following))
            return start + 2
        if following == "\n":
            self.out.append(self.islands.add(TagIsland("\\", "br", "<br>", is_block=False, is_void=True, twin=True)))
            return start + 1
        self.out.append("\\")
        return start + 1

    def _bracketed(self, start: int, opener: str) -> int:
        r"""Read `\(...\)` or `\[...\]`; `\[text](address)` stays an escaped bracket."""
        closer = "\\)" if opener == "(" else "\\]"
        end = self._find(closer, start + 2)
        too_long = end - start > FORMULA_LENGTH and opener == "("
        if (
            end < 0
            or too_long
            or not self.text[start + 2 : end].strip()
            or (opener == "[" and self.text[end + 2 : end + 3] == "(")
        ):
            self.out.append(escaped(opener))
            return start + 2
        return self._formula(start, start + 2, end, end + 2, display=opener == "[")

    def _environment(self, start: int, match: re.Match[str]) -> int:
        closer = f"\\end{{{match[1]}}}"
        end = self._find(closer, match.end())
        if end < 0:
            self.out.append(self.text[start : match.end()])
            return match.end()
        end += len(closer)
        return self._formula(start, start, end, end, display=True)

    def _find(self, closer: str, start: int) -> int:
        """Find a closing delimiter; that there is none is remembered, so that many openers cost no more than one."""
        if self.without_end.get(closer, len(self.text) + 1) <= start:
            return -1
        end = self.text.find(closer, start)
        if end < 0:
            self.without_end[closer] = start
        return end

    # === Dollars ===

    def _dollar(self, start: int) -> int:
        if self.text.startswith("$$", start):
            return self._double(start)
        end = self._closing_dollar(start)
        if end < 0:
            self.out.append("$")
            return start + 1
        return self._formula(start, start + 1, end, end + 1, display=False)

    def _double(self, start: int) -> int:
        end = self._find("$$", start + 2)
        while end >= 0 and _is_escaped(self.text, end, start + 2):
            end = self._find("$$", end + 1)
        if end < 0 or not self.text[start + 2 : end].strip():
            self.out.append("$$")
            return start + 2
        return self._formula(start, start + 2, end, end + 2, display=True)

    def _closing_dollar(self, start: int) -> int:
        """Return where the formula that opens at `start` ends, or -1 when this dollar opens none."""
        following = self.text[start + 1 : start + 2]
        if not following or following == "\n":
            return -1
        end = self._next_dollar(start + 1)
        if end < 0 or end - start > FORMULA_LENGTH:
            return -1
        inner = self.text[start + 1 : end]
        after = self.text[end + 1 : end + 2]
        if "\n\n" in inner or (after.isascii() and after.isdigit()):
            return -1
        if following.isspace() or inner[-1:].isspace():
            return end if self._is_padded(start, inner, after) else -1
        return -1 if _is_money(inner) else end

    def _next_dollar(self, start: int) -> int:
        """Find the next unescaped dollar; those inside `\\text{...}` belong to the formula."""
        if self.without_end.get("$", len(self.text) + 1) <= start:
            return -1
        position = start
        limit = start + FORMULA_LENGTH + 1
        while position < limit:
            found = self.text.find("$", position, limit)
            if found < 0:
                break
            group = self._text_group_around(start, found)
            if group > found:
                position = group
            elif _is_escaped(self.text, found, start):
                position = found + 1
            else:
                return found
        if self.text.find("$", start) < 0:
            self.without_end["$"] = start
        return -1

    def _text_group_around(self, start: int, dollar: int) -> int:
        """Return the end of the `\\text{...}` that holds this dollar, or -1."""
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
        """Say whether `$ x $`, with a space at both ends, is a formula and not two prices."""
        before = self.text[max(0, start - 2) : start].strip()[-1:]
        both = inner[:1] == " " and inner[-1:] == " " and "\n" not in inner
        return (
            both
            and not before.isdigit()
            and not after.isalnum()
            and bool(_PADDED_FORMULA.search(inner.strip()))
            and not _is_money(inner.strip())
        )

    def _formula(self, start: int, first: int, end: int, stop: int, *, display: bool) -> int:
        latex = self.text[first:end]
        anchors = [(0, self.offset_of(first))]
        position = latex.find("\n")
        while position >= 0:
            anchors.append((position + 1, self.offset_of(first + position + 1)))
            position = latex.find("\n", position + 1)
        self.out.append(self.islands.add(FormulaIsland(self.text[start:stop], latex, display, anchors)))
        return stop

    # === Code and tags ===

    def _backtick(self, start: int) -> int:
        first = start + 1
        while self.text.startswith("`", first):
            first += 1
        end = self._closing_run(first - start, first)
        if end < 0:
            self.out.append(self.text[start:first])
            return first
        code = self.text[first:end].replace("\n", " ")
        if code.strip() and code[0] == code[-1] == " ":
            code = code[1:-1]
        stop = end + first - start
        self.out.append(self.islands.add(CodeIsland(self.text[start:stop], code)))
        return stop

    def _closing_run(self, length: int, start: int) -> int:
        """Find the next run of exactly `length` backticks."""
        if self.runs is None:
            self.runs = {}
            for match in reversed(list(_BACKTICKS.finditer(self.text))):
                self.runs.setdefault(len(match[0]), []).append(match.start())
        places = self.runs.get(length, [])
        while places and places[-1] < start:
            places.pop()
        return places[-1] if places else -1

    def _less_than(self, start: int) -> int:
        if match := _AUTOLINK.match(self.text, start):
            self.out.append(match[0])
            return match.end()
        found = read_tag(self.text, start) if self.with_tags else None
        if found is None:
            self.out.append("<")
            return start + 1
        island, end = found
        island.where = self.where
        self.out.append(self.islands.add(island))
        return end

    def _ampersand(self, start: int) -> int:
        """Read a character reference; one that names nothing is text."""
        match = _ENTITY.match(self.text, start)
        if match is None:
            self.out.append("&")
            return start + 1
        self.out.append(_character(match[0]))
        return match.end()


_READERS = {
    "&": _Scan._ampersand,
    "\\": _Scan._backslash,
    "$": _Scan._dollar,
    "`": _Scan._backtick,
    "<": _Scan._less_than,
}


def _character(reference: str) -> str:
    char = unescape(reference)
    if char == reference or char == "&" or not char.isprintable() or char in (PUA_OPEN, PUA_CLOSE):
        return AMPERSAND + reference[1:] if char != "&" else AMPERSAND
    return escaped(char) if char in punctuation else char


def _is_money(inner: str) -> bool:
    """Say whether what stands between two dollars is a price and the words after it."""
    match = _MONEY.match(inner)
    if match is None or _FORMULA_SIGNS.search(inner):
        return False
    return bool(inner[match.end() :].strip())


def _is_escaped(text: str, position: int, start: int) -> bool:
    slashes = 0
    while position - slashes > start and text[position - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def escaped(char: str) -> str:
    """Return a character in the form in which Python-Markdown itself keeps escaped ones: nothing reads it again."""
    return f"\x02{ord(char)}\x03"


def unescaped(text: str) -> str:
    """Resolve such characters again, for words that Markdown does not get."""
    return _ESCAPED.sub(lambda match: chr(int(match[1])), text.replace(AMPERSAND, "&"))


def cap_brackets(text: str) -> str:
    """Escape square brackets that have no partner, are nested too deep or begin an address that never ends: Markdown
    would look for their ends again and again."""
    if text.count("[") <= FEW_BRACKETS:
        return text
    lonely: set[int] = set()
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "[":
            opened.append(match.start())
        elif not opened:
            lonely.add(match.start())
        elif len(opened) > BRACKET_DEPTH or not _ADDRESS_AFTER.match(text, match.end()):
            lonely |= {opened.pop(), match.start()}
        else:
            opened.pop()
    lonely.update(opened)
    return "".join(escaped(char) if index in lonely else char for index, char in enumerate(text))
