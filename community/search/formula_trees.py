r"""LaTeX as a tree of operators, written as a sequence of signs that tells variables from all others. Django-free.

What only changes the look is left out: spaces, sizes, styles, `\left`, `\dfrac` for `\frac`. `W_i^2` is `W^2_i`,
`\pd{L}{w}` and `∂L/∂w` are fractions. Reading is linear, and what is too deep or wrong is read as it comes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

MOST_SIGNS = 400
DEEPEST = 12
VARIABLE = "$"  # before the name of a variable
END = "."  # of a structure, which begins with one of the next
ACCENTED = frozenset("hat bar tilde dot".split())
ENCLOSING = frozenset({"_", "^", "frac", "sqrt", *ACCENTED})

type Signs = tuple[str, ...]

_TOKEN = re.compile(r"\\(?:operatorname\*|[A-Za-z]+|.)|\S", re.DOTALL)
_SILENT = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle limits "
    "nolimits nonumber notag quad qquad , ; ! : >".split()
)
_STYLES = frozenset("mathbf boldsymbol bm mathcal mathbb mathsf mathit mathfrak vec underline overline".split())
_NAMES = frozenset("text mathrm operatorname operatorname* textbf textit textrm mbox".split())
_ACCENTS = {"widehat": "hat", "hat": "hat", "bar": "bar", "tilde": "tilde", "widetilde": "tilde", "dot": "dot"}
_FRACTIONS = frozenset("frac dfrac tfrac cfrac".split())
_DERIVATIVES = {"pd": "partial", "dv": "d"}
_SAME = {
    "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "le": "leq", "ge": "geq", "ne": "neq",
    "rightarrow": "to", "gets": "leftarrow", "had": "odot", "grad": "nabla", "T": "top", "intercal": "top",
    "lVert": "|", "rVert": "|", "Vert": "|", "|": "|", "lvert": "|", "rvert": "|", "vert": "|", "dd": "d",
    "lbrace": "{", "rbrace": "}", "Loss": "L", "ell": "l", "colon": ":", "ast": "*", "dots": "ldots",
    "∂": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "∫": "int", "√": "sqrt", "⊙": "odot", "×": "times",
    "·": "cdot", "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx", "→": "to", "←": "leftarrow", "∞": "infty",
    "⊤": "top", "ᵀ": "top", "−": "-", "‖": "|", "∈": "in", "Δ": "Delta", "′": "prime", "'": "prime",
}  # fmt: skip
_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau phi chi psi omega "
    "Gamma Theta Lambda Sigma Phi Psi Omega".split()
)
_RELATIONS = frozenset("= < > leq geq neq approx sim propto equiv to leftarrow mapsto in ll gg , ; & \\ :=".split())
_SUMS = frozenset("+ - pm mp".split())
_PRODUCTS = frozenset("* cdot times odot otimes circ / :".split())
_PREFIXES = frozenset({("partial",), ("Delta",), ("nabla",), ("d",)})
_OPEN = {"(": ")", "[": "]", "{": "}"}


class Item(NamedTuple):
    """Of a row: a factor, or a sign between factors. `is_whole` if its signs are more than a letter or a number."""

    kind: str
    signs: Signs
    is_whole: bool = False


FACTOR, RELATION, SUM, PRODUCT = "factor", "relation", "sum", "product"


def tree(latex: str, seen: Callable[[list[Item]], None] = lambda row: None) -> Signs:
    """Return the signs of a formula, none if it is too long; `seen` is called with each row in it, inner ones first."""
    tokens = [unicodedata.normalize("NFKC", each) if each.isalpha() else each for each in _TOKEN.findall(latex)]
    return _Reader(tokens, seen).all() if len(tokens) <= MOST_SIGNS else ()


def signs_of(row: list[Item]) -> Signs:
    return tuple(sign for item in row for sign in item.signs)


class _Reader:
    def __init__(self, tokens: list[str], seen: Callable[[list[Item]], None]) -> None:
        self.tokens, self.seen = tokens, seen
        self.at = 0

    def all(self) -> Signs:
        rows: list[Item] = []
        while self.at < len(self.tokens):
            rows += self._row("", 0)
            self.at += 1  # a brace without a partner
        row = _divided(rows)
        self.seen(row)
        return signs_of(row)

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _row(self, closer: str, depth: int) -> list[Item]:
        """Read up to a closing sign, or to a closing brace, which is left to whoever opened it."""
        row: list[Item] = []
        while (token := self._next()) and token != "}" and _name(token) != closer:
            item = self._item(depth)
            if item is not None:
                row.append(item)
        return row

    def _inner(self, closer: str, depth: int) -> Signs:
        row = _divided(self._row(closer, depth + 1))
        self.seen(row)
        return signs_of(row)

    def _item(self, depth: int) -> Item | None:
        item = self._base(depth)
        scripts: dict[str, Signs] = {}
        while (token := self._next()) in ("_", "^", "'", "′"):
            self.at += 1
            if token in ("_", "^"):
                scripts[token] = scripts.get(token, ()) + _raised(self._argument(depth), token)
            else:
                scripts["^"] = (*scripts.get("^", ()), "prime")
        if not scripts:
            return item
        base = item.signs if item else ()
        if base == (VARIABLE + "e",) and "^" in scripts:
            base = ("e",)
        found = tuple(each for mark in ("_", "^") if mark in scripts for each in (mark, *scripts[mark], END))
        return Item(item.kind if item and item.kind != RELATION else FACTOR, (*base, *found), is_whole=True)

    def _base(self, depth: int) -> Item | None:
        token = self._next()
        self.at += 1
        name = _name(token)
        if token == "{":
            return self._group(depth)
        if token in ("_", "^"):
            self.at -= 1
            return Item(FACTOR, ())
        if token.isdigit():
            return Item(FACTOR, (self._number(token),))
        if name in _OPEN and depth < DEEPEST:
            return self._fence(name, depth)
        if token[0] == "\\":
            return self._command(name, depth)
        return _plain(name)

    def _number(self, first: str) -> str:
        digits = [first]
        while self._next().isdigit() or (self._next() == "." and self._after().isdigit()):
            digits.append(self._next())
            self.at += 1
        return "".join(digits)

    def _after(self) -> str:
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""

    def _group(self, depth: int) -> Item | None:
        if depth >= DEEPEST:
            return None  # its signs come as they are, and its closing brace ends the row
        signs = self._inner("", depth)
        self._close()
        return Item(FACTOR, signs, is_whole=len(signs) > 1) if signs else None

    def _close(self) -> None:
        if self._next() == "}":
            self.at += 1

    def _fence(self, opener: str, depth: int) -> Item:
        signs = self._inner(_OPEN[opener], depth)
        if _name(self._next()) == _OPEN[opener] and self._next() != "}":
            self.at += 1
        return Item(FACTOR, (opener, *signs, _OPEN[opener]), is_whole=True)

    def _argument(self, depth: int) -> Signs:
        """Read one argument: a group, a command with its own, or one sign."""
        if depth >= DEEPEST or self._next() in ("", "}"):
            return ()
        item = self._base(depth + 1) if not self._next().isdigit() else Item(FACTOR, (self._digit(),))
        return item.signs if item else ()

    def _digit(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _command(self, name: str, depth: int) -> Item | None:
        if name in _SILENT or name == " ":
            if name in ("left", "right") and self._next() == ".":
                self.at += 1
            return None
        if name in ("begin", "end"):
            self._argument(depth)
            return Item(RELATION, ())
        if name in _STYLES:
            return Item(FACTOR, _styled(self._argument(depth)))
        if name in _NAMES:
            return Item(FACTOR, _joined(self._argument(depth)))
        if name in _ACCENTS:
            return Item(FACTOR, (_ACCENTS[name], *self._argument(depth), END), is_whole=True)
        if name in _FRACTIONS or name in _DERIVATIVES or name == "sqrt":
            return self._structure(name, depth)
        return _plain(name)

    def _structure(self, name: str, depth: int) -> Item:
        if name == "sqrt":
            return Item(FACTOR, ("sqrt", *self._argument(depth), END), is_whole=True)
        d = (_DERIVATIVES[name],) if name in _DERIVATIVES else ()
        above, below = (*d, *self._argument(depth)), (*d, *self._argument(depth))
        return _fraction(above, below)


def _name(token: str) -> str:
    """Return the name of a token, that of all which mean the same."""
    name = token[1:] if len(token) > 1 and token[0] == "\\" else token
    if len(name) == 1 and "\u0370" <= name <= "\u03ff" and name not in _SAME:
        name = unicodedata.name(name, "").rpartition(" ")[2].lower().replace("lamda", "lambda") or name
    return _SAME.get(name, name)


def _plain(name: str) -> Item:
    if name in _RELATIONS:
        return Item(RELATION, (name,))
    if name in _SUMS:
        return Item(SUM, (name,))
    if name in _PRODUCTS:
        return Item(PRODUCT, (name,))
    is_variable = name in _GREEK or (len(name) == 1 and name.isalpha())
    return Item(FACTOR, (VARIABLE + name if is_variable else name,))


def _raised(signs: Signs, mark: str) -> Signs:
    return ("top",) if mark == "^" and signs == (VARIABLE + "T",) else signs


def _styled(signs: Signs) -> Signs:
    return _joined(signs) if len(signs) > 1 and all(sign[0] == VARIABLE for sign in signs) else signs


def _joined(signs: Signs) -> Signs:
    """Return what is written as a name; a letter alone is a variable."""
    if len(signs) < 2:
        return signs
    return ("".join(sign.removeprefix(VARIABLE) for sign in signs).lower(),)


def _fraction(above: Signs, below: Signs) -> Item:
    return Item(FACTOR, ("frac", *above, "/", *below, END), is_whole=True)


def _divided(row: list[Item]) -> list[Item]:
    """Make fractions of what stands beside a slash: a factor, with the ∂ before it."""
    found: list[Item] = []
    ahead = iter(row)
    for item in ahead:
        if item.signs != ("/",) or not found or found[-1].kind != FACTOR:
            found.append(item)
            continue
        above = _last(found)
        below = _first(ahead)
        found.append(_fraction(above, below))
    return found


def _last(found: list[Item]) -> Signs:
    signs = found.pop().signs
    return (*found.pop().signs, *signs) if found and found[-1].signs in _PREFIXES else signs


def _first(ahead: Iterator[Item]) -> Signs:
    item = next(ahead, None)
    if item is None:
        return ()
    return (*item.signs, *_first(ahead)) if item.signs in _PREFIXES else item.signs
