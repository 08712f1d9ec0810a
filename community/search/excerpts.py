"""The line of a text that answers a query: cut between words, formulas whole and drawn, what was asked for marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from community.search.tokens import RUN, fold

WIDTH = 220
LEAD = 60
NONE: Mapping[str, str] = MappingProxyType({})
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)


def excerpt(body: str, tokens: Sequence[str], formulas: Mapping[str, str] = NONE, width: int = WIDTH) -> SafeString:
    """Cut `width` characters of `body` around the first hit and mark the hits outside formulas.

    `formulas` are shown, as safe HTML, where their LaTeX stands between dollars.
    """
    start, end = _window(body, tokens, width)
    shown = _marked(body[start:end], tokens, formulas)
    return format_html("{}{}{}", "… " if start else "", shown, " …" if end < len(body) else "")


def _window(body: str, tokens: Sequence[str], width: int) -> tuple[int, int]:
    hits = _hits(body, tokens)
    first = hits[0][0] if hits else 0
    start = max(0, min(first - LEAD, len(body) - width))
    end = min(len(body), start + width)
    return _whole(body, start, end)


def _whole(body: str, start: int, end: int) -> tuple[int, int]:
    """Move the cuts out of formulas and off the middle of words."""
    for formula in FORMULA.finditer(body):
        if formula.start() < start < formula.end():
            start = formula.start()
        if formula.start() < end < formula.end():
            end = formula.end()
    while 0 < start < len(body) and _joined(body, start) and start > 0:
        start -= 1
    while end < len(body) and _joined(body, end):
        end += 1
    return start, end


def _joined(body: str, at: int) -> bool:
    """Whether a cut at this place would split a word of letters and spaces (Han may be cut anywhere)."""
    pair = body[at - 1] + body[at]
    return pair.isascii() and pair.isalnum()


def _hits(body: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of `body` that hold a token; the last token matches as a prefix."""
    found = []
    formulas = [formula.span() for formula in FORMULA.finditer(body)]
    for run in RUN.finditer(body):
        if any(begin <= run.start() < end for begin, end in formulas):
            continue
        found += _hits_in(run, tokens)
    return _merged(found)


def _hits_in(run: re.Match[str], tokens: Sequence[str]) -> list[tuple[int, int]]:
    word = fold(run.group())
    spans = [
        (run.start() + hit.start(), run.start() + hit.end())
        for token in tokens
        if not token.isascii()
        for hit in re.finditer(re.escape(token), word)
    ]
    if word in tokens or (tokens and tokens[-1].isascii() and word.startswith(tokens[-1])):
        spans.append(run.span())
    return [(begin, min(end, run.end())) for begin, end in spans]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _marked(text: str, tokens: Sequence[str], formulas: Mapping[str, str]) -> SafeString:
    pieces, at = [], 0
    for begin, end in _hits(text, tokens):
        pieces += [_drawn(text[at:begin], formulas), format_html("<mark>{}</mark>", text[begin:end])]
        at = end
    pieces.append(_drawn(text[at:], formulas))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _drawn(text: str, formulas: Mapping[str, str]) -> SafeString:
    pieces, at = [], 0
    for found in FORMULA.finditer(text):
        drawn = formulas.get(found.group().strip("$").strip())
        if drawn is not None:
            pieces += [conditional_escape(text[at : found.start()]), mark_safe(drawn)]
            at = found.end()
    return format_html_join("", "{}", ((piece,) for piece in [*pieces, conditional_escape(text[at:])]))
