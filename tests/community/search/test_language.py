"""The language of searches: a pure parser."""

import pytest
from hypothesis import example, given
from hypothesis.strategies import lists, sampled_from, text

from community.search.language import LONGEST, Code, Operator, Problem, Query, read, written

NAMES = {"tag": "tag", "标签": "tag", "by": "by", "author": "by", "作者": "by", "stuck": "stuck", "before": "before"}
FLAGS = frozenset({"stuck"})


def parsed(query: str) -> Query:
    return read(query, NAMES, FLAGS)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("", Query()),
        ("chain rule", Query("chain rule")),
        ('"exact phrase" x', Query("x", phrases=("exact phrase",))),
        ("“中文 短语” 链式", Query("链式", phrases=("中文 短语",))),
        ("-foo bar", Query("bar", without=("foo",))),
        ('-"a b" c', Query("c", without=("a b",))),
        ("x - y -1 a-b", Query("x - y -1 a-b")),
        ("tag:xor author:Ada x", Query("x", operators=(Operator("tag", "xor"), Operator("by", "Ada")))),
        ("标签：异或", Query(operators=(Operator("tag", "异或"),))),
        ('TAG:"batch norm"', Query(operators=(Operator("tag", "batch norm"),))),
        ("-tag:xor x", Query("x", operators=(Operator("tag", "xor", True),))),
        ("tag:a:b", Query(operators=(Operator("tag", "a:b"),))),
        ("stuck: x", Query("x", operators=(Operator("stuck", ""),))),
        ("foo:bar", Query("foo bar")),
        ("http://example.org/a", Query("http //example.org/a")),
        (r"$a -b \text{tag:x}$ c", Query(r"$a -b \text{tag:x}$ c")),
        (r"\frac{a}{b} W^{[l+1]}", Query(r"\frac{a}{b} W^{[l+1]}")),
        ('x"y"z', Query("x z", phrases=("y",))),
        (r'"the gradient $\delta$" x', Query("x", phrases=(r"the gradient $\delta$",))),
        (r'$a$ -"by $a -b$" tag:"$a$"', Query("$a$", without=("by $a -b$",), operators=(Operator("tag", "$a$"),))),
        (r'“$\text{"x"}$ 的梯度”', Query(phrases=(r"$\text{ x }$ 的梯度",))),
        ("\ue001\ue002 x", Query("x")),
        ('"" ""', Query()),
    ],
)
def test_a_query_means(query, meant):
    assert parsed(query) == meant


@pytest.mark.parametrize(
    ("query", "words", "problems"),
    [
        ('"open ended', "open ended", [Problem(Code.QUOTE)]),
        ('a " b " c "', "a c", [Problem(Code.QUOTE)]),
        ("tag: xor", "xor", [Problem(Code.NO_VALUE, "tag")]),
        ('标签：  tag:"" x', "x", [Problem(Code.NO_VALUE, "标签"), Problem(Code.NO_VALUE, "tag")]),
        ("tag:,, x", "x", [Problem(Code.NO_VALUE, "tag")]),
        ("a AND b OR NOT c", "a b c", [Problem(Code.BOOLEAN, word) for word in ("AND", "OR", "NOT")]),
        ("NEAR(a b, 5) a* ^b {c}", "NEAR(a b, 5) a* ^b {c}", []),
        ("'; DROP TABLE x; --", "'; DROP TABLE x; --", []),
        ("a " * LONGEST, ("a " * (LONGEST // 2)).strip(), [Problem(Code.LONG)]),
        ("tag:a " * 20, "", [Problem(Code.MANY_OPERATORS, "12")]),
        ('"a b" ' * 6, "", [Problem(Code.MANY_PHRASES, "4")]),
        ("x " + "-a " * 9, "x", [Problem(Code.MANY_WITHOUT, "8")]),
    ],
)
def test_what_has_no_meaning_is_told_and_the_rest_is_read(query, words, problems):
    found = parsed(query)
    assert (found.words, list(found.problems)) == (words, problems)


PIECES = [
    "tag",
    "by",
    ":",
    "：",
    '"',
    "“",
    "”",
    "-",
    " ",
    "$",
    "x",
    "链",
    "\\frac{a}",
    "1",
    "'",
    "(",
    "*",
    "\x00",
    "é",
    "OR",
]


@example("tagtag:tag:tag")
@given(lists(sampled_from(PIECES), max_size=60).map("".join) | text(max_size=80))
def test_every_text_is_a_query_and_one_that_is_written_again_means_the_same(query):
    found = parsed(query)
    if "$" not in query:  # a lone dollar sign may find a partner in what is written after it
        again = parsed(written(found))
        assert (again.operators, again.phrases) == (found.operators, found.phrases)
