"""A text rendered before its post has a number equals one rendered after."""

from dataclasses import replace

import pytest

from community.rendering import Context, render
from community.rendering.prefixes import NEUTRAL, with_prefix

from .test_examples import SOURCES, context

LINKED = "## A $x$ part\n\nSee [above](#a) and [^1].\n\n$$x = 1 \\label{one}$$\n\nBy \\eqref{one}.\n\n[^1]: A note.\n"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_an_example_rendered_with_the_neutral_prefix_is_the_same_after_placing(path):
    source = path.read_text(encoding="utf-8")
    neutral = render(source, replace(context(path), prefix=NEUTRAL))
    assert with_prefix(neutral.html, "p1-") == render(source, context(path)).html
    assert NEUTRAL not in neutral.text + neutral.excerpt


def test_headings_notes_formulas_and_the_links_to_them_get_the_prefix():
    html = with_prefix(render(LINKED, Context(prefix=NEUTRAL)).html, "p12-")
    assert html == render(LINKED, Context(prefix="p12-")).html
    assert html.count('id="p12-') == 4 and html.count('href="#p12-') == 5


@pytest.mark.parametrize(
    "typed",
    [NEUTRAL, "&#xe002;", "&#57346;", f' id="{NEUTRAL}', f'`href="#{NEUTRAL}`', "http://here.example/%EE%80%82"],
)
def test_nothing_that_a_person_types_is_taken_for_the_prefix(typed):
    rendered = render(f"a {typed} b", Context(prefix=NEUTRAL, hosts=("here.example",)))
    assert NEUTRAL not in rendered.html
    assert with_prefix(rendered.html, "p1-") == rendered.html


def test_a_link_that_hides_the_prefix_in_percent_signs_leads_nowhere_else():
    html = with_prefix(render("[x](#%EE%80%82)", Context(prefix=NEUTRAL)).html, "p1-")
    assert 'href="#p1-%EE%80%82"' in html


def test_an_address_that_hides_a_placeholder_shows_no_formula_twice():
    html = render("$x$ http://here.example/%EE%80%800%EE%80%81", Context(hosts=("here.example",))).html
    assert html.count("<math") == 1
