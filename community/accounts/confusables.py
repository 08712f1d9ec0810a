"""Confusable skeletons (Unicode Technical Standard 39, section 4).

The table comes from the `confusable-homoglyphs` package and is read on first use.
"""

import json
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_LEFT_TO_RIGHT_MARK = "\u200e"


def skeleton(text: str) -> str:
    """Return the string that every look-alike of `text` maps to, ignoring case.

    The mapping is applied before case folding and after it: a capital I looks like a small l, a small i does not.
    """
    as_written = _mapped(text)
    return _mapped(as_written.casefold())


def _mapped(text: str) -> str:
    table = prototypes()
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", "".join(table.get(char, char) for char in decomposed))


@cache
def prototypes() -> dict[str, str]:
    """Return the prototype of each confusable character."""
    neighbours = _neighbours()
    table: dict[str, str] = {}
    for string in neighbours:
        hub = _prototype(string, neighbours)
        if len(string) == 1 and string != hub:
            table[string] = hub
    return {char: "".join(table.get(each, each) for each in hub) for char, hub in table.items()}


def _neighbours() -> dict[str, set[str]]:
    raw = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    neighbours: dict[str, set[str]] = {}
    for string, likes in raw.items():
        for like in likes:
            _join(neighbours, _bare(string), _bare(like["c"]))
    return neighbours


def _bare(string: str) -> str:
    return string.replace(_LEFT_TO_RIGHT_MARK, "")


def _join(neighbours: dict[str, set[str]], one: str, other: str) -> None:
    if one and other and one != other:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)


def _prototype(string: str, neighbours: dict[str, set[str]]) -> str:
    """Return the prototype of a string; all strings confusable with it share this prototype."""
    if len(neighbours[string]) > 1:
        return string
    (only,) = neighbours[string]
    if len(neighbours[only]) > 1:
        return only
    return _preferred((string, only))


def _preferred(pair: Iterable[str]) -> str:
    """Return the prototype of a pair: a sequence of characters first, then the lower code point."""
    return min(pair, key=lambda string: (-len(string), string))
