"""Help and completion in a config: where the caret is, what the schema says of it, and what a choice writes."""

import pytest
from playwright.sync_api import expect

from bpsandbox.spec import schema
from bpsandbox.spec.presets import PRESETS
from community.experiments import panel
from community.experiments.playground import Playground
from tests.community.scripts.conftest import SITE

FORM = '{% include "experiments/playground_form.html" %}'
SCRIPTS = f"{SITE}/static/community/js"
FIND = f'([text, at]) => import("{SCRIPTS}/config_place.js").then(({{ placeAt }}) => placeAt(text, at))'
NAMES = f"""async ([schema, texts]) => {{
    const {{ placeAt }} = await import("{SCRIPTS}/config_place.js");
    const {{ describe }} = await import("{SCRIPTS}/config_words.js");
    const bare = (text) => text.replace(/#.*/g, (words) => " ".repeat(words.length));
    return texts.flatMap((text) => [...bare(text).matchAll(/([a-z_]+):(?=\\s)/g)].map((found) => {{
        const place = placeAt(text, found.index + 1);
        return [place.path.join("."), found[1], describe(schema, place).allowed];
    }}));
}}"""
COMPOSE = """box => {
    box.value = "tr";
    box.setSelectionRange(2, 2);
    box.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
}"""
ROWS, LAYER = "model:\n  layers:\n    - ", ["model", "layers", 0]
# Text with | for the caret; path; whether a name is written there; type or name of the block.
PLACES = [
    ("optimizer: {type: Adam, l|r: 0.1}", ["optimizer", "lr"], True, "Adam"),
    ("optimizer: {type: Adam, lr: 0.|1}", ["optimizer", "lr"], False, "Adam"),
    ("optimizer: {type: A|", ["optimizer", "type"], False, "A"),
    ("optim|", ["optim"], True, ""),
    (f"{ROWS}{{type: Linear, out_features: 3, activation: t|anh}}\n", [*LAYER, "activation"], False, "Linear"),
    (f"{ROWS}type: Linear\n      out_f|\n    - {{type: RNN}}\n", [*LAYER, "out_f"], True, "Linear"),
    (f"{ROWS}type: Linear\n      out_features: 3|\n", [*LAYER, "out_features"], False, "Linear"),
    ("model: {layers: [{type: Linear, out_features: 3}, {type: Co|}]}", [*LAYER, "type"], False, "Co"),
    ("training:\n  epochs: 3\nloss: M|", ["loss"], False, ""),
    ("metrics: [accuracy, r|]", ["metrics", 0], False, ""),
    ("# note: {\ntraining:\n  # x: [\n  ep|", ["training", "ep"], True, ""),
    ('"optimizer": {"type": "Adam", "l|', ["optimizer", "l"], True, "Adam"),
    ("stopping:\n- type: Target\n  va|", ["stopping", 0, "va"], True, "Target"),
]


@pytest.mark.parametrize(("text", "path", "is_key", "tag"), PLACES)
def test_the_place_of_the_caret(site, text, path, is_key, tag):
    site.show("")
    found = site.page.evaluate(FIND, [text.replace("|", ""), text.index("|")])
    assert (found["path"], found["isKey"], found["tag"]) == (path, is_key, tag)


def test_every_name_of_the_presets_is_a_name_of_the_schema_at_its_place(site):
    site.show("")
    texts = [preset.text for name, preset in PRESETS.items() if name != "by-hand"]
    told = site.page.evaluate(NAMES, [schema.schema(), texts])
    wrong = [(path, name) for path, name, allowed in told if name not in allowed and not path.startswith("sweep")]
    assert len(told) > 200 and wrong == []


@pytest.fixture
def helped(site):
    text = PRESETS["circle"].text
    site.answer("/playground/config.schema.json", schema.text())
    site.answer("/playground/check/", {"problems": [], "notes": [], "price": ""})
    site.show(FORM, playground=Playground(text), panel=panel.panel(text))
    return site.page


def test_words_are_offered_chosen_by_keyboard_and_written(helped):
    box, help_line = helped.locator("[data-config-text]"), helped.locator("[data-help]")
    box.fill("optimizer: {type: A")
    box.press("End")
    expect(help_line.locator("button").first).to_have_text("Adam")
    box.press("Control+Space")
    helped.keyboard.press("ArrowRight")
    helped.keyboard.press("Enter")
    assert box.input_value() == "optimizer: {type: AdamW"
    box.press_sequentially(", l")
    expect(help_line.locator("button")).to_have_text(["lr"])
    helped.keyboard.press("Control+Space")
    helped.keyboard.press("Escape")
    expect(box).to_be_focused()
    help_line.locator("button").click()
    assert box.input_value() == "optimizer: {type: AdamW, lr: "
    expect(help_line).to_contain_text("Learning rate. ≥ 0 Default: 0.001.")


def test_nothing_is_offered_while_an_input_method_composes(helped, site):
    box = helped.locator("[data-config-text]")
    box.fill("lo")
    expect(helped.locator("[data-help] button")).to_have_text(["loss"])
    box.dispatch_event("compositionstart")
    box.evaluate(COMPOSE)
    site.let_pass(300)
    expect(helped.locator("[data-help] button")).to_have_text(["loss"])
    box.dispatch_event("compositionend")
    expect(helped.locator("[data-help] button")).to_have_text(["training"])
