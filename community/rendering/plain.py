"""Plain text: for search, excerpts, page titles and text-only contexts."""

from __future__ import annotations

import re
from html import escape, unescape

from .limits import EXCERPT_LENGTH
from .readable import in_characters

_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|tr|div|figure|blockquote|summary|figcaption)>|<br>|<hr>")
_CELL_END = re.compile(r"</(?:td|th)>")
_TAG = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")
_MATH = re.compile(
    r'<math\b.*?(?:<mtext class="math-mark">([^<]*)</mtext></mrow>)?<annotation[^>]*>(.*?)</annotation>.*?</math>',
    re.DOTALL,
)
_HIDDEN = re.compile(
    r'<span class="(?:math-error-message(?: of-title)?|code-name)"[^>]*>.*?</span>|<sup id="[^"]*fnref[^>]*>.*?</sup>'
    r'|<a class="footnote-backref".*?</a>'
    r'|<p class="bp-notice">.*?</p>|<ol class="problems">.*?</ol>',
    re.DOTALL,
)
_REFERENCE = re.compile(r'(<a class="eqref"[^>]*>)<math>(?:(?!</math>).)*?<mtext>([^<]*)</mtext>.*?</math>', re.DOTALL)
NUMBER = '<span class="math-number"'
_SPACES = re.compile(r"[ \t\u00a0]+")
_LINES = re.compile(r"\s*\n\s*")


def plain(html: str) -> str:
    """Return the text of rendered HTML, one block per line, each formula as its LaTeX."""
    text = _CELL_END.sub(" ", _BLOCK_END.sub("\n", with_latex(html)))
    text = unescape(_TAG.sub("", text))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def with_latex(html: str) -> str:
    """Return rendered HTML without what is hidden, each formula as its LaTeX."""
    return _MATH.sub(lambda match: f"${match[2]}${match[1] or ''}", _HIDDEN.sub("", with_numbers(html)))


def with_numbers(html: str) -> str:
    """Return rendered HTML in which a reference to an equation is its number, and no formula."""
    return _REFERENCE.sub(r"\1\2", html)


def with_characters(html: str) -> str:
    """Return the same with each formula in characters, as its LaTeX where these can't write it."""
    return _MATH.sub(_in_characters, _HIDDEN.sub("", with_numbers(html))).replace(NUMBER, f" {NUMBER}")


def _in_characters(match: re.Match[str]) -> str:
    mark = match[1] or ""
    line = in_characters(unescape(match[2]))
    return escape(line, quote=False) + mark if line else f"${match[2]}${mark}"


def excerpt(words: str, longest: int = EXCERPT_LENGTH) -> str:
    """Truncate a text to one line, at a space or between Chinese characters, with an ellipsis."""
    line = " ".join(words.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    space = cut.rfind(" ")
    if space > longest * 2 // 3:
        cut = cut[:space]
    return cut.rstrip(" ,.;:，。；：、") + "…"
