"""Parts of a run's page beside its curve: they follow the address, and choose the range. Cells of tables are read."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

PLACE = (
    '<div class="curve-place" data-where="epoch {number}" data-span="0 1000">'
    '<svg class="lines" width="500" height="90"></svg></div>'
    '<p role="status" data-curve-told data-failed="Not redrawn."></p>'
)
CURVE = (
    f'<section>{PLACE}<form data-curves data-url="/curves/"><p data-range="0 1000">'
    '<input type="range" aria-label="Start"><input type="range" aria-label="End"></p>'
    '<input name="epoch" type="hidden"><input type="number" name="from" aria-label="From">'
    '<input type="number" name="to" aria-label="To"></form></section>'
)
RANGE = (
    '<form data-range-of="inside"><p data-range="0 1000"><input type="range" aria-label="First"><input type="range">'
    '</p><input type="number" aria-label="Inner from"><input type="number" aria-label="Inner to"></form>'
)


def part(begins, rates=""):
    return f'<div id="inside" data-beside="/beside/"{rates}>{PLACE}{RANGE}<b>{begins}</b></div>'


FOLD = f"<details><summary>Inside</summary>{part('old')}</details>"
CELLS = (
    '<div data-cells="class {row}, predicted {column}: {value} of {total}">'
    '<div class="scroll" tabindex="0"><table><thead>'
    "<tr><th></th><th>a</th><th>b</th></tr></thead><tbody>"
    '<tr data-total="9"><th>a</th><td>7</td><td>2</td></tr><tr data-total="4"><th>b</th><td>1</td><td>3</td></tr>'
    "</tbody></table></div></div>"
)


@pytest.fixture
def asked(site):
    """Return the queries of the parts that were asked for; the server says from where they begin."""
    queries = []

    def answer(route):
        queries.append(parse_qs(urlsplit(route.request.url).query))
        start = "".join(queries[-1].get("from", queries[-1].get("rate_from", ["?"])))
        route.fulfill(body=part(start), content_type="text/html")

    site.answers["/beside/"] = answer
    site.answer("/curves/", PLACE, kind="text/html")
    return queries


def test_a_folded_part_is_fetched_when_it_is_opened(site, asked):
    site.show(CURVE + FOLD)
    site.page.get_by_label("From", exact=True).fill("250")
    site.page.get_by_label("From", exact=True).blur()
    site.page.wait_for_url("**/here/?from=250#curves")
    assert asked == []
    site.page.get_by_text("Inside").click()
    expect(site.page.locator("#inside b")).to_have_text("250")
    assert asked == [{"from": ["250"]}]


def test_a_part_chooses_the_range_of_the_curve_by_fields_and_by_a_mouse(site, asked):
    site.show(CURVE + part("old"))
    inner = site.page.get_by_label("Inner from")
    inner.fill("300")
    inner.blur()
    expect(site.page.locator("#inside b")).to_have_text("300")
    site.page.wait_for_url("**/here/?from=300#inside")
    expect(site.page.get_by_label("From", exact=True)).to_have_value("300")
    box = site.page.locator("#inside svg.lines").bounding_box()
    site.page.mouse.move(box["x"] + 100, box["y"] + 20)
    site.page.mouse.down()
    site.page.mouse.move(box["x"] + 250, box["y"] + 20, steps=4)
    site.page.mouse.up()
    site.page.wait_for_url("**/here/?from=200&to=500#inside")


def test_the_rate_finder_has_a_range_of_its_own_that_the_curve_keeps(site, asked):
    site.show(CURVE + part("old", " data-rates"))
    inner = site.page.get_by_label("Inner from")
    inner.fill("30")
    inner.blur()
    expect(site.page.locator("#inside b")).to_have_text("30")
    site.page.get_by_label("From", exact=True).fill("250")
    site.page.get_by_label("From", exact=True).blur()
    site.page.wait_for_url("**/here/?from=250&rate_from=30#curves")


def test_cells_are_read_by_mouse_and_keys(site):
    site.show(CELLS)
    said = site.page.get_by_role("status")
    site.page.locator("td").nth(1).hover()
    expect(said).to_have_text("class a, predicted b: 2 of 9")
    site.page.locator(".scroll").focus()
    site.page.keyboard.press("ArrowDown")
    expect(said).to_have_text("class b, predicted b: 3 of 4")
    site.page.keyboard.press("ArrowDown")  # there is none
    expect(said).to_have_text("class b, predicted b: 3 of 4")
    site.page.keyboard.press("Escape")
    expect(said).to_have_count(0)
