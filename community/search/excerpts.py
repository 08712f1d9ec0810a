"""Search excerpts: cut between words, formulas whole and drawn, matches highlighted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, takewhile
from typing import NamedTuple

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from community.rendering.excerpts import key
from community.rendering.formulas import Span, spans
from community.rendering.readable import readable
from community.search.formulas import Tokens, parts_of
from community.search.tokens import RUN, fold, is_prefix
from community.search.words import forms, parts

WIDTH = 220
LEAD = 60
LOOKED_AT = 100_000  # characters: the longest possible text
COMPARED = 200  # formulas
_LATEX = re.compile(r"[\\^_{}]")
_NAME = re.compile("[A-Za-z0-9]+")

type Draw = Callable[[Collection[str]], Mapping[str, str]]


def no_formulas(_wanted: Collection[str]) -> Mapping[str, str]:
    return {}


def excerpt(
    body: str,
    tokens: Sequence[str],
    draw: Draw = no_formulas,
    width: int = WIDTH,
    *,
    shapes: Sequence[Tokens] = (),
) -> SafeString:
    """Return `width` characters of `body` around the first match, with matches highlighted.

    A formula that has one of `shapes` is highlighted as a whole, and goes before the words; one that only has a word in
    its LaTeX is if the text has none. `draw` returns the safe HTML of formulas by their LaTeX; the others are shown as
    text, or as an ellipsis.
    """
    body = body[:LOOKED_AT]
    formulas = list(spans(body))
    alike, ahead = _looked_for(body, tokens, shapes, formulas)
    first = (alike[0].start, alike[0].start) if alike else next(ahead, (0, 0))
    start, end = _window(body, first[0], formulas, width)
    hits = _merged([first, *takewhile(lambda hit: hit[0] < end, ahead)])
    inside = [span for span in formulas if start <= span.start < end]
    drawn = draw({key(span.latex) for span in inside}) if inside else {}
    pieces = [
        (span.start, span.end, _drawn(body[span.start : span.end], span, drawn, is_marked=span in alike))
        for span in inside
    ]
    marks = [(a, min(b, end), _marked(body[a : min(b, end)])) for a, b in hits if start <= a < min(b, end)]
    shown = _filled(body, start, end, sorted([*pieces, *marks]))
    return format_html("{}{}{}", "… " if start else "", shown, " …" if end < len(body) else "")


def place(body: str, tokens: Sequence[str], shapes: Sequence[Tokens] = ()) -> str:
    """Return where a match is that an excerpt begins with: in a `formula` or in the `text`; nothing without one."""
    body = body[:LOOKED_AT]
    alike, hits = _looked_for(body, tokens, shapes, list(spans(body)))
    return "formula" if alike else "text" if any(True for _hit in hits) else ""


class LookedFor(NamedTuple):
    """What is highlighted: whole formulas, and spans of words outside formulas."""

    formulas: Sequence[Span]
    words: Iterator[tuple[int, int]]


def _looked_for(body: str, tokens: Sequence[str], shapes: Sequence[Tokens], formulas: Sequence[Span]) -> LookedFor:
    """Find words; if there are none, names in code with a word as a part; if none, formulas with a word."""
    if alike := _alike(formulas, shapes):
        return LookedFor(alike, _hits(body, tokens, formulas))
    for words in (_hits(body, tokens, formulas), _names(body, tokens, formulas)):
        if first := next(words, None):
            return LookedFor((), chain([first], words))
    return LookedFor([span for span in formulas[:COMPARED] if _has_word(span, tokens)], iter(()))


def _names(body: str, tokens: Sequence[str], formulas: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Iterate over the names in code outside formulas, such as BatchNorm, a part of which matches a token."""
    for name in _outside(_NAME.finditer(body), formulas):
        if any(_is_hit(part, tokens) for part in parts(name[0])):
            yield name.span()


def _outside(found: Iterable[re.Match[str]], formulas: Sequence[Span]) -> Iterator[re.Match[str]]:
    """Iterate over those matches, which are in order, that begin in no formula."""
    ahead = iter(formulas)
    formula = next(ahead, None)
    for match in found:
        while formula and formula.end <= match.start():
            formula = next(ahead, None)
        if formula is None or match.start() < formula.start:
            yield match


def _has_word(formula: Span, tokens: Sequence[str]) -> bool:
    return any(_hits_in(run, tokens) for run in RUN.finditer(formula.latex))


def _alike(formulas: Sequence[Span], shapes: Sequence[Tokens]) -> list[Span]:
    """Return the formulas that have a shape as it is written, or else those that have one more loosely."""
    parts = [(span, {*chain.from_iterable(parts_of(span.latex))}) for span in formulas[:COMPARED]] if shapes else []
    for wanted in zip(*shapes, strict=True):
        found = [span for span, tokens in parts if not tokens.isdisjoint(wanted)]
        if found:
            return found
    return []


def _window(body: str, first: int, formulas: list[Span], width: int) -> tuple[int, int]:
    start = max(0, min(first - LEAD, len(body) - width))
    end = min(len(body), start + width)
    return _whole(body, start, end, formulas)


def _whole(body: str, start: int, end: int, formulas: list[Span]) -> tuple[int, int]:
    """Move the cuts out of formulas and words."""
    for span in formulas:
        if span.start < start < span.end:
            start = span.start
        if span.start < end < span.end:
            end = span.end
    while 0 < start < len(body) and _joined(body, start):
        start -= 1
    while end < len(body) and _joined(body, end):
        end += 1
    return start, end


def _joined(body: str, at: int) -> bool:
    """Return whether a cut at this position would split a word of letters and spaces (Han can be cut anywhere)."""
    pair = body[at - 1] + body[at]
    return pair.isascii() and pair.isalnum()


def _hits(body: str, tokens: Sequence[str], formulas: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Iterate over the spans of `body` outside formulas that match a token; the last token may match as a prefix."""
    folded = fold(body)
    if not any(_beginning(token) in folded for token in tokens):
        return
    for run in _outside((_words(tuple(tokens)) if body.isascii() else RUN).finditer(body), formulas):
        yield from _hits_in(run, tokens)


@lru_cache(maxsize=256)
def _words(tokens: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches those runs of an ASCII text that may be hits: to look at each of them costs more."""
    wanted = [re.escape(_beginning(token)) + r"[^\W_]*" for token in tokens if token.isascii()]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(wanted)})(?![^\W_])" if wanted else r"(?!)", re.ASCII | re.IGNORECASE)


def _beginning(token: str) -> str:
    """Return what all words begin with that have the stem of this one, in British and American spelling."""
    same = sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(token, forms(token)[-1], strict=False)))
    return token[: max(same - 2, 1)] if token.isalpha() else token


def _hits_in(run: re.Match[str], tokens: Sequence[str]) -> list[tuple[int, int]]:
    word = fold(run.group())
    spans = [
        (run.start() + hit.start(), run.start() + hit.end())
        for token in tokens
        if not token.isascii()
        for hit in re.finditer(re.escape(token), word)
    ]
    if _is_hit(word, tokens):
        spans.append(run.span())
    return sorted((begin, min(end, run.end())) for begin, end in spans)


def _is_hit(word: str, tokens: Sequence[str]) -> bool:
    """Return whether a word is one of these, has the stem of one, or begins with the last one."""
    return _is_one_of(word, tokens) or (bool(tokens) and is_prefix(tokens[-1]) and word.startswith(tokens[-1]))


def _is_one_of(word: str, tokens: Sequence[str]) -> bool:
    """Return whether a word is one of these or has the stem of one."""
    return word in tokens or (word.isascii() and forms(word)[-1] in {forms(token)[-1] for token in tokens})


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _filled(body: str, start: int, end: int, pieces: list[tuple[int, int, SafeString]]) -> SafeString:
    shown: list[SafeString] = []
    for begin, stop, piece in pieces:
        shown += [conditional_escape(body[start:begin]), piece]
        start = stop
    return format_html_join("", "{}", ((each,) for each in [*shown, conditional_escape(body[start:end])]))


def _marked(words: str) -> SafeString:
    return format_html("<mark>{}</mark>", words)


def _drawn(source: str, span: Span, drawn: Mapping[str, str], *, is_marked: bool) -> SafeString:
    """Show a formula, drawn or as text but never as LaTeX; one that is looked for is marked."""
    shown = _shown(source, span, drawn)
    return format_html("<mark>{}</mark>", shown) if is_marked else shown


def _shown(source: str, span: Span, drawn: Mapping[str, str]) -> SafeString:
    """Draw a formula, or write it as text. Text between dollars may not be a formula."""
    known = drawn.get(key(span.latex))
    if known is not None:
        return mark_safe(known)
    if not _LATEX.search(span.latex):
        return conditional_escape(source)
    words = readable(span.latex)
    return conditional_escape("…" if "\\" in words or len(words) > WIDTH // 2 else words)
