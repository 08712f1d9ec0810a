"""The playground's controls in a browser: they write the text, and the text moves them."""

import base64
import random
import re
import zlib
from urllib.parse import parse_qs

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from playwright.sync_api import expect

from bpsandbox.spec.controls import change
from bpsandbox.spec.presets import PRESETS
from community.experiments import panel, sharing
from community.experiments.playground import Playground
from tests.community.scripts.conftest import SITE

CIRCLE = PRESETS["circle"].text
FORM = '{% include "experiments/playground_form.html" %}'


@pytest.fixture
def played(site):
    """Show the playground with a config; the server's part is done by the same code as on the site."""
    asked: list[tuple[str, dict]] = []

    def answer(route):
        sent = {name: values[0] for name, values in parse_qs(route.request.post_data, keep_blank_values=True).items()}
        asked.append((route.request.url.rpartition("/playground/")[2], sent))
        text, message, left, said = panel.edited(sent["config"], sent)
        made = {
            "text": text,
            "message": message,
            "said": said,
            "left": left,
            "problems": [],
            "notes": [],
            "price": "",
            **show.more,
            **panel.answer(text),
        }
        route.fulfill(json=made)

    def show(text=CIRCLE):
        for name in ("check", "edit"):
            site.answers[f"/playground/{name}/"] = answer
        site.show(FORM, playground=Playground(text), panel=panel.panel(text))
        site.page.wait_for_selector("input[type=range]")
        return site.page

    show.asked, show.more = asked, {}
    return show


def text_of(page):
    return page.input_value("[data-config-text]")


def settle(page):
    """Let what waits for a pause in typing happen: the check of the text, and its address."""
    page.evaluate("letPass", 700)


def test_a_slider_writes_where_the_value_stands_without_asking_anybody(played):
    page = played()
    slider = page.locator("[data-control='optimizer.lr'] + input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert (
        text_of(page) == CIRCLE.replace("lr: 0.03", "lr: 0.032") and slider.get_attribute("aria-valuetext") == "0.032"
    )
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert "lr: 10}" in text_of(page) and not [name for name, _sent in played.asked if name == "edit/"]
    settle(page)
    assert [name for name, _sent in played.asked] == ["check/"]


SET_EARLY = """
document.addEventListener("readystatechange", () => {  // interactive: before any of our scripts
  if (document.readyState !== "interactive") return;
  document.querySelector("[data-control='optimizer.lr']").value = "0.45";
  document.querySelector("[data-control='layers.0.activation']").value = "relu";
});
"""


def test_what_is_set_before_the_script_has_come_is_written_too(played, page):
    page.add_init_script(SET_EARLY)
    played()
    assert text_of(page) == CIRCLE.replace("lr: 0.03", "lr: 0.45").replace("8, activation: tanh", "8, activation: relu")
    assert not [name for name, _sent in played.asked if name == "edit/"]


def test_a_number_a_word_and_a_step_write_their_values(played):
    page = played()
    page.fill("[data-control='dataset.noise']", "0.25")
    page.select_option("[data-control='layers.0.activation']", "relu")
    page.click("[data-layer='0'] [data-step='1']")
    made = CIRCLE.replace("noise: 0.05", "noise: 0.25").replace("8, activation: tanh", "9, activation: relu")
    assert text_of(page) == made


@pytest.mark.parametrize(
    ("status", "body", "told", "is_sent_again"),
    [
        (429, {"error": {"message": "Please wait 40 seconds."}}, "Please wait 40 seconds.", True),
        (502, "<p>Bad gateway</p>", "The site did not answer, so this change is not in the config yet.", True),
        (400, {"error": {"message": "This cannot be read."}}, "This cannot be read.", False),
    ],
)
def test_a_change_that_was_not_made_is_said_and_goes_with_the_next(played, site, status, body, told, is_sent_again):
    page = played()
    answer = site.answers["/playground/edit/"]
    site.answer("/playground/edit/", body, status=status)
    page.select_option("[data-control='optimizer.type']", "SGD")
    expect(page.locator("[data-refusal]")).to_contain_text(told)
    assert text_of(page) == CIRCLE
    site.answers["/playground/edit/"] = answer
    page.click(".pg-layer-acts [data-act='layers.add']")
    expect(page.locator("[data-refusal]")).to_be_hidden()
    assert text_of(page).count("Linear") == 3 and ("SGD" in text_of(page)) == is_sent_again


def test_the_steps_of_a_probability_are_tenths_between_its_ends(played):
    last = "    - {type: Linear, out_features: 1}"
    page = played(CIRCLE.replace(last, "    - {type: Dropout, p: 0.3}\n" + last))
    more, less = (page.locator(f"[data-layer='1'] [data-step='{by}']") for by in ("0.1", "-0.1"))
    more.click()
    assert "p: 0.4}" in text_of(page)
    for _ in range(5):
        less.click()
    assert "p: 0}" in text_of(page)
    for _ in range(11):
        more.click()
    assert "p: 0.9}" in text_of(page)


def test_a_layer_is_added_moved_from_the_keyboard_and_removed(played):
    page = played()
    page.click(".pg-layer-acts [data-act='layers.add']")
    page.wait_for_selector("[data-layer='2']")
    page.fill("[data-control='layers.1.size']", "3")
    page.focus("[data-act='layers.1.left']")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-control=\"layers.0.size\"]').value === '3'")
    assert text_of(page).index("out_features: 3") < text_of(page).index("out_features: 8")
    page.click("[data-act='layers.0.remove']")
    page.wait_for_selector("[data-layer='2']", state="detached")
    assert text_of(page) == CIRCLE


def test_a_layer_is_dragged_to_another_place(played):
    page = played(
        CIRCLE.replace(
            "    - {type: Linear, out_features: 1}",
            "    - {type: Linear, out_features: 2}\n    - {type: Linear, out_features: 1}",
        )
    )
    page.locator("[data-layers]").scroll_into_view_if_needed()
    start, end = (page.locator(f"[data-layer='{i}'] [data-grip]").bounding_box() for i in (0, 1))
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 12, end["y"] + 12, steps=4)
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-control=\"layers.0.size\"]').value === '2'")
    assert text_of(page).index("out_features: 2") < text_of(page).index("out_features: 8")


ROW = "".join(f"    - {{type: Linear, out_features: {size}, activation: tanh}}\n" for size in (2, 3, 5))
FOUR = CIRCLE.replace("    - {type: Linear, out_features: 8, activation: tanh}\n", ROW)


def sizes(page):
    return [page.input_value(f"[data-control='layers.{i}.size']") for i in range(page.locator("[data-layer]").count())]


def grip(page, index):
    """Return the middle of a layer's handle, in the row as it is styled."""
    page.add_style_tag(path=finders.find("community/css/playground.css"))
    page.locator("[data-layers]").scroll_into_view_if_needed()
    box = page.locator(f"[data-layer='{index}'] [data-grip]").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


PICTURES = PRESETS["digits-cnn"].text


@pytest.mark.parametrize("width", [360, 1280])
def test_what_a_row_of_layers_offers_is_inside_of_it(played, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page = played(PICTURES)
    for name in ("tokens", "base", "components", "runs", "playground"):
        page.add_style_tag(path=finders.find(f"community/css/{name}.css"))
    page.evaluate("document.querySelectorAll('.pg-fold').forEach((each) => { each.open = true; })")
    row = page.locator("[data-layers]").bounding_box()
    boxes = [
        each.bounding_box() for each in page.locator(".pg-plus, .pg-layer, .pg-layer :is(select, input, button)").all()
    ]
    seen = [box for box in boxes if box and box["width"]]
    assert len(seen) > 40
    assert [box for box in seen if box["x"] < row["x"] or box["x"] + box["width"] > row["x"] + row["width"]] == []
    for count in page.locator(".pg-count").all():  # minus, number and plus are on one line
        middles = {
            round(each.bounding_box()["y"] + each.bounding_box()["height"] / 2)
            for each in count.locator(":visible").all()
        }
        assert max(middles) - min(middles) < 4


def test_the_focus_goes_with_a_layer_that_the_keyboard_moves(played):
    page = played(FOUR)
    assert sizes(page) == ["2", "3", "5", "1"]
    page.focus("[data-act='layers.0.right']")
    for order, held in ((["3", "2", "5", "1"], "layers.1.right"), (["3", "5", "2", "1"], "layers.2.left")):
        page.keyboard.press("Enter")
        page.wait_for_function("held => document.activeElement.dataset.act === held", arg=held)
        assert sizes(page) == order


@pytest.mark.browser_context_args(has_touch=True)
def test_a_finger_drags_a_layer_past_the_others(played, page):
    page = played(FOUR)
    (x, y), (to_x, to_y) = grip(page, 0), grip(page, 2)
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *at):
        points = [{"x": at[0], "y": at[1]}] if at else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    for share in (0.2, 0.5, 0.8, 1):
        touch("touchMove", x + share * (to_x - x), y + share * (to_y - y))
    expect(page.locator("[data-layer='2']")).to_have_class(re.compile("is-over"))
    touch("touchEnd")
    page.wait_for_function("document.querySelector('[data-control=\"layers.2.size\"]').value === '2'")
    assert sizes(page) == ["3", "5", "2", "1"]


def test_a_drag_may_end_beside_a_layer_and_is_taken_back_by_escape(played):
    page = played(FOUR)
    (x, y), (to_x, _y) = grip(page, 0), grip(page, 2)
    last = page.locator("[data-layer='2']").bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, y, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator(".is-dragged, .is-over").count() == 0 and text_of(page) == FOUR
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] + 20, y, steps=4)  # past the last one that moves
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-control=\"layers.2.size\"]').value === '2'")


def test_a_drag_ends_where_the_layers_are_after_a_scroll(played):
    page = played(FOUR)
    page.add_style_tag(content="html { inline-size: 400vw }")
    (x, y), (to_x, to_y) = grip(page, 0), grip(page, 1)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    expect(page.locator("[data-layer='1'].is-over")).to_have_count(1)
    page.evaluate("left => scrollBy({ left, behavior: 'instant' })", to_x - x)
    expect(page.locator("[data-layer='2'].is-over")).to_have_count(1)
    held = page.locator("[data-layer='0'] [data-grip]").bounding_box()
    assert held["x"] < to_x < held["x"] + held["width"]  # it is still below the pointer
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-control=\"layers.2.size\"]').value === '2'")
    assert sizes(page) == ["3", "5", "2", "1"]


def test_a_layer_that_is_dragged_while_an_answer_changes_the_row_stays(played, site):
    page = played(FOUR)
    held, real = [], site.answers["/playground/edit/"]
    site.answers["/playground/edit/"] = held.append
    page.click("[data-act='layers.0.right']")
    (x, y), (to_x, to_y) = grip(page, 0), grip(page, 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    site.until(lambda: held)
    real(held[0])
    page.wait_for_function("document.querySelector('[data-control=\"layers.0.size\"]').value === '3'")
    site.answers["/playground/edit/"] = real
    page.mouse.move(to_x + 2, to_y)
    assert page.locator(".is-dragged, .is-over").count() == 0
    page.mouse.up()
    settle(page)
    assert sizes(page) == ["3", "2", "5", "1"]


def test_a_field_with_the_focus_follows_what_was_moved_or_undone(played):
    page = played(FOUR)
    page.fill("[data-control='layers.0.size']", "9")
    settle(page)
    (x, y), (to_x, to_y) = grip(page, 0), grip(page, 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-control=\"layers.2.size\"]').value === '9'")
    assert sizes(page) == ["3", "5", "9", "1"] and page.locator("[data-control='layers.0.size']:focus").count() == 1
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelector('[data-control=\"layers.0.size\"]').value === '9'")
    assert sizes(page) == ["9", "3", "5", "1"]


def test_what_an_input_method_has_composed_is_checked(played, page):
    page = played()
    page.focus("[data-config-text]")
    page.keyboard.press("Control+Home")
    settle(page)
    played.asked.clear()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "zhong", "selectionStart": 5, "selectionEnd": 5})
    settle(page)
    assert not played.asked
    keys.send("Input.insertText", {"text": "中"})
    settle(page)
    assert [sent["config"][0] for _name, sent in played.asked] == ["中"]


def test_typing_moves_the_controls_and_what_cannot_be_read_holds_them(played):
    page = played()
    page.fill("[data-config-text]", CIRCLE.replace("Adam", "RMSprop").replace("0.03", "0.5"))
    settle(page)
    assert page.input_value("[data-control='optimizer.type']") == "RMSprop"
    assert page.input_value("[data-control='optimizer.lr']") == "0.5"
    page.fill("[data-config-text]", CIRCLE.replace("optimizer: {", "optimizer: {{"))
    settle(page)
    assert page.locator("[data-controls]").get_attribute("inert") is not None
    page.fill("[data-config-text]", CIRCLE)
    settle(page)
    assert page.locator("[data-controls]").get_attribute("inert") is None
    assert page.input_value("[data-control='optimizer.lr']") == "0.03"


CHANGED = """() => {
  const sent = new FormData(document.querySelector(".pg-form"));
  const names = [...sent.keys()].filter((name) => /^(set|was)[.]/.test(name)).map((name) => name.slice(4));
  return [...new Set(names)].filter((name) => sent.get(`set.${name}`) !== sent.get(`was.${name}`));
}"""


@pytest.mark.parametrize("box", ["record.lr_range", "features.x^2"])
def test_after_a_box_was_ticked_the_controls_follow_and_a_form_changes_nothing(played, box):
    page = played()
    page.check(f"[data-control='{box}']")
    settle(page)
    page.fill("[data-config-text]", text_of(page).replace("lr: 0.03", "lr: 0.5"))
    expect(page.locator("[data-control='optimizer.lr']")).to_have_value("0.5")
    expect(page.locator(f"[data-control='{box}']")).to_be_checked()
    assert page.evaluate(CHANGED) == []
    page.uncheck(f"[data-control='{box}']")
    settle(page)
    assert page.evaluate(CHANGED) == []


def test_comments_and_the_rest_of_the_text_survive_and_undo_goes_back(played):
    text = "# mine\n" + CIRCLE.replace("lr: 0.03}", "lr: 0.03}  # not too much")
    page = played(text)
    page.fill("[data-control='optimizer.lr']", "0.2")
    page.check("input[value=sine]", force=True)
    page.wait_for_function("document.querySelector('[data-config-text]').value.includes('sine')")
    settle(page)
    assert text_of(page).startswith("# mine\n") and "lr: 0.2}  # not too much" in text_of(page)
    page.click("[data-undo]")
    page.click("[data-undo]")
    assert text_of(page) == text
    assert page.is_disabled("[data-undo]")
    page.click("[data-redo]")
    settle(page)
    assert "lr: 0.2}" in text_of(page) and page.input_value("[data-control='optimizer.lr']") == "0.2"
    page.focus("[data-config-text]")
    page.keyboard.press("Control+z")
    assert text_of(page) == text


def test_the_address_follows_the_text_and_is_read_back_by_the_server(played):
    page = played()
    page.fill("[data-config-text]", CIRCLE + "# 中文 🙂\n")
    page.wait_for_url("**/?c=*")
    code = parse_qs(page.url.partition("?")[2])["c"][0]
    assert sharing.unpacked(code) == CIRCLE + "# 中文 🙂\n"
    page.fill("[data-config-text]", CIRCLE)
    page.wait_for_url("**/here/")


def test_the_address_has_the_run_that_is_shown_and_what_is_shared_has_not(played):
    page = played()
    card = '<section class="run-card" data-run="{}"></section>'.format("ab" * 16)
    page.evaluate("card => { document.querySelector('[data-result]').innerHTML = card; }", card)
    page.fill("[data-config-text]", CIRCLE + "# more")
    page.wait_for_url(f"**&run={'ab' * 16}")
    page.evaluate(
        """() => {
            window.said = [];
            const writeText = async (words) => { said.push(words); };
            Object.defineProperty(navigator, "clipboard", { value: { writeText } });
            document.querySelector("[data-share]").click();
        }"""
    )
    page.wait_for_function("said.length")
    assert page.evaluate("said") == [page.url.partition("&")[0]]


def test_the_address_keeps_the_post_that_one_came_from(played):
    page = played()
    page.goto(f"{SITE}/here/?fork={'ab' * 16}&post=25")
    page.wait_for_selector("input[type=range]")
    page.fill("[data-config-text]", CIRCLE + "# more")
    page.wait_for_url("**/?c=*")
    kept = parse_qs(page.url.partition("?")[2])
    assert kept["post"] == ["25"] and sharing.unpacked(kept["c"][0]) == CIRCLE + "# more"


CHANCE = random.Random(5)
LONG = CIRCLE + "".join(f"# {CHANCE.random()}\n" for _ in range(700))


def test_the_address_of_a_long_text_has_it_in_its_fragment(played):
    assert sharing.packed(LONG) == ""
    page = played()
    page.fill("[data-config-text]", LONG)
    page.wait_for_url("**/#c=*")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function("text => document.querySelector('[data-config-text]').value === text", arg=LONG)
    page.fill("[data-config-text]", CIRCLE + "# more")
    page.wait_for_url("**/?c=*")
    assert "#" not in page.url


def bomb(size):
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezed = squeezer.compress(b"a" * size) + squeezer.flush()
    return base64.urlsafe_b64encode(squeezed).decode().rstrip("=")


@pytest.mark.parametrize("code", ["", "A" * 8192, "%00", "AAAA", bomb(3_000_000), bomb(65_537), "A" * 40_000])
def test_a_damaged_fragment_is_said_and_leaves_the_text(played, code):
    page = played()
    page.evaluate("code => { location.hash = `c=${code}`; }", code)
    expect(page.locator("[data-refusal]")).to_contain_text("This address is damaged or too long")
    assert text_of(page) == CIRCLE


def test_a_type_is_chosen_among_those_that_fit_and_the_focus_goes_to_the_new_layer(played):
    page = played(PRESETS["digits-cnn"].text)
    page.locator("[data-layer='2'] .pg-plus").focus()
    page.keyboard.press("Enter")
    offered = page.locator("#add-2 button").all_inner_texts()
    assert offered == ["Conv2d", "MaxPool2d", "AvgPool2d", "Dropout", "BatchNorm2d", "LayerNorm", "relu"]
    page.keyboard.press("Escape")
    expect(page.locator("#add-2")).to_be_hidden()
    page.keyboard.press("Enter")
    page.click("#add-2 >> text=BatchNorm2d")
    page.wait_for_selector("[data-layer='6']")
    assert "{type: BatchNorm2d}" in text_of(page)
    expect(page.locator("[data-control='layers.2.type']")).to_be_focused()
    page.select_option("[data-control='layers.2.type']", "AvgPool2d")
    expect(page.locator("[data-control='layers.2.stride']")).to_have_value("2")
    assert "{type: AvgPool2d, kernel_size: 2}" in text_of(page)


def test_settings_of_a_layer_write_the_text_and_follow_it(played):
    page = played(PRESETS["digits-cnn"].text)
    page.fill("[data-control='layers.0.kernel_size']", "5")
    page.select_option("[data-control='layers.0.padding']", "same")
    settle(page)
    assert "out_channels: 8, kernel_size: 5, padding: same" in text_of(page)
    other = text_of(page).replace("out_channels: 8, kernel_size: 5", "out_channels: 6, kernel_size: 7")
    page.fill("[data-config-text]", other)
    settle(page)
    expect(page.locator("[data-control='layers.0.kernel_size']")).to_have_value("7")
    expect(page.locator("#t-shape-0")).to_have_text("6×8×8")


@pytest.mark.parametrize(
    "clipboard", ["undefined", "{ writeText: () => Promise.reject() }"], ids=["without HTTPS", "refused"]
)
def test_an_address_that_was_not_copied_is_not_said_to_be(played, clipboard):
    page = played()
    page.evaluate(f'Object.defineProperty(navigator, "clipboard", {{ value: {clipboard} }})')
    page.click("[data-share]")
    expect(page.locator("[data-said]")).to_contain_text("Not copied.")


def test_the_curve_beside_the_controls_is_read_and_marks_the_epoch_of_the_pictures(played, site):
    page, run = played(), "cd" * 16
    read = f"""<div hidden data-of-run="{run}" data-of-span="0 40" data-of-readings='[[0,"0","9"],[1,"40","1"]]'
        data-of-where="epoch {{number}}" data-of-median="median" data-of-label="Curve"></div>"""
    site.answer(f"/runs/{run}/stage/", read, kind="text/html")
    card = f"""<section class="run-card" data-run="{run}" data-state="succeeded"><div class="curve-place">
        <svg class="curve" width="200" height="260"><svg class="lines" width="200" height="200"></svg></svg>
        </div></section>"""
    page.evaluate(
        """card => {
            const result = document.querySelector("[data-result]");
            result.innerHTML = card;
            result.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
        }""",
        card,
    )
    curve = page.locator("[data-result] .curve-place")
    curve.focus()
    curve.press("Home")
    expect(curve.locator(".curve-said")).to_have_text("epoch 0 · 9")
    page.evaluate("document.dispatchEvent(new CustomEvent('chainrule:moment', { detail: { epoch: 10, seed: 0 } }))")
    expect(curve.locator("line.moment")).to_have_attribute("x1", "25%")


EARLIER, LATER = "ab" * 16, "cd" * 16
STAGE = f"""<p class="pg-family">Forked</p>
    <section class="run-stage" id="network"><div class="stage-views"><svg></svg></div></section>
    <div class="pg-folds">{{% include "experiments/playground_other.html" with address="/runs/{EARLIER}/" %}}
    <details class="fold"><summary>Worked steps</summary></details>
    <details class="fold"><summary>Download</summary><div id="take-away">Scripts</div></details></div>"""


def card_of(run: str, state: str) -> str:
    return (
        f'<section class="run-card" data-run="{run}" data-state="{state}"><p class="run-verdict">The loss</p></section>'
    )


@pytest.fixture
def ran(played, site):
    """Show the playground with a run that has ended."""
    page = played()
    page.add_style_tag(url="/static/community/css/site.css")
    page.add_style_tag(url="/static/community/css/playground.css")
    site.answer(f"/runs/{EARLIER}/stage/", Template(f"{{% load i18n %}}{STAGE}").render(Context()), kind="text/html")
    site.answer("/playground/", card_of(EARLIER, "succeeded"), kind="text/html")
    page.click("[data-play]")
    expect(page.locator(".pg-folds")).to_be_visible()
    return page


def is_grey(page, what: str) -> bool:
    return page.eval_on_selector(what, "each => getComputedStyle(each).filter") == "grayscale(1)"


def test_what_is_of_an_earlier_config_says_so_and_is_no_download_of_this_one(ran, played):
    other, download, of_it = (
        ran.locator(".pg-folds .pg-other"),
        ran.get_by_text("Download", exact=True),
        ran.locator(".pg-where"),
    )
    expect(download.first).to_be_visible()
    assert not is_grey(ran, ".run-card") and not is_grey(ran, ".pg-folds")
    played.more = {"problems": [{"line": 1, "column": 1, "path": "", "message": "A typo.", "code": "x"}]}
    ran.fill("[data-config-text]", "tpyo")
    expect(other).to_have_text("This is of an earlier config. Open its run")
    expect(other.get_by_role("link")).to_have_attribute("href", f"/runs/{EARLIER}/")
    expect(of_it).to_be_visible()
    for each in download.all():
        expect(each).to_be_hidden()
    expect(ran.locator(".pg-family")).to_be_hidden()
    assert is_grey(ran, ".run-card") and is_grey(ran, ".pg-folds") and is_grey(ran, ".run-stage svg")
    ran.click("[data-undo]")
    expect(other.or_(of_it)).to_have_count(2)
    expect(other).to_be_hidden()
    expect(of_it).to_be_hidden()
    expect(download.first).to_be_visible()


@pytest.mark.parametrize("state", ["queued", "cancelled", "failed"])
def test_with_another_run_what_was_of_the_earlier_one_goes(ran, site, state):
    site.answer("/playground/", card_of(LATER, state), kind="text/html")
    ran.fill("[data-config-text]", CIRCLE.replace("0.03", "0.3"))
    ran.click("[data-play]")
    expect(ran.locator(f"[data-run='{LATER}']")).to_be_visible()
    expect(ran.locator("[data-stage]")).to_have_text("")
    site.answer("/playground/", card_of(EARLIER, "succeeded"), kind="text/html")
    ran.fill("[data-config-text]", CIRCLE)
    ran.click("[data-play]")
    expect(ran.locator(".pg-folds")).to_be_visible()
    assert not is_grey(ran, ".pg-folds")


def test_the_network_of_the_last_config_that_was_one_is_not_that_of_a_text_that_is_none(played):
    page = played()
    page.add_style_tag(url="/static/community/css/playground.css")
    where = page.locator(".pg-where")
    played.more = {"before": '<p class="stage-where">Before</p><div class="stage-views"><svg></svg></div>'}
    page.fill("[data-config-text]", CIRCLE.replace("0.03", "0.3"))
    expect(page.locator("[data-before] .stage-where")).to_be_visible()
    expect(where).to_be_hidden()
    played.more = {"problems": [{"line": 1, "column": 1, "path": "", "message": "A typo.", "code": "x"}]}
    page.fill("[data-config-text]", "tpyo")
    expect(where).to_have_text("This network is of an earlier config.")
    expect(page.locator("[data-before] .stage-where")).to_be_hidden()
    assert is_grey(page, "[data-before] svg")


def test_changes_that_take_several_requests_are_made_without_a_word(played, site, monkeypatch):
    monkeypatch.setattr(panel, "MOST_CHANGES", 1)
    page = played()
    page.evaluate(
        """() => {
            window.told = [];
            const place = document.querySelector("[data-refusal]");
            const watcher = new MutationObserver(() => told.push(place.textContent));
            watcher.observe(place, { childList: true, attributes: true });
        }"""
    )
    held, real = [], site.answers["/playground/edit/"]
    site.answers["/playground/edit/"] = held.append
    page.click(".pg-layer-acts [data-act='layers.add']")
    page.evaluate("document.querySelector(\"[data-act='seeds.new']\").click()")
    page.check("input[value=sine]", force=True)
    site.until(lambda: held)
    site.answers["/playground/edit/"] = real
    real(held[0])
    page.wait_for_function("document.querySelector('[data-config-text]').value.includes('sine')")
    settle(page)
    assert [sent for name, sent in played.asked if name == "edit/" and "set.dataset.name" in sent]
    assert set(page.evaluate("told")) <= {""}


def test_a_change_that_is_typed_over_meanwhile_is_made_in_the_new_text(played, site):
    page = played()
    held = []
    real = site.answers["/playground/edit/"]
    site.answers["/playground/edit/"] = held.append
    page.click(".pg-layer-acts [data-act='layers.add']")
    site.until(lambda: held)
    page.fill("[data-config-text]", CIRCLE.replace("0.03", "0.77"))
    site.answers["/playground/edit/"] = real
    real(held[0])
    page.wait_for_function("document.querySelector('[data-config-text]').value.split('type: Linear').length === 4")
    assert "lr: 0.77" in text_of(page)


def test_the_title_of_a_preset_goes_once_it_is_another_config_and_undoing_brings_it_back(played, site):
    page = played()
    own = "".join(CIRCLE.splitlines(keepends=True)[1:]).replace("lr: 0.03", "lr: 0.5")

    def checked(route):
        changed = "lr: 0.03" not in route.request.post_data.replace("+", " ").replace("%3A", ":")
        text = own if changed else CIRCLE
        route.fulfill(json={"text": text, "problems": [], "notes": [], "price": "", **panel.answer(text)})

    site.answers["/playground/check/"] = checked
    page.fill("[data-control='optimizer.lr']", "0.5")
    page.wait_for_function("own => document.querySelector('[data-config-text]').value === own", arg=own)
    page.click("[data-undo]")
    settle(page)
    assert text_of(page) == CIRCLE.replace("lr: 0.03", "lr: 0.5")
    page.click("[data-redo]")
    assert text_of(page) == own


def test_what_would_fit_is_set_by_a_button_beside_the_refusal(played, site):
    page = played()
    problem = {"line": 9, "column": 20, "path": "training.epochs", "message": "Too long.",
               "code": "limit_seconds", "seen": "100", "suggestion": "35", "label": "epochs: 35"}  # fmt: skip
    site.answer("/playground/", {"problems": [problem], "message": ""}, status=422)
    page.click("[data-play]")
    page.locator("[data-refusal] .suggestion").click()
    expect(page.locator("[data-refusal]")).to_be_hidden()
    assert "epochs: 35" in text_of(page) and page.input_value("[data-control='training.epochs']") == "35"


def test_a_price_over_the_limit_warns_beside_run_and_is_mended_there(played):
    page = played()
    price, refusal = page.locator("[data-price]"), page.locator("[data-refusal]")
    problem = {"line": 9, "column": 20, "path": "training.epochs", "message": "Too long.",
               "code": "limit_seconds", "seen": "900000", "suggestion": "35", "label": "epochs: 35"}  # fmt: skip
    played.more = {"price": "9 parameters · about 3 min", "problems": [problem]}
    page.fill("[data-control='training.epochs']", "900000")
    expect(refusal).to_have_text("training.epochs: Too long. → epochs: 35")
    expect(price).to_have_attribute("data-is-over", "")
    played.more = {"price": "", "problems": [{"line": 1, "column": 1, "path": "", "message": "A typo.", "code": "x"}]}
    page.fill("[data-config-text]", text_of(page) + "\n")
    expect(refusal).to_be_hidden()  # what is written about is no longer the price
    played.more = {"price": "9 parameters · about 3 min", "problems": [problem]}
    page.fill("[data-config-text]", text_of(page) + "\n")
    expect(refusal).to_be_visible()
    played.more = {}
    refusal.locator(".suggestion").click()
    expect(refusal).to_be_hidden()
    expect(price).not_to_have_attribute("data-is-over", "")
    assert "epochs: 35" in text_of(page)


def test_what_fits_and_has_no_control_is_written_into_the_text(played):
    page = played()
    problem = {"line": 1, "column": 1, "path": "seeds", "message": "Too many.",
               "code": "limit_seeds", "seen": "title", "suggestion": "notes", "label": "notes"}  # fmt: skip
    played.more = {"problems": [problem]}
    page.fill("[data-control='optimizer.lr']", "0.5")
    page.locator("[data-refusal] .suggestion").click()
    assert text_of(page).startswith("notes: ")


def test_another_address_with_a_config_says_that_it_takes_the_place_of_the_text(played):
    page = played()
    page.fill("[data-config-text]", "# mine\n")
    settle(page)
    code = base64.urlsafe_b64encode(zlib.compress(CIRCLE.encode(), wbits=-15)).decode().rstrip("=")
    page.evaluate("code => { location.hash = `c=${code}`; }", code)
    said = page.locator("[data-said]")
    expect(said).to_have_text("Opened the config of this address. Undo brings back what was here.")
    expect(said).to_be_visible()
    assert text_of(page) == CIRCLE
    settle(page)
    expect(said).to_contain_text("Undo")  # a check of the text does not take it away
    page.click("[data-undo]")
    assert text_of(page) == "# mine\n"


def test_other_data_are_chosen_from_a_list_that_takes_no_room(played):
    page = played()
    button, others = page.locator("#more-data-button"), page.locator("#more-data")
    expect(others).to_be_hidden()
    button.click()
    others.locator("[value=iris]").dispatch_event("click", {"detail": 1})  # as by a mouse
    expect(button).to_have_text("More data: iris")
    expect(others).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(button).to_have_text("More data: wine")
    expect(others.locator("[value=wine]")).to_be_focused()  # who tries one after the other goes on


def test_the_lines_of_what_is_folded_follow(played):
    page = played()
    page.fill("[data-control='training.epochs']", "77")
    expect(page.locator("#t-training-line")).to_contain_text("Epochs 77")
    page.fill("[data-control='dataset.noise']", "0.31")
    expect(page.locator("#t-data-line")).to_contain_text("Noise 0.31")


def test_a_sweep_that_loses_its_setting_says_so(played):
    page = played(change(CIRCLE, "sweep", "size"))
    page.select_option("[data-control='layers.0.type']", "Dropout")
    expect(page.locator("[data-said]")).to_contain_text("removed from the sweep")
    assert "sweep" not in text_of(page)
