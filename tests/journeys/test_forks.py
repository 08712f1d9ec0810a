"""A newcomer meets a run in a post, forks it, changes its learning rate, and sees what the change did."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, expect

from tests.journeys.test_pages import AXE_OPTIONS
from tests.shots import lookup

LOOKS = {"on a desk": ("en", 1280, "light", {}), "on a phone": ("zh", 360, "dark", {"has_touch": True})}
CHANGED = {"en": "learning rate", "zh": "学习率"}
RATES = {"en": "0.35", "zh": "0.45"}


@pytest.fixture
def post(embedded_site, browser) -> str:
    """Return the address of a post with a run."""
    context = browser.new_context(base_url=embedded_site.url)
    page = context.new_page()
    page.goto(lookup(embedded_site)["run"])
    address = page.locator("#posts a:not(.person)").first.get_attribute("href")
    context.close()
    return address


@pytest.mark.parametrize("look", LOOKS)
def test_from_a_post_to_what_a_change_did(embedded_site, arrive, post, look):
    language, width, scheme, how = LOOKS[look]
    reader = arrive(embedded_site, language=language, width=width, color_scheme=scheme, **how)
    page, presses = reader.page, []

    def press(target: Locator) -> None:
        presses.append(target)
        target.tap() if how else target.click()

    def follow(link: Locator) -> None:
        with page.expect_navigation():
            press(link)
        assert reader.overflow() <= 0, page.url

    page.goto(post)
    follow(page.locator(".run-card .run-foot .end").first)
    original = page.url
    follow(page.locator(".run-acts a.primary"))
    follow(page.locator(".fork-choices a.primary"))
    rate = page.locator("input[type=number][data-control='optimizer.lr']")
    before = rate.input_value()
    rate.fill(RATES[language])
    rate.blur()
    expect(page.locator("[data-config-text]")).to_have_value(re.compile(rf"\blr: {RATES[language]}\b"))
    press(page.locator("[data-play]"))
    card = page.locator("[data-result] .run-card")
    expect(card).to_have_attribute("data-state", re.compile("succeeded|diverged"))
    follow(card.locator(".run-foot .end"))
    follow(page.locator(".run-family a[href*='/compare/']"))
    assert len(presses) == 6

    expect(page.locator(".compare-changes")).to_contain_text(CHANGED[language])
    expect(page.locator(".compare-changes")).to_contain_text(f"{before} → {RATES[language]}")
    expect(page.locator("#curves svg.curve .median")).to_have_count(2)
    expect(page.locator("#verdict .compare-outcome")).to_have_count(1)
    expect(page.locator(f".compare-run-title a[href*='{original.split('/runs/')[1][:32]}']")).to_have_count(1)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
