"""The parts of a question that can be answered: offered to whoever asks, in the language of their page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def ask_template() -> str:
    return _(
        """### What I derived

*Your formulas, line by line, up to the last one you trust.*

$$
\\frac{\\partial L}{\\partial W} = \\dots
$$

### Where I am stuck

*The line, the shape or the number that you cannot explain.*

### Config

*Your network: “Network” in the toolbar inserts one to change.*

### The curve I expected, and the one I got

*Expected:*

*Observed:*
"""
    )


def with_template(source: str) -> str:
    """Return a text followed by the template, unless it has it already. Nothing of the text is lost."""
    template = ask_template()
    if template.strip() in source.replace("\r\n", "\n"):
        return source
    return f"{source.rstrip()}\n\n{template}" if source.strip() else template
