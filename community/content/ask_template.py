"""The parts of a question that can be answered: offered to whoever asks, in the language of their page.

What is left of the template when the question is published goes: hints, and sections without words of the asker.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import dropwhile
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override


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

*In words, as a second config, or as the address of a run: a link below your question compares two runs.*

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


GONE = "\0"  # a line of the template that goes: no text has this character


class Filled(NamedTuple):
    """A text without what is left of the template. `lines` are the numbers that its lines have in the whole text."""

    source: str
    lines: tuple[int, ...]


class _Parts(NamedTuple):
    """`labels` are hints that what is asked for follows, such as *Expected:*."""

    headings: frozenset[str]
    labels: frozenset[str]
    hints: re.Pattern[str]


def without_hints(source: str) -> str:
    """Return a text without the hints of the template, in any language, and without the sections that are empty then.

    Its line ends are those of `texts.source`.
    """
    return filled(source).source


def filled(source: str) -> Filled:
    """Return what `without_hints` does, and where its lines come from."""
    lines = _with_gaps(source)
    there = [number for number, line in enumerate(lines) if line != GONE]
    left = list(dropwhile(lambda number: not lines[number], there))
    return Filled("\n".join(lines[number] for number in left), tuple(number + 1 for number in left))


def _with_gaps(source: str) -> list[str]:
    """Return the lines of a text, with GONE in place of those of the template that go. Looks at each line once."""
    parts = _parts()
    text = parts.hints.sub(lambda hint: f"{GONE}\n" * hint[0].count("\n") or GONE, source)
    kept: list[str] = []
    below = gone = 0  # where the blank lines below the line at hand begin, and how far they went already
    is_filled_in = is_labelled = False  # the section, and what is below the label
    for line in reversed(text.split("\n")):
        words = line.strip()
        if line == GONE:
            kept.append(line)
            continue
        is_heading, is_label = words in parts.headings, words in parts.labels
        if (is_heading and not is_filled_in) or (is_label and not is_labelled):
            begin = max(below, gone)
            kept[begin:] = [GONE] * (len(kept) - begin + 1)
            gone = len(kept)
        else:
            kept.append(line)
            below = len(kept) if words else below
            is_filled_in |= bool(words)
        is_labelled = not is_heading and not is_label and (is_labelled or bool(words))
        is_filled_in &= not is_heading
    return kept[::-1]


@cache
def _parts() -> _Parts:
    """Return the parts of the template in all languages."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            found += ask_template().strip().split("\n\n")
    headings = frozenset(each for each in found if each.startswith("#"))
    labels = frozenset(each for each in found if each.endswith((":*", "\uff1a*")))
    hints = "|".join(re.escape(each) for each in found if each not in headings | labels)
    return _Parts(headings, labels, re.compile(rf"^(?:{hints})[ \t]*$\n*", re.MULTILINE))
