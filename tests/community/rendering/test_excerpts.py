from __future__ import annotations

import pytest

from community.rendering.context import Context
from community.rendering.excerpts import formulas, lead
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


def test_a_lead_is_cut_at_a_word_and_never_inside_a_formula():
    html = lead(shown("alpha beta gamma delta $x^2$ epsilon"), longest=20)

    assert html == "alpha beta gamma…"
    assert lead(shown("ab $x_1 + x_2 + x_3 + x_4$"), longest=8) == "ab …"


@pytest.mark.parametrize("source", ["", "```python\nx\n```", "| a |\n|---|\n| 1 |"])
def test_nothing_to_say_is_nothing(source: str):
    assert lead(shown(source)) == ""


def test_formulas_are_found_by_their_latex():
    found = formulas(shown("$a<b$ and $$\\frac12$$ and $\\begin{matrix} 1 \\end{matrix}$"))

    assert set(found) == {"a<b", "\\frac12"}
    assert "annotation" not in found["a<b"]
