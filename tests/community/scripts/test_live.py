"""Streams of events, shared by all pages of a browser."""

import pytest

from tests.community.scripts.conftest import SECURE_SITE, Site

pytestmark = pytest.mark.journey

CARD = '<section class="run-card" data-run-live data-card-url="/card/" data-events-url="/events"></section>'
BELL = '<a data-live-count="/stream" data-count-url="/count"><span data-count></span></a>'
COUNT_CLOSED = """() => {
    const { close } = EventSource.prototype;
    window.closings = 0;
    EventSource.prototype.close = function () { window.closings += 1; close.call(this); };
}"""


class Streams:
    """Holds streams open, and counts them."""

    def __init__(self, site: Site):
        self.opened: list = []
        site.answers |= {"/events": self.opened.append, "/stream": self.opened.append}
        site.answer("/card/", "", status=204)
        site.answer("/count", {"unread": 4})


@pytest.fixture
def two(page):
    """Return two sites in two windows of one browser, which may share."""
    pages = page, page.context.new_page()
    yield [Site(each, SECURE_SITE) for each in pages]
    pages[1].close()


@pytest.mark.own_profile
def test_two_pages_share_four_streams_and_the_rest_asks_now_and_then(two):
    first, second = two
    at_first, at_second = Streams(first), Streams(second)
    first.show(CARD * 3 + BELL)
    first.until(lambda: len(at_first.opened) == 4)
    second.show(CARD * 3 + BELL)
    second.until(lambda: len(second.sent("/card/")) > 5)
    assert (len(at_first.opened), len(at_second.opened)) == (4, 0)
    assert first.sent("/card/") == []
    first.page.goto("about:blank")  # its streams are free
    second.until(lambda: len(at_second.opened) == 3)


@pytest.mark.own_profile
def test_without_locks_a_page_has_two_streams(site):
    streams = Streams(site)
    site.show(CARD * 5)
    assert not site.page.evaluate("'locks' in navigator")
    site.until(lambda: len(site.sent("/card/")) > 5)
    assert len(streams.opened) == 2


def test_who_signs_out_closes_the_streams_before_the_server_refuses_them(site):
    streams = Streams(site)
    site.answer("/accounts/logout/", "", status=204)  # the page stays, so that nothing else closes them
    site.show(BELL + '<form method="post" action="/accounts/logout/"><button>Sign out</button></form>')
    site.until(lambda: streams.opened)
    site.page.evaluate(COUNT_CLOSED)
    site.page.get_by_role("button", name="Sign out").click(no_wait_after=True)
    site.until(lambda: site.sent("/accounts/logout/"))
    assert site.page.evaluate("closings") == 1
