"""The editor while typing."""

import json

import pytest
from django import forms
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

PAGE = """{% with kind="question" %}
<form method="post" class="editor-form" data-guard {% include "content/editor_attrs.html" %}>
{{ form.draft_key }}{{ form.draft_version }}{{ form.title }}{% include "content/editor.html" %}
<button>Post</button></form>{% endwith %}"""
PROBLEM = {
    "line": 2,
    "column": 17,
    "path": "dataset.name",
    "message": "Unknown name: xorr.",
    "seen": "xorr",
    "suggestion": "xor",
}
SEEN = {"html": "<p>The page.</p>", "language": "en", "problems": [], "notice": "", "keys": []}
TEXT = "[data-editor-source]"


class WritingForm(forms.Form):
    draft_key = forms.CharField(widget=forms.HiddenInput)
    draft_version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(required=False)
    source = forms.CharField(label="Text", widget=forms.Textarea(attrs={"data-editor-source": ""}))


@pytest.fixture
def editor(site):
    """Open the editor with a text and a working server."""

    def opened(source: str = ""):
        site.answer("/write/preview/", SEEN)
        site.answer("/drafts/save/", {"key": "new:question", "version": 4, "saved_at": "2026-01-01T00:00:00Z"})
        site.show(PAGE, form=WritingForm(initial={"draft_key": "new:question", "draft_version": 3, "source": source}))
        return site.page

    return opened


def choose(page, start: int, end: int) -> None:
    page.eval_on_selector(
        TEXT, "(text, [start, end]) => { text.focus(); text.setSelectionRange(start, end); }", [start, end]
    )


def test_the_page_is_drawn_beside_the_text(editor, site):
    page = editor()
    page.locator(TEXT).press_sequentially("Some words")
    expect(page.locator("[data-editor-page]")).to_have_text("The page.")
    assert 'name="source"\r\n\r\nSome words' in site.sent("/write/preview/")[-1]
    assert 'name="kind"\r\n\r\nquestion' in site.sent("/write/preview/")[-1]


def test_a_title_that_is_typed_is_drawn_too(editor, site):
    page = editor()
    page.locator("[name=title]").press_sequentially("Why?")
    expect(page.locator("[data-editor-page]")).to_have_text("The page.")
    assert 'name="title"\r\n\r\nWhy?' in site.sent("/write/preview/")[-1]


def test_a_title_that_was_composed_is_drawn_and_kept(editor, site):
    page = editor()
    page.locator("[name=title]").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "fanxiang", "selectionStart": 8, "selectionEnd": 8})
    session.send("Input.insertText", {"text": "反向传播"})
    expect(page.locator("[data-editor-page]")).to_have_text("The page.")
    assert 'name="title"\r\n\r\n反向传播' in site.sent("/write/preview/")[-1]
    site.until(lambda: site.sent("/drafts/save/"))
    assert "反向传播" in site.sent("/drafts/save/")[-1]


def test_the_page_is_in_the_language_of_its_text(editor, site):
    page = editor()
    site.answer("/write/preview/", SEEN | {"html": "<p>页面。</p>", "language": "zh-Hans"})
    page.locator(TEXT).press_sequentially("词")
    expect(page.locator("[data-editor-page]")).to_have_attribute("lang", "zh-Hans")


def test_problems_of_a_config_stand_below_and_lead_to_their_line(editor, site):
    page = editor()
    site.answer("/write/preview/", SEEN | {"problems": [PROBLEM]})
    page.locator(TEXT).fill("```bp\ndataset: {name: xorr}\n```\n")
    row = page.locator("[data-problems] li")
    expect(row).to_contain_text("dataset.name Unknown name: xorr. → xor")
    expect(page.locator("[data-marks] mark")).to_have_text("dataset: {name: xorr}")
    row.locator("button.line").click()
    assert page.eval_on_selector(TEXT, "text => text.value.slice(text.selectionStart, text.selectionEnd)") == "xorr}"


def test_the_word_that_was_meant_is_put_in_by_its_button(editor, site):
    page = editor()
    site.answer("/write/preview/", SEEN | {"problems": [PROBLEM]})
    page.locator(TEXT).fill("```bp\ndataset: {name: xorr}\n```\n")
    page.get_by_role("button", name="→ xor").click()
    expect(page.locator(TEXT)).to_have_value("```bp\ndataset: {name: xor}\n```\n")


def test_a_long_fix_has_a_short_name(editor, site):
    page = editor()
    fix = {"line": 3, "column": 1, "seen": "1;2\n3;4", "suggestion": "1,2\n3,4", "label": "Write commas"}
    site.answer("/write/preview/", SEEN | {"problems": [PROBLEM | fix]})
    page.locator(TEXT).fill("```bp\ncsv: |\n1;2\n3;4\n```\n")
    page.get_by_role("button", name="→ Write commas").click()
    expect(page.locator(TEXT)).to_have_value("```bp\ncsv: |\n1,2\n3,4\n```\n")


def test_the_page_and_its_problems_come_with_one_request(editor, site):
    page = editor()
    site.answer("/write/preview/", SEEN | {"problems": [PROBLEM]})
    page.locator(TEXT).fill("```bp\ndataset: {name: xorr}\n```\n")
    expect(page.locator("[data-problems] li")).to_be_visible()
    expect(page.locator("[data-editor-page]")).to_have_text("The page.")
    assert [path for path, _sent in site.asked if path.startswith("/write/")] == ["/write/preview/"]


def test_an_answer_that_is_no_preview_leaves_the_page_as_it_is(editor, site):
    page = editor()
    page.locator(TEXT).fill("Some words")
    expect(page.locator("[data-editor-page]")).to_have_text("The page.")
    site.answer(
        "/write/preview/", {"error": {"code": "sign_in_needed", "message": "Please sign in first."}}, status=401
    )
    page.locator(TEXT).fill("Some words more")
    site.let_pass(600)
    assert len(site.sent("/write/preview/")) == 2
    expect(page.locator("[data-editor-page]")).to_have_text("The page.")


def test_chosen_words_become_bold_and_plain_again(editor):
    page = editor("very wide")
    choose(page, 5, 9)
    page.keyboard.press("Control+b")
    assert page.input_value(TEXT) == "very **wide**"
    page.keyboard.press("Control+b")
    assert page.input_value(TEXT) == "very wide"
    page.keyboard.press("Control+z")
    assert page.input_value(TEXT) == "very **wide**"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("List", "- one\n- two"),
        ("Numbered list", "1. one\n2. two"),
        ("Task list", "- [ ] one\n- [ ] two"),
    ],
)
def test_lines_become_a_list(editor, name, lines):
    page = editor("one\ntwo")
    choose(page, 0, 7)
    page.get_by_role("button", name=name, exact=True).click()
    assert page.input_value(TEXT) == lines


def test_a_symbol_brings_its_dollars_only_outside_a_formula(editor):
    page = editor("a $b$ c")
    page.locator("[data-palette] > summary").click()
    choose(page, 4, 4)
    page.locator(".palette-family button", has_text="∂").first.click()
    assert page.input_value(TEXT) == "a $b\\partial$ c"
    choose(page, 0, 0)
    page.locator(".palette-family button", has_text="δ").first.click()
    assert page.input_value(TEXT) == "$\\delta$a $b\\partial$ c"


def test_a_ready_network_is_put_into_a_block_of_its_own(editor, site):
    site.answer(
        "/playground/presets/", {"presets": [{"name": "xor", "title": "XOR", "text": "dataset: {name: xor | y}\n"}]}
    )
    page = editor("Before")
    choose(page, 6, 6)
    page.locator("[data-presets] > summary").click()
    page.locator("[data-presets-sheet] button").click()
    assert page.input_value(TEXT) == "Before\n\n```bp\ndataset: {name: xor | y}\n```\n\n"


def test_a_ready_network_replaces_the_hint_that_is_chosen(editor, site):
    site.answer("/playground/presets/", {"presets": [{"name": "xor", "title": "XOR", "text": "dataset: {name: xor}"}]})
    page = editor("### Config\n\n*Your network*\n\n### More")
    choose(page, 12, 26)
    page.locator("[data-presets] > summary").click()
    page.locator("[data-presets-sheet] button").click()
    assert page.input_value(TEXT) == "### Config\n\n```bp\ndataset: {name: xor}\n```\n\n\n### More"


def test_what_is_typed_is_kept_as_a_draft(editor, site):
    page = editor()
    page.locator("[name=title]").fill("A title")
    page.locator(TEXT).fill("A text")
    expect(page.locator("[data-editor-status]")).to_contain_text("Draft saved")
    sent = json.loads(site.sent("/drafts/save/")[-1])
    assert sent == {
        "key": "new:question",
        "title": "A title",
        "source": "A text",
        "fields": {},
        "base_version": 0,
        "version": 3,
        "written_by": "7",
    }


def test_a_word_that_is_being_composed_asks_for_nothing(editor, site):
    page = editor()
    page.eval_on_selector(
        TEXT,
        """text => {
          text.value = "nihao";
          text.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
          const key = { key: "b", ctrlKey: true, isComposing: true, bubbles: true };
          text.dispatchEvent(new KeyboardEvent("keydown", key));
        }""",
    )
    site.let_pass(600)
    assert site.sent("/write/preview/") == []
    assert page.input_value(TEXT) == "nihao"


PASTE = """text => {
  const brought = new DataTransfer();
  brought.items.add(new File([new Uint8Array(SIZE)], "curve.png", { type: "TYPE" }));
  text.focus();
  text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: brought, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See: ", "See: \n\n![curve](/media/assets/x.png)\n\n"),
        ("- See: ", "- See: ![curve](/media/assets/x.png)\n"),
        ("> See: ", "> See: ![curve](/media/assets/x.png)\n"),
    ],
)
def test_a_pasted_picture_is_sent_and_stands_in_the_text(editor, site, before, after):
    page = editor(before)
    choose(page, len(before), len(before))
    site.answer(
        "/media/upload/", {"url": "/media/assets/x.png", "markdown": "![curve](/media/assets/x.png)"}, status=201
    )
    page.eval_on_selector(TEXT, PASTE.replace("SIZE", "10").replace("TYPE", "image/png"))
    expect(page.locator(TEXT)).to_have_value(after)


@pytest.mark.parametrize(
    ("size", "kind", "words"),
    [("6 * 1024 * 1024", "image/png", "larger than 5 MB"), ("10", "image/bmp", "JPEG, PNG, GIF or WebP")],
)
def test_a_picture_that_cannot_be_taken_is_refused_before_it_travels(editor, site, size, kind, words):
    page = editor()
    page.eval_on_selector(TEXT, PASTE.replace("SIZE", size).replace("TYPE", kind))
    expect(page.locator("[data-editor-status]")).to_contain_text(words)
    assert site.sent("/media/upload/") == []
    assert page.input_value(TEXT) == ""


def test_a_picture_that_did_not_arrive_leaves_no_mark(editor, site):
    page = editor()
    site.answer("/media/upload/", {"error": {"message": "This is no picture."}}, status=422)
    page.eval_on_selector(TEXT, PASTE.replace("SIZE", "10").replace("TYPE", "image/png"))
    expect(page.locator("[data-editor-status]")).to_have_text("This is no picture.")
    assert page.input_value(TEXT).strip() == ""


def test_a_picture_on_its_way_has_a_line_can_be_cancelled_and_keeps_the_form(editor, site):
    page = editor("Words. ")
    choose(page, 7, 7)
    held = []
    site.answers["/media/upload/"] = held.append
    page.eval_on_selector(TEXT, PASTE.replace("SIZE", "10").replace("TYPE", "image/png"))
    row = page.locator("[data-uploads] li")
    expect(row).to_contain_text("curve.png")
    expect(row.get_by_role("progressbar", name="curve.png")).to_be_visible()
    page.get_by_role("button", name="Post").click()
    expect(page.locator("[data-editor-status]")).to_contain_text("still being uploaded")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(0)
    expect(page.locator(TEXT)).to_have_value("Words. ")
    assert site.sent("/here/") == [] and len(held) == 1


def test_a_picture_that_was_lost_on_its_way_is_sent_again(editor, site):
    page = editor()
    site.fail("/media/upload/")
    page.eval_on_selector(TEXT, PASTE.replace("SIZE", "10").replace("TYPE", "image/png"))
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    assert page.input_value(TEXT).strip() == ""
    site.answer("/media/upload/", {"markdown": "![curve](/media/assets/x.png)"}, status=201)
    again.click()
    expect(page.locator(TEXT)).to_have_value("![curve](/media/assets/x.png)\n\n")
    expect(page.locator("[data-uploads] li")).to_have_count(0)
    expect(page.locator("[data-editor-status]")).to_contain_text("Picture added.")


DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PASTE_WORDS = """(text, words) => {
  const brought = new DataTransfer();
  brought.setData("text/plain", words);
  text.focus();
  text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: brought, bubbles: true, cancelable: true }));
}"""
FIGURE = {"output_type": "display_data", "data": {"image/png": [DOT[:40], DOT[40:]], "text/plain": "<Figure size 1x1>"}}
CELLS = [
    {"cell_type": "code", "source": "plot()", "outputs": [FIGURE]},
    {
        "cell_type": "markdown",
        "source": f"See ![a](attachment:a.png) and ![b](data:image/png;base64,{DOT}) and ![c](attachment:none.png)",
        "attachments": {"a.png": {"image/png": DOT}},
    },
    {
        "cell_type": "code",
        "source": "draw()",
        "outputs": [{"data": {"image/svg+xml": "<svg/>"}}, {"data": {"image/png": "!"}}],
    },
]


def test_pictures_of_a_notebook_are_sent_one_after_the_other_and_are_where_they_belong(editor, site):
    page = editor()
    sent = []

    def keep(route):
        sent.append(route.request.post_data_buffer)
        name = f"x{len(sent)}"
        route.fulfill(status=201, json={"markdown": f"![{name}](/media/assets/{name}.png)"})

    site.answers["/media/upload/"] = keep
    page.eval_on_selector(TEXT, PASTE_WORDS, json.dumps({"nbformat": 4, "cells": CELLS}))
    expect(page.locator(TEXT)).to_have_value(
        "```python\nplot()\n```\n\n![x1](/media/assets/x1.png)\n\n"
        "See ![x2](/media/assets/x2.png) and ![x3](/media/assets/x3.png) and \n\n```python\ndraw()\n```\n\n"
    )
    assert len(sent) == 3 and b'filename="figure-1.png"' in sent[0] and b'filename="a.png"' in sent[1]
    assert b"\x89PNG" in sent[0]


def test_a_picture_of_a_notebook_that_is_refused_leaves_no_mark(editor, site):
    page = editor()
    site.answer("/media/upload/", {"error": {"message": "This is no picture."}}, status=422)
    page.eval_on_selector(TEXT, PASTE_WORDS, json.dumps({"nbformat": 4, "cells": CELLS[:1]}))
    expect(page.locator("[data-editor-status]")).to_have_text("This is no picture.")
    assert page.input_value(TEXT).strip() == "```python\nplot()\n```"


TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"  # after a scroll
SCROLLED = "each => Math.round(each.scrollTop / (each.scrollHeight - each.clientHeight) * 10)"


@pytest.fixture
def tall(editor, site):
    page = editor("\n".join(f"Line {n}" for n in range(200)))
    site.answer("/write/preview/", SEEN | {"html": "<p>Line</p>" * 300})
    page.add_style_tag(
        content=f"{TEXT}, [data-editor-page] {{ height: 200px; max-height: 200px; overflow-y: auto; display: block }}"
    )
    page.locator(TEXT).press("Control+Home")
    page.locator(TEXT).press_sequentially("A")
    expect(page.locator("[data-editor-page] p")).to_have_count(300)
    return page


def scroll(page, place, share):
    page.locator(place).dispatch_event("wheel")
    page.eval_on_selector(
        place, "(each, share) => { each.scrollTop = share * (each.scrollHeight - each.clientHeight); }", share
    )
    page.evaluate(TWO_FRAMES)


def test_text_and_page_scroll_together_both_ways(tall):
    scroll(tall, TEXT, 0.5)
    assert tall.eval_on_selector("[data-editor-page]", SCROLLED) == 5
    scroll(tall, "[data-editor-page]", 0.8)
    assert tall.eval_on_selector(TEXT, SCROLLED) == 8
    scroll(tall, TEXT, 0.2)
    assert (tall.eval_on_selector(TEXT, SCROLLED), tall.eval_on_selector("[data-editor-page]", SCROLLED)) == (2, 2)


def test_a_page_that_becomes_shorter_while_somebody_types_does_not_move_the_text(tall, site):
    scroll(tall, "[data-editor-page]", 0.9)
    site.answer("/write/preview/", SEEN | {"html": "<p>Line</p>" * 20})
    before = tall.eval_on_selector(TEXT, "text => { text.focus({ preventScroll: true }); return text.scrollTop; }")
    tall.eval_on_selector(
        TEXT,
        """text => {
        text.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
        text.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
        text.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    }""",
    )
    expect(tall.locator("[data-editor-page] p")).to_have_count(20)
    tall.evaluate(TWO_FRAMES)
    assert tall.eval_on_selector(TEXT, "text => text.scrollTop") == before


def test_the_phone_shows_one_pane_at_a_time(editor):
    page = editor("A text")
    page.set_viewport_size({"width": 360, "height": 700})
    page.add_style_tag(url="/static/community/css/components.css")
    expect(page.locator("[data-editor-page]")).to_be_hidden()
    page.locator("[data-pane=page]").click()
    expect(page.locator(TEXT)).to_be_hidden()
    expect(page.locator("[data-editor-page]")).to_be_visible()
