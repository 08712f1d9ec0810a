"""A visitor requests another step of a run, and reads it in row vectors."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import AXE_OPTIONS

pytestmark = pytest.mark.full

MARK = "window.hasStayed = true"


def faults(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def test_a_visitor_has_another_step_worked_and_switches_to_row_vectors(embedded_site, places, arrive):
    visitor = arrive(embedded_site)
    page = visitor.page
    page.goto(places["run"])
    page.click(".worked-other > summary")
    page.fill("#worked-step", "3")
    page.click(".worked-choice button")
    expect(page).to_have_url(re.compile(r"step=3&seed=\d+#worked$"))
    page.evaluate(MARK)
    expect(page.locator("#worked-forward math").first).to_be_visible()
    assert page.evaluate("window.hasStayed")  # no reload
    expect(page.locator(".worked-where")).to_contain_text(re.compile(r"in step 3, seed \d"))
    expect(page.locator("#worked-result[data-poll]")).to_have_count(0)
    assert faults(page) == []

    assert "W^{[0]} x" in page.locator("#worked-forward").inner_html()
    page.click(".worked-form > summary")
    page.select_option("#worked-vectors", "rows")
    page.click(".worked-form button")
    expect(page.locator("#worked-vectors option[value=rows]")).to_have_js_property("defaultSelected", True)
    assert r"x \left(W^{[0]}\right)^{\top}" in page.locator("#worked-forward").inner_html()
    expect(page.locator(".worked-form")).to_have_attribute("open", "")
    assert page.evaluate("window.hasStayed")  # nor for another notation
    page.reload()
    expect(page.locator(".worked-where")).to_contain_text("in step 3")
    assert visitor.overflow() <= 0


def test_in_the_playground_another_notation_leaves_text_and_result(embedded_site, arrive):
    visitor = arrive(embedded_site, width=360)
    page = visitor.page
    page.goto("/playground/?preset=by-hand")
    page.click("[data-play]")
    expect(page.locator(".worked-panel")).to_be_visible(timeout=20_000)
    text = re.sub(r"\A((#|title:).*\n)+", "title: Mine\n", page.input_value("[data-config-text]"))
    page.click(".pg-text > .pg-fold > summary")
    page.fill("[data-config-text]", text.replace("lr: ", "lr: 1"))
    expect(page).to_have_url(re.compile(r"&run=[0-9a-f]{32}$"))
    page.evaluate(MARK)
    page.click(".worked-panel > summary")
    page.click(".worked-form > summary")
    page.select_option("#worked-vectors", "rows")
    page.click(".worked-form button")
    expect(page.locator("#worked-forward")).to_contain_text("x")
    expect(page.locator("#worked-vectors option[value=rows]")).to_have_js_property("defaultSelected", True)
    expect(page.locator(".worked-form button")).to_be_focused()
    assert page.evaluate("window.hasStayed") and page.input_value("[data-config-text]") == text.replace("lr: ", "lr: 1")
    page.reload()
    assert page.input_value("[data-config-text]") == text.replace("lr: ", "lr: 1")
    expect(page.locator("[data-other]")).to_be_visible()
    expect(page.locator("[data-result] .run-card")).to_have_count(1)
    assert visitor.overflow() <= 0
