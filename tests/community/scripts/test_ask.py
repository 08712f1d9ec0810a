"""What helps whoever asks: similar questions while the title is typed, and the template."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
PAGE = """{% with kind="question" %}
<form method="post" class="editor-form" data-guard {% include "content/editor_attrs.html" %}>
{{ form.draft_key }}{{ form.title }}
<div data-similar="/write/similar/"><p role="status" data-similar-said></p></div>
<p hidden><button type="button" data-template="### One&#10;&#10;*A hint.*&#10;">Use the template</button></p>
{% include "content/editor.html" %}<button>Post</button></form>{% endwith %}"""
TEXT = "[data-editor-source]"


class AskForm(forms.Form):
    draft_key = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(required=False)
    source = forms.CharField(label="Text", widget=forms.Textarea(attrs={"data-editor-source": ""}))


@pytest.fixture
def editor(site):
    """Open the form with a text."""

    def opened(source: str = ""):
        site.answer("/write/preview/", {"html": "", "language": "en", "problems": [], "notice": "", "keys": []})
        site.answer("/drafts/save/", {"key": "new:question", "version": 1, "saved_at": "2026-01-01T00:00:00Z"})
        site.show(PAGE, form=AskForm(initial={"draft_key": "new:question", "source": source}))
        site.page.locator(TEXT).press("Control+End")
        expect(site.page.locator(TEXT)).to_have_attribute("aria-autocomplete", "list")
        return site.page

    return opened


def test_similar_questions_are_said_and_shown(editor, site):
    fragment = '<p role="status" data-similar-said>1 similar question.</p><ul><li><a href="/t/1/">XOR</a></li></ul>'
    page = editor()
    site.answer("/write/similar/", fragment, kind="text/html")
    page.locator("[name=title]").fill("XOR stuck")
    expect(page.get_by_role("link", name="XOR")).to_be_visible()
    expect(page.locator("[data-similar-said]")).to_have_text("1 similar question.")
    assert len(site.sent("/write/similar/")) == 1
    page.locator("[name=title]").fill("")
    expect(page.locator("[data-similar] li")).to_have_count(0)
    expect(page.locator("[data-similar-said]")).to_have_text("")


def test_formulas_and_configs_of_the_text_are_compared_too(editor, site):
    asked = []
    site.page.on("request", lambda request: asked.append(request.url) if "similar" in request.url else None)
    page = editor()
    site.answer("/write/similar/", "<p data-similar-said>1 similar question.</p>", kind="text/html")
    page.locator("[name=title]").fill("XOR stuck")
    expect(page.locator("[data-similar-said]")).to_have_text("1 similar question.")
    page.locator(TEXT).fill("I have $a + b$, and for $5 it is\n\n```bp\ndataset: {name: xor}\n```\nstuck")
    site.until(lambda: len(asked) == 2)
    [draft] = parse_qs(urlsplit(asked[1]).query)["draft"]
    assert draft == "$a + b$\n```bp\ndataset: {name: xor}\n```"
    page.locator(TEXT).press("End")
    page.locator(TEXT).press_sequentially(" words alone ask for nothing")
    site.let_pass(1_700)
    assert len(asked) == 2


def test_a_title_that_was_typed_before_the_script_came_is_compared(site):
    site.show(PAGE, form=AskForm())
    site.answer("/write/similar/", "<p data-similar-said>1 similar question.</p>", kind="text/html")
    site.page.locator("[name=title]").evaluate("title => { title.value = 'XOR stuck'; }")
    site.page.locator(TEXT).focus()
    expect(site.page.locator("[data-similar-said]")).to_have_text("1 similar question.")


def test_a_title_that_is_being_composed_is_compared_with_nothing(editor, site):
    page = editor()
    page.locator("[name=title]").evaluate("""box => {
        box.value = "yihuo wangluo";
        box.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
    }""")
    site.let_pass(900)
    assert site.sent("/write/similar/") == []


def test_the_template_fills_an_empty_editor_and_can_be_undone(editor):
    page = editor()
    page.get_by_role("button", name="Use the template").click()
    assert page.locator(TEXT).input_value() == "### One\n\n*A hint.*\n"
    page.keyboard.type("Mine")
    assert page.locator(TEXT).input_value() == "### One\n\nMine\n"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert page.locator(TEXT).input_value() in ("", "### One\n\n*A hint.*\n")


def test_the_template_goes_below_what_was_typed_and_only_once(editor):
    page = editor("My own words.")
    for _ in range(2):
        page.get_by_role("button", name="Use the template").click()
    assert page.locator(TEXT).input_value() == "My own words.\n\n### One\n\n*A hint.*\n"
