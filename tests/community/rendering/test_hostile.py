"""Hostile input: the output must be harmless, complete, and in time."""

import re
from html import unescape
from pathlib import Path

import pytest

from community.rendering import Context, render, sanitize
from community.rendering.math.elements import ATTRIBUTES as MATH_ATTRIBUTES
from community.rendering.math.elements import ELEMENTS as MATH_ELEMENTS
from community.rendering.sanitizer import ATTRIBUTES, CLASSES, REL, TAGS

from .markup import elements, lost_words

FOLDER = Path(__file__).parent / "hostile"
CASES = sorted(FOLDER.glob("*.md"))
# Elements we insert after sanitising, in addition to the allow-list.
OURS = {
    "div": {"class", "tabindex", "role", "aria-label", "data-copy"},
    "span": {"class", "tabindex", "role", "aria-label", "id", "lang"},
    "pre": {"tabindex", "role", "aria-label", "class"},
    "code": {"class"},
    "a": {"aria-label", "rel", "class"},
    "annotation": {"encoding"},
    "math": {"display"},
    "semantics": set(),
}
ADDRESS = re.compile(r"https?://|mailto:|/(?!/)|#|[^:]*$")


def harmless(html: str) -> list[str]:
    """Return violations of the allow-list: tags, attributes, URLs, classes."""
    wrong = []
    for tag, attributes in elements(html):
        if tag not in TAGS | OURS.keys() | MATH_ELEMENTS:
            wrong.append(tag)
        allowed = ATTRIBUTES.get(tag, frozenset()) | OURS.get(tag, set()) | ({"class"} if tag in CLASSES else set())
        if tag in MATH_ELEMENTS:
            allowed = MATH_ATTRIBUTES.keys() | {"class", "id"}
        wrong += [f"{tag} {name}" for name in attributes if name not in allowed]
        wrong += [value for name in ("href", "src") if (value := attributes.get(name)) and not ADDRESS.match(value)]
        if tag == "a" and attributes.get("rel") != REL:
            wrong.append("a without rel")
        if tag == "img" and not attributes.get("src", "/media/").startswith("/media/"):
            wrong.append(f"img {attributes['src']}")
        if tag == "input" and ("disabled" not in attributes or attributes.get("type") != "checkbox"):
            wrong.append("a live input")
    return wrong


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_hostile_text_comes_out_harmless(path):
    rendered = render(path.read_text(encoding="utf-8"), Context(kind="article", thread_url="/t/1/x/{number}/"))
    assert rendered.notice == ""
    assert harmless(rendered.html) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_hostile_line_alone_comes_out_harmless(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        assert harmless(render(line).html) == [], line


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_hostile_html_given_to_the_sanitiser_itself_comes_out_harmless_and_settled(path):
    once = sanitize(path.read_text(encoding="utf-8"))
    assert harmless(once) == []
    assert sanitize(once) == once


@pytest.mark.parametrize("name", ["svg-mathml", "html"])
def test_words_that_are_shown_as_text_are_all_there(name):
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    outside_tags = re.sub(r"</?(?:p|div|img|details|summary|br|sub|kbd|center)\b[^>]*>", " ", source)
    assert lost_words(unescape(outside_tags), render(source).html) == []


def test_an_error_message_is_escaped():
    html = render(r"$\nope<img src=x onerror=alert(1)>$ $\begin{<b>}x\end{<b>}$").html
    assert "<img" not in html and "<b>" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_nothing_is_named_outside_the_prefix():
    html = render("# main\n\n$$x\\label{main}$$\n\na[^main]\n\n[^main]: b", Context(prefix="p5-")).html
    assert all(value.startswith("p5-") for value in re.findall(r' id="([^"]*)"', html))
