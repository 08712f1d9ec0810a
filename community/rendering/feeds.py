"""Rendered HTML for feeds and email, read without our styles and scripts.

A formula becomes MathML whose annotation is its LaTeX between dollars, set off by spaces, and whose `alttext` is the
LaTeX: a reader with MathML support draws it, one that drops unknown tags shows the LaTeX. Email clients drop even more,
so in email (`mathml=False`) a formula is in characters in `<code>`, as LaTeX where these can't write it, and beside it
there is hidden MathML. `MAIL_STYLE` shows that one instead in clients that can draw it; the others ignore the style.
Text browsers show both, hidden or not, so a line of an email, such as a title, has a formula once where characters can
write it (`mail_line`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin

from .plain import NUMBER, with_numbers
from .readable import in_characters

MAIL_STYLE = (
    "@supports (math-style: normal) {"
    " .drawn-math { display: inline !important } .drawn-math-block { display: block !important }"
    " .written-math { display: none !important } }"
)
LONGEST_IN_CHARACTERS = 60
_HIDDEN = "display:none;mso-hide:all"
_MATH = re.compile(r"<math\b([^>]*)><semantics>(.*?)<annotation[^>]*>(.*?)</annotation></semantics></math>", re.DOTALL)
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}")
_ANCHORED = re.compile(r'(<m\w+[^>]*?) id="[^"]*"')
_CLASSED = re.compile(r'(<m\w+[^>]*?) class="[^"]*"')
_COMPLAINT = re.compile(r'<span class="math-error-message(?: of-title)?"[^>]*>.*?</span>')
_HELD = re.compile(r'<span class="held">(.*?)</span>')
_ADDRESS = re.compile(r'(?<= )(href|src)="(/[^"]*|#[^"]*)"')
_EMBED = re.compile(r'<div (?=[^>]*class="run-embed")(?=[^>]*data-run="([0-9a-f]{8,64})")(?:[^<>"]|"[^"]*")*></div>')
_ONLY_FOR_PAGES = re.compile(
    r' (?:tabindex="0"|role="group"|data-copy(?:="")?|loading="lazy"|decoding="async"'
    r'|(?:srcset|sizes|aria-label)="[^"]*")'
)


def feed_html(html: str, *, base: str = "", mathml: bool = True, embed: Callable[[str], str] | None = None) -> str:
    """Return a rendered text for a feed (`mathml`) or an email. `base` is its page's URL, to make links absolute.

    `embed` replaces a run, given its hash; without it, a line names the run.
    """
    html = _HELD.sub(r"\1", _COMPLAINT.sub("", with_numbers(html)))
    html = _MATH.sub(_for_feeds if mathml else _for_mail, html)
    html = html.replace(NUMBER, f" {NUMBER}")
    html = _EMBED.sub(lambda match: (embed or _named)(match[1]), html)
    html = _ONLY_FOR_PAGES.sub("", html)
    if base:
        html = _ADDRESS.sub(lambda match: f'{match[1]}="{escape(urljoin(base, unescape(match[2])))}"', html)
    return html


def _for_feeds(match: re.Match[str]) -> str:
    latex = _LABEL.sub("", unescape(match[3])).strip()
    dollars = "$$" if "display=" in match[1] else "$"
    inner = _CLASSED.sub(r"\1", _ANCHORED.sub(r"\1", match[2]))
    return (
        f'<math xmlns="http://www.w3.org/1998/Math/MathML"{match[1]} alttext="{escape(latex)}"><semantics>{inner}'
        f'<annotation encoding="application/x-tex"> {dollars}{escape(latex, quote=False)}{dollars} </annotation>'
        "</semantics></math>"
    )


def mail_line(html: str) -> str:
    """Return a rendered line for an email, its formulas in characters alone where these can write them."""
    return feed_html(_MATH.sub(_in_characters, html), mathml=False)


def _in_characters(match: re.Match[str]) -> str:
    short = _short(unescape(match[3]))
    return escape(short, quote=False) if short else match[0]


def _short(latex: str) -> str:
    """Return a formula in characters; empty if they can't write it, or it is long."""
    short = in_characters(latex)
    return short if len(short) <= LONGEST_IN_CHARACTERS else ""


def _for_mail(match: re.Match[str]) -> str:
    latex = unescape(match[3])
    shown = in_characters(latex) or latex
    block = "-block" if "display=" in match[1] else ""
    inner = _CLASSED.sub(r"\1", _ANCHORED.sub(r"\1", match[2]))
    return (
        f'<code class="written-math">{escape(shown, quote=False)}</code>'
        f'<span class="drawn-math{block}" style="{_HIDDEN}">'
        f'<math xmlns="http://www.w3.org/1998/Math/MathML"{match[1]}>{inner}</math></span>'
    )


def _named(run: str) -> str:
    return f"<p><code>run {run[:12]}</code></p>"
