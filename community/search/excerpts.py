"""Search excerpts: cut between words, formulas whole and drawn, matches highlighted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from html import unescape
from itertools import chain, takewhile
from typing import NamedTuple

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from community.rendering.excerpts import key
from community.rendering.formulas import Span, spans
from community.rendering.readable import readable
from community.search.formulas import Tokens, parts_of
from community.search.phrases import LATIN, LETTER
from community.search.tokens import RUN, fold, is_prefix
from community.search.words import forms, parts

WIDTH = 220
LEAD = 60
LOOKED_AT = 100_000  # characters: the longest possible text
COMPARED = 200  # formulas
_LATEX = re.compile(r"[\\^_{}]")
_NAME = re.compile("[A-Za-z0-9]+")
_MARKUP = re.compile("(<math[ >].*?</math>|<[^>]*>)", re.DOTALL)

type Draw = Callable[[Collection[str]], Mapping[str, str]]


def no_formulas(_wanted: Collection[str]) -> Mapping[str, str]:
    return {}


class Shown(NamedTuple):
    """An excerpt, and where the match is that it begins with: in a `formula` or in the `text`; nothing without one."""

    html: SafeString
    place: str


def excerpt(
    body: str,
    tokens: Sequence[str],
    draw: Draw = no_formulas,
    width: int = WIDTH,
    *,
    shapes: Sequence[Tokens] = (),
) -> SafeString:
    return shown(body, tokens, draw, width, shapes=shapes).html


def shown(
    body: str,
    tokens: Sequence[str],
    draw: Draw = no_formulas,
    width: int = WIDTH,
    *,
    shapes: Sequence[Tokens] = (),
) -> Shown:
    """Return `width` characters of `body` around the first match, with matches highlighted.

    A formula that has one of `shapes` is highlighted as a whole, and goes before the words; one that only has a word in
    its LaTeX is if the text has none. `draw` returns the safe HTML of formulas by their LaTeX; the others are shown as
    text, or as an ellipsis.
    """
    body = body[:LOOKED_AT]
    formulas = list(spans(body))
    alike, ahead = _looked_for(body, tokens, shapes, formulas)
    word = next(ahead, None)
    where = "formula" if alike else "text" if word else ""
    first = (alike[0].start, alike[0].start) if alike else word or (0, 0)
    start, end = _window(body, first[0], formulas, width)
    hits = _merged([first, *takewhile(lambda hit: hit[0] < end, chain(filter(None, [word]), ahead))])
    inside = [span for span in formulas if start <= span.start < end]
    drawn = draw({key(span.latex) for span in inside}) if inside else {}
    pieces = [
        (span.start, span.end, _drawn(body[span.start : span.end], span, drawn, is_marked=span in alike))
        for span in inside
    ]
    marks = [(a, min(b, end), _marked(body[a : min(b, end)])) for a, b in hits if start <= a < min(b, end)]
    text = _filled(body, start, end, sorted([*pieces, *marks]))
    return Shown(format_html("{}{}{}", "… " if start else "", text, " …" if end < len(body) else ""), where)


def place(body: str, tokens: Sequence[str], shapes: Sequence[Tokens] = ()) -> str:
    """Return where a match is that an excerpt begins with, as it says itself."""
    body = body[:LOOKED_AT]
    alike, hits = _looked_for(body, tokens, shapes, list(spans(body)))
    return "formula" if alike else "text" if any(True for _hit in hits) else ""


def marked(title: SafeString, tokens: Sequence[str]) -> SafeString:
    """Return a title, which is safe HTML, with matches outside its formulas highlighted."""
    pieces = _MARKUP.split(title)
    return mark_safe(
        "".join(piece if n % 2 else _with_marks(unescape(piece), tokens) for n, piece in enumerate(pieces))
    )


def _with_marks(words: str, tokens: Sequence[str]) -> SafeString:
    hits = _merged(list(_hits(words, tokens, ())))
    return _filled(words, 0, len(words), [(begin, end, _marked(words[begin:end])) for begin, end in hits])


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
    for begin, end in _outside((name.span() for name in _NAME.finditer(body)), formulas):
        if any(_is_hit(part, tokens) for part in parts(body[begin:end])):
            yield begin, end


def _outside(found: Iterable[tuple[int, int]], formulas: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Iterate over those spans, which are in order, that begin in no formula."""
    ahead = iter(formulas)
    formula = next(ahead, None)
    for begin, end in found:
        while formula and formula.end <= begin:
            formula = next(ahead, None)
        if formula is None or begin < formula.start:
            yield begin, end


def _has_word(formula: Span, tokens: Sequence[str]) -> bool:
    return any(_hits_in(run, 0, tokens) for run in RUN.findall(formula.latex))


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
    folded = fold(body.replace("…", " "))  # which is three full stops otherwise
    if not any(_beginning(token) in folded for token in tokens):
        return iter(())
    if len(folded) == len(body) and all(token.isascii() or not LATIN.match(token) for token in tokens):
        return _outside(merge(_words_of(folded, tuple(tokens)), _unspaced_of(folded, tuple(tokens))), formulas)
    runs = _outside((run.span() for run in RUN.finditer(body)), formulas)
    return (hit for begin, end in runs for hit in _hits_in(body[begin:end], begin, tokens))


def _words_of(folded: str, tokens: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Iterate over the hits in words of letters. To look at each word costs more than to look for what may be one."""
    for found in _patterns(tokens).words.finditer(folded):
        begin = found.start()
        if not (begin and LATIN.match(folded, begin - 1)):
            yield from _hits_in(found[0], begin, tokens)


def _unspaced_of(folded: str, tokens: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Iterate over the hits in Han and kana, which overlap."""
    pattern, at = _patterns(tokens).unspaced, 0
    while found := pattern.search(folded, at):
        yield found.span()
        at = found.start() + 1


class _Patterns(NamedTuple):
    words: re.Pattern[str]
    unspaced: re.Pattern[str]


@lru_cache(maxsize=256)
def _patterns(tokens: tuple[str, ...]) -> _Patterns:
    """Return what matches words that may be hits, and what matches hits in Han and kana."""
    words = dict.fromkeys(re.escape(_beginning(token)) for token in tokens if LATIN.match(token))
    unspaced = sorted((token for token in tokens if not LATIN.match(token)), key=len, reverse=True)
    return _Patterns(
        re.compile(rf"(?:{'|'.join(words)}){LETTER}*" if words else "(?!)"),
        re.compile("|".join(map(re.escape, unspaced)) or "(?!)"),
    )


def _beginning(token: str) -> str:
    """Return what all words begin with that have the stem of this one, in British and American spelling."""
    same = sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(token, forms(token)[-1], strict=False)))
    return token[: max(same - 2, 1)] if token.isalpha() else token


def _hits_in(run: str, at: int, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the hits in a run of letters that begins at a position."""
    word, end = fold(run), at + len(run)
    spans = [
        (at + hit.start(), at + hit.end())
        for token in tokens
        if not token.isascii()
        for hit in re.finditer(re.escape(token), word)
    ]
    if _is_hit(word, tokens):
        spans.append((at, end))
    return sorted((begin, min(stop, end)) for begin, stop in spans)


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
