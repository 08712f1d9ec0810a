"""Forms and links whose response replaces part of the page, and their failures."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

LOOSE = (
    '<div class="vote"><form method="post" action="/vote/" data-swap=".vote">'
    '<input type="hidden" name="next" value="t"><button name="value" value="1">Useful</button></form>'
    "<b>0</b></div>"
)
GIVEN = LOOSE.replace('value="1"', 'value="0" aria-pressed="true"').replace("<b>0</b>", "<b>1</b>")
REFUSAL = '<div class="notice backward" role="alert">You cannot vote for your own posts.</div>'
BOX = '<a href="/reply/" data-swap="#box">Comment</a><div id="box"></div>'


def press(site) -> None:
    site.page.get_by_role("button", name="Useful").click()


def test_the_answer_replaces_the_part_that_the_form_names_and_the_focus_stays(site):
    site.answer("/vote/", GIVEN, kind="text/html")
    site.show(LOOSE)
    press(site)
    expect(site.page.locator(".vote b")).to_have_text("1")
    expect(site.page.get_by_role("button", name="Useful", pressed=True)).to_be_focused()
    assert site.sent("/vote/") == ["next=t&value=1"]
    press(site)  # swapped content works too
    site.until(lambda: len(site.sent("/vote/")) > 1)
    assert site.sent("/vote/")[1:] == ["next=t&value=0"]
    assert site.page.url.endswith("/here/")


def test_a_refusal_is_shown_and_the_page_stays_as_it_was(site):
    site.answer("/vote/", REFUSAL, status=403, kind="text/html")
    site.show(LOOSE)
    press(site)
    notice = site.page.get_by_role("alert")
    expect(notice).to_have_text("You cannot vote for your own posts.")
    expect(notice).to_be_in_viewport()
    expect(site.page.locator(".vote b")).to_have_text("0")
    notice.click()
    expect(notice).to_have_count(0)


def test_a_double_click_is_one_request(site):
    site.answer("/vote/", GIVEN, kind="text/html")
    site.show(LOOSE)
    site.page.evaluate("() => { const b = document.querySelector('.vote button'); b.click(); b.click(); }")
    expect(site.page.locator(".vote b")).to_have_text("1")
    assert site.sent("/vote/") == ["next=t&value=1"]


@pytest.mark.parametrize("broken", [{"abort": True}, {"status": 502, "body": "<h1>Bad gateway</h1>"}])
def test_without_a_usable_answer_the_form_goes_as_the_browser_sends_it(site, broken):
    """The network fails, or a proxy responds with its own page."""
    asked = []

    def once(route):
        asked.append(route.request.headers.get("x-requested-with"))
        if len(asked) > 1:
            route.fulfill(body="<h1>The whole page</h1>", content_type="text/html")
        elif "abort" in broken:
            route.abort()
        else:
            route.fulfill(**broken, content_type="text/html")

    site.answers["/vote/"] = once
    site.show(LOOSE)
    press(site)
    expect(site.page.locator("h1")).to_have_text("The whole page")
    assert asked == ["fetch", None]
    assert site.sent("/vote/") == ["next=t&value=1"] * 2


def test_who_has_to_sign_in_first_comes_to_that_page(site):
    site.answer("/sign-in/", "<h1>Sign in</h1>", kind="text/html")
    site.answers["/vote/"] = {"status": 302, "headers": {"Location": "/sign-in/"}}
    site.show(LOOSE)
    press(site)
    expect(site.page.locator("h1")).to_have_text("Sign in")


def test_a_box_that_was_opened_is_written_in_and_not_fetched_again(site):
    site.answer("/reply/", '<form><input type="file" hidden><textarea></textarea></form>', kind="text/html")
    site.show(BOX)
    site.page.get_by_role("link").click()
    expect(site.page.locator("#box textarea")).to_be_focused()
    site.page.keyboard.type("But what if")
    site.page.get_by_role("link").click()
    expect(site.page.locator("#box textarea")).to_be_focused()
    expect(site.page.locator("#box textarea")).to_have_value("But what if")
    assert len(site.sent("/reply/")) == 1


def test_a_part_that_is_awaited_is_asked_for_until_it_is_there(site):
    answers = [{"status": 204}, {"body": "", "status": 503}, {"body": '<p id="said">Ready</p><div id="part">7</div>'}]
    site.answers["/part/"] = lambda route: route.fulfill(**answers.pop(0), content_type="text/html")
    poll = 'data-poll="/part/" data-poll-parts="said part" aria-busy="true"'
    site.show(f'<p id="said">Wait</p><div id="part" {poll}></div>')
    expect(site.page.locator("#part")).to_have_text("7")
    expect(site.page.locator("#said")).to_have_text("Ready")
    expect(site.page.locator("[data-poll], [aria-busy]")).to_have_count(0)
    assert len(site.sent("/part/")) == 3


def test_a_form_whose_next_is_a_page_goes_on_to_the_part(site):
    def saved(route):
        assert parse_qs(route.request.post_data) == {"next": ["/part/?n=1"], "rows": ["yes"]}
        route.fulfill(body=part.format("new"), content_type="text/html")

    part = '<div class="body"><details data-keep="how"><summary>How</summary><button>Apply</button></details>{}</div>'
    form = part.format("old").replace(
        "<button>Apply</button>",
        '<form method="post" action="/preferences/" data-swap=".body" data-swap-next="/part/?n=1">'
        '<input type="hidden" name="next" value="/page/"><input type="hidden" name="rows" value="yes">'
        "<button>Apply</button></form>",
    )
    site.answers["/preferences/"] = saved
    site.show(form)
    site.page.get_by_text("How").click()
    site.page.get_by_role("button", name="Apply").click()
    expect(site.page.locator(".body")).to_contain_text("new")
    expect(site.page.get_by_role("button", name="Apply")).to_be_focused()  # its fold is still open
    assert site.page.url.endswith("/here/")
