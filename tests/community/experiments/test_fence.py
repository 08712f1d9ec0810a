"""Configs in posts: a placeholder, or all errors."""

import re
import subprocess
import sys

from community.experiments import fence, placeholders
from community.rendering import Context, render

WRONG = """\
dataset: {name: xorr}
model: {layers: [{type: Linear, out_features: 1, activation: "<script>alert(1)</script>"}]}
loss: {type: MSELoss}
"""
FACTS = ("key", "title", "config", "text")
FENCES = {"bp": "community.experiments.fence.bp"}


def test_a_config_becomes_an_empty_placeholder_with_its_hash(config):
    written = config(title="A 'title' <b>")
    html, (facts,), problems = fence.bp(written, 3)
    (found,) = placeholders.find(html)
    assert problems == () and found == placeholders.Placeholder(*(facts[name] for name in FACTS))
    assert (facts["title"], facts["text"]) == ("A 'title' <b>", written)
    assert re.sub(r"<div[^>]*></div>", "", html) == ""


def test_a_placeholder_survives_the_sanitiser(config):
    rendered = render(f"Text\n\n```bp\n{config()}```\n", Context(fences=FENCES))
    (found,), (facts,) = placeholders.find(rendered.html), rendered.specs
    assert found == placeholders.Placeholder(*(facts[name] for name in FACTS))
    assert found.config.startswith('{"checks":')


def test_a_wrong_config_shows_every_problem_beside_its_line():
    html, facts, problems = fence.bp(WRONG, 12)
    assert facts == () and [problem.line for problem in problems] == [12, 13]
    assert '<span class="bad-line">dataset: {name: xorr}</span>\n' in html
    assert html.count("bad-line") == 2 and '<span class="line">13</span>' in html
    assert "<script>" not in html


def test_a_wrong_config_is_shown_by_the_renderer_and_told_to_the_editor():
    rendered = render(f"One\n\n```bp\n{WRONG}```\n", Context(fences=FENCES))
    assert 'class="bp-problems"' in rendered.html and "<script>" not in rendered.html
    assert [problem["line"] for problem in rendered.problems] == [4, 5]
    assert rendered.specs == ()


def test_nobody_can_write_a_placeholder_by_hand():
    forged = '<div class="run-embed" data-run="' + "0" * 32 + '"></div>\n'
    assert placeholders.find(render(forged, Context(fences=FENCES)).html) == []


def test_the_fence_knows_no_django():
    code = "import sys, community.experiments.fence; assert not [m for m in sys.modules if m.split('.')[0] == 'django']"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_divs_are_left_alone():
    html = '<div class="run-embed" data-run="nonsense"></div><div data-run="' + "a" * 32 + '">x</div>'
    assert placeholders.replace(html, lambda each: "card") == '<div data-run="' + "a" * 32 + '">x</div>'
