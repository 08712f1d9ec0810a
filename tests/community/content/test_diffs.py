import pytest

from community.content import diffs
from tests.steps import steps


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(row.sign, row.text) for row in diffs.rows(before, after)]


def test_a_changed_line_is_shown_with_its_changed_words():
    old, new = diffs.rows("The loss is small.\n", "The loss was small.\n")
    assert (old.sign, new.sign) == ("gone", "new")
    assert [piece.text for piece in old.pieces if piece.changed] == ["is"]
    assert [piece.text for piece in new.pieces if piece.changed] == ["was"]


def test_han_is_compared_sign_by_sign():
    _old, new = diffs.rows("学习率更大", "学习率更小")
    assert [piece.text for piece in new.pieces if piece.changed] == ["小"]


def test_three_lines_around_a_change_are_kept_and_the_rest_is_a_gap():
    before = "\n".join(map(str, range(20)))
    after = before.replace("\n10\n", "\nten\n")
    signs = [sign for sign, _text in shown(before, after)]
    assert signs == ["gap", *["same"] * 3, "gone", "new", *["same"] * 3, "gap"]


def test_line_numbers_count_in_both_texts():
    rows = diffs.rows("a\nb\nc", "a\nnew\nb\nc")
    assert [(row.sign, row.before, row.after) for row in rows] == [
        ("same", 1, 1),
        ("new", None, 2),
        ("same", 2, 3),
        ("same", 3, 4),
    ]


def test_equal_texts_have_no_rows():
    assert diffs.rows("a\nb\n", "a\nb") == []


def test_a_first_version_removes_nothing_and_all_its_lines_are_new():
    assert shown("", "a\n\nb") == [("new", "a"), ("new", ""), ("new", "b")]
    assert shown("a", "") == [("gone", "a")]
    assert shown("", "\n") == []


def test_every_line_of_both_texts_is_there_when_all_changed():
    assert shown("a\nb", "c\nd\ne") == [("gone", "a"), ("gone", "b"), ("new", "c"), ("new", "d"), ("new", "e")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n".join("ab" * 12_000), "\n".join("ba" * 12_000)),
        ("a b " * 12_500, "b a " * 12_500),
        ("x" * 50_000, "y" * 50_000),
        ("\n".join("ab" * 740), "\n".join("ba" * 740)),
        ("\n".join("aaab" * 370), "\n".join("abab" * 370)),
        ("\n".join(["a b " * 8] * 1_400), "\n".join(["b a " * 8] * 1_400)),
        ("\n".join(["a b " * 49] * 190), "\n".join(["b b a " * 33] * 190)),
        ("\n" * 50_000, "\na" * 25_000),
        ("\n".join(f"{n} a b c" for n in range(1_400)), "\n".join(f"{n} c b a" for n in range(1_400, 2_800))),
    ],
)
def test_hostile_texts_take_no_longer(before, after):
    assert steps(lambda: diffs.rows(before, after)) < 3_600_000
