from __future__ import annotations

import pytest

from community.rendering.context import Context
from community.rendering.excerpts import formulas, lead, lead_text
from community.rendering.pipeline import render


def shown(source: str) -> str:
    return render(source, Context(kind="post", prefix="p1-", known_handles=())).html


def test_a_lead_keeps_formulas_and_drops_every_other_tag():
    html = lead(shown("The **step** is $\\hat y$ & more.\n\n## Heading\n\n- one\n- two\n"))

    assert html.startswith("The step is <math>")
    assert "&amp; more. one two" in html
    assert "annotation" not in html and "Heading" not in html and "<strong" not in html


def test_a_display_formula_stands_in_the_line_and_a_matrix_becomes_dots():
    html = lead(shown("So\n\n$$a = b \\tag{1}$$\n\nand $$\\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}$$ end"))

    assert 'display="block"' not in html and "(1)" not in html
    assert html.count("<math>") == 1 and "… end" in html


@pytest.mark.parametrize(
    ("formula", "after", "joint"),
    [
        ("a = b", "The site says", "</math>.</span> The site"),
        ("a = b", "*The* site says", "</math>.</span> The site"),
        ("a = b", "where b is", "</math> where b"),
        ("a = b,", "The site says", "</math> The site"),
        ("a = b.", "The site says", "</math> The site"),
    ],
)
def test_a_sentence_after_a_formula_on_its_own_line_is_told_apart_from_it(formula, after, joint):
    html = shown(f"So\n\n$$ {formula} $$\n\n{after}")

    assert joint in lead(html)
    assert joint.replace("</math>", formula).replace("</span>", "") in lead_text(html)
    assert "</math> The site" in lead(shown("So $a = b$ The site"))


def test_a_formula_s_wide_space_is_narrow_in_a_line():
    html = lead(shown("$$a = b, \\qquad c = d$$"))

    assert 'width="0.5em"' in html and "2em" not in html


def test_a_lead_is_cut_at_a_word_and_never_inside_a_formula():
    html = lead(shown("alpha beta gamma delta $x^2$ epsilon"), longest=20)

    assert html == "alpha beta gamma…"
    assert lead(shown("ab $x_1 + x_2 + x_3 + x_4$"), longest=8) == "ab…"


@pytest.mark.parametrize("source", ["", "```python\nx\n```", "| a |\n|---|\n| 1 |"])
def test_nothing_to_say_is_nothing(source: str):
    assert lead(shown(source)) == ""


QUOTE = "> @ada wrote in [#1](/t/1/):\n>\n> > inner\n>\n> quoted\n\n"


def test_a_lead_is_in_the_posts_own_words_and_not_those_it_quotes():
    assert lead(shown(QUOTE + "I think **so**.\n\n> again\n\nBut")) == "I think so. But"
    assert lead_text(shown(QUOTE + "I think **so**.")) == "I think so."
    assert lead(shown("> only a quote")) == lead_text(shown("> only a quote")) == "only a quote"


@pytest.mark.parametrize("end", [".", "。", ",", ". . .", " …", ":"])
def test_the_dots_of_a_cut_follow_no_other_mark(end: str):
    html = shown(f"The sum of a column{end} And then more words follow.")

    assert lead(html, longest=20 + len(end)) == "The sum of a column…"
    assert lead(shown(f"The sum of a **column**{end}\n\nAnd then more"), longest=20) == "The sum of a column…"


def test_a_chinese_character_is_as_wide_as_two_letters():
    assert lead(shown("梯" * 30), longest=20) == "梯" * 10 + "…"
    assert lead(shown("梯" * 10), longest=20) == "梯" * 10


def test_no_word_is_split_by_the_cut_after_a_formula():
    html = lead(shown("the loss $x$ and more"), longest=13)
    assert html.startswith("the loss <math>") and html.endswith("</math>…")


def test_an_ampersand_before_the_dots_stays_whole():
    assert lead(shown("This is R&D for all"), longest=11) == "This is R&amp;D…"


def test_a_footnote_mark_does_not_touch_the_word():
    rendered = render("Pure bookkeeping[^1].\n\n[^1]: A note.", Context(prefix="p1-"))

    assert lead(rendered.html) == rendered.excerpt == "Pure bookkeeping."
    assert rendered.text == "Pure bookkeeping.\nA note."


def test_plain_words_have_dots_where_a_formula_has_no_words():
    source = r"$\newcommand{\mine}{x}$So $\mine$, $\cancel{x}$ and $\frac12$ end"
    assert lead_text(shown(source)) == render(source).excerpt == "So x, … and 1/2 end"


def test_a_formula_that_cannot_be_read_stays_as_it_was_written():
    assert lead(shown("Bad $\\nope$.")) == lead_text(shown("Bad $\\nope$.")) == "Bad \\nope."


def test_only_the_wanted_formulas_are_taken():
    assert set(formulas(shown("$a$ and $b$ and $$c +\n d$$"), {"b", "c + d"})) == {"b", "c + d"}


def test_formulas_are_found_by_their_latex():
    found = formulas(shown("$a<b$ and $$\\frac12$$ and $\\begin{matrix} 1 \\end{matrix}$"))

    assert set(found) == {"a<b", "\\frac12"}
    assert "annotation" not in found["a<b"]


def test_chinese_paragraphs_are_joined_without_a_space():
    html = shown("一步也不动：\n\n梯度是 $x$。\n\n完。\n\nThe end. Yes.")
    assert lead_text(html) == "一步也不动：梯度是 x。完。The end. Yes."
    assert "动：梯度是" in lead(html) and "。</span>完。The end. Yes." in lead(html)
