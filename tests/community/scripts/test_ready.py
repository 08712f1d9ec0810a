"""The page says when its behaviours are attached, also those of what is swapped in."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
PICTURE = '<p id="place"><a class="picture-whole" href="/media/curve.svg">Curve</a></p>'
SWAP = """html => {
    document.querySelector("#place").innerHTML = html;
    document.querySelector("#place").dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
    return document.documentElement.hasAttribute("data-ready");
}"""


def test_a_behaviour_that_does_not_load_is_reported_and_the_others_are_attached(site):
    complaints = []
    site.page.on("pageerror", lambda error: complaints.append(error.message))
    site.page.route("**/js/zoom.js", lambda route: route.abort())
    site.answer("/act", "", status=204)
    site.show(f'{PICTURE}<form method="post" action="/act" data-once><button>Go</button></form>')
    [complaint] = complaints
    assert "zoom.js" in complaint
    site.page.evaluate("() => { const [form] = document.forms; form.requestSubmit(); form.requestSubmit(); }")
    site.let_pass(300)
    assert len(site.sent("/act")) == 1


def test_a_page_is_not_ready_while_a_behaviour_of_what_was_swapped_in_is_loading(site):
    held = []
    site.page.route("**/js/zoom.js", lambda route: held.append(route))
    site.show('<p id="place"></p>')
    assert not site.page.evaluate(SWAP, PICTURE)
    site.until(lambda: held)
    expect(site.page.locator("html")).not_to_have_attribute("data-ready", "")
    held[0].fallback()
    site.is_ready()
    site.page.get_by_role("link").click()
    expect(site.page.locator("dialog.zoom")).to_be_visible()
