"""LaTeX to MathML: formula detection, output, and error messages."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from community.rendering import Context, mathml, render
from community.rendering.math.elements import ATTRIBUTES, ELEMENTS
from community.rendering.math.rewrite import SharedState, rewrite
from community.rendering.math.tokens import join

from .markup import formulas, latex

BP_FORMULAS = Path(__file__).with_name("bp_formulas.txt").read_text(encoding="utf-8").splitlines()


def test_an_array_that_ends_in_a_line_has_it_below_all_columns():
    html = render(r"$$\begin{array}{c|cc} a & b & c \\ \hline d & e & f \\ \hline \end{array}$$").html
    last = html[html.rindex("<mtr>") : html.rindex("</mtr>")]
    assert re.findall("<mtd[^>]*>([^<]*)</mtd>", last) == ["", "", ""] and last.count("m-bt") == 3


def test_a_ground_of_some_colour_becomes_a_frame():
    assert 'class="m-box"' in render(r"$\colorbox{red}{x}$").html


def found(source: str) -> list[str]:
    return latex(render(source).html)


def rewritten(formula: str) -> str:
    return join(rewrite(formula, display=True, shared=SharedState()).tokens)


@pytest.mark.parametrize("formula", BP_FORMULAS)
def test_a_formula_of_the_field_becomes_one_well_formed_display_formula(formula):
    rendered = render(f"$$\n{formula}\n$$")
    assert rendered.math_errors == ()
    (whole,) = formulas(rendered.html)
    root = ElementTree.fromstring(whole)
    assert (root.tag, root.attrib) == ("math", {"display": "block"})
    (semantics,) = root
    row, annotation = semantics
    assert annotation.attrib == {"encoding": "application/x-tex"}
    assert annotation.text == formula.strip()
    for element in row.iter():
        assert element.tag in ELEMENTS
        for name, value in element.attrib.items():
            assert name in {"class", "id"} or ATTRIBUTES[name].fullmatch(value), (element.tag, name, value)


def test_a_formula_in_a_line_is_not_a_block():
    assert mathml("x", display=False).startswith("<math><semantics>")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$a$", ["a"]),
        (r"\(a\)", ["a"]),
        ("中$a$文，$b$。（$c$）", ["a", "b", "c"]),
        ("$a$$b$", ["a", "b"]),
        ("x $$a$$ y", ["a"]),
        ("$$a$$$$b$$", ["a", "b"]),
        ("$ a+b $", ["a+b"]),
        ("**$a$**所以", ["a"]),
        (r"$\text{if $x$ holds}$", [r"\text{if $x$ holds}"]),
        (r"$5\$$", [r"5\$"]),
        ("$5$ and $6$", ["5", "6"]),
        (r"\begin{pmatrix}a\end{pmatrix}", [r"\begin{pmatrix}a\end{pmatrix}"]),
        ("> $$\n> a\n> + b\n> $$", ["a\n+ b"]),
        ("- $$\n  a\n  - b\n  $$", ["a\n- b"]),
        ("$$\na\n\nb\n$$", ["a\n\nb"]),
        ("text[^1]\n\n[^1]: note $a$", ["a"]),
        ("```math\na\n```", ["a"]),
    ],
)
def test_these_are_formulas(source, expected):
    assert found(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "$5 and $10",
        "US$5, $10M",
        r"\$a\$",
        "costs $5/month, $6/year",
        "价格$5，和$6。",
        "5 $ and 6 $",
        "$HOME and $PATH",
        "a $ b",
        "$",
        "$$",
        "$$$$",
        "`$a$`",
        "```\n$a$\n```",
        "    $a$",
        "unclosed $a",
        "$a\n\nb$",
        r"\\(a\\)",
        r"\[text](https://example.org)",
        r"\\begin{align}",
    ],
)
def test_these_are_no_formulas(source):
    rendered = render(source)
    assert (formulas(rendered.html), rendered.math_errors) == ([], ())
    assert "$" not in source or "$" in rendered.html


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (r"\begin{split}a&=b\end{split}", r"\begin{aligned}a&=b\end{aligned}"),
        (r"\begin{alignedat}{2}a&=b\end{alignedat}", r"\begin{aligned}a&=b\end{aligned}"),
        (r"\begin{smallmatrix}a\end{smallmatrix}", r"{\scriptstyle\begin{matrix}a\end{matrix}}"),
        (r"\sum_{\substack{a\\b}}", r"\sum_{\begin{subarray}{c}a\\b\end{subarray}}"),
        (r"\begin{cases}a\\[4pt]b\end{cases}", r"\begin{cases}a\\b\end{cases}"),
        (r"a \tag{1}", r"\begin{equation}a \tag{1}\end{equation}"),
        (r"\text{a $x$ b}", r"{\text{a }{x}\text{ b}}"),
        (r"\href{javascript:x}{y}\class{a}{z}", r"{y}{z}"),
        (r"\pd{L}{w}", r"\frac{\partial L}{\partial w}"),
        (r"a \\ b", r"\begin{gathered}a \\ b\end{gathered}"),
        (r"a &= b \\ &= c", r"\begin{aligned}a &= b \\ &= c\end{aligned}"),
        (r"\sigma^{'}(z)", r"\sigma'(z)"),
        (r"\newcommand{\v}[1]{\mathbf{#1}}\v{x}\v y", r"\mathbf{x}\mathbf{y}"),
        (r"\newcommand{\p}[2][t]{#2_#1}\p{x}\p[s]{x}", r"x_tx_s"),
        (r"\def\p#1{#1^2}\p{a}", r"a^2"),
        (r"\DeclareMathOperator{\relu}{ReLU}\relu x", r"\operatorname{ReLU}x"),
        (r"\alpha*x \hspace*{1em}", r"\alpha *x \hspace{1em}"),
        ("a % note\n+ b", "a  + b"),
    ],
)
def test_gaps_are_bridged_and_macros_expanded(given, expected):
    assert rewritten(given) == expected


def test_macros_live_for_one_text():
    assert render(r"$\newcommand{\mine}{x}\mine$ $\mine$").math_errors == ()
    assert [error.message for error in render(r"$\mine$").math_errors] == [r"Unknown command \mine."]


@pytest.mark.parametrize(
    ("definition", "latex", "elsewhere"),
    [
        (
            r"\newcommand{\pdv}[2]{\frac{\partial #1}{\partial #2}}",
            r"\pdv{L}{w_1} = 0",
            r"\frac{\partial L}{\partial w_1} = 0",
        ),
        (r"\newcommand{\p}[2][t]{#2_#1}", r"\p{x} + \p[s]x", "x_t + x_s"),
        (r"\def\a{\b y}\def\b{\alpha}", r"\a", r"\alpha y"),
        (r"\DeclareMathOperator{\tr}{tr}", r"\tr A", r"\operatorname{tr} A"),
        (r"\newcommand{\unused}{x}", r"\alpha  y", r"\alpha  y"),
        (r"\newcommand{\grad}{\delta}", r"\grad \pd{L}{w}", r"\delta \pd{L}{w}"),
        (r"\newcommand{\a}{\alpha}", r"\newcommand{\b}{\a}\b", r"\newcommand{\b}{\a}\b"),
    ],
)
def test_the_source_of_a_formula_can_be_quoted_where_its_macros_are_unknown(definition, latex, elsewhere):
    html = render(f"${definition}$\n\n${latex}$").html
    assert [unescape(each) for each in re.findall("<annotation[^>]*>(.*?)</annotation>", html)] == [elsewhere]


def test_what_would_grow_too_long_is_quoted_as_it_was_written():
    long = r"\newcommand{\a}{" + "x" * 2_500 + "}"
    html = render(f"${long}$\n\n$\\a\\a$").html
    assert r"\a\a</annotation>" in html


@pytest.mark.parametrize(
    "formula",
    [
        r"\def\a{\a\a}\a",
        r"\def\a{\b}\def\b{\a}\a",
        r"\newcommand{\a}[1]{#1#1#1#1}" + r"\a{" * 12 + "x" + "}" * 12,
    ],
)
def test_a_macro_that_never_ends_is_an_error(formula):
    (error,) = render(f"${formula}$").math_errors
    assert re.search("expands without end|expand more than 1000 times", error.message)


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ("one\ntwo $a \\nope$", r"Unknown command \nope.", 2, 8),
        ("😀 $\\nope$", r"Unknown command \nope.", 1, 4),
        ("a\r\nb $\\nope$", r"Unknown command \nope.", 2, 4),
        ("a\x02b $\\nope$", r"Unknown command \nope.", 1, 6),
        ("> $$\n> a\n> \\nope\n> $$", r"Unknown command \nope.", 3, 3),
        ("  - x\n    ```math\n    a\n    \\nope\n    ```", r"Unknown command \nope.", 4, 5),
        (r"$\begin{aligned}\substack{a\\b}\nope\end{aligned}$", r"Unknown command \nope.", 1, 32),
        (r"$\pd{a}{\nope}$", r"Unknown command \nope.", 1, 9),
        ("| a | $\\nope$ |\n|---|---|\n| b | $\\wrong$ |", r"Unknown command \nope.", 1, 8),
        ("$}$", "This } has nothing to close.", 1, 2),
    ],
)
def test_a_mistake_is_named_where_it_stands_in_the_source(source, message, line, column):
    error = render(source).math_errors[0]
    assert (error.message, error.line, error.column) == (message, line, column)


def test_a_bad_formula_leaves_the_others_alone():
    rendered = render(r"$a$ $\frac{$ $b$")
    assert latex(rendered.html) == ["a", "b"]
    assert '<span class="math-error"><code>\\frac{</code>' in rendered.html


def test_numbers_and_references_reach_across_a_text():
    html = render("\\eqref{b}\n\n$$x\\label{a}$$\n\n$$y\\label{b}$$").html
    assert re.search(r'<a class="eqref" href="#p-eq:b"[^>]*><math>.*?<mtext>\(2\)</mtext>', html)
    assert re.search(r'<span class="math-number" id="p-eq:b"><a href="#p-eq:b"[^>]*>\(2\)</a></span>', html)
    assert html.count('aria-label="Formula (2)"') == 2  # of the equation and of the link to it


def shown_of(html: str) -> str:
    return re.sub("<[^>]*>", "", re.sub("<annotation.*?</annotation>", "", html, flags=re.DOTALL))


def test_only_eqref_has_parentheses_in_words_in_formulas_and_in_their_texts():
    html = render(r"$$x\label{s}$$ (\ref{s}) \eqref{s} $y\ \ref{s}$ $\text{see \ref{s}, \eqref{s}}$ \ref{none}").html
    assert shown_of(html).split() == ["x(1)", "(1)", "(1)", "y", "1", "see", "1,", "(1)", "??"]


def test_of_two_equal_labels_references_mean_the_first():
    html = render(r"$$a\label{q}$$ $$b\label{q}$$ \eqref{q}").html
    assert 'href="#p-eq:q" rel="nofollow ugc noopener" aria-label="Formula (1)"' in html
    assert len(set(ids := re.findall(r' id="([^"]*)"', html))) == len(ids) == 2 and "(2)" in shown_of(html)


def test_a_tag_may_be_a_sign():
    html = render(r"$$x \tag{$\ast$}\label{t}$$ \eqref{t} $$y\tag{$\dagger$}$$").html
    assert shown_of(html).split() == ["x(∗)", "(∗)", "y(†)"]


def test_rows_of_subequations_have_numbers():
    rows = r"$$\begin{subequations}\begin{align}a&=\text{b c}\label{a}\\b&=2\label{b}\end{align}\end{subequations}$$"
    html = render(rows + r" \eqref{b}").html
    assert shown_of(html).replace("\n", " ").split() == ["a=b", "c(1)b=2(2)", "(2)"]


@pytest.mark.parametrize("text", [r"\text{50\% of $x$}", r"\text{50\% of x}", r"\text{a\& b}"])
def test_a_space_after_a_sign_in_a_text_stays(text):
    assert re.search(r"(50%|a&amp;)[ \u00a0]", shown_of(render(f"${text}$").html))


def test_an_equation_keeps_its_place_when_others_come_and_shares_it_with_no_heading():
    html = render(
        "# eq1\n\n$$x\\label{a}$$\n\n$$y\\label{eq:梯度 1}$$\n\n$$z\\label{梯度-1}$$", Context(prefix="p-")
    ).html
    assert re.findall(r'id="([^"]*)"', html) == ["p-eq1", "p-eq:a", "p-eq:梯度-1", "p-eq:梯度-1:2"]


def test_an_alignment_numbers_its_rows():
    html = mathml(r"\begin{align}a&=b\\c&=d\tag{7}\\e&=f\notag\end{align}")
    assert re.findall(r"<mtext>(\(.\))</mtext>", html) == ["(1)", "(7)"]


@pytest.mark.parametrize(("command", "name"), [("textcolor{red}{x}", "math-red"), ("color{green}x", "math-green")])
def test_a_colour_is_a_class(command, name):
    assert f'<mrow class="{name}">' in mathml(f"\\{command}")


def test_a_formula_nested_too_deep_is_an_error():
    (error,) = render("$" + "{" * 1900 + "}" * 1900 + "$").math_errors
    assert error.message == "The formula is nested more than 60 levels deep."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_complaint_is_there_in_each_language_whatever_the_text_is_in(language):
    html = render("Bad: $\\nope$", Context(language=language)).html
    assert '<span class="math-error-message" lang="en">Unknown command \\nope. (line 1, column 7)</span>' in html
    assert '<span class="math-error-message" lang="zh-Hans">没有 \\nope 这个命令。（第 1 行，第 7 列）</span>' in html


WRONG = r"""x^ | \frac{a} | \nope | \begin{nope}x\end{nope} | \left( x | x} | a_1_2 | x^_2 | {\frac} | a\over b\over c
    | \begin{align}\shoveleft a\end{align} | \begin{aligned}a\hline\end{aligned} | \text{a \alpha} | \kern x | \left x
    | \sqrt | \big x | x\label{a}\label{b} | \nope""".split("|")  # fmt: skip


@pytest.mark.parametrize("latex", WRONG)
def test_what_is_wrong_is_said_in_the_readers_language_without_patterns(latex):
    html = render(f"$${latex.strip()}$$").html
    said = dict(re.findall(r'lang="([^"]*)">(.*?)[ （]*[(（](?:line|第)', html))
    assert re.search("[\u4e00-\u9fff]", said["zh-Hans"]) and said["zh-Hans"] != said["en"], said
    assert "[" not in said["en"] and "..." not in said["en"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("√x", r"\sqrt x"),
        ("W^⊤", r"W^\top"),
        ("∅", r"\varnothing"),
        (r"\pdv{f}{x}", r"\pd{f}{x}"),
        (r"\llap{x}", "{x}"),
    ],
)
def test_what_people_type_is_what_it_means(typed, meant):
    shown = [re.sub("<annotation.*</annotation>", "", render(f"${each}$").html) for each in (typed, meant)]
    assert shown[0] == shown[1] and "math-error" not in shown[0]
