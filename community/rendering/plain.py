"""Words without markup: for search, excerpts, titles of pages and places that hold text only."""

from __future__ import annotations

import re
from html import unescape

from .limits import EXCERPT_LENGTH

_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|tr|div|figure|blockquote|summary|figcaption)>|<br>|<hr>")
_CELL_END = re.compile(r"</(?:td|th)>")
_TAG = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")
_MATH = re.compile(
    r'<math\b.*?(?:<mtext class="math-mark">([^<]*)</mtext></mrow>)?<annotation[^>]*>(.*?)</annotation>.*?</math>',
    re.DOTALL,
)
_HIDDEN = re.compile(r'<span class="math-error-message">.*?</span>|<span class="code-name">.*?</span>', re.DOTALL)
_SPACES = re.compile(r"[ \t\u00a0]+")
_LINES = re.compile(r"\s*\n\s*")

_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "partial": "∂", "nabla": "∇",
    "grad": "∇", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "cdot": "·", "times": "×", "odot": "⊙", "had": "⊙",
    "otimes": "⊗", "oplus": "⊕", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈",
    "sim": "∼", "propto": "∝", "in": "∈", "to": "→", "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "iff": "⇔",
    "forall": "∀", "exists": "∃", "pm": "±", "ldots": "…", "cdots": "⋯", "dots": "…", "ell": "ℓ", "prime": "′",
    "Loss": "ℒ", "top": "⊤", "quad": " ", "qquad": " ", "langle": "⟨", "rangle": "⟩", "star": "⋆", "circ": "∘",
}  # fmt: skip
_WORDS = frozenset("log exp max min sin cos tan tanh lim argmin argmax softmax det sup inf ReLU relu sigmoid".split())
_GROUPED = re.compile(
    r"\\(?:text|mathrm|mathbf|boldsymbol|bm|mathcal|mathbb|operatorname\*?|mathsf|textbf|mbox)\s*\{([^{}]*)\}"
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|limits|nolimits|,|;|!|:|>)(?![A-Za-z])")
_COMMAND = re.compile(r"\\([A-Za-z]+)(\s?)")
_TIGHT = frozenset({"partial", "nabla", "grad", "Delta"})


def plain(html: str) -> str:
    """Return the words of rendered HTML, one block a line, each formula as its LaTeX."""
    text = _HIDDEN.sub("", html)
    text = _MATH.sub(lambda match: f"${match[2]}${match[1] or ''}", text)
    text = _CELL_END.sub(" ", _BLOCK_END.sub("\n", text))
    text = unescape(_TAG.sub("", text))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def readable(latex: str) -> str:
    """Return LaTeX in a form for a line of text: symbols as characters, small fractions with a slash."""
    text = _SIZES.sub("", latex)
    for _round in range(3):
        text = _GROUPED.sub(r"\1", text)
        text = _FRACTION.sub(lambda match: f"{_bracketed(match[1])}/{_bracketed(match[2])}", text)
    text = _COMMAND.sub(_symbol, text)
    text = re.sub(r"([_^])\{(\w)\}", r"\1\2", text)
    return re.sub(r"\s+", " ", text).strip()


def excerpt(words: str, longest: int = EXCERPT_LENGTH) -> str:
    """Cut words to a line, at a space or between Chinese characters, with an ellipsis."""
    line = " ".join(words.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    space = cut.rfind(" ")
    if space > longest * 2 // 3:
        cut = cut[:space]
    return cut.rstrip(" ,.;:，。；：、") + "…"


def _bracketed(part: str) -> str:
    part = part.strip()
    return part if len(part) < 3 or re.fullmatch(r"\\?\w+(?:\s?\w)?|\\partial\s?\w+", part) else f"({part})"


def _symbol(match: re.Match[str]) -> str:
    name = match[1]
    if name in _SYMBOLS:
        return _SYMBOLS[name] + ("" if name in _TIGHT else match[2])
    return f"{name} " if name in _WORDS else match[0]
