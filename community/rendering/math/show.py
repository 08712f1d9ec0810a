"""A converted formula as HTML: one `<math>` element in its wrapper, or the error in its place."""

from __future__ import annotations

from html import escape

from community.rendering.messages import _

from .convert import Converted


def show(converted: Converted, *, place: str = "", wrapper: str = "") -> str:
    """Return the element for a formula. `place` says where a bad one stands; `wrapper` is div or span for display."""
    if converted.is_bad:
        return _error(converted, place)
    if not converted.mathml:
        return ""
    if converted.target:
        target = escape(converted.target)
        return f'<a class="eqref" href="#{target}" rel="nofollow ugc noopener">{math_element(converted)}</a>'
    if not wrapper or not converted.formula.display:
        return math_element(converted)
    return _scroller(converted, wrapper)


def math_element(converted: Converted) -> str:
    """Return `<math>` with the LaTeX beside it for copying, screen readers and search."""
    display = ' display="block"' if converted.formula.display else ""
    source = escape(converted.formula.latex.strip(), quote=False)
    return (
        f"<math{display}><semantics><mrow>{converted.mathml}</mrow>"
        f'<annotation encoding="application/x-tex">{source}</annotation></semantics></math>'
    )


def _scroller(converted: Converted, wrapper: str) -> str:
    number, kind = "", "math-display"
    if converted.number:
        anchor = f' id="{escape(converted.anchor)}"' if converted.anchor else ""
        number = f'<span class="math-number"{anchor}>{escape(converted.number)}</span>'
        kind += " math-numbered"
    elif 'class="m-full"' in converted.mathml:
        kind += " math-wide"
    label = escape(_("Formula {number}", number=converted.number) if converted.number else _("Formula"))
    return (
        f'<{wrapper} class="{kind}" tabindex="0" role="group" aria-label="{label}">'
        f"{math_element(converted)}{number}</{wrapper}>"
    )


def _error(converted: Converted, place: str) -> str:
    message = escape(f"{converted.message} {place}".strip())
    display = " math-error-display" if converted.formula.display else ""
    return (
        f'<span class="math-error{display}"><code>{escape(converted.formula.latex.strip(), quote=False)}</code> '
        f'<span class="math-error-message">{message}</span></span>'
    )
