"""Going back to a page that the browser kept whole: it is of the reader, language and theme of now."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person

pytestmark = pytest.mark.full


@pytest.fixture
def member(embedded_site, browser_type, browser_type_launch_args) -> Iterator[Person]:
    """The demo member in a browser that keeps pages whole, as people's browsers do."""
    keeping = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"])
    lines = (embedded_site.var / "demo-accounts").read_text().splitlines()
    person = Person(keeping, embedded_site)
    person.sign_in(*next(line.split() for line in lines if line.split()[0] == "demo"))
    yield person
    keeping.close()


def test_nothing_of_one_who_has_signed_out_is_seen_by_going_back(member):
    _open(member, "/settings/")
    member.page.click(".top [data-menu] > summary")
    member.page.click("form[action$='/accounts/logout/'] button")
    expect(member.page.locator(".bell")).to_have_count(0)
    _back(member)
    expect(member.page).to_have_url(re.compile("/accounts/login/"))
    expect(member.page.locator(".bell")).to_have_count(0)


def test_who_has_signed_in_goes_back_to_a_page_of_a_member(member):
    member.context.clear_cookies()
    _open(member, "/questions/")
    lines = (member.site.var / "demo-accounts").read_text().splitlines()
    member.sign_in(*lines[0].split())
    _back(member, steps=2)
    expect(member.page).to_have_url(re.compile("/questions/$"))
    expect(member.page.locator(".bell")).to_be_attached()


def test_a_language_and_a_theme_chosen_since_hold_for_earlier_pages(member):
    _open(member, "/latest/")
    _open(member, "/tags/")
    member.page.click("footer [name=theme][value=dark]")
    expect(member.page.locator("html")).to_have_attribute("data-theme", "dark")
    _back(member)
    expect(member.page).to_have_url(re.compile("/latest/$"))
    expect(member.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(member.page.locator("footer [name=theme][value=dark]")).to_have_attribute("aria-pressed", "true")

    _open(member, "/tags/")
    member.page.click("footer [name=language][value=zh-hans]")
    expect(member.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    _back(member, steps=2)
    expect(member.page).to_have_url(re.compile("/latest/$"))
    expect(member.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    member.page.click("footer [name=language][value=en]")
    expect(member.page.locator("html")).to_have_attribute("lang", "en")


def _open(person, path) -> None:
    person.page.goto(path)
    person.page.evaluate("window.isKept = true")


def _back(person, steps: int = 1) -> None:
    person.page.evaluate(f"setTimeout(() => history.go(-{steps}))")
