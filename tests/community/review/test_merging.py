"""Two changes of one text become one where they are in different lines."""

import pytest

from community.content.diffs import merged

BASE = "a\nb\nc\nd\ne\n"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (BASE, BASE, BASE),
        ("A\nb\nc\nd\ne\n", BASE, "A\nb\nc\nd\ne\n"),
        ("A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n"),
        ("A\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n"),
        ("a\nb\nc\nd\ne\nf\n", "0\na\nb\nc\nd\ne\n", "0\na\nb\nc\nd\ne\nf\n"),
        ("b\nc\nd\ne\n", "a\nb\nc\ne\n", "b\nc\ne\n"),
        ("A\nb\nc\nd\ne\n", "B\nb\nc\nd\ne\n", None),
        ("A\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n", None),
        (BASE + "f\n", BASE + "g\n", None),
        ("", "A\nb\nc\nd\ne\n", None),
    ],
)
def test_a_merge(one, other, wanted):
    assert merged(BASE, one, other) == wanted
    assert merged(BASE, other, one) == wanted


def test_a_pathological_text_is_refused_in_time():
    base = "x\n" * 20_000
    assert merged(base, "y\n" * 20_000, base + "z\n") is None
