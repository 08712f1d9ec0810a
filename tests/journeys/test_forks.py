"""A newcomer meets a run in a post, forks it, changes its learning rate, and sees what the change did, and why."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import AXE_OPTIONS
from tests.shots import lookup
from tests.walk import NAMES, PAGE, Walk

LOOKS = {"on a desk": ("en", 1280, "light", {}), "on a phone": ("zh", 360, "dark", {"has_touch": True})}
CHANGED = {"en": "learning rate", "zh": "学习率"}
RATES = {"en": "0.04", "zh": "0.02"}


@pytest.mark.parametrize("look", LOOKS)
def test_from_a_post_to_why_a_change_helped(embedded_site, arrive, look):
    language, width, scheme, how = LOOKS[look]
    reader = arrive(embedded_site, language=language, width=width, color_scheme=scheme, **how)
    page = reader.page
    walk = Walk(page, has_touch=bool(how))

    def look_around(name: str) -> None:
        assert reader.overflow() <= 0, page.url
        if name == "compare":
            _sees_what_changed(page, CHANGED[language], RATES[language])

    walk.arrived = look_around
    walk.go(str(lookup(embedded_site)["diverged"]), rate=RATES[language])
    expect(page.locator("[data-finding='diverged'] math").first).to_be_visible()
    assert [step.name for step in walk.steps] == list(NAMES)
    assert walk.presses == _told()


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
