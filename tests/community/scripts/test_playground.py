"""What is typed in the playground is kept for the page that it was typed on."""

import pytest
from playwright.sync_api import expect

from community.experiments.playground import Playground
from tests.community.scripts.conftest import SITE

FORM = '{% include "experiments/_playground_card.html" %}'
TEXT = "[data-config-text]"


@pytest.fixture
def opened(site):
    site.answer("/playground/check/", {"problems": [], "notes": [], "price": ""})
    site.show(FORM, playground=Playground("lr: 1"))
    return site.page


def test_a_typed_text_is_kept_until_its_page_is_opened_again(opened):
    opened.fill(TEXT, "lr: 2")
    opened.goto(f"{SITE}/here/?run=1")
    expect(opened.locator(TEXT)).to_have_value("lr: 1")
    opened.goto(f"{SITE}/here/")
    expect(opened.locator(TEXT)).to_have_value("lr: 2")
    opened.fill(TEXT, "lr: 1")
    opened.reload()
    expect(opened.locator(TEXT)).to_have_value("lr: 1")


def test_a_preset_that_is_chosen_comes_as_it_is(site):
    site.answer("/playground/check/", {"problems": [], "notes": [], "price": ""})
    site.show(
        f'<nav data-preset-row><a href="/here/" aria-current="true">XOR</a></nav>{FORM}', playground=Playground("lr: 1")
    )
    site.page.fill(TEXT, "lr: 2")
    with site.page.expect_navigation():
        site.page.get_by_role("link", name="XOR").click()
    site.is_ready()
    expect(site.page.locator(TEXT)).to_have_value("lr: 1")


def test_going_back_to_a_page_from_before_a_run_asks_for_it_anew(site):
    """A browser shows what it has of a page that it goes back to, though it may be older than the run."""
    site.answer("/playground/check/", {"problems": [], "notes": [], "price": ""})
    site.answer("/playground/", '<section class="run-card" data-run="ran"></section>', kind="text/html")
    site.show(FORM, playground=Playground("lr: 1"))
    site.page.locator("[data-play]").click()
    expect(site.page.locator("[data-run=ran]")).to_be_attached()
    site.answer("/there/", "", kind="text/html")
    site.page.goto(f"{SITE}/there/")
    loads = []
    site.page.on("load", lambda page: loads.append(page.url))
    site.page.go_back()
    site.until(lambda: len(loads) == 2)
    site.is_ready()
    site.let_pass(1_000)
    site.page.reload()
    assert loads == [f"{SITE}/here/"] * 3
