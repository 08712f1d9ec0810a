"""Pairs of files: source and HTML.

`CHAINRULE_WRITE_EXAMPLES=1` rewrites the HTML files: review the diff before committing.
"""

import os
from pathlib import Path

import pytest

from community.rendering import Context, render

from .markup import formulas, latex, lost_words

FOLDER = Path(__file__).parent / "examples"
SOURCES = sorted(FOLDER.glob("*.md"))
# HTML names, and source text that is rendered differently.
NO_WORDS = {"img", "src", "width", "height", "480", "24px", "120", "50", "center", "onerror", "alert"}
OUR_OWN = {"links": {"chainrule"}, "callouts": {"note"}}


def context(path: Path) -> Context:
    return Context(
        kind="article",
        prefix="p1-",
        thread_url="/t/9/title/{number}/",
        hosts=("chainrule.example",),
        language="zh-hans" if path.name.endswith(".zh.md") else "en",
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_an_example_becomes_what_stands_beside_it(path):
    html = render(path.read_text(encoding="utf-8"), context(path)).html + "\n"
    beside = path.with_suffix(".html")
    if os.environ.get("CHAINRULE_WRITE_EXAMPLES"):
        beside.write_text(html, encoding="utf-8")
    assert html == beside.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_an_example_loses_no_word(path):
    source = path.read_text(encoding="utf-8")
    lost = set(lost_words(source, render(source, context(path)).html))
    assert lost <= NO_WORDS | OUR_OWN.get(path.stem, set())


def test_an_article_in_chinese_comes_out_whole():
    path = FOLDER / "article.zh.md"
    rendered = render(path.read_text(encoding="utf-8"), context(path))
    assert (len(formulas(rendered.html)), rendered.math_errors, rendered.notice) == (18, (), "")
    assert rendered.html.count('<math display="block">') == 5
    assert r"\frac{\partial L}{\partial w}=\frac{\partial L}{\partial a}" in latex(rendered.html)[7]
    assert '<span class="tok-kn">import</span>' in rendered.html
    assert (
        '<div class="align-center"><figure class="picture picture-elsewhere"><a class="picture-link" href="https://pictures.example.net/2024/network.png"'
        in rendered.html
    )
    assert "<img" not in rendered.html
    assert [heading.text for heading in rendered.headings][:2] == ["从一个神经元到整个网络：误差如何往回走", "1.起点"]
