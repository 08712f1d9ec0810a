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
    site.page.get_by_role("link", name="XOR").click()
    site.page.wait_for_load_state("networkidle")
    expect(site.page.locator(TEXT)).to_have_value("lr: 1")
