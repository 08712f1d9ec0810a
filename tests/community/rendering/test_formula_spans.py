"""All parsers of formulas in plain texts and titles agree with the renderer."""

import pytest

from community.content.slugs import slug_for
from community.rendering import render
from community.rendering.formulas import spans, without
from community.rendering.headlines import headline

from .markup import latex


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"a $x$ b $$y$$ c \(z\) d \[w\]", ["x", "y", "z", "w"]),
        (r"\begin{align}a&=b\end{align}", [r"\begin{align}a&=b\end{align}"]),
        ("It costs $5 and $6, or $7.", []),
        (r"\$x$ and $y", []),
        ("$HOME and $PATH", []),
        ("$a\nb$ is one, $c\n\nd$ is none", ["a\nb"]),
        (r"$p(\text{if $x$ holds})$ end", [r"p(\text{if $x$ holds})"]),
        (r"\[a link](/x) and \\(no\\)", []),
        (r"$\text{a $b$ c", ["b"]),
        ("Half is $1/2$, the factor $2/N$, or $1/(2N)$; $1/4/2$.", ["1/2", "2/N", "1/(2N)", "1/4/2"]),
        ("The labels are $0, 1$ and the sizes $2,3,1$.", ["0, 1", "2,3,1"]),
        (r"From $5 to $10, \$x\$ and `$y$`, but $z$", ["z"]),
        (r"$\text{`a'}$ and $\text{`b'}$", [r"\text{`a'}", r"\text{`b'}"]),
        ("GitLab writes $`x_1 + y`$, and `$z$` is code", ["x_1 + y"]),
        ("$`5` and `6`$ is none of its", ["`5` and `6`"]),
        ("It costs $5/month and $6/year, or $5/$10, or $5, $6, or $x", []),
        ("export PATH=$HOME/bin:$PATH, but $AB$ and $A_{B}$", ["AB", "A_{B}"]),
        ("https://a.example/p$x/y$ and https://a.example/?q=$n$, see https://a.example/:$m$", ["m"]),
        ("Siehe（https://a.example/）$k$，https://a.example/路径$i$", ["k", "i"]),
    ],
)
def test_a_formula_is_what_the_renderer_takes_for_one(text, found):
    assert [span.latex for span in spans(text)] == found


def test_a_span_says_where_its_latex_begins():
    (span,) = spans("a $$ x $$ b")
    assert (span.start, span.first, span.end, span.latex, span.display) == (2, 4, 9, " x ", True)


def test_a_text_without_its_formulas_keeps_its_prices():
    assert without("From $5 to $6: $x^2$ and more") == "From $5 to $6:   and more"
    assert slug_for("From $5 to $6 with $x^2$") == "from-5-to-6-with"


def test_a_headline_has_a_formula_of_several_lines_in_one():
    assert headline("The sum $a\n+ b$ is\nsmall") == "The sum $a + b$ is"


def test_code_between_prices_and_formulas_between_backticks_are_shown_as_such():
    html = render(r"From $5 to $10, \$x\$ and `$y$`; GitLab's $`x_1`$ is $z$.").html
    assert latex(html) == ["x_1", "z"]
    assert "<code>$y$</code>" in html and "From $5 to $10, $x$ and" in html
