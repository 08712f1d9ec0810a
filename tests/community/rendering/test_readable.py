"""Formulas as one line of text, for lists, page titles, descriptions and email."""

import pytest

from community.rendering import readable_words
from community.rendering.readable import readable


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\sigma(z)", "σ(z)"),
        (r"w_{i}^{2}", "w_i²"),
        (r"\delta^{(l+1)}", "δ^(l+1)"),
        (r"x^{(a+b)(c+d)}", "x^((a+b)(c+d))"),
        (r"\delta_j^{[l+1]}", "δ_j^[l+1]"),
        (r"x^{[a+b][c+d]}", "x^([a+b][c+d])"),
        (r"\text{loss} \le \tfrac12", "loss ≤ 1/2"),
        (r"\tfrac14", "1/4"),
        (r"\frac{1}{2h}", "1/(2h)"),
        (r"\frac{f(x+h) - f(x-h)}{2}", "(f(x+h) - f(x-h))/2"),
        (r"\mathbb{R}^n", "R^n"),
        (r"a^{-k}", "a^-k"),
        (r"10^{-7}", "10⁻⁷"),
        (r"\frac{\partial L}{\partial w}", "∂L/∂w"),
        (r"\pd{L}{z_j^{[l]}} = p_j - y_j", "∂L/∂z_j^[l] = p_j - y_j"),
        (r"\delta^{[1]} = (W^{[2]})^\top \delta^{[2]} \odot \sigma'(z^{[1]})", "δ^[1] = (W^[2])ᵀ δ^[2] ⊙ σ'(z^[1])"),
        (r"e^{z_k}", "e^(z_k)"),
        (r"\grad_{a^{[L]}} \Loss", "∇_(a^[L]) ℒ"),
        (r"a = \sigma(z) \tag{1}", "a = σ(z)"),
        (r"E = mc^2 \label{eq:energy}", "E = mc²"),
        (r"x^{\top} y", "xᵀ y"),
        (r"\sum_{i=1}^{N} x_i", "∑_(i=1)^N x_i"),
        (r"\hat y = \sqrt{x} \log x", "ŷ = √x log x"),
        (r"\left(1 - \bar{p}\right)", "(1 - p̄)"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[ 1 2 ; 3 4 ]"),
        (r"\unheard{x} \of y", r"\unheardx \of y"),
        (r"\sigma*2", "σ*2"),
        (r"\frac{1", "1/"),
        ("", ""),
    ],
)
def test_latex_becomes_a_line(latex, line):
    assert readable(latex) == line


def test_only_what_stands_between_dollars_is_read():
    assert readable_words(r"Why $\tfrac14$? It costs $5 \o/ and $$\delta$$") == r"Why 1/4? It costs $5 \o/ and δ"


@pytest.mark.parametrize("latex", ["{" * 4000, r"\frac" * 800, "^" * 4000, r"\sqrt{" * 600, "}" * 4000])
def test_the_deepest_latex_is_read_to_its_end(latex):
    assert len(readable(latex)) <= len(latex)
