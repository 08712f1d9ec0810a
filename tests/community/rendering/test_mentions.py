"""Which `@name` is a mention, and which of those notify."""

import pytest

from community.rendering import Context, mention_candidates, render

KNOWN = Context(known_handles=("demo", "demo-lei", "demo_x", "小雷", "x" * 30))
LINK = '<a class="mention" href="/@{0}/" rel="nofollow ugc noopener">@{0}</a>'


@pytest.mark.parametrize(
    "unknown",
    ["@demo-nobody", "@demo.nobody", "@demo_nobody", "@demonobody", "@demo-小王", "@demoé", "@" + "x" * 31, "@демо"],
)
def test_an_unknown_handle_that_begins_with_a_known_one_is_plain_text(unknown):
    rendered = render(f"Only {unknown} knows.", KNOWN)
    assert (rendered.mentions, rendered.html) == ((), f"<p>Only {unknown} knows.</p>")


@pytest.mark.parametrize(
    ("written", "handle", "after"),
    [
        ("中文@demo-lei试试", "demo-lei", "试试"),
        ("中文@demo，", "demo", "，"),
        ("Ask @demo.", "demo", "."),
        ("Ask @demo-lei's", "demo-lei", "'s"),
        ("Ask @demo_x, _now_", "demo_x", ", "),
        ("Ask **@demo_x**", "demo_x", "</strong>"),
        ("Ask @demo\\_x_", "demo_x", "_"),
        ("Ask @" + "x" * 30 + ".", "x" * 30, "."),
    ],
)
def test_a_handle_ends_beside_han_and_before_marks(written, handle, after):
    rendered = render(written, KNOWN)
    assert rendered.mentions == (handle,)
    assert LINK.format(handle) + after in rendered.html


def test_a_handle_in_han_ends_anywhere_in_han():
    assert render("请@小雷看看", KNOWN).mentions == render("@小雷abc", KNOWN).mentions == ("小雷",)


def test_only_handles_that_may_be_meant_are_looked_up():
    assert mention_candidates("@demo-nobody and 中文@demo-lei试") == {"demo-nobody", "demo-lei", "demo-lei试"}


@pytest.mark.parametrize(
    "quoted",
    [
        "> @demo wrote",
        "> one\n> > @demo two",
        "- item\n  > @demo",
        "> - @demo in a list",
        "> [!note] @demo\n> @demo",
        "> [!note]\n> > @demo",
        "> ## @demo\n>\n> | a |\n> |---|\n> | @demo |",
        "!!! note\n    > @demo",
    ],
)
def test_a_name_inside_a_quote_is_a_link_and_calls_nobody(quoted):
    rendered = render(quoted, KNOWN)
    assert LINK.format("demo") in rendered.html
    assert rendered.mentions == ()
    assert render(f"{quoted}\n\nThanks @demo-lei.", KNOWN).mentions == ("demo-lei",)
    assert render(f"Thanks @demo.\n\n{quoted}", KNOWN).mentions == ("demo",)


@pytest.mark.parametrize("own", ["!!! note\n    @demo", "- @demo", "[^1]\n\n[^1]: @demo", "| a |\n|---|\n| @demo |"])
def test_a_name_in_a_box_a_list_a_note_or_a_table_is_called(own):
    assert render(own, KNOWN).mentions == ("demo",)
