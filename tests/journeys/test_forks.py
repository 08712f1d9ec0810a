"""A newcomer meets a run in a post, forks it, changes its learning rate, and sees what the change did, and why."""

import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import AXE_OPTIONS
from tests.walk import NAMES, PAGE, Walk

FINGER = {"has_touch": True}
LOOKS = {
    "on a desk": ("en", 1280, "light", {}, "0.04"),
    "on a phone": ("zh", 360, "dark", FINGER, "0.02"),
    "on a desk in Chinese": ("zh", 1280, "dark", {}, "0.05"),
    "on a phone in English": ("en", 360, "light", FINGER, "0.07"),
}
"""With a rate each: a config that has run before is not run again."""
CHANGED = {"en": "learning rate", "zh": "学习率"}


@pytest.mark.parametrize(
    "look", [pytest.param(look, marks=() if look == "on a phone" else pytest.mark.full) for look in LOOKS]
)
def test_from_a_post_to_why_a_change_helped(embedded_site, places, arrive, look):
    language, width, scheme, how, rate = LOOKS[look]
    reader = arrive(embedded_site, language=language, width=width, color_scheme=scheme, **how)
    page = reader.page
    walk = Walk(page, has_touch=bool(how))

    def look_around(name: str) -> None:
        assert reader.overflow() <= 0, page.url
        if name == "verdict":
            _reads_a_step(page, page.tap if how else page.click)
        if name == "compare":
            _sees_what_changed(page, CHANGED[language], rate)

    walk.arrived = look_around
    walk.go(places["diverged"], rate=rate)
    expect(page.locator("[data-finding='diverged'] math").first).to_be_visible()
    assert [step.name for step in walk.steps] == list(NAMES)
    assert walk.presses == _told()
    print(look, *(f"{step.name}: {step.presses} clicks, {step.seconds:.1f} s" for step in walk.steps), sep="\n")


def _reads_a_step(page: Page, press: Callable[[str], None]) -> None:
    """Have a step worked by hand: two presses at most, beside the way."""
    press("a[href='#worked']")
    expect(page.locator("#worked")).to_be_in_viewport()
    if page.locator("#worked-forward").count() == 0:  # else somebody asked for it before
        press(".worked-choice button")
    expect(page.locator("#worked-forward math").first).to_be_visible()


def _sees_what_changed(page: Page, setting: str, rate: str) -> None:
    expect(page.locator(".compare-changes")).to_contain_text(setting)
    expect(page.locator(".compare-changes")).to_contain_text(f"0.2 → {rate}")
    expect(page.locator("#curves svg.curve .median")).to_have_count(2)
    expect(page.locator("#verdict .compare-outcome")).to_have_count(1)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []


def _told() -> int:
    """Return how many clicks the page about this way says it takes: with a mouse as with a finger."""
    total = re.search(r"^\| all \| \*\*(\d+)\*\* \| [^|]+ \| \*\*(\d+)\*\* \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert total
    assert total[1] == total[2]
    return int(total[1])
