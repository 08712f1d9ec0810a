"""The template tags, as a host's template uses them."""

import json
from dataclasses import replace

import pytest
from django.template import Context, Template

from bpsandbox import api
from bpsandbox.document import Summary
from bpsandbox.templatetags import sandbox
from tests.bpsandbox.charts.documents import document, falling, flat, progress


def rendered(text: str, **values) -> str:
    return Template("{% load sandbox %}" + text).render(Context(values))


def test_a_curve_is_drawn_from_a_result_and_from_progress():
    assert rendered('{% run_curve made "a" %}', made=document(falling(), flat())).count('class="seed"') == 2
    assert 'id="b-title"' in rendered('{% run_curve made "b" %}', made=progress(falling()))
    assert rendered('{% run_curve made "c" %}', made=None) == ""


def test_a_brief_without_points_has_no_spark():
    assert sandbox.brief_spark(api.Brief(spec_hash="a" * 32), "in-a-row") == ""
    summary = Summary(
        name="train_loss", spark=((0, 0.5), (10, 0.1)), final=0.1, best=0.1, seeds=1, diverged=0, limited=False
    )
    assert 'class="spark"' in sandbox.brief_spark(api.Brief(spec_hash="a" * 32, summary=summary), "in-a-row")


def test_what_a_pointer_reads_is_safe_in_an_attribute():
    html = rendered('<div data-readings="{% run_readings made %}">', made=document(falling(count=3)))
    assert '"' not in html.removeprefix('<div data-readings="').removesuffix('">')
    assert json.loads(sandbox.run_readings(document(falling(count=3))))[0] == [0.0, "0", "0.5"]


def test_the_ends_of_an_axis_are_exact_beyond_a_million():
    made = document(falling(count=3))
    late = replace(made, epochs=(1_000_001, 1_000_002, 1_000_003))
    assert sandbox.run_span(late, "train_loss") == "0 1000003"
    assert sandbox.run_span(late, "train_loss", api.look_of({"from": "1000001", "to": "1000002"}, [])) == (
        "1000001 1000002"
    )


@pytest.mark.parametrize(
    "seconds, words", [(None, "–"), (0.314, "0.31 s"), (12.3, "12 s"), (185, "3 min 5 s")]
)  # fmt: skip
def test_time_is_short(seconds, words):
    assert sandbox.run_seconds(seconds) == words


@pytest.mark.parametrize("seconds, words", [(None, "1 s"), (0.2, "1 s"), (6.9, "7 s"), (300, "5 min")])
def test_what_is_left_is_said_in_whole_numbers(seconds, words):
    assert sandbox.run_eta(seconds) == words


@pytest.mark.parametrize("value", [None, "", "0.5"])
def test_what_is_no_number_is_a_dash(value):
    assert sandbox.short_number(value) == "–"


def test_shapes_stay_on_one_line():
    assert sandbox.steady("a 2-3-1 net, well-known") == "a 2-\u20603-\u20601 net, well-known"


def test_without_a_way_to_show_formulas_latex_is_shown_escaped(settings):
    settings.BPSANDBOX_MATH = ""
    assert sandbox.latex("a < b") == '<code class="latex">a &lt; b</code>'
    settings.BPSANDBOX_MATH = "community.rendering.mathml"
    assert "<math" in sandbox.latex(r"\delta^{[1]}")


def test_a_line_of_words_breaks_between_its_parts_with_the_dot_at_the_end():
    words = sandbox.parts("SGD, lr 2 · 16 seeds · <b>")
    assert words == "<span>SGD, lr 2 ·</span> <span>16 seeds ·</span> <span>&lt;b&gt;</span>"
    assert sandbox.parts("") == "<span></span>"


@pytest.mark.parametrize(("formula", "parts"), [
    ("z = W x + b = 3", ["z = W x + b", "{} = 3"]),
    ("z = 3", ["z = 3"]),
    ("", [""]),
])  # fmt: skip
def test_a_working_is_parted_before_its_result(formula, parts):
    assert sandbox.at_result(formula) == parts
