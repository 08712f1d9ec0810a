import pytest

from community.rendering.headlines import LONGEST, headline


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Short.\nMore.", "Short."),
        ("\n\n  Second line  \n", "Second line"),
        ("", ""),
        ("word " * 30, ("word " * 18).strip() + "…"),
        ("word " * 16 + "ends. " + "word " * 9, "word " * 16 + "ends…"),
        ("梯" * 200, "梯" * LONGEST + "…"),
        ("a" * 80 + " $x = \\frac{1}{2} + y$ end", "a" * 80 + "…"),
    ],
)
def test_the_first_words_stand_for_a_title(text, words):
    assert headline(text) == words
