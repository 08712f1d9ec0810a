"""The playground by mouse, keyboard and finger: nothing is lost, everything is reached, and the drawing is even."""

import base64
import json
import re
import zlib

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from bpsandbox.spec.presets import PRESETS
from tests.journeys.test_pages import AXE_OPTIONS

pytestmark = pytest.mark.full

CIRCLE = PRESETS["circle"].text
TEXT = "[data-config-text]"
LONG_BYTES = 10_240
NEAR_PX = 48
"""The most room between a picture and what comes after it."""
WIDTHS = (8, 6, 5, 4, 4, 3, 3)
LINE = """dataset: sine
model: {layers: [{type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: Adam, lr: 0.03}
training: {epochs: 20, batch_size: full}
seeds: {count: 2}
record: {decision_boundary: true}
"""
GAPS = """() => {
    const seen = selector => [...document.querySelectorAll(selector)].find(each => each.getBoundingClientRect().height);
    const end = place => Math.max(...[...place.querySelectorAll("*")].filter(each => each.checkVisibility())
        .map(each => each.getBoundingClientRect().bottom));
    const top = place => place.getBoundingClientRect().top;
    const answers = seen(".stage-views:not(.is-small) > :nth-child(2)");
    return [top(seen(".pg-answer")) - end(answers), top(seen(".stage-choice")) - end(seen(".pg-layers"))];
}"""
IN_WINDOW = "it => it.getBoundingClientRect().bottom <= innerHeight && it.getBoundingClientRect().top >= 0"


def coded(text: str) -> str:
    squeezed = zlib.compress(text.encode(), 9, wbits=-15)
    return base64.urlsafe_b64encode(squeezed).decode().rstrip("=")


def deep(count: int) -> str:
    """Return a config with so many layers."""
    hidden = (f"    - {{type: Linear, out_features: {width}, activation: tanh}}\n" for width in WIDTHS[: count - 1])
    return (
        f"dataset: circle\nmodel:\n  layers:\n{''.join(hidden)}    - {{type: Linear, out_features: 1}}\n"
        "loss: BCEWithLogitsLoss\noptimizer: {type: Adam, lr: 0.03}\n"
        "training: {epochs: 20, batch_size: full}\nseeds: {count: 2}\n"
        "record: {decision_boundary: true}\n"
    )


def faults(page: Page) -> list[tuple[str, str]]:
    page.evaluate("scrollTo(0, 0)")  # nothing is half below the head of the site
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
    return [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]


def run(page: Page, press=Page.click) -> None:
    """Press Run, and wait for the pictures."""
    press(page, ".pg-bar [data-play]")
    card = page.locator("[data-result] .run-card")
    expect(card).to_have_attribute("data-state", "succeeded")
    expect(page.locator("[data-result]")).not_to_have_attribute("data-is-other", "")
    expect(page.locator("[data-of-run]")).to_have_attribute("data-of-run", str(card.get_attribute("data-run")))


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("zh", "dark", 360)])
def test_nothing_is_wrong_for_a_screen_reader(embedded_site, arrive, language, scheme, width):
    """After a layer is inserted, with results, with a price over the limit, and with a long config."""
    person = arrive(embedded_site, language=language, width=width, color_scheme=scheme)
    page = person.page
    page.goto("/playground/?preset=circle")
    if width < 990:
        for fold in page.locator(".pg-fold > summary").all():
            fold.click()
    page.click(".pg-layer:nth-of-type(2) .pg-plus")
    page.click("#add-0 >> text=LayerNorm")
    expect(page.locator("[data-layer='2']")).to_be_visible()
    assert faults(page) == []
    run(page)
    assert faults(page) == []
    page.click("#more-data-button")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.fill("[data-control='training.epochs']", "900000")
    expect(page.locator("[data-price]")).to_have_attribute("data-is-over", "")
    expect(page.locator("[data-refusal] .suggestion")).to_be_visible()
    assert faults(page) == []
    page.click("[data-refusal] .suggestion")
    expect(page.locator("[data-refusal]")).to_be_hidden()
    page.fill(TEXT, CIRCLE + "".join(f"# line {number}\n" for number in range(LONG_BYTES // 9)))
    assert len(page.input_value(TEXT)) >= LONG_BYTES
    expect(page.locator("[data-layer='1'].is-output")).to_be_visible()
    assert faults(page) == []
    assert person.overflow() <= 0


def test_the_learning_rate_is_on_the_first_screen_also_while_other_data_are_chosen(embedded_site, arrive):
    page = arrive(embedded_site).page
    page.goto("/playground/?preset=circle")
    rate = page.locator("[data-control='optimizer.lr']")
    assert rate.evaluate(IN_WINDOW)
    before = rate.bounding_box()
    page.click("#more-data-button")
    assert rate.bounding_box() == before
    page.click("#more-data label:has-text('iris')")
    expect(page.locator("#more-data-button")).to_contain_text("iris")
    assert rate.evaluate(IN_WINDOW)
    page.keyboard.press("Enter")  # the focus is on the button again
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#more-data-button")).to_contain_text("wine")
    expect(page.locator("#more-data [value=wine]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#more-data")).to_be_hidden()


def test_every_network_begins_on_the_first_screen(embedded_site, arrive):
    page = arrive(embedded_site).page
    page.set_viewport_size({"width": 1280, "height": 800})
    begins = {}
    for name in PRESETS:
        page.goto(f"/playground/?preset={name}")
        begins[name] = page.locator(".network").first.bounding_box()["y"]
    assert {name: y for name, y in begins.items() if y > 700} == {}


def test_a_phone_has_data_rate_and_layers_on_the_first_screen_and_run_everywhere(embedded_site, arrive):
    page = arrive(embedded_site, width=360).page
    page.goto("/playground/?preset=moons")
    for part in (".pg-data summary", "[data-control='optimizer.lr']", ".pg-net summary", ".pg-bar [data-play]"):
        assert page.locator(part).evaluate(IN_WINDOW), part
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.locator(".pg-bar [data-play]").evaluate(IN_WINDOW)
    foot = page.locator("body > footer").evaluate("it => it.getBoundingClientRect().bottom")
    assert foot <= page.locator(".pg-acts").bounding_box()["y"]


def test_one_layer_or_eight_leave_no_hole_in_the_drawing(embedded_site, arrive):
    page = arrive(embedded_site).page
    gaps = {}
    for count in range(1, 9):
        page.goto(f"/playground/?c={coded(deep(count))}")
        run(page)
        gaps[count] = page.evaluate(GAPS)
    page.goto(f"/playground/?c={coded(LINE)}")
    run(page)
    gaps["line"] = page.evaluate(GAPS)
    for name in ("sine", "iris"):  # what is beside the network is low
        page.goto(f"/playground/?preset={name}")
        if page.locator(".run-stage").count() == 0:
            run(page)
        gaps[name] = page.evaluate(GAPS)
    assert {name: each for name, each in gaps.items() if not all(0 <= gap <= NEAR_PX for gap in each)} == {}


def test_the_epochs_are_played_by_keyboard(embedded_site, arrive):
    person = arrive(embedded_site)
    page = person.page
    page.clock.install()
    page.goto("/playground/?preset=circle")
    page.locator(".pg-bar [data-play]").focus()
    run(page, press=lambda page, _button: page.keyboard.press("Enter"))
    where, play = page.locator(".pg-stage .stage-where"), page.locator(".stage-choice [data-play]")
    slider, step = page.locator(".stage-choice [type=range]"), page.locator(".stage-choice [data-step]")
    slider.focus()
    page.keyboard.press("Home")
    expect(where).to_contain_text("Epoch 0")
    page.keyboard.press("ArrowRight")
    expect(where).not_to_contain_text("Epoch 0,")
    second = where.text_content()
    page.keyboard.press("Home")
    step.focus()
    page.keyboard.press("Enter")
    expect(where).to_have_text(str(second))
    expect(step).to_be_focused()
    play.focus()
    page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(where).not_to_have_text(str(second))
    page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-pressed", "false")
    expect(play).to_be_focused()
    paused = where.text_content()
    person.let_pass(1_000)
    expect(where).to_have_text(str(paused))


@pytest.mark.parametrize(("kind", "button"), [("note", "Put it in my post"), ("question", "Ask about this")])
def test_a_changed_config_goes_into_a_post(embedded_site, arrive, kind, button):
    person = arrive(embedded_site)
    demo = dict(re.findall(r"^(\S+)\s+(\S+)$", (embedded_site.var / "demo-accounts").read_text(), re.MULTILINE))
    person.sign_in("demo", demo["demo"])
    page = person.page
    page.goto("/playground/?preset=circle")
    rate = {"note": "0.017", "question": "0.019"}[kind]
    page.fill("[data-control='optimizer.lr']", rate)
    page.locator("[data-control='optimizer.lr']").blur()
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    source = page.locator("main [data-editor-source]").input_value()
    assert "```bp\n" in source and f"lr: {rate}" in source
    assert kind in page.url


def test_two_tabs_keep_two_texts(embedded_site, arrive):
    person = arrive(embedded_site)
    one, other = person.page, person.context.new_page()
    texts = {one: CIRCLE.replace("lr: 0.03", "lr: 0.11"), other: CIRCLE.replace("lr: 0.03", "lr: 0.22")}
    for page in texts:
        page.goto("/playground/?preset=circle")
    for page, text in texts.items():
        page.fill(TEXT, text)
        expect(page.locator("[data-control='optimizer.lr']")).to_have_value(text.partition("lr: ")[2][:4])
    for page in texts:
        page.reload()
        rate = texts[page].partition("lr: ")[2][:4]
        expect(page.locator("[data-control='optimizer.lr']")).to_have_value(rate)
        assert f"lr: {rate}" in page.input_value(TEXT)


def test_a_reload_keeps_text_controls_and_result(embedded_site, arrive):
    page = arrive(embedded_site, width=360, has_touch=True).page
    page.goto("/playground/?preset=circle")
    page.locator(".pg-fold[data-keep=training]").scroll_into_view_if_needed()
    page.fill("[data-control='optimizer.lr']", "0.041")
    run(page, press=Page.tap)
    shown = page.locator("[data-result] .run-card").get_attribute("data-run")
    page.reload()
    expect(page.locator("[data-control='optimizer.lr']")).to_have_value("0.041")
    assert "lr: 0.041" in page.input_value(TEXT)
    expect(page.locator("[data-result] .run-card")).to_have_attribute("data-run", str(shown))
    expect(page.locator("[data-other]")).to_have_count(0)
