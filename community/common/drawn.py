"""Fragments of pages, kept by this process under everything they are made from.

    html = draw("content/comment.html", {"post": shown, "social": state}, body=post_html)

The template sees the inputs and nothing else: no request, no reader, no clock. The same inputs, the template and the
language are the key. So a fragment cannot be stale or somebody else's, and nothing has to be invalidated: whatever
changes is an input, and other inputs are another fragment. Inputs are text, numbers, None and (named) tuples of them.
Their types are part of the key: `SafeString("a") == "a"` and `True == 1`, but they are not drawn alike.

What is large or has its own fragments is left out with `{% hole "body" %}` and filled in for each page. An input can be
a hole too, if the template only prints it: `draw_outlined` draws all posts that differ only in their names, numbers and
times from one fragment, that of their outline.
"""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from html import escape as escape_html
from threading import Lock
from typing import Protocol, Self, cast

from cachetools import LRUCache
from django.conf import settings
from django.template import Context, Engine
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

type Plain = str | int | float | tuple[Plain, ...] | None
type Inputs = Mapping[str, Plain]
type Pieces = tuple[str, ...]  # text and names of holes in turn

KEPT_BYTES = 24 * 1024 * 1024
KEY_BYTES = 2048  # about what two dozen short inputs take
_MARK = secrets.token_hex(16)  # cannot be known, so no text contains it
_HOLE = re.compile(rf"<{_MARK}:([a-z0-9_]+)>")
_NUMBERS: dict[int, str] = {}


def _weight(pieces: Pieces) -> int:
    return KEY_BYTES + sum(map(sys.getsizeof, pieces))


class Fragments:
    """The least recently used fragments give way when they exceed `size` bytes. Safe between threads."""

    def __init__(self, size: int = KEPT_BYTES) -> None:
        self._kept: LRUCache[tuple, Pieces] = LRUCache(size, getsizeof=_weight)
        self._lock = Lock()

    def pieces(self, template: str, inputs: Inputs) -> Pieces:
        if settings.DEBUG:  # templates are being written
            return _rendered(template, inputs)
        key = (template, get_language(), *inputs.items(), _types_of(inputs.values()))
        return self.get(key, lambda: _rendered(template, inputs))

    def get(self, key: tuple, make: Callable[[], Pieces]) -> Pieces:
        found = self.found(key)
        return self._made(key, make()) if found is None else found

    def found(self, key: tuple) -> Pieces | None:
        with self._lock:
            return self._kept.get(key)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def _made(self, key: tuple, made: Pieces) -> Pieces:
        with self._lock:
            if _weight(made) <= self._kept.maxsize:
                self._kept[key] = made
        return made


fragments = Fragments()


def draw(template: str, inputs: Inputs, **holes: str) -> SafeString:
    """Return the fragment for these inputs, its holes filled with safe HTML."""
    pieces = fragments.pieces(template, inputs)
    if len(pieces) == 1:
        return SafeString(pieces[0])
    return SafeString("".join([holes[piece] if place % 2 else piece for place, piece in enumerate(pieces)]))


def kept(make: Callable[..., str], text: str, *more: Plain) -> str:
    """Return `make(text, *more)`, a function of nothing else. Kept under the digest of the text, which may be long."""
    return fragments.get(_key(make, text, *more), lambda: (make(text, *more),))[0]


def kept_before(make: Callable[..., str], text: str, *more: Plain) -> str:
    """Return what `kept` has kept of these, or nothing. It makes nothing."""
    found = fragments.found(_key(make, text, *more))
    return found[0] if found else ""


def _key(make: Callable[..., str], text: str, *more: Plain) -> tuple:
    return (make, blake2b(text.encode(), digest_size=20).digest(), *more, _types_of((text, *more)))


def _types_of(values: Iterable[Plain]) -> tuple:
    return tuple([_types_of(value) if isinstance(value, tuple) else type(value) for value in values])


class Outlined(Protocol):
    """A named tuple that can be drawn without some of its fields, which its outline has holes for."""

    def outline(self) -> Self: ...


def draw_outlined(template: str, name: str, shown: Outlined, more: Inputs, **holes: str) -> SafeString:
    """Return the fragment for `shown`, which the template sees under `name`: that of its outline, with its values."""
    outline = cast(tuple, shown.outline())
    return draw(template, {name: outline, **more}, **holes, **fills(outline, cast(tuple, shown)))


def fills(outline: tuple[Plain, ...], whole: tuple[Plain, ...]) -> dict[str, str]:
    """Return what fills the holes of an outline: what the whole has in their places, escaped unless it is safe HTML."""
    found: dict[str, str] = {}
    for mark, value in zip(outline, whole, strict=True):
        if mark is value:
            continue
        if isinstance(mark, tuple):
            found |= fills(mark, cast(tuple, value))
        elif name := _name_of(mark):
            found[name] = _escaped(value)
    return found


def _escaped(value: Plain) -> str:
    """Escape a text that is not safe HTML: `conditional_escape` without its search for lazy texts, which are none here.

    A page of a list fills three hundred holes.
    """
    return value if isinstance(value, SafeString) else escape_html(str(value))


def hole(name: str) -> SafeString:
    """Return the mark of a place that `draw` fills."""
    return SafeString(f"<{_MARK}:{name}>")


def number_hole(name: str) -> int:
    """Return a number that marks a place for `draw` to fill, for what takes nothing but numbers: an address, say."""
    number = 10**17 + secrets.randbelow(9 * 10**17)  # cannot be known either; routes take 18 digits
    _NUMBERS[number] = name
    return number


def _name_of(mark: Plain) -> str:
    """Return the name of the hole that is marked, or nothing."""
    if isinstance(mark, int):
        return _NUMBERS.get(mark, "")
    found = _HOLE.fullmatch(mark) if isinstance(mark, str) else None
    return found[1] if found else ""


def _rendered(template: str, inputs: Inputs) -> Pieces:
    for name, value in inputs.items():
        _require_plain(name, value)
    text: str = Engine.get_default().get_template(template).render(Context(dict(inputs)))
    for number, name in _NUMBERS.items():
        text = text.replace(str(number), hole(name))
    return tuple(_HOLE.split(text))


def _require_plain(name: str, value: object) -> None:
    """Refuse what can change after it has become a key, such as a row of the database or a lazy translation."""
    if isinstance(value, tuple):
        for each in value:
            _require_plain(name, each)
    elif isinstance(value, Promise) or not (value is None or isinstance(value, str | int | float)):
        raise TypeError(f"{name} of a fragment is a {type(value).__name__}, which may change under its key")
