"""The card beside a link: after a moment on it, by pointer and by focus, closed by Escape; never for a finger."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
PAGE = """<section data-link-previews="/links/preview/"></section><div class="prose"><p>
<a id="thread" href="/t/5/why/">a thread</a> <a id="other" href="https://elsewhere.example/t/5/">elsewhere</a>
<a id="tag" href="/tags/xor/">tag</a> <a id="list" href="/@ada/followers/">list</a>
<a id="person" class="mention" href="/@ada/">@ada</a></p></div><p id="away">Away</p>"""
CARD = "[role=tooltip]"


@pytest.fixture
def page(site):
    site.answer("/links/preview/", '<p class="link-preview-title">Why?</p>', kind="text/html")
    site.show(PAGE)
    return site.page


def test_the_pointer_opens_it_and_can_go_onto_it(page, site):
    page.locator("#thread").hover()
    card = page.locator(CARD)
    expect(card).to_have_text("Why?")
    expect(page.locator("#thread")).to_have_attribute("aria-describedby", "link-preview")
    card.hover()
    site.let_pass(500)
    expect(card).to_be_visible()
    page.locator("#away").hover()
    expect(card).to_have_count(0)
    page.locator("#thread").hover()
    expect(card).to_be_visible()
    assert len(site.sent("/links/preview/")) == 1


def test_it_closes_when_the_pointer_came_back_to_the_link_and_leaves_it(page, site):
    link, card = page.locator("#thread"), page.locator(CARD)
    link.hover()
    card.hover()
    link.hover()
    site.let_pass(400)
    expect(card).to_be_visible()
    page.locator("#away").hover()
    expect(card).to_have_count(0)


def test_the_focus_opens_it_and_escape_closes_it(page):
    page.locator("#thread").focus()
    expect(page.locator(CARD)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(CARD)).to_have_count(0)
    expect(page.locator("#thread")).to_be_focused()
    assert page.locator("#thread").get_attribute("aria-describedby") is None


def test_a_mention_has_one_too(page):
    page.locator("#person").hover()
    expect(page.locator(CARD)).to_be_visible()


def test_other_links_have_none(page, site):
    for name in ("#other", "#tag", "#list"):
        page.locator(name).hover()
        site.let_pass(600)
    assert site.sent("/links/preview/") == []


def test_without_an_answer_it_stays_a_link(page, site):
    site.fail("/links/preview/")
    page.locator("#thread").hover()
    site.until(lambda: site.sent("/links/preview/"))
    site.let_pass(800)
    expect(page.locator(CARD)).to_have_count(0)


def test_after_half_a_minute_it_is_asked_for_again(page, site):
    link, card = page.locator("#thread"), page.locator(CARD)
    for text in ("Why?", "Hidden"):
        site.answer("/links/preview/", f"<p>{text}</p>", kind="text/html")
        link.hover()
        site.let_pass(1_000)
        expect(card).to_have_text(text)
        page.locator("#away").hover()
        site.let_pass(31_000)
        expect(card).to_have_count(0)


def test_after_a_failure_it_is_asked_for_again(page, site):
    site.fail("/links/preview/")
    page.locator("#thread").hover()
    site.until(lambda: site.sent("/links/preview/"))
    site.answer("/links/preview/", "<p>Why?</p>", kind="text/html")
    page.locator("#away").hover()
    page.locator("#thread").hover()
    expect(page.locator(CARD)).to_have_text("Why?")
