"""Line breaks around formulas and shapes."""

import re
from pathlib import Path

import pytest

from community.rendering import feed_html, render, render_title
from community.rendering.excerpts import lead

CSS = Path(__file__).parents[3] / "community" / "static" / "community" / "css"


def held(html: str) -> list[str]:
    """Return the text of each unbreakable piece."""
    html = re.sub(r"<math.*?<annotation[^>]*>(.*?)</annotation>.*?</math>", r"$\1$", html)
    return [re.sub(r"<[^>]+>", "", piece) for piece in re.findall(r'<span class="held">(.*?)</span>', html)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("设 $y=1$。隐藏（$x$，$y$）的", ["$y=1$。", "（$x$，", "$y$）"]),
        ("For $x$, ($y$); $z$", ["$x$,", "($y$);"]),
        ("the $k$th, the $n$-th, $x$-dimensional", ["$k$th,", "$n$-th,", "$x$-"]),
        ("**“$x$”** and `a`, not $b$ and", ["“$x$”"]),
        ("A 2-3-1 net of 784-30-10, on 2026-11-25", ["2-3-1", "784-30-10", "2026-11-25"]),
        ("[2-3-1](/t/1/) `2-3-1` A-1-2 1-2-3-4-5-6-7-8", []),
        (r"$\frac{1$, is wrong", []),
    ],
)
def test_marks_stay_with_their_formula_and_shapes_whole(text, pieces):
    assert held(render(text).html) == pieces


def test_titles_hold_too():
    assert held(render_title(r"A 2-3-1 net: stuck at $\tfrac14$, why?")) == ["2-3-1", r"$\tfrac14$,"]


def test_words_for_search_know_nothing_of_it():
    rendered = render("设 $y=1$。A 2-3-1 net.")
    assert rendered.text == "设 $y=1$。A 2-3-1 net."
    assert 'class="held"' not in feed_html(rendered.html)


def excerpt(source: str) -> str:
    return f'<p class="row-excerpt">{lead(render(source).html, 2_000)}</p>'


def show(page, html: str) -> None:
    style = "".join((CSS / name).read_text() for name in ("tokens.css", "base.css", "components.css", "prose.css"))
    page.set_content(f"<!doctype html><html lang=zh><style>{style}</style><body><main>{html}</main></body></html>")


def test_excerpts_hold_too():
    assert held(lead(render("设“$x$”，即 $y < 1$。A 2-3-1 net.").html)) == ["“x”，", "y&lt;1。"]


@pytest.mark.browser
@pytest.mark.parametrize("shown", [lambda words: render(words).html, excerpt], ids=["post", "excerpt"])
def test_no_line_begins_with_a_closing_mark(page, shown):
    show(page, shown("".join(f"字{'字' * (n % 5)}“$a_{n} = {n}$”，" for n in range(40))))
    astray = """() => [...document.querySelectorAll("math")].filter((formula) => {
        const range = document.createRange();
        range.setStart(formula.nextSibling, 0);
        range.setEnd(formula.nextSibling, 1);
        return range.getBoundingClientRect().left < formula.getBoundingClientRect().left;
    }).length"""
    for width in range(240, 400, 10):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate(astray) == 0


@pytest.mark.browser
def test_a_wide_formula_of_an_excerpt_ends_beside_its_marks(page):
    page.set_viewport_size({"width": 320, "height": 600})
    show(page, excerpt("“$a_1 + b_1 + c_1 + d_1 + e_1 + f_1 + g_1 + h_1 + i_1 + j_1$”。完，$x$。"))
    wide, short = page.locator("math").all()
    assert wide.evaluate("it => { it.scrollLeft = 9999; return it.scrollLeft }") > 0
    assert short.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert page.evaluate("""() => {
        const [line] = document.querySelectorAll(".row-excerpt"), range = document.createRange();
        range.selectNode(line.querySelector(".held").lastChild);
        return range.getBoundingClientRect().right <= line.getBoundingClientRect().right;
    }""")
