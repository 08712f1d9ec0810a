"""Line breaks around formulas and shapes."""

import re
from pathlib import Path

import pytest

from community.rendering import feed_html, render, render_title

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


@pytest.mark.browser
def test_no_line_begins_with_a_closing_mark(page):
    words = "".join(f"字{'字' * (n % 5)} $a_{n} = {n}$，" for n in range(40))
    style = f"<style>{(CSS / 'base.css').read_text()}</style>"
    page.set_content(f"<!doctype html><html lang=zh>{style}<body><main>{render(words).html}</main></body></html>")
    astray = """() => [...document.querySelectorAll("math")].filter((formula) => {
        const range = document.createRange();
        range.setStart(formula.nextSibling, 0);
        range.setEnd(formula.nextSibling, 1);
        return range.getBoundingClientRect().left < formula.getBoundingClientRect().left;
    }).length"""
    for width in range(240, 400, 10):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate(astray) == 0
