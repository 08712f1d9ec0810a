"""The range of a curve: a track with two handles for fingers and keys, in step with its number fields."""

import re
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Error, expect

PLACE = (
    '<div class="curve-place" data-where="epoch {number}" data-span="0 1000"></div>'
    '<p role="status" data-curve-told data-failed="Not redrawn."></p>'
)
FORM = (
    f'<section>{PLACE}<form data-curves data-url="/curves/"><p data-range="0 1000">'
    '<input type="range" aria-label="Start"><input type="range" aria-label="End"></p>'
    '<input name="epoch" type="hidden"><input type="number" name="from" aria-label="From">'
    '<input type="number" name="to" aria-label="To" value="500"></form></section>'
)


@pytest.fixture
def drawn(site):
    """Return the queries of the curves that were asked for."""
    queries = []

    def curve(route):
        queries.append(parse_qs(urlsplit(route.request.url).query))
        route.fulfill(body=PLACE, content_type="text/html")

    site.answers["/curves/"] = curve
    site.show(FORM)
    return queries


def test_the_handles_show_the_range_of_the_fields(site, drawn):
    start, end = site.page.get_by_label("Start"), site.page.get_by_label("End")
    expect(start).to_have_attribute("aria-valuetext", "epoch 0")
    expect(end).to_have_attribute("aria-valuetext", "epoch 500")
    site.page.get_by_label("From").fill("250")
    site.page.get_by_label("From").blur()
    expect(start).to_have_attribute("aria-valuetext", "epoch 250")


def test_a_handle_draws_the_range_and_stops_before_the_other(site, drawn):
    start, end = site.page.get_by_label("Start"), site.page.get_by_label("End")
    start.press("ArrowRight")
    expect(site.page.get_by_label("From")).to_have_value("5")
    start.press("End")
    expect(start).to_have_attribute("aria-valuetext", "epoch 450")
    end.press("End")
    expect(site.page.get_by_label("To")).to_have_value("")
    site.page.wait_for_url("**/here/?from=450#curves")
    assert drawn[-1] == {"from": ["450"]}


def test_many_steps_of_a_handle_are_one_question(site, drawn):
    start = site.page.get_by_label("Start")
    site.hold_time()  # the pauses between two keys are then not those of a busy machine
    for _ in range(9):
        start.press("ArrowRight")
    site.let_pass(1_000)
    site.page.wait_for_url("**/here/?from=45&to=500#curves")
    assert drawn == [{"from": ["45"], "to": ["500"]}]


def test_an_older_answer_does_not_replace_a_newer_one(site):
    held = []

    def curve(route):
        if not held:
            held.append(route)
            return
        start = parse_qs(urlsplit(route.request.url).query)["from"][0]
        route.fulfill(body=PLACE.replace("</div>", f"from {start}</div>"), content_type="text/html")

    site.answers["/curves/"] = curve
    site.show(FORM)
    start = site.page.get_by_label("Start")
    start.press("ArrowRight")
    site.until(lambda: held)
    start.press("ArrowRight")
    expect(site.page.locator(".curve-place")).to_have_text("from 10")
    with suppress(Error):  # nobody waits for it any more
        held[0].fulfill(body=PLACE, content_type="text/html")
    site.let_pass(300)
    expect(site.page.locator(".curve-place")).to_have_text("from 10")


@pytest.mark.parametrize("status", [429, 503])
def test_a_curve_that_is_not_drawn_stays_as_it_was_and_says_so(site, status):
    site.answer("/curves/", "<p>Too many requests.</p>", status=status, kind="text/html")
    site.show(FORM)
    site.page.get_by_label("Start").press("ArrowRight")
    expect(site.page.get_by_role("status")).to_have_text("Not redrawn.")
    assert site.page.url.endswith("/here/") and site.page.locator(".curve-place").count() == 1
    site.answer("/curves/", PLACE.replace('Not redrawn.">', 'Not redrawn.">Fewer points.'), kind="text/html")
    site.page.get_by_label("Start").press("ArrowRight")
    expect(site.page.get_by_role("status")).to_have_text("Fewer points.")


FOLLOWS = (
    '<div id="told" data-follows><a href="?from={0}">Linear</a>'
    '<details data-keep="numbers"><summary>Numbers</summary><b>{0}</b></details></div>'
)


def test_what_tells_the_range_follows_it_and_folds_stay_open(site):
    site.answer("/curves/", PLACE + FOLLOWS.format(5) + '<p id="other">new</p>', kind="text/html")
    site.show(FORM + FOLLOWS.format(0) + '<p id="other">old</p><p id="gone" data-follows>kept</p>')
    told = site.page.locator("#told")
    told.get_by_text("Numbers").click()
    site.page.get_by_label("Start").press("ArrowRight")
    expect(told.get_by_role("link")).to_have_attribute("href", "?from=5")
    expect(told.locator("b")).to_be_visible()
    expect(told.locator("b")).to_have_text("5")
    assert site.page.locator("#other").text_content() == "old"
    expect(site.page.locator("#gone")).to_have_text("kept")


LINKS = (
    '<a href="?curve=a&scale=linear#curves" data-sets="scale">linear</a>'
    '<a href="?curve=a#curves" data-sets="from,to,seed">Reset</a>'
)


@pytest.mark.parametrize("seed", [3, None])
def test_the_address_and_links_to_what_is_seen_follow_the_pictures(site, drawn, seed):
    """Also where no seed can be chosen, as in a sweep: then its hidden field keeps that of the pictures."""
    form = FORM.replace("data-where", "data-by-step data-where")
    site.show(form.replace("</form>", f'<input type="hidden" name="seed"></form>{LINKS}'))
    chosen = "" if seed is None else f"&seed={seed}"
    for epoch in (20, 40):
        site.page.evaluate(
            "detail => document.dispatchEvent(new CustomEvent('chainrule:moment', { detail }))",
            {"epoch": epoch, "seed": seed},
        )
        site.page.wait_for_url(f"**/here/?epoch={epoch}&to=500{chosen}")
    linear, reset = (site.page.get_by_role("link", name=name) for name in ("linear", "Reset"))
    expect(linear).to_have_attribute("href", re.compile(rf"\?epoch=40&to=500{chosen}&scale=linear#curves$"))
    expect(reset).to_have_attribute("href", re.compile(r"\?epoch=40#curves$"))
    assert drawn == []


@pytest.mark.parametrize(
    ("seed", "kept"), [(0, "&seed=0&sample=2&step=7"), (None, "&sample=2&step=7&seed=0"), (1, "&seed=1")]
)
def test_a_worked_step_in_the_address_stays_there_with_its_seed(site, drawn, seed, kept):
    form = FORM.replace("data-where", "data-by-step data-where")
    site.show(form.replace("</form>", '<input type="hidden" name="seed"></form>'))
    site.page.evaluate("history.replaceState(null, '', '?sample=2&step=7&seed=0#worked')")
    site.page.evaluate(
        "seed => document.dispatchEvent(new CustomEvent('chainrule:moment', { detail: { epoch: 20, seed } }))", seed
    )
    site.page.wait_for_url(f"**/here/?epoch=20&to=500{kept}#worked")


LINES = (
    '<svg class="curve" width="600" height="200"><svg class="lines" width="100%" height="100%" '
    'viewBox="0 0 7200 2000" preserveAspectRatio="none"><path class="median" d="M0 0L7200 2000"/></svg></svg>'
)


@pytest.mark.browser_context_args(has_touch=True)
@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ((0.4, 0.6), (0.2, 0.8), {"from": ["333"], "to": ["667"]}),
        ((0.2, 0.8), (0.4, 0.6), {}),
        ((0.2, 0.4), (0.2, 0.8), {"from": ["133"], "to": ["467"]}),
    ],
)
def test_two_fingers_stretch_the_range(site, drawn, page, before, after, asked):
    readings = '[[0,"0","1"],[1,"1000","2"]]'
    place = PLACE.replace(">", f" data-readings='{readings}'>", 1).replace("</div>", f"{LINES}</div>")
    site.show(FORM.replace(PLACE, place).replace(' value="500"', ""))
    page.add_style_tag(path=finders.find("community/css/runs.css"))
    box = page.locator("svg.lines").bounding_box()
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *shares):
        points = [{"x": box["x"] + at * box["width"], "y": box["y"] + 50, "id": k} for k, at in enumerate(shares)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", before[0])
    touch("touchStart", *before)
    for share in (0.5, 1):
        touch("touchMove", *(a + share * (b - a) for a, b in zip(before, after, strict=True)))
    stretched = page.locator("svg.lines").get_attribute("viewBox").split()
    expect(page.locator(".curve-said")).to_have_count(0)
    assert drawn == [] and (stretched == ["0", "0", "7200", "2000"]) == (asked == {})
    touch("touchEnd")
    site.until(lambda: drawn)
    assert drawn == [asked]
