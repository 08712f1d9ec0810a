"""The language of searches: words, "phrases", -words, and operators such as `tag:xor` or `标签:异或`. Django-free.

Every text is a query. What has no meaning is read as words, or left out with a problem that the page explains, and the
rest is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from community.rendering.formulas import spans

LONGEST = 500  # characters that are read
MOST_OPERATORS = 12
MOST_PHRASES = 4
MOST_WITHOUT = 8
BOOLEANS = frozenset({"AND", "OR", "NOT", "NEAR"})
FORMULA, REST_OF_IT = "\ue001", "\ue002"
"""Stand for the first sign of a formula and for its others, so that its signs are none of the language."""
MASKS = str.maketrans({FORMULA: " ", REST_OF_IT: " "})
SEPARATORS = " ,，、"  # of values
QUOTES = re.compile('["“”]')
PART = re.compile(
    rf"""
    (?P<formula> {FORMULA}{REST_OF_IT}* )
  | (?P<bare_minus> (?<!\S)- )? (?P<bare> [^\W\d_]{{1,20}} ) [:：] (?![^\s{FORMULA}])
  | (?P<minus> (?<!\S)-(?=[^\W\d_]|["“]) )?
    (?: (?P<name> [^\W\d_]{{1,20}} ) [:：] )?
    (?: ["“] (?P<quoted> [^"“”]* ) ["”] | (?P<rest> [^\s"“”{FORMULA}{REST_OF_IT}]+ ) )
  | (?P<quote> ["“”] )
    """,
    re.VERBOSE,
)

EXCLUDED = re.compile(r"[^\W\d_][^\s:：]*")  # what needs no quotes after a minus


class Code(StrEnum):
    """What was wrong with a query."""

    LONG = "long"
    QUOTE = "quote"
    BOOLEAN = "boolean"
    NO_VALUE = "no value"
    MANY_OPERATORS = "many operators"
    MANY_PHRASES = "many phrases"
    MANY_WITHOUT = "many without"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out, and the words of the query that it is about."""

    code: Code
    words: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """`name:value`; with `is_without`, `-name:value`. The name is the one that its aliases stand for."""

    name: str
    value: str
    is_without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What a search asks for. `words` are as they were written, those of phrases not among them."""

    words: str = ""
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    operators: tuple[Operator, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.without or self.operators)


def read(text: str, names: Mapping[str, str], flags: frozenset[str] = frozenset()) -> Query:
    """Read a query in time linear in its length. It never fails.

    `names` are the operators by each of their names, in lower case; any other `name:` is words. `flags` are those that
    need no value.
    """
    problems = [Problem(Code.LONG)] if len(text) > LONGEST else []
    text = text[:LONGEST].translate(MASKS)
    parts = _Parts(text, names, flags, problems)
    for match in PART.finditer(_masked(text)):
        parts.add(match)
    return parts.query()


def _masked(text: str) -> str:
    """Return a text of the same length with formulas that no part of the language is found in."""
    pieces, free = [], 0
    for formula in spans(text):
        pieces += [text[free : formula.start], FORMULA, REST_OF_IT * (formula.end - formula.start - 1)]
        free = formula.end
    return "".join([*pieces, text[free:]])


class _Parts:
    """Collects the parts of a text that are found in it as it is masked."""

    def __init__(self, text: str, names: Mapping[str, str], flags: frozenset[str], problems: list[Problem]) -> None:
        self.text, self.names, self.flags, self.problems = text, names, flags, problems
        self.words: list[str] = []
        self.phrases: list[str] = []
        self.without: list[str] = []
        self.operators: list[Operator] = []

    def add(self, match: re.Match[str]) -> None:
        if match["quote"]:
            self.problems.append(Problem(Code.QUOTE))
        elif match["formula"]:
            self.words.append(self._written(match, "formula"))
        elif match["bare"]:
            self._add_operator(match["bare"], "", match)
        elif match["name"] and match["name"].casefold() in self.names:
            self._add_operator(match["name"], self._quoted(match) or match["rest"] or "", match)
        else:
            self._add_words(match)

    def _written(self, match: re.Match[str], group: str) -> str:
        return self.text[match.start(group) : match.end(group)]

    def _quoted(self, match: re.Match[str]) -> str:
        """Return what is in quotes; a formula in it may have quotes too."""
        return QUOTES.sub(" ", self._written(match, "quoted")) if match["quoted"] is not None else ""

    def _add_operator(self, written: str, value: str, match: re.Match[str]) -> None:
        name = self.names.get(written.casefold(), "")
        if not name:
            self.words.append(written)
        elif not value.strip(SEPARATORS) and name not in self.flags:
            self.problems.append(Problem(Code.NO_VALUE, written))
        else:
            is_without = bool(match["minus"] or match["bare_minus"])
            self.operators.append(Operator(name, value.strip(), is_without))

    def _add_words(self, match: re.Match[str]) -> None:
        words = self._quoted(match) if match["quoted"] is not None else match["rest"]
        named = f"{match['name']} {words.replace(':', ' ')}" if match["name"] else words  # none of it is an operator
        if not words.strip():
            return
        if match["minus"]:
            self.without.append(named)
        elif match["quoted"] is not None and not match["name"]:
            self.phrases.append(words)
        elif words in BOOLEANS and not match["name"]:
            self.problems.append(Problem(Code.BOOLEAN, words))
        else:
            self.words.append(named)

    def query(self) -> Query:
        """Return the query, without what is too much of it."""
        limits = (
            (self.operators, MOST_OPERATORS, Code.MANY_OPERATORS),
            (self.phrases, MOST_PHRASES, Code.MANY_PHRASES),
            (self.without, MOST_WITHOUT, Code.MANY_WITHOUT),
        )
        self.problems += [Problem(code, str(most)) for found, most, code in limits if len(found) > most]
        return Query(
            " ".join(self.words),
            tuple(self.phrases[:MOST_PHRASES]),
            tuple(self.without[:MOST_WITHOUT]),
            tuple(self.operators[:MOST_OPERATORS]),
            tuple(dict.fromkeys(self.problems)),
        )


def written(query: Query) -> str:
    """Return a query as text, which reads as the same query."""
    operators = (f"{'-' * each.is_without}{each.name}:{quoted(each.value)}" for each in query.operators)
    without = (f"-{each}" if EXCLUDED.fullmatch(each) else f'-"{each}"' for each in query.without)
    phrases = (f'"{each}"' for each in query.phrases)
    return " ".join([*filter(None, [query.words]), *phrases, *without, *operators])


def quoted(value: str) -> str:
    """Return a value as an operator takes it: in quotes if it has spaces."""
    return f'"{value}"' if any(map(str.isspace, value)) else value
