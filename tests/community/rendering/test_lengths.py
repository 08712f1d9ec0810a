"""Pathologically long texts: each is answered, formatted or as it was written, and no word is lost."""

import pytest

from community.rendering import Context, pool

from .markup import lost_words

CASES = {
    "brackets": "[" * 4_000 + " word",
    "all brackets": "[" * 49_990 + " word",
    "closed brackets": "[" * 4_000 + "word" + "]" * 4_000,
    "open links": "[word](" * 7_000,
    "open pictures": "![word](" * 6_000,
    "deep quotes": ">" * 5_000 + " word",
    "deep lists": "- " * 5_000 + "word",
    "wide table": "|" + "word|" * 5_000 + "\n|" + "-|" * 5_000 + "\n" + "|x\n" * 2_000,
    "tall table": "|" + "a|" * 40 + "\n|" + "-|" * 40 + "\n" + "|word\n" * 9_000,
    "braces": "$" + "{" * 1_900 + "word" + "}" * 1_900 + "$",
    "roots": "$" + r"\sqrt{" * 600 + "word" + "}" * 600 + "$",
    "dollars": "$" * 40_000 + "word",
    "open dollars": "$word " * 8_000,
    "double dollars": "$$word " * 7_000,
    "stars": "*word " * 8_000,
    "mixed emphasis": "**word*_" * 6_000,
    "tildes": "~~word" * 8_000,
    "backticks": "".join("`" * length + "word" for length in range(1, 300)),
    "angles": "<" * 49_990 + " word",
    "tags": "<div>word" * 5_000,
    "attributes": "<p " + "word " * 9_000,
    "ampersands": "&" * 49_990 + " word",
    "backslashes": "\\" * 49_990 + " word",
    "environments": r"\begin{align}word" * 2_900,
    "mentions": "@李雷word" * 7_000,
    "colons": ":" * 49_990 + " word",
    "names": ":word: " * 7_000,
    "addresses": "http://word.example" + ")" * 49_000,
    "fences": "```word\n" * 6_000,
    "footnotes": "\n".join(f"[^{number}]: word" for number in range(2_500)),
    "calls": "[^1]" * 10_000 + "\n\n[^1]: word",
    "paragraphs": "word\n\n" * 8_000,
    "loose items": "1. word\n\n" * 5_500,
    "doubling macros": r"$\newcommand{\a}[1]{#1#1#1#1}\a{\a{\a{\a{\a{\a{\a{word}}}}}}}$ " * 400,
    "a matrix": r"$$\begin{matrix}" + "a&" * 1_900 + r"word\end{matrix}$$",
    "a long formula": "$$" + "word " * 9_000 + "$$",
    "code": "```python\n" + "(" * 49_000 + "word\n```",
    "nulls": "word\x00" * 9_000,
    "surrogates": "word\ud800" * 9_000,
    "a gap": "word" + " " * 49_000 + "word",
    "a gap after a fence": "```" + " " * 49_000 + "`word",
    "a gap in an admonition": "!!!" + " " * 49_000 + "word",
    "a megabyte": "word " * 200_000,
}


@pytest.fixture(scope="module")
def warm():
    assert pool.warm()


@pytest.mark.parametrize("name", CASES)
def test_a_long_hostile_text_keeps_its_words(name, warm):
    rendered = pool.render(CASES[name], Context())
    assert lost_words(CASES[name].replace("\x00", " ").replace("\ud800", " "), rendered.html) == []
    assert len(rendered.html) <= max(20 * len(CASES[name]), 2_000_000)
