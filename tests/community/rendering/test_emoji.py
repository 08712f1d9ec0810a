"""Names of emoji between colons, outside code and formulas."""

import pytest

from community.rendering import Context, render
from community.rendering.emoji import emoji


def html(source: str) -> str:
    return render(source, Context()).html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("It diverged :fire:", "It diverged 🔥"),
        (":fire: and :+1:", "🔥 and 👍"),
        ("**:test_tube:** *:loss_curve:*", "<strong>🧪</strong> <em>📉</em>"),
        ("很好:fire:，好", "很好🔥，好"),
        ("(:tada:)", "(🎉)"),
        ("[a :fire: run](https://chainrule.example/)", "a 🔥 run"),
    ],
)
def test_a_name_between_colons_is_the_emoji(source, shown):
    assert shown in html(source)


@pytest.mark.parametrize(
    "source",
    [
        "`:fire:`", "```\n:fire:\n```", "\\:fire:", ":no_such_name:", "a:fire:b", "::fire::", "x[:x:]", "x[1:x:2]",
        "https://chainrule.example/:fire:/", "at 10:100:20", ":FIRE:", ": fire :",
    ],
)  # fmt: skip
def test_what_is_no_name_stays_as_it_is(source):
    assert not any(each.character in html(source) for each in emoji())


def test_a_formula_keeps_its_colons():
    assert "🔥" not in html("$f :fire: g$") and "<math" in html("$f :fire: g$")


def test_it_is_text_for_search_and_lists():
    assert render("Done :rocket:", Context(title="")).text.strip() == "Done 🚀"


def test_every_name_that_is_offered_is_shown():
    names = [name for each in emoji() for name in each.names]
    shown = html(" ".join(f":{name}:" for name in names))
    assert ":" not in shown and len(names) > 180


def test_a_text_of_nothing_else_is_rendered():
    assert html(":fire: " * 7_000).count("🔥") == 7_000
