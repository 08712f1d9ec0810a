"""A visitor requests another step of a run, and reads it in row vectors."""

import json
import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import AXE_OPTIONS
from tests.shots import lookup

MARK = "window.hasStayed = true"


def faults(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def test_a_visitor_has_another_step_worked_and_switches_to_row_vectors(embedded_site, arrive):
    visitor = arrive(embedded_site)
    page = visitor.page
    page.goto(lookup(embedded_site)["run"])
    page.fill("#worked-step", "3")
    page.click(".worked-choice button")
    expect(page).to_have_url(re.compile(r"step=3&seed=\d+#worked$"))
    page.evaluate(MARK)
    expect(page.locator("#worked-forward math").first).to_be_visible()
    assert page.evaluate("window.hasStayed")  # no reload
    expect(page.locator("#worked-said")).to_contain_text(re.compile(r"in step 3, seed \d"))
    expect(page.locator("#worked-result[data-poll]")).to_have_count(0)
    assert faults(page) == []

    assert "W^{[0]} x" in page.locator("#worked-forward").inner_html()
    page.click(".worked-form > summary")
    page.select_option("#worked-vectors", "rows")
    page.click(".worked-form button")
    expect(page.locator("#worked-vectors")).to_have_value("rows")
    assert r"x \left(W^{[0]}\right)^{\top}" in page.locator("#worked-forward").inner_html()
    page.reload()
    expect(page.locator(".worked-where")).to_contain_text("in step 3")
    assert visitor.overflow() <= 0
