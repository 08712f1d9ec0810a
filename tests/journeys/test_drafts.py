"""Drafts are restored: after a reload, in another tab, in an unfinished comment."""

import re

import pytest
from playwright.sync_api import expect

FULL = pytest.mark.full
BOX, STATUS, BAR = "#write [data-editor-source]", "#write [data-editor-status]", "#write [data-other-version]"


@pytest.fixture
def member(embedded_site, arrive):
    """The demo member in an open thread, its reply field empty."""
    lines = (embedded_site.var / "demo-accounts").read_text().splitlines()
    handle, password = next(line.split() for line in lines if line.split()[0] == "demo")
    person = arrive(embedded_site)
    person.sign_in(handle, password)
    person.page.on("dialog", lambda dialog: dialog.accept())
    person.page.goto("/drafts/")
    while person.page.locator(".row .button.danger").count():
        person.page.locator(".row .button.danger").first.click()
    person.page.goto("/questions/")
    person.page.locator(".row-title a").first.click()
    expect(person.page.locator(BOX)).to_have_value("")
    return person


def saved_text(page) -> str:
    """Return the answer's draft on the server."""
    answer = page.evaluate(
        """async () => {
          const form = document.querySelector("#write form");
          const key = form.elements.draft_key.value;
          return (await fetch(`${form.dataset.savedUrl}?key=${encodeURIComponent(key)}`)).json();
        }"""
    )
    return answer["draft"]["source"] if answer["draft"] else ""


def comes_to_have(page, text: str) -> None:
    for _ in range(600):
        if saved_text(page) == text:
            return
        page.wait_for_timeout(100)
    assert saved_text(page) == text


@pytest.mark.parametrize("milliseconds", [pytest.param(300, marks=FULL), 700, pytest.param(1200, marks=FULL)])
def test_a_reload_soon_after_typing_loses_nothing_and_saving_goes_on(member, milliseconds):
    page = member.page
    page.locator(BOX).press_sequentially("It is the start")
    page.wait_for_timeout(milliseconds)
    page.reload()
    expect(page.locator(BOX)).to_have_value("It is the start")
    page.locator(BOX).press("End")
    page.locator(BOX).press_sequentially(" of it.")
    comes_to_have(page, "It is the start of it.")
    expect(page.locator(BAR)).to_be_hidden()


@FULL
def test_two_tabs_on_one_box_keep_both_texts(member):
    mine, theirs = member.page, member.context.new_page()
    theirs.goto(mine.url)
    theirs.locator(BOX).fill("From the other tab.")
    comes_to_have(theirs, "From the other tab.")
    mine.locator(BOX).fill("From this tab.")
    expect(mine.locator(BAR)).to_contain_text("another tab or on another device")
    expect(mine.locator(STATUS)).to_contain_text("Draft saved")
    mine.goto("/drafts/")
    expect(mine.locator(".row-title")).to_have_text(["From this tab.", "From the other tab."])
    mine.locator(".row-title a", has_text="From this tab.").click()
    expect(mine.locator(BOX)).to_have_value("From this tab.")
    member.send()
    mine.goto("/drafts/")
    expect(mine.locator(".row-title")).to_have_text(["From the other tab."])


@FULL
def test_a_half_written_comment_comes_back_in_the_thread(member):
    page = member.page
    thread = page.url
    page.locator("a[data-swap][href$='/reply/']").first.click()
    box = page.locator("[id^=comment-on-] [data-editor-source]")
    box.press_sequentially("But what if")
    expect(page.locator("[id^=comment-on-] [data-editor-status]")).to_contain_text("Draft saved")
    page.goto("/drafts/")
    expect(page.locator(".row-line")).to_contain_text(re.compile("Comment"))
    page.goto(thread)
    page.locator("a[data-swap][href$='/reply/']").first.click()
    expect(box).to_have_value("But what if")
    box.press("End")
    box.press_sequentially(" not")
    expect(page.locator("[id^=comment-on-] [data-editor-status]")).to_contain_text("Draft saved")
    expect(page.locator("[id^=comment-on-] [data-other-version]")).to_be_hidden()


@FULL
def test_a_box_for_a_comment_closes_and_keeps_its_text(member):
    page = member.page
    link = page.locator("a[data-swap][href$='/reply/']").first
    box = page.locator("[id^=comment-on-] [data-editor-source]")
    link.click()
    box.press_sequentially("Not yet")
    page.locator("[id^=comment-on-] [name=cancel]").click()
    expect(box).to_have_count(0)
    expect(link).to_be_focused()
    link.click()
    expect(box).to_have_value("Not yet")
    expect(page.locator("[id^=comment-on-] [data-other-version]")).to_be_hidden()
    page.locator("[id^=comment-on-] [name=cancel]").click()
    page.reload()
    link.click()
    expect(box).to_have_value("Not yet")


@FULL
def test_the_tools_of_an_editor_are_one_row_on_a_phone(member):
    page = member.page
    page.set_viewport_size({"width": 360, "height": 800})
    page.locator("a[data-swap][href$='/reply/']").first.click()
    for editor in ("[id^=comment-on-]", "#write"):
        tools = page.locator(f"{editor} .toolbar")
        expect(tools).to_be_visible()
        assert tools.bounding_box()["height"] < 60
        tools.locator("[data-presets] > summary").focus()
        expect(tools.locator("[data-presets] > summary")).to_be_in_viewport(ratio=1)
    assert member.overflow() == 0


@FULL
def test_a_box_for_a_comment_is_on_the_screen_with_its_tools(member):
    """On a phone whose keyboard takes half of it. The tools come with the focus and move the box down."""
    page = member.page
    page.set_viewport_size({"width": 360, "height": 400})
    link = page.locator("a[data-swap][href$='/reply/']").first
    link.evaluate("link => scrollTo(0, scrollY + link.getBoundingClientRect().bottom - innerHeight)")  # the last line
    link.click()
    box = page.locator("[id^=comment-on-] [data-editor-source]")
    expect(box).to_be_focused()
    expect(page.locator("[id^=comment-on-] .toolbar")).to_be_visible()
    expect(box).to_be_in_viewport(ratio=1)


@FULL
def test_the_menus_of_the_tools_are_within_a_phone(member):
    page = member.page
    page.set_viewport_size({"width": 360, "height": 800})
    for menu in ("[data-palette]", "[data-presets]"):
        page.locator(f"#write {menu} > summary").click()
        expect(page.locator(f"#write {menu} .menu-sheet button").first).to_be_visible()
        assert member.overflow() == 0
        page.keyboard.press("Escape")


@FULL
def test_signing_out_leaves_no_text_in_the_browser(member):
    page = member.page
    page.locator(BOX).press_sequentially("Not for others")
    page.wait_for_timeout(300)
    assert page.evaluate("Object.keys(localStorage).filter((place) => place.startsWith('draft:')).length") == 1
    with page.expect_navigation():
        page.locator("form[action$='/logout/']").evaluate("form => form.requestSubmit()")
    expect(page.locator(".bell")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((place) => place.startsWith('draft:')).length") == 0
