"""Enter in lists and quotes, and what the toolbar writes: tables, footnotes, callouts."""

import pytest
from playwright.sync_api import expect

from community.content.bodies import render_preview
from tests.community.scripts.test_editor import SEEN, TEXT, WritingForm

pytestmark = pytest.mark.journey
PAGE = """{% with kind="question" %}<form method="post" class="editor-form" {% include "content/editor_attrs.html" %}>
{{ form.draft_key }}{{ form.draft_version }}{{ form.title }}{% include "content/editor.html" %}</form>{% endwith %}"""


@pytest.fixture
def editor(site):
    def opened(source: str = ""):
        site.answer("/write/preview/", SEEN)
        site.answer("/drafts/save/", {"key": "new:question", "version": 4, "saved_at": "2026-01-01T00:00:00Z"})
        site.show(PAGE, form=WritingForm(initial={"draft_key": "new:question", "draft_version": 3, "source": source}))
        site.page.locator(TEXT).press("Control+End")
        return site.page

    return opened


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one", "- one\n- "),
        ("  * one", "  * one\n  * "),
        ("9. one", "9. one\n10. "),
        ("1) one", "1) one\n2) "),
        ("- [x] done", "- [x] done\n- [ ] "),
        ("> words", "> words\n> "),
        ("> - one", "> - one\n> - "),
        ("- one\n- ", "- one\n"),
        ("1. one\n2. ", "1. one\n"),
        ("> words\n> ", "> words\n"),
        ("> - one\n> - ", "> - one\n> "),
        ("words", "words\n"),
        ("-no list", "-no list\n"),
        ("**bold**", "**bold**\n"),
        ("```\n- code", "```\n- code\n"),
        ("```\nx\n```\n- one", "```\nx\n```\n- one\n- "),
        ("3.5 is a number", "3.5 is a number\n"),
        ("$$\na\n+ b", "$$\na\n+ b\n"),
        ("$$\na$$\n- one", "$$\na$$\n- one\n- "),
        ("$$a$$\n- one", "$$a$$\n- one\n- "),
        ("`$$` is a sign\n\n- one", "`$$` is a sign\n\n- one\n- "),
        ("It costs $$ here\n\n- one", "It costs $$ here\n\n- one\n- "),
        ("- costs $$\n- one", "- costs $$\n- one\n- "),
        ("$$\n\n- one", "$$\n\n- one\n- "),
        ("$$ a\n+ b", "$$ a\n+ b\n"),
        ("```x``` is code\n\n- one", "```x``` is code\n\n- one\n- "),
        ("````\n```\n````\n- one", "````\n```\n````\n- one\n- "),
        ("````\n```\n- code", "````\n```\n- code\n"),
        ("> ```\n> code\n\n- one", "> ```\n> code\n\n- one\n- "),
    ],
)
def test_enter_goes_on_with_a_list_and_ends_it(editor, before, after):
    page = editor(before)
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).to_have_value(after)
    page.keyboard.press("x")
    expect(page.locator(TEXT)).to_have_value(f"{after}x")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(TEXT)).to_have_value(before)


@pytest.mark.parametrize("source", ["so $$a\n+ b|\n$$", "$$\n\n+ b|\n\n$$"])
def test_in_a_formula_that_ends_below_a_plus_is_no_item(editor, source):
    page = editor(source.replace("|", ""))
    page.eval_on_selector(TEXT, "(text, at) => text.setSelectionRange(at, at)", source.index("|"))
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).to_have_value(source.replace("|", "\n"))


def test_in_the_middle_of_an_item_the_rest_goes_to_the_next(editor):
    page = editor("- onetwo")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).to_have_value("- one\n- two")


def test_with_a_modifier_enter_is_only_a_line(editor):
    page = editor("- one")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(TEXT)).to_have_value("- one\n")


def test_the_enter_that_ends_a_composition_adds_no_item(editor):
    page = editor("- ")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "fanxiang", "selectionStart": 8, "selectionEnd": 8})
    for kind in ("keyDown", "keyUp"):
        session.send(
            "Input.dispatchKeyEvent", {"type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
        )
    session.send("Input.insertText", {"text": "反向传播"})
    expect(page.locator(TEXT)).to_have_value("- 反向传播")


def test_a_table_has_the_caret_in_its_first_cell(editor):
    page = editor("Words")
    page.get_by_role("button", name="Table").click()
    page.keyboard.insert_text("Loss")
    text = page.locator(TEXT).input_value()
    assert text == "Words\n\n| Loss |  |\n| --- | --- |\n|  |  |\n\n"
    assert "<table>" in render_preview(text, kind="question", number=1).html


def test_footnotes_are_numbered_and_undone_at_once(editor):
    page = editor("Words[^1]\n\n[^1]: A note")
    page.eval_on_selector(TEXT, "text => text.setSelectionRange(5, 5)")
    page.get_by_role("button", name="Footnote").click()
    page.keyboard.insert_text("Another")
    text = page.locator(TEXT).input_value()
    assert text == "Words[^2][^1]\n\n[^1]: A note\n\n[^2]: Another"
    assert render_preview(text, kind="question", number=1).html.count('class="footnote-ref"') == 2
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(TEXT)).to_have_value("Words[^1]\n\n[^1]: A note")


def test_a_callout_takes_in_what_was_chosen(editor):
    page = editor("one\ntwo")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Callout").click()
    text = page.locator(TEXT).input_value()
    assert text.strip() == "> [!note]\n> one\n> two"
    assert 'class="callout callout-note"' in render_preview(text, kind="question", number=1).html


@pytest.mark.parametrize(
    ("before", "caret", "after"),
    [
        ("a $x$ b", 4, 5),
        ("a $x$ b", 3, None),
        ("a \\$5", 3, None),
        ("a $$x$$ b", 5, 7),
        ("a $$x$$ b", 6, None),
        ("$x$$y$", 5, 6),
        ("a \\(x\\) b", 5, 7),
        ("a \\[x\\] b", 5, 7),
        ("a x\\) b", 3, None),
    ],
)
def test_tab_leaves_a_formula_before_the_sign_that_ends_it(editor, before, caret, after):
    page = editor(before)
    page.eval_on_selector(TEXT, "(text, at) => text.setSelectionRange(at, at)", caret)
    page.keyboard.press("Tab")
    if after is None:
        expect(page.locator(TEXT)).not_to_be_focused()
    else:
        assert page.eval_on_selector(TEXT, "text => text.selectionStart") == after


TABS = [
    ("$\\frac{a|}{}", "$\\frac{a}{|}"),
    ("$\\frac{a}{b|}$", "$\\frac{a}{b}|$"),
    ("$\\frac{a}{b}|", "$\\frac{a}{b}$|"),
    ("$\\sqrt{\\frac{a|}{b}} + c$", "$\\sqrt{\\frac{a}{|b}} + c$"),
    ("$\\sqrt{\\frac{a}{b|}} + c$", "$\\sqrt{\\frac{a}{b}|} + c$"),
    ("$\\sum_{i|}^{n}$", "$\\sum_{i}^{|n}$"),
    ("$\\set{\\{a|\\}}$", "$\\set{\\{a\\}}|$"),
    ("$$\n\\frac{a|}{b}\n$$", "$$\n\\frac{a}{|b}\n$$"),
    ("\\begin{align}\nx_{a|}", "\\begin{align}\nx_{a}|"),
    ("so $x|", "so $x$|"),
    ("so $x| and $y$", "so $x$| and $y$"),
    ("so \\(x|", "so \\(x\\)|"),
    ("so $$x + y|", "so $$x + y$$|"),
]


def set_text(page, marked: str) -> None:
    page.fill(TEXT, marked.replace("|", ""))
    page.eval_on_selector(TEXT, "(text, at) => text.setSelectionRange(at, at)", marked.index("|"))


def test_tab_goes_to_the_next_group_then_beyond_the_formula(editor):
    page, found = editor(), []
    for before, _after in TABS:
        set_text(page, before)
        page.keyboard.press("Tab")
        expect(page.locator(TEXT)).to_be_focused()
        at, value = page.eval_on_selector(TEXT, "text => [text.selectionStart, text.value]")
        found.append((before, f"{value[:at]}|{value[at:]}"))
    assert found == TABS
    page.keyboard.press("Control+z")  # of the sign that ended the last one
    expect(page.locator(TEXT)).to_have_value(TABS[-1][0].replace("|", ""))


def test_tab_leaves_a_text_where_no_formula_is_open(editor):
    page = editor()
    for source in ["it costs $5", "in $HOME", "`$x`", "```\n${a", "words {a", "$$\\begin{cases} a", "$ a", "$x$"]:
        set_text(page, f"{source}|")
        page.keyboard.press("Tab")
        expect(page.locator(TEXT)).not_to_be_focused()
        expect(page.locator(TEXT)).to_have_value(source)
