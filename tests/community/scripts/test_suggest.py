"""Choices while typing in the editor: where they are offered, how they are chosen, and what is written."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from community.content.bodies import render_preview
from tests.community.scripts.conftest import SITE

pytestmark = pytest.mark.journey
PAGE = """{% with kind="question" %}
<form method="post" class="editor-form" data-guard {% include "content/editor_attrs.html" %}>
{{ form.draft_key }}<div class="field">{{ form.title }}</div>
{% include "content/editor.html" %}<div class="field">{{ form.tags }}</div><button>Post</button></form>{% endwith %}"""
TEXT, LIST, TAGS = "[data-editor-source]", ".suggestions:not([hidden])", "[name=tags]"
PLACES = (
    f'(texts) => import("{SITE}/static/community/js/typed_word.js").then(({{ typedWord }}) => texts.map(typedWord))'
)
FOUND = {
    "person": [
        {"value": "demo-ada", "note": "Ada", "picture": "", "url": ""},
        {"value": "demo", "note": "", "picture": "", "url": ""},
    ],
    "emoji": [
        {"value": "🔥", "note": "fire", "picture": "", "url": ""},
        {"value": "🏁", "note": "checkered_flag", "picture": "", "url": ""},
    ],
    "tag": [{"value": "XOR", "note": "2 threads", "picture": "", "url": "/tags/xor/"}],
}
# The text up to the caret, what is offered, and for which word.
WORDS = [
    ("@", "person", ""),
    ("ask @de", "person", "de"),
    ("中文@小", "person", "小"),
    ("（@demo-a", "person", "demo-a"),
    ("＠de", "person", "de"),
    ("me@example", None, ""),
    ("see /@de", None, ""),
    ("`@de", None, ""),
    ("```python\n@de", None, ""),
    ("```python\nx\n```\n@de", "person", "de"),
    ("about #xo", "tag", "xo"),
    ("# Heading", None, ""),
    ("#", None, ""),
    ("C&#x", None, ""),
    ("a#b", None, ""),
    ("\\alp", None, ""),
    ("$\\alp", "latex", "alp"),
    ("$a$ \\alp", None, ""),
    ("$$\na &= \\fr", "latex", "fr"),
    ("\\[ x + \\fr", "latex", "fr"),
    ("\\( x \\) \\fr", None, ""),
    ("\\begin{align}\nx \\fr", "latex", "fr"),
    ("\\begin{align}x\\end{align} \\fr", None, ""),
    ("$x \\\\fr", None, ""),
    ("$$\\begin{", "environment", ""),
    ("\\begin{ali", "environment", "ali"),
    ("`\\begin{ali", None, ""),
    ("\\\\begin{ali", None, ""),
    ("costs \\$5 \\fr", None, ""),
    ("costs $5, ask @de", "person", "de"),
    (":fi", "emoji", "fi"),
    ("well :fire:", "emoji", "fire:"),
    ("(:+1", "emoji", "+1"),
    ("很好:火", "emoji", "火"),
    ("很好：火箭", "emoji", "火箭"),
    ("：火：", "emoji", "火："),
    ("看：" + "字" * 6, "emoji", "字" * 6),
    ("看：" + "字" * 7, None, ""),
    ("问题是：我的损失不下降", None, ""),
    ("：ok手势", None, ""),
    (":f", None, ""),
    ("note:fire", None, ""),
    ("at 10:30", None, ""),
    ("https://a.test :)", None, ""),
    ("::fire", None, ""),
    ("`:fire", None, ""),
    ("```bp\n :fire", None, ""),
    ("$f :fire", None, ""),
    ("$f$ :fire", "emoji", "fire"),
]


class WritingForm(forms.Form):
    draft_key = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(widget=forms.TextInput(attrs={"aria-label": "Title"}))
    source = forms.CharField(label="Text", widget=forms.Textarea(attrs={"data-editor-source": ""}))
    tags = forms.CharField(widget=forms.TextInput(attrs={"data-tags": "", "aria-label": "Tags"}))


@pytest.fixture
def asked(site) -> list[dict]:
    return []


@pytest.fixture
def editor(site, asked):
    """Open the editor with a text and a server that knows two people and a tag."""

    def choices(route):
        query = {
            name: values[0]
            for name, values in parse_qs(urlsplit(route.request.url).query, keep_blank_values=True).items()
        }
        asked.append(query)
        route.fulfill(status=200, body=json.dumps({"choices": FOUND[query["of"]]}), content_type="application/json")

    def opened(source: str = "", **values):
        site.answer("/write/preview/", {"html": "", "language": "en", "problems": [], "notice": "", "keys": []})
        site.answer("/drafts/save/", {"key": "new:question", "version": 1, "saved_at": "2026-01-01T00:00:00Z"})
        site.answers["/write/complete/"] = choices
        site.show(PAGE, form=WritingForm(initial={"draft_key": "new:question", "source": source}), **values)
        site.page.locator(TEXT).press("Control+End")
        expect(site.page.locator(TEXT)).to_have_attribute("aria-autocomplete", "list")
        return site.page

    return opened


def test_what_is_offered_where(site):
    site.show("")
    found = site.page.evaluate(PLACES, [before for before, _of, _word in WORDS])
    seen = [(place["of"], place["word"]) if place else (None, "") for place in found]
    assert seen == [(of, word) for _before, of, word in WORDS]
    assert [place["start"] for place in found[:3]] == [0, 4, 2]


def test_a_person_is_chosen_by_keyboard(editor, asked):
    page = editor("Thanks ", thread={"pk": 12})
    text = page.locator(TEXT)
    text.press_sequentially("@d")
    expect(page.locator(f"{LIST} [role=option]")).to_have_text(["demo-adaAda", "demo"])
    assert asked[-1] == {"of": "person", "q": "d", "thread": "12"}
    first = page.locator(f"{LIST} [aria-selected=true]")
    expect(first).to_have_text("demo-adaAda")
    expect(text).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    expect(text).to_have_attribute("aria-controls", page.locator(LIST).get_attribute("id"))
    expect(page.get_by_role("listbox", name="People")).to_be_visible()
    expect(page.locator(".text-stack [role=status]")).to_have_text(
        "Suggestions: 2. Choose with the arrow keys, insert with Enter."
    )
    text.press("ArrowDown")
    text.press("Enter")
    assert text.input_value() == "Thanks @demo "
    expect(page.locator(LIST)).to_have_count(0)
    assert text.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Control+z")
    assert text.input_value() == "Thanks @d"


def test_a_tag_in_a_text_is_a_link_and_in_its_box_a_word(editor):
    page = editor()
    page.locator(TEXT).press_sequentially("#xo")
    page.locator(f"{LIST} li").click()
    assert page.locator(TEXT).input_value() == "[#XOR](/tags/xor/) "
    page.locator(TAGS).press_sequentially("adam, xo")
    expect(page.get_by_role("combobox", name="Tags", expanded=True)).to_be_visible()
    page.locator(TAGS).press("Tab")
    assert page.locator(TAGS).input_value() == "adam, XOR, "
    expect(page.locator(TAGS)).to_have_attribute("aria-expanded", "false")


def test_an_emoji_is_written_as_itself_and_announced_by_its_name(editor, asked):
    page = editor("Converged ")
    text = page.locator(TEXT)
    text.press_sequentially(":fi")
    expect(page.get_by_role("listbox", name="Emoji")).to_be_visible()
    expect(page.get_by_role("option", name=re.compile("🔥 ?fire"), selected=True)).to_be_visible()
    assert asked[-1] == {"of": "emoji", "q": "fi", "thread": ""}
    text.press("Enter")
    assert text.input_value() == "Converged 🔥"
    page.keyboard.press("Control+z")
    assert text.input_value() == "Converged :fi"


def test_a_colon_of_a_chinese_sentence_takes_no_key_until_an_arrow_chooses(editor):
    page = editor("结论：")
    text = page.locator(TEXT)
    text.press_sequentially("火")
    expect(page.locator(LIST)).to_be_visible()
    expect(page.locator(f"{LIST} [aria-selected=true]")).to_have_count(0)
    text.press("Enter")
    assert text.input_value() == "结论：火\n"
    text.press_sequentially("：火")
    expect(page.locator(LIST)).to_be_visible()
    text.press("ArrowDown")
    text.press("Enter")
    assert text.input_value() == "结论：火\n🔥"


def test_a_command_is_written_with_the_caret_in_its_first_gap(editor, asked):
    page = editor("$")
    page.locator(TEXT).press_sequentially("\\fra")
    expect(page.locator(f"{LIST} li b")).to_have_text(["\\frac{}{}"])
    page.keyboard.press("Enter")
    page.keyboard.type("1")
    assert page.locator(TEXT).input_value() == "$\\frac{1}{}"
    assert asked == []


def test_an_environment_is_written_with_its_end_and_the_caret_between(editor, asked):
    page = editor("$$\n")
    text = page.locator(TEXT)
    text.press_sequentially("\\begin{pm")
    expect(page.locator(f"{LIST} li b")).to_have_text(["pmatrix"])
    page.keyboard.press("Enter")
    page.keyboard.type("a")
    assert text.input_value() == "$$\n\\begin{pmatrix}\na\n\\end{pmatrix}"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert text.input_value() == "$$\n\\begin{pm"
    assert asked == []


def test_a_title_completes_commands_and_has_one_line(editor, asked):
    page = editor()
    title = page.get_by_role("textbox", name="Title")
    title.press_sequentially("Why $\\fra")
    expect(page.locator(f"{LIST} li b")).to_have_text(["\\frac{}{}"])
    for key in ("Enter", "a", "Tab", "b", "Tab", "Tab", "Tab"):
        title.press(key)
    assert title.input_value() == "Why $\\frac{a}{b}$"
    expect(title).not_to_be_focused()
    title.press_sequentially(" and $\\begi")
    expect(page.locator(LIST)).to_have_count(0)


@pytest.mark.parametrize("command", ["in", "sin", "to", "le", "sum", "not", "left"])
@pytest.mark.parametrize("pause", [0, 400])
def test_a_whole_command_stays_as_it_is(editor, site, command, pause):
    page = editor("$")
    text = page.locator(TEXT)
    text.press_sequentially("\\" + command[:-1])
    site.let_pass(400)
    text.press_sequentially(command[-1])
    site.let_pass(pause)
    text.press("Enter")
    text.press_sequentially("x")
    assert text.input_value() == f"$\\{command}\nx"


def test_after_a_whole_command_an_arrow_chooses_a_longer_one(editor):
    page = editor("$")
    text = page.locator(TEXT)
    text.press_sequentially("\\in")
    expect(page.locator(f"{LIST} li b")).to_have_text(["\\inf", "\\int_{}^{}", "\\infty"])
    expect(page.locator(f"{LIST} [aria-selected=true]")).to_have_count(0)
    assert text.get_attribute("aria-activedescendant") is None
    text.press("ArrowUp")
    expect(page.locator(f"{LIST} [aria-selected=true] b")).to_have_text("\\infty")
    text.press("ArrowDown")
    assert text.get_attribute("aria-activedescendant") == page.locator(f"{LIST} li").first.get_attribute("id")
    text.press("Tab")
    assert text.input_value() == "$\\inf"


def test_before_a_name_is_begun_nobody_is_chosen(editor):
    page = editor()
    text = page.locator(TEXT)
    text.press_sequentially("@")
    expect(page.locator(LIST)).to_be_visible()
    assert text.get_attribute("aria-activedescendant") is None
    text.press("Enter")
    assert text.input_value() == "@\n"
    text.press_sequentially("@")
    expect(page.locator(LIST)).to_be_visible()
    text.press("ArrowDown")
    text.press("Enter")
    assert text.input_value() == "@\n@demo-ada "


def test_choices_for_a_word_that_has_changed_are_not_taken(editor, site):
    page = editor()
    text, tags = page.locator(TEXT), page.locator(TAGS)
    text.press_sequentially("@d")
    expect(page.locator(LIST)).to_be_visible()
    is_left_to_the_text = text.evaluate("""box => {
        document.execCommand("insertText", false, "emo");
        return box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }""")
    assert is_left_to_the_text and text.input_value() == "@demo"
    tags.press_sequentially("x")
    expect(page.locator(LIST)).to_be_visible()
    tags.evaluate("box => document.execCommand('delete')")
    tags.press("Tab")
    assert tags.input_value() == ""
    expect(tags).not_to_be_focused()


def test_an_empty_word_in_the_box_for_tags_is_left_with_tab(editor, site, asked):
    page = editor()
    tags = page.locator(TAGS)
    tags.press_sequentially("adam, ")
    site.let_pass(400)
    tags.press("Tab")
    assert tags.input_value() == "adam, " and asked == []
    expect(tags).not_to_be_focused()


def test_escape_closes_it_until_another_word(editor, site):
    page = editor()
    text = page.locator(TEXT)
    text.press_sequentially("@d")
    expect(page.locator(LIST)).to_be_visible()
    text.press("Escape")
    text.press_sequentially("e")
    site.let_pass(400)
    expect(page.locator(LIST)).to_have_count(0)
    text.press("Enter")
    text.press_sequentially("@d")
    expect(page.locator(LIST)).to_be_visible()
    assert text.input_value() == "@de\n@d"


def test_nothing_is_offered_or_chosen_while_an_input_method_composes(editor, site, asked):
    page = editor()
    _composes(site, page.locator(TEXT), asked, "@xiaolei", "@小雷")


def test_nor_in_the_boxes_for_tags_and_for_one_person(editor, asked, site):
    page = editor()
    _composes(site, page.locator(TAGS), asked, "adam, yihuo", "adam, 异或")
    site.show('<form data-complete-url="/write/complete/"><input data-person aria-label="Handle"></form>')
    typed = page.get_by_label("Handle")
    typed.focus()
    expect(typed).to_have_attribute("aria-autocomplete", "list")
    asked.clear()
    _composes(site, typed, asked, "xiaolei", "小雷")


def _composes(site, box, asked, keys: str, chosen: str) -> None:
    page = site.page
    box.focus()
    box.dispatch_event("compositionstart")
    write = "(box, text) => { box.value = text; box.setSelectionRange(text.length, text.length); }"
    box.evaluate(write, keys)
    box.evaluate('box => box.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }))')
    site.let_pass(400)
    assert asked == []
    expect(page.locator(LIST)).to_have_count(0)
    box.evaluate(write, chosen)
    box.dispatch_event("compositionend")
    expect(page.locator(LIST)).to_be_visible()
    box.evaluate("""box => {
        const key = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
        box.dispatchEvent(new KeyboardEvent("keydown", key));
    }""")
    expect(page.locator(LIST)).to_be_visible()
    assert box.input_value() == chosen


def test_a_server_that_does_not_answer_takes_nothing_away(editor, site):
    page = editor()
    site.answer("/write/complete/", {"error": {}}, status=429)
    page.locator(TEXT).press_sequentially("@d")
    site.let_pass(400)
    page.locator(TEXT).press("Enter")
    assert page.locator(TEXT).input_value() == "@d\n"


def test_it_stays_within_the_editor_on_a_phone(editor):
    page = editor("A long line of words that nearly reaches the end ")
    page.set_viewport_size({"width": 360, "height": 700})
    for name in ("tokens", "components"):
        page.add_style_tag(url=f"/static/community/css/{name}.css")
    page.locator(TEXT).press_sequentially("@d")
    expect(page.locator(LIST)).to_be_visible()
    box, around = page.locator(LIST).bounding_box(), page.locator(".text-stack").bounding_box()
    assert around["x"] <= box["x"] and box["x"] + box["width"] <= around["x"] + around["width"] + 1


def test_the_whole_list_is_within_the_window(editor, site):
    page = editor("\n" * 40)
    for name in ("tokens", "components"):
        page.add_style_tag(url=f"/static/community/css/{name}.css")
    page.set_viewport_size({"width": 800, "height": 420})
    for typed in ("$\\p", "ar"):
        page.locator(TEXT).press_sequentially(typed)
        site.let_pass(500)
        box = page.locator(LIST).bounding_box()
        assert box["y"] >= -1 and box["y"] + box["height"] <= 421


def test_the_code_is_asked_for_by_the_first_who_writes(editor, site):
    asked = []
    site.page.on("request", lambda request: asked.append(request.url.split("/")[-1]))
    page = editor()
    assert asked.count("suggest.js") == 1
    page.locator(TAGS).focus()
    assert asked.count("suggest.js") == 1


def _commands() -> list[str]:
    text = Path(finders.find("community/js/latex_commands.js")).read_text()
    lists = dict(re.findall(r'^const ([A-Z]+) = "(.*)";$', text, re.M))
    names = [
        each.partition(":")[0].replace("\\\\", "\\")
        for name, words in lists.items()
        for each in words.split(" ")
        if name != "ENVIRONMENTS"
    ]
    blocks = [
        f"begin{{{each.partition(':')[0]}}} | \\end{{{each.partition(':')[0]}}}"
        for each in lists["ENVIRONMENTS"].split(" ")
    ]
    return [f"\\{each.replace('|', 'x').replace('{}', '{y}')}" for each in [*names, *blocks]]


@pytest.mark.django_db
def test_every_command_that_is_offered_is_one():
    commands = _commands()
    assert len(commands) > 150
    source = "\n\n".join(f"$${command}$$" for command in commands)
    html = render_preview(source, kind="question", number=1, thread=None).html
    assert re.findall(r'class="math-error[^>]*>.*?</', html) == []
    assert html.count("<math") >= len(commands)


def test_commands_of_the_site_and_of_the_text_are_offered(editor):
    page = editor("$\\newcommand{\\grad}[1]{\\nabla_{#1}} \\newcommand{\\gross}{G}$ and $")
    text = page.locator(TEXT)
    text.press_sequentially("\\gr")
    expect(page.locator(f"{LIST} b")).to_have_text(["\\grad{}", "\\gross"])
    text.press("Enter")
    text.press_sequentially("W")
    assert text.input_value().endswith(" and $\\grad{W}")
    text.press("End")
    text.press_sequentially(" \\pd")
    expect(page.locator(f"{LIST} b").first).to_have_text("\\pd{}{}")


def test_a_command_that_the_text_defines_twice_is_offered_once_as_defined_last(editor):
    page = editor("$\\newcommand{\\gross}{G} \\renewcommand{\\gross}[1]{G_{#1}}$ and $")
    page.locator(TEXT).press_sequentially("\\gro")
    expect(page.locator(f"{LIST} b")).to_have_text(["\\gross{}"])


@pytest.mark.parametrize(
    ("name", "defined", "written"),
    [("mine", "{\\mine}{m}", "\\mine\nx"), ("grad", "{\\grad}[1]{\\nabla_{#1}}", "\\grad{x}")],
    ids=["whole", "with an argument"],
)
def test_enter_after_a_command_of_the_text_belongs_to_the_text_if_it_is_whole(editor, name, defined, written):
    page = editor(f"$\\newcommand{defined} \\newcommand{{\\{name}Long}}{{G}}$ and $")
    text = page.locator(TEXT)
    text.press_sequentially(f"\\{name}")
    expect(page.locator(f"{LIST} b").last).to_have_text(f"\\{name}Long")
    text.press("Enter")
    text.press_sequentially("x")
    assert text.input_value().endswith(f" and ${written}")


def test_a_box_for_one_person_takes_a_handle_with_or_without_the_mark(site, asked):
    found = json.dumps({"choices": FOUND["person"]})
    site.answers["/write/complete/"] = {"status": 200, "body": found, "headers": {"Content-Type": "application/json"}}
    box = '<form data-complete-url="/write/complete/"><div class="field"><input data-person aria-label="Handle"></div>'
    site.show(f"{box}<button>Invite</button></form>")
    page, typed = site.page, site.page.get_by_label("Handle")
    typed.focus()
    expect(typed).to_have_attribute("aria-autocomplete", "list")
    for before in ("d", "@d"):
        typed.fill("")
        typed.press_sequentially(before)
        expect(page.locator(f"{LIST} [role=option]")).to_have_text(["demo-adaAda", "demo"])
        typed.press("Enter")
        assert typed.input_value() == "demo-ada"
        assert site.page.url.endswith("/here/")
