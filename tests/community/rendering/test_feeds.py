"""HTML for feeds and email."""

import re
from xml.etree import ElementTree

import pytest

from community.rendering import feed_html, leading_blocks, render
from community.rendering.excerpts import lead
from community.rendering.feeds import MAIL_STYLE, mail_line
from community.rendering.plain import plain, with_characters


def test_a_feed_has_mathml_whose_latex_stays_when_tags_are_dropped():
    html = feed_html(render("Let $a<b$.").html)
    assert 'alttext="a&lt;b"' in html
    words = "".join(ElementTree.fromstring(html).itertext())
    assert words == "Let a<b $a<b$ ."


def test_mail_has_readable_formulas_and_hidden_ones_for_clients_that_draw_them():
    html = feed_html(render(r"Let $\sigma$ and $\phantom{a}b$.").html, mathml=False)
    written = re.findall(r'<code class="written-math">(.*?)</code>', html)
    assert written == ["σ", "\\phantom{a}b"]
    drawn = re.findall(r'<span class="drawn-math" style="display:none;[^"]*"><math .*?</math></span>', html)
    assert len(drawn) == 2 and "<annotation" not in html and ".drawn-math {" in MAIL_STYLE
    for piece in drawn:
        html = html.replace(piece, "")
    assert html == (
        '<p>Let <code class="written-math">σ</code> and <code class="written-math">\\phantom{a}b</code>.</p>'
    )


LONG = r"""
$$
z^{[1]} = \begin{bmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{bmatrix}
\begin{bmatrix} x_1 \\ x_2 \end{bmatrix} + b^{[1]},
\qquad \frac{\partial L}{\partial w} = (x^\top \delta)^\top < 1 \tag{1}
$$
"""
IN_CHARACTERS = "z^[1] = [ w₁₁ w₁₂ ; w₂₁ w₂₂ ] [ x₁ ; x₂ ] + b^[1], ∂L/∂w = (xᵀ δ)ᵀ &lt; 1"


def test_a_long_formula_of_mail_is_in_characters_too():
    html = feed_html(render(LONG).html, mathml=False)
    assert f'<code class="written-math">{IN_CHARACTERS}</code>' in html and html.count("(1)") == 1


def test_a_plain_part_has_formulas_in_characters_and_latex_where_these_cannot_write_it():
    html = render(rf"So $\phantom{{a}} < b$ holds.{LONG}").html
    words = with_characters(html)
    assert r"So $\phantom{a} &lt; b$ holds." in words and f"{IN_CHARACTERS} (1)" in re.sub("<[^>]*>", "", words)


def test_a_line_of_mail_has_each_formula_once_even_where_what_is_hidden_is_shown():
    title = render(r"Why is $\frac{\partial L}{\partial w} < 0$?").html.removeprefix("<p>").removesuffix("</p>")
    assert mail_line(title) == "Why is ∂L/∂w &lt; 0?"
    beyond = mail_line(render(r"$\phantom{a}b$").html)
    assert '<code class="written-math">\\phantom{a}b</code>' in beyond and "<math xmlns=" in beyond


def test_a_long_text_is_cut_between_blocks():
    html = render("# One\n\nTwo $x^2$.\n\n* three\n* four\n\n> five\n\nSix.\n").html
    whole, is_whole = leading_blocks(html, 10_000)
    assert (whole, is_whole) == (html, True)
    for most in range(1, 40):
        cut, is_whole = leading_blocks(html, most)
        assert html.startswith(cut) and cut and (not is_whole or cut == html)
        ElementTree.fromstring(f"<div>{cut}</div>")
    assert leading_blocks(html, 1)[0].endswith("</h2>") or leading_blocks(html, 1)[0].endswith("</h1>")
    assert leading_blocks(f"<p>{'x' * 100}</p>", 10, longest=50) == ("", False)


@pytest.mark.parametrize(
    "formula",
    [r"a \quad b", r"\sum_{n=1}^{N} \delta_n \quad\text{of } N", r"\begin{matrix} a & b \\ c & d \end{matrix}"],
)
def test_a_formula_with_spaces_ends_nothing(formula):
    html = render(f"Yes:\n\n$$\n{formula}\n$$\n\nThe end.\n").html
    assert "<m" in html and leading_blocks(html, 10_000) == (html, True)


def test_addresses_are_absolute():
    html = feed_html(render("[a](/t/1/) [b](#c)").html, base="https://site.example/t/9/x/")
    assert 'href="https://site.example/t/1/"' in html
    assert 'href="https://site.example/t/9/x/#p-c"' in html


def test_runs_are_named():
    html = '<div class="run-embed" data-run="0123456789abcdef"></div>'
    assert feed_html(html) == "<p><code>run 0123456789ab</code></p>"
    assert feed_html(html, embed=lambda run: f"<p>{run}</p>") == "<p>0123456789abcdef</p>"


def test_what_only_a_page_needs_is_gone():
    html = feed_html(render("$$x$$\n\n```python\nx\n```").html)
    assert not any(part in html for part in ("tabindex", "role=", "aria-label", "data-copy"))


def test_a_reference_is_a_number_and_a_label_is_in_no_words():
    html = render("$$x\\label{eq:d}$$\n\nSee \\eqref{eq:d} and \\ref{eq:d}.").html
    for shown in (feed_html(html), feed_html(html, mathml=False), plain(html), lead(html)):
        words = re.sub("<[^>]*>", "", shown)
        assert "See (1) and 1." in words and "ref{" not in words
    assert "\\label" not in feed_html(html)
