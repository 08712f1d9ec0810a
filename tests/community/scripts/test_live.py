"""Streams of events, shared by all pages of a browser."""

import pytest

from tests.community.scripts.conftest import SECURE_SITE, Site

pytestmark = pytest.mark.journey

CARD = '<section class="run-card" data-run-live data-card-url="/card/" data-events-url="/events"></section>'
BELL = '<a data-live-count="/stream" data-count-url="/count"><span data-count></span></a>'
LEAVING = '<form action="/left/" method="post" data-sign-out><button>Sign out</button></form>'


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
