"""Runs that are chosen to be compared: the address and the links to other lists keep them."""

import re

import pytest
from playwright.sync_api import expect

PAGE = (
    '<form class="run-filters"><input type="hidden" name="run"></form><a href="/here/?after=x&run=old">Older</a>'
    '<a href="/runs/a/">A run</a>{% for run in "abc" %}<input type="checkbox" form="compare" name="run" '
    'value="{{ run }}" aria-label="{{ run }}">{% endfor %}<form id="compare" data-choice="2">'
    '<span data-chosen="{count} of {most} selected">Choose runs.</span></form>'
)


@pytest.fixture
def page(site):
    site.show(PAGE)
    return site.page


def test_the_address_links_to_lists_and_the_filters_have_what_is_chosen(page):
    page.get_by_label("a", exact=True).check()
    page.get_by_label("c", exact=True).check()
    expect(page.get_by_text("2 of 2 selected")).to_be_visible()
    assert page.url.endswith("/here/?run=a,c")
    expect(page.get_by_role("link", name="Older")).to_have_attribute("href", re.compile(r"/here/\?after=x&run=a,c$"))
    expect(page.get_by_role("link", name="A run")).to_have_attribute("href", "/runs/a/")
    expect(page.locator(".run-filters [name=run]")).to_have_value("a,c")


def test_no_more_can_be_chosen_than_can_be_compared(page):
    page.get_by_label("a", exact=True).check()
    expect(page.get_by_label("c", exact=True)).to_be_enabled()
    page.get_by_label("b", exact=True).check()
    expect(page.get_by_label("c", exact=True)).to_be_disabled()
    page.get_by_label("a", exact=True).uncheck()
    page.get_by_label("b", exact=True).uncheck()
    expect(page.get_by_label("c", exact=True)).to_be_enabled()
    expect(page.get_by_text("Choose runs.")).to_be_visible()
    assert page.url.endswith("/here/")
