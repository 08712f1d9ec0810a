"""LaTeX as one line of text: symbols as characters, small fractions with a slash, scripts after a sign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .formulas import spans

_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "partial": "∂", "nabla": "∇",
    "grad": "∇", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "cdot": "·", "times": "×", "odot": "⊙", "had": "⊙",
    "hadamard": "⊙",
    "otimes": "⊗", "oplus": "⊕", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈",
    "sim": "∼", "propto": "∝", "in": "∈", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←",
    "Rightarrow": "⇒", "iff": "⇔", "mapsto": "↦", "ll": "≪", "gg": "≫", "equiv": "≡", "mid": "|", "top": "⊤", "T": "⊤",
    "forall": "∀", "exists": "∃", "pm": "±", "ldots": "…", "cdots": "⋯", "dots": "…", "ell": "ℓ", "prime": "′",
    "Loss": "ℒ", "R": "ℝ", "E": "𝔼", "langle": "⟨", "rangle": "⟩", "star": "⋆", "circ": "∘", "dd": "d",
    "ast": "∗", "dagger": "†", "ddagger": "‡", "bullet": "•", "diamond": "⋄", "S": "§", "clubsuit": "♣",
    "heartsuit": "♥", "spadesuit": "♠", "diamondsuit": "♦",
    "quad": " ", "qquad": " ", "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|", "colon": ":", "cr": "; ",
    "{": "{", "}": "}", "_": "_", "%": "%", "#": "#", "&": "&", "$": "$", "|": "‖", "\\": "; ", " ": " ",
}  # fmt: skip
_SILENT = frozenset(
    """left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle limits nolimits
    nonumber notag boldsymbol , ; ! : > middle""".split()
)
_WORDS = frozenset(
    """log ln exp max min sin cos tan tanh lim argmin argmax softmax det sup inf ReLU relu sigmoid diag Tr tr rank sgn
    sign Var Cov""".split()
)
_WRAPPED = frozenset(
    """text mathrm mathbf bm mathcal mathbb operatorname operatorname* mathsf mathit textbf textit textrm mbox
    boldsymbol underline overline""".split()
)
_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_DERIVATIVES = {"pd": "∂", "dv": "d"}
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_FENCES = {"bmatrix": "[]", "pmatrix": "()", "vmatrix": "||", "cases": "{ "}
_TIGHT = frozenset({"partial", "nabla", "grad", "Delta", "dd"})
_TOKEN = re.compile(r"\\(?:operatorname\*|[A-Za-z]+|.)|\s+|.", re.DOTALL)
_HIGH = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOW = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")
_NUMBER = re.compile(r"-?\d+")
_JOINED = re.compile(r"[\s+\-−=·×⊙/,<>≤≥←→∼≈]")
_SCRIPTED = re.compile(r"\w+[_^]")
_COEFFICIENT = re.compile(r"\d+[^\W\d]")
_DEEPEST = 30
_BRACKETS = {"(": ")", "[": "]"}


def readable(latex: str) -> str:
    """Return LaTeX as a readable line. An unsupported command stays as it is."""
    return re.sub(r"\s+", " ", _Reader(latex).all()).strip()


def in_characters(latex: str) -> str:
    """Return LaTeX as a readable line; empty if characters can't write all of it."""
    line = readable(latex)
    return "" if "\\" in line else line


def readable_words(text: str) -> str:
    """Return a plain text with its formulas between dollars made readable."""
    pieces, free = [], 0
    for span in spans(text):
        pieces += [text[free : span.start], readable(span.latex)]
        free = span.end
    return "".join([*pieces, text[free:]])


class _Reader:
    def __init__(self, latex: str) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.at = 0
        self.depth = 0

    def all(self) -> str:
        parts = []
        while self.at < len(self.tokens):
            parts.append(self._piece())
        return "".join(parts)

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _piece(self) -> str:
        token = self._next()
        self.at += 1
        if token == "{":
            return self._group()
        if token in ("_", "^"):
            return _script(token, self._argument())
        if len(token) > 1 and token[0] == "\\":
            return self._command(token[1:])
        return {"~": " ", "&": " ", "}": ""}.get(token, token)

    def _group(self) -> str:
        """Read up to the closing brace; braces nested too deep are ignored."""
        if self.depth > _DEEPEST:
            return ""
        self.depth += 1
        parts = []
        while self._next() not in ("}", ""):
            parts.append(self._piece())
        self.at += 1
        self.depth -= 1
        return "".join(parts)

    def _argument(self) -> str:
        if self._next().isspace():
            self.at += 1
        if self.depth > _DEEPEST:
            return ""
        self.depth += 1
        found = self._piece() if self._next() not in ("}", "") else ""
        self.depth -= 1
        return found.strip()

    def _command(self, name: str) -> str:
        if name in _SYMBOLS:
            return self._symbol(name)
        if name in _WRAPPED:
            return self._argument()
        if name in _SILENT:
            return self._silent(name)
        if name in _ACCENTS:
            return _accented(self._argument(), _ACCENTS[name])
        if name in _WORDS:
            return f"{name} " if self._next()[:1].isalnum() or self._next()[:1] == "\\" else name
        shape = self._shapes().get(name)
        return shape() if shape else f"\\{name}" + (" " if self._next()[:1].isalpha() else "")

    def _shapes(self) -> dict[str, Callable[[], str]]:
        fractions = dict.fromkeys(_FRACTIONS, self._fraction)
        derivatives = {name: lambda sign=sign: self._fraction(sign) for name, sign in _DERIVATIVES.items()}
        shapes = {
            "sqrt": self._root,
            "begin": self._begin,
            "end": self._end,
            "tag": self._unread,
            "label": self._unread,
        }
        return {**shapes, **fractions, **derivatives}

    def _symbol(self, name: str) -> str:
        if name in _TIGHT and self._next().isspace():
            self.at += 1
        return _SYMBOLS[name]

    def _silent(self, name: str) -> str:
        if name in ("left", "right") and self._next() == ".":
            self.at += 1
        return ""

    def _fraction(self, sign: str = "") -> str:
        above, below = self._argument(), self._argument()
        return f"{_bracketed(sign + above)}/{_bracketed(sign + below, below=True)}"

    def _unread(self) -> str:
        """Leave out a name, or a number, which a rendered text has beside the formula."""
        self._argument()
        return ""

    def _root(self) -> str:
        return f"√{_bracketed(self._argument())}"

    def _begin(self) -> str:
        return _FENCES.get(self._argument(), "  ")[0]

    def _end(self) -> str:
        return _FENCES.get(self._argument(), "  ")[1]


def _script(sign: str, words: str) -> str:
    if sign == "^" and words == "⊤":
        return "ᵀ"
    if _NUMBER.fullmatch(words):
        return words.translate(_HIGH if sign == "^" else _LOW)
    is_bracketed = words[:1] in _BRACKETS and words.find(_BRACKETS[words[0]]) == len(words) - 1
    is_one = not _JOINED.search(words[1:]) and not _SCRIPTED.match(words)
    return f"{sign}{words}" if is_bracketed or is_one else f"{sign}({words})"


def _accented(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", letter + mark) if len(letter) == 1 else letter


def _bracketed(part: str, *, below: bool = False) -> str:
    is_one = not _JOINED.search(part[1:]) and not (below and _COEFFICIENT.match(part))
    return part if is_one else f"({part})"
