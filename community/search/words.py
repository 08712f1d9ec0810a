"""Forms of words that find each other: stems of English, with British spelling as American; parts of names in code.

Django-free. The stemmer is Porter's second one, by the Snowball project.
"""

from __future__ import annotations

import re
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

SHORTEST_STEMMED = 3
LONGEST_STEMMED = 30
SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})is(e[drs]?|ers|ing|ations?|able)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z]{3})ys(e[drs]?|ers|ing)$"), r"yz\1"),
    (re.compile(r"(?<=[a-z]{3})our(s|ed|ing|able|ite|ites|al|ally)?$"), r"or\1"),
    (re.compile(r"^((?:epi)?cent|(?:kilo|centi|milli)?met|lit|theat|spect|fib)re(s)?$"), r"\1er\2"),
    (re.compile(r"^centred$"), "centered"),
    (re.compile(r"^(anal|catal|dial)ogue(s|d)?$"), r"\1og\2"),
    (
        re.compile(r"^((?:re)?model|(?:un)?label|travel|cancel|channel|signal|level|tunnel)l(ed|ing|ings|er|ers)$"),
        r"\1\2",
    ),
    (re.compile(r"^(def|off|lic|pret)ence(s|d)?$"), r"\1ense\2"),
    (re.compile(r"^(ful|instal|enrol|fulfil)l?(s|ment|ments)$"), r"\1l\2"),
    (re.compile(r"^gr[ae]y(s|er|scale)?$"), r"gray\1"),
    (re.compile(r"^art[ei]fact(s)?$"), r"artifact\1"),
    (re.compile(r"^programmes?$"), "program"),
    (re.compile(r"(?<=[a-z]eau)[sx]$"), ""),
    (re.compile(r"^(judg|acknowledg)ement(s)?$"), r"\1ment\2"),
    (re.compile(r"^maths$"), "math"),
)
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NUMBERED = re.compile(r"\d\w*$")

_stem = EnglishStemmer().stemWord


@lru_cache(maxsize=100_000)
def forms(word: str) -> tuple[str, ...]:
    """Return a lower-case word, and the form of it that stands for all, if that is another: `gradients`, `gradient`."""
    if not (SHORTEST_STEMMED <= len(word) <= LONGEST_STEMMED and word.isascii() and word.isalpha()):
        return (word,)
    stem = _stem(american(word))
    return (word,) if stem == word else (word, stem)


def american(word: str) -> str:
    """Return the American spelling of a word, or of what no dictionary has: both spellings only must become one."""
    for british, theirs in SPELLINGS:
        word = british.sub(theirs, word)
    return word


@lru_cache(maxsize=20_000)
def parts(name: str) -> tuple[str, ...]:
    """Return the lower-case parts of a name in code, as `BatchNorm1d` has `batch`, `norm1d` and `norm`; or nothing."""
    if not name.isascii() or name[1:] == name[1:].lower() or name.isupper():
        return ()
    found = [part.lower() for part in CAPITAL.split(name)]
    if len(found) < 2:
        return ()
    plain = (NUMBERED.sub("", part) for part in found)
    return tuple(dict.fromkeys(part for part in (*found, *plain) if len(part) > 1))
