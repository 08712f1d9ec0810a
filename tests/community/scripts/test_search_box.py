"""Pages that the box for a search offers while somebody types."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
LIST = ".suggestions:not([hidden])"
PAGES_FOUND = [
    {
        "value": "Why eta?",
        "title": "Why <math><mi>η</mi></math>?",
        "language": "en",
        "note": "Question",
        "picture": "",
        "url": "/t/1/",
    },
    {"value": "Eta", "title": "Eta &lt;b&gt;", "note": "@eta", "picture": "/avatar/1.svg", "url": "/@eta/"},
]
BOX, OFFERED = "[name=q]", f"{LIST} [role=option]"


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def box(site, asked):
    """Open the search box of the header with a server that knows a question and a person."""

    def choices(route):
        asked.append(parse_qs(urlsplit(route.request.url).query)["q"][0])
        route.fulfill(status=200, body=json.dumps({"choices": PAGES_FOUND}), content_type="application/json")

    site.answers["/search/suggest/"] = choices
    for address in ("/search/", "/t/1/", "/@eta/"):
        site.answer(address, "<title>There</title>", kind="text/html")
    site.show('{% include "shell/search.html" %}')
    site.page.locator(BOX).focus()
    expect(site.page.locator(BOX)).to_have_attribute("aria-autocomplete", "list")
    return site.page.locator(BOX)


def test_a_search_offers_pages_as_a_combobox_and_an_arrow_and_enter_open_one(box, site, asked):
    page = site.page
    box.press_sequentially("why eta")
    expect(page.locator(OFFERED)).to_have_text(["Why η?Question", "Eta <b>@eta"])
    assert asked == ["why eta"]  # once somebody pauses
    expect(page.get_by_role("combobox", name="Search", expanded=True)).to_be_focused()
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(page.locator("form.search [role=status]")).to_have_text(
        "Suggestions: 2. Choose one with the arrow keys and open it with Enter."
    )
    assert page.locator(f"{LIST} b[lang=en] math").count() == 1 and page.locator(f"{LIST} b b").count() == 0
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowDown")
    box.press("ArrowDown")
    second = page.locator(OFFERED).nth(1)
    expect(box).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
    assert box.input_value() == "why eta"
    box.press("Enter")
    page.wait_for_url("**/@eta/")


def test_enter_alone_searches_for_what_is_typed_as_without_suggestions(box, site):
    box.press_sequentially("why eta")
    expect(site.page.locator(OFFERED)).to_have_count(2)
    box.press("Enter")
    site.page.wait_for_url("**/search/?q=why+eta")


def test_a_click_opens_a_page(box, site):
    box.press_sequentially("why")
    site.page.locator(OFFERED).first.click()
    site.page.wait_for_url("**/t/1/")


def test_tab_goes_on_and_opens_nothing(box, site):
    box.press_sequentially("why")
    expect(site.page.locator(OFFERED)).to_have_count(2)
    box.press("ArrowDown")
    box.press("Tab")
    expect(site.page.locator(LIST)).to_have_count(0)
    expect(box).not_to_be_focused()
    assert site.page.url.endswith("/here/")


def test_escape_closes_the_pages_keeps_what_is_typed_and_another_search_opens_them(box, site):
    box.press_sequentially("why")
    expect(site.page.locator(OFFERED)).to_have_count(2)
    box.press("Escape")
    box.press_sequentially(" eta")
    site.let_pass(400)
    expect(site.page.locator(LIST)).to_have_count(0)
    assert box.input_value() == "why eta"
    box.fill("")
    site.let_pass(400)
    box.press_sequentially("eta")
    expect(site.page.locator(OFFERED)).to_have_count(2)


def test_a_search_asks_nothing_while_an_input_method_composes_nor_for_a_letter(box, site, asked):
    box.press_sequentially("w")
    site.let_pass(400)
    assert asked == []
    box.dispatch_event("compositionstart")
    box.evaluate("""box => {
        box.value = "tidu"; box.setSelectionRange(4, 4);
        box.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
    }""")
    site.let_pass(400)
    assert asked == []
    box.evaluate('box => { box.value = "梯"; box.setSelectionRange(1, 1); }')
    box.dispatch_event("compositionend")
    expect(site.page.locator(OFFERED)).to_have_count(2)
    assert asked == ["梯"]


def test_the_same_words_are_asked_for_once(box, site, asked):
    box.press_sequentially("eta")
    expect(site.page.locator(OFFERED)).to_have_count(2)
    box.press_sequentially("s")
    site.until(lambda: len(asked) == 2)
    box.press("Backspace")
    site.let_pass(400)
    assert asked == ["eta", "etas"]
