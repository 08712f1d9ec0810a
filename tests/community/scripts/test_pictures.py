"""Pictures: one of a text over the page, and those on their way to the server."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"></svg>'
PAGE = """<div class="prose"><figure class="picture"><a id="link" class="picture-whole" href="/media/curve.svg"><img
src="/media/curve.svg" alt="A curve" width="90"></a></figure></div>"""
ZOOM = "dialog.zoom"


@pytest.fixture
def page(site):
    site.answer("/media/curve.svg", DOT, kind="image/svg+xml")
    site.show(PAGE)
    return site.page


@pytest.mark.parametrize("act", ["click", "key"])
def test_it_opens_over_the_page_and_escape_leads_back(page, act):
    link, dialog = page.locator("#link"), page.locator(ZOOM)
    if act == "click":
        link.click()
    else:
        link.focus()
        page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("img", name="A curve")).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    assert page.url.endswith("/here/")


def test_its_own_size_is_a_button_and_a_click_beside_it_closes(page):
    page.locator("#link").click()
    dialog = page.locator(ZOOM)
    size = dialog.get_by_role("button", name="Actual size")
    size.click()
    expect(size).to_have_attribute("aria-pressed", "true")
    dialog.get_by_role("img").click()
    expect(size).to_have_attribute("aria-pressed", "false")
    page.locator(".zoom-room").dispatch_event("click")
    expect(dialog).to_have_count(0)


FOLLOW = """link => {
  link.addEventListener("click", (event) => { window.stopped = event.defaultPrevented; event.preventDefault(); });
  link.dispatchEvent(new MouseEvent("click", { ctrlKey: true, bubbles: true, cancelable: true }));
}"""


def test_with_a_modifier_key_it_is_a_link(page):
    page.locator("#link").evaluate(FOLLOW)
    assert page.evaluate("window.stopped") is False
    expect(page.locator(ZOOM)).to_have_count(0)
