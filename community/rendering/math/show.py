"""HTML of a converted formula: one `<math>` element in its wrapper, or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from community.rendering.messages import _

from .convert import Converted

_NUMBER = re.compile("<mtext>([^<]*)</mtext>")


def show(
    converted: Converted, *, complaints: Mapping[str, str] | None = None, wrapper: str = "", in_title: bool = False
) -> str:
    """Return the element for a formula. `wrapper` is div or span for display.

    `complaints` maps a language to the error and its position; without them it is given in one language. That of a
    formula `in_title` is shown on the page that has this title, and in no list.
    """
    if converted.is_bad:
        return _error(converted, complaints or {"": converted.message}, "math-error-message" + " of-title" * in_title)
    if not converted.mathml:
        return ""
    if converted.target:
        label = _("Formula {number}", number="".join(_NUMBER.findall(converted.mathml)))  # escaped already
        return f'<a class="eqref" {_leads_to(converted.target)} aria-label="{label}">{math_element(converted)}</a>'
    if not wrapper or not converted.formula.display:
        return math_element(converted)
    return _scroller(converted, wrapper)


def _leads_to(anchor: str) -> str:
    return f'href="#{escape(anchor)}" rel="nofollow ugc noopener"'


def math_element(converted: Converted) -> str:
    """Return `<math>` with its LaTeX for copying, screen readers and search."""
    display = ' display="block"' if converted.formula.display else ""
    source = escape(converted.source.strip(), quote=False)
    return (
        f"<math{display}><semantics><mrow>{converted.mathml}</mrow>"
        f'<annotation encoding="application/x-tex">{source}</annotation></semantics></math>'
    )


def _scroller(converted: Converted, wrapper: str) -> str:
    number, kind = "", "math-display"
    if converted.number:
        number = escape(converted.number)
        if converted.anchor:
            number = f"<a {_leads_to(converted.anchor)}>{number}</a>"
            number = f'<span class="math-number" id="{escape(converted.anchor)}">{number}</span>'
        else:
            number = f'<span class="math-number">{number}</span>'
        kind += " math-numbered"
    elif 'class="m-full"' in converted.mathml:
        kind += " math-wide"
    label = escape(_("Formula {number}", number=converted.number) if converted.number else _("Formula"))
    return (
        f'<{wrapper} class="{kind}" tabindex="0" role="group" aria-label="{label}">'
        f"{math_element(converted)}{number}</{wrapper}>"
    )


def _error(converted: Converted, complaints: Mapping[str, str], kind: str) -> str:
    messages = "".join(
        f'<span class="{kind}"{f' lang="{tag}"' if tag else ""}>{escape(words)}</span>'
        for tag, words in complaints.items()
    )
    display = " math-error-display" if converted.formula.display else ""
    return (
        f'<span class="math-error{display}"><code>{escape(converted.formula.latex.strip(), quote=False)}</code>'
        f"{messages}</span>"
    )
