"""What members write is found, kept and mended: a question with the template beside its near duplicate, a stuck run by
operators, an article out of Word and a notebook, and an edit that a reader suggests.
"""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.community.scripts.test_paste import PLAIN, of_word
from tests.community.scripts.test_paste import letter as run_of
from tests.community.scripts.test_paste import part as office
from tests.journeys.test_writing import PASTE
from tests.waiting import eventually

LOOKS = pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 360)])
ON_A_PHONE = pytest.mark.parametrize(
    ("language", "width"), [pytest.param("en", 1280, marks=pytest.mark.full), ("zh", 360)]
)
TEXT = "main [data-editor-source]"
HINT = re.compile(r"^\*.+\*$", re.MULTILINE)
CHOOSE = """(text, words) => {
  const at = text.value.indexOf(words);
  text.focus();
  text.setSelectionRange(at, at + words.length);
}"""

ASKED = {"en": "Why is my 2-3-1 XOR net stuck at a quarter?", "zh": "全零初始化的网络为什么停在 0.25 不动？"}
ASKED_BEFORE = {"en": "is it the start or the step?", "zh": "全零初始化为什么永远停在 0.25？"}
STUCK = {
    "en": "The line of $\\delta^{[1]}$: I cannot explain its sign.",
    "zh": "$\\delta^{[1]}$ 这一行：我不懂它的符号。",
}
CURVE = {"en": "a steady fall", "zh": "一直下降"}
RATES = {"en": "2.4", "zh": "2.6"}


@pytest.mark.full
@LOOKS
def test_a_learner_asks_with_the_template_and_is_shown_the_near_duplicate(embedded_site, arrive, language, width):
    learner = arrive(embedded_site, language=language, width=width)
    learner.sign_up(f"asks-{language}")
    page, text = learner.page, learner.page.locator(TEXT)
    page.locator("header a[href='/write/']").click()
    page.locator(".choice-card[href*='kind=question']").click()
    page.locator("main [name=title]").press_sequentially(ASKED[language])
    _is_shown_the_near_duplicate(learner, ASKED_BEFORE[language])
    expect(page.locator("main [name=title]")).to_have_value(ASKED[language])

    page.locator("[data-template]").click()
    page.keyboard.insert_text("$z = Wx + b$")  # in place of the first hint, which is chosen
    where, network, _curves, expected, observed = HINT.findall(text.input_value())
    learner.change(where, STUCK[language])
    text.evaluate(CHOOSE, network)
    learner.put_network("2-3-1 sigmoid")
    assert network not in text.input_value()
    learner.change("lr: 2.0", f"lr: {RATES[language]}")
    learner.change(expected, f"{expected} {CURVE[language]}")
    learner.change(observed, f"{observed} $\\frac14$")
    page.select_option("main [name=category]", "training-troubles")
    assert learner.overflow() <= 0
    learner.send()

    expect(page.locator("h1")).to_contain_text(ASKED[language])
    learner.sees_run_finish()
    expect(page.locator(".post-body h3")).to_have_count(4)
    expect(page.locator(".post-body .math-error")).to_have_count(0)
    page.locator(".run-title a").first.click()
    expect(page.locator("#config")).to_contain_text(RATES[language])
    assert learner.overflow() <= 0


def _is_shown_the_near_duplicate(learner, title: str) -> None:
    """See it below the title, and read it in a tab of its own."""
    similar = learner.page.locator("[data-similar] a", has_text=title)
    expect(similar).to_be_visible()
    expect(learner.page.locator("[data-similar-said]")).to_contain_text(re.compile(r"\d"))
    assert learner.overflow() <= 0
    with learner.context.expect_page() as opened:
        similar.click()
    expect(opened.value.locator("h1")).to_contain_text(title)
    opened.value.close()


LOST = {"en": "Nothing moves, whatever the optimizer", "zh": "换了优化器也一步不动"}
SEARCHED = {
    "en": ("layer:linear optimizer:adam sizes:2-3-1 stuck:", "nothing moves optimizer"),
    "zh": ("层:linear 优化器:adam 大小:2-3-1 卡住:", "换了优化器"),
}
CONFIG = """```bp
title: Zeros, {language}
seeds: {{start: 0, count: 2}}
dataset: {{name: xor}}
model:
  layers:
    - {{type: Linear, out_features: 3, activation: sigmoid}}
    - {{type: Linear, out_features: 1, activation: sigmoid}}
init: {{type: zeros}}
loss: {{type: MSELoss}}
optimizer: {{type: Adam, lr: {rate}}}
training: {{epochs: 400, batch_size: full, eval_every: 20}}
```
"""
TAG = {"en": "nothing-moves", "zh": "一步不动"}


@pytest.mark.full
@LOOKS
def test_an_engineer_finds_the_stuck_run_by_operators_by_the_form_and_by_words(embedded_site, arrive, language, width):
    learner = arrive(embedded_site, language=language, width=width)
    learner.sign_up(f"stuck-{language}")
    learner.begin_question(LOST[language])
    learner.write(CONFIG.format(language=language, rate=RATES[language]))
    learner.page.fill("main [name=tags]", TAG[language])
    learner.send()
    learner.sees_run_finish()

    engineer = arrive(embedded_site, language=language, width=width)
    page = engineer.page
    operators, words = SEARCHED[language]
    result = page.locator(".result", has_text=LOST[language])
    page.goto("/")
    _search(engineer, operators)
    eventually(lambda: page.reload() and result.count())
    expect(page.locator(".run-filtered .chip")).to_have_count(4)
    expect(page.locator(".result h2 a[href^='/runs/']", has_text=f"Zeros, {language}")).to_be_visible()
    assert engineer.overflow() <= 0

    page.goto("/search/")
    page.locator(".search-panel > summary").click()
    page.locator(".search-of-runs > summary").click()
    chosen = {"kind": "question", "layer": "Linear", "optimizer": "Adam", "finding": "plateau"}
    for name, value in chosen.items():
        page.select_option(f"main [name={name}]", value)
    page.fill("main [name=tag]", TAG[language])
    page.locator(".search-apply .button").click()
    expect(page.locator(".run-filtered .chip")).to_have_count(5)
    expect(page.locator(".result")).to_have_count(1)
    expect(result).to_have_count(1)
    page.locator(".search-panel > summary").click()
    for name, value in chosen.items():
        expect(page.locator(f"main [name={name}]")).to_have_value(value)
    assert engineer.overflow() <= 0

    page.goto("/")
    _search(engineer, words)
    result.locator("h2 a").first.click()
    expect(page.locator("h1")).to_contain_text(LOST[language])
    expect(page.locator(".run-card").first).to_have_attribute("data-state", "succeeded")


def _search(person, words: str) -> None:
    """Search in the box at the top of the page; on a phone its place is a page."""
    if person.page.viewport_size["width"] < 700:
        person.page.locator(".search-link").click()
        box = person.page.locator("main [name=q]")
    else:
        person.page.keyboard.press("/")
        box = person.page.locator("header [name=q]")
    expect(box).to_be_focused()
    box.fill(words)
    with person.page.expect_navigation():
        box.press("Enter")


OF_WORD = f"""<html xmlns:m="http://schemas.microsoft.com/office/2004/12/omml"><body><!--StartFragment-->
<h2>A layer<o:p></o:p></h2><p class=MsoNormal>The <b>error</b> is {of_word(office("sSup", "e", run_of("δ"), "sup", run_of("l")))},
and with <math><mi>σ</mi><mo>(</mo><mi>z</mi><mo>)</mo></math> it is<o:p></o:p></p>
<p class=MsoNormal>{of_word(
    office("f", "num", run_of("∂L"), "den", office("sSub", "e", run_of("∂w"), "sub", run_of("ij")))
    + run_of("=")
    + office("nary", "sub", run_of("k"), "sup", "", "e", run_of("δ") + office("func", "fName", run_of("log", PLAIN), "e", run_of("x")), chr="∑"),
    is_wide=True,
)}<o:p></o:p></p><!--EndFragment--></body></html>"""  # fmt: skip # noqa: E501
OF_JUPYTER = json.dumps({
    "nbformat": 4,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": ["## A check\n", "With $h = 10^{-5}$."]},
        {"cell_type": "code", "source": "print(loss(w + h))", "outputs": [
            {"output_type": "stream", "text": ["0.25\n"]},
        ]},
    ],
})  # fmt: skip
ARTICLE = {"en": "Out of Word and a notebook", "zh": "来自 Word 和笔记本的文章"}


@ON_A_PHONE
def test_an_author_pastes_a_page_of_word_and_a_notebook_into_an_article(embedded_site, arrive, language, width):
    author = arrive(embedded_site, language=language, width=width)
    author.allowed = re.compile("Applying inline style")  # of the page that is pasted, which gets none
    author.sign_up(f"pastes-{language}")
    page, text = author.page, author.page.locator(TEXT)
    page.locator("header a[href='/write/']").click()
    page.locator(".choice-card[href='/articles/new/']").click()
    page.fill("main [name=title]", ARTICLE[language])
    text.focus()
    expect(text).to_have_attribute("aria-autocomplete", "list")  # the editor is there
    page.evaluate(PASTE, [OF_WORD, "A layer. The error is …"])
    expect(text).to_have_value(re.compile(r"\\sum_\{k\}.*\\log x"))
    expect(page.locator("[data-editor-status]")).not_to_contain_text(
        re.compile(r"\(1\)|（1）")
    )  # no picture is missing
    text.press("Control+End")
    page.evaluate(PASTE, ["", OF_JUPYTER])
    expect(text).to_have_value(re.compile(r"```text\n0\.25\n```"))
    if width < 700:
        page.click("[data-pane-tabs] [data-pane=page]")
    expect(page.locator("[data-editor-page] math")).to_have_count(4)
    assert author.overflow() <= 0
    author.send()

    expect(page.locator("h1")).to_contain_text(ARTICLE[language])
    _shows_what_was_pasted(author)
    page.reload()
    _shows_what_was_pasted(author)


def _shows_what_was_pasted(author) -> None:
    shown = author.page.locator("article .prose").first
    expect(shown.locator("h2")).to_have_count(2)
    expect(shown.locator("math")).to_have_count(4)
    expect(shown.locator("math[display=block] mfrac")).to_have_count(1)
    expect(shown.locator(".math-error")).to_have_count(0)
    expect(shown.locator("strong")).to_have_count(1)
    expect(shown.locator("pre")).to_have_text([re.compile(r"print\(loss\(w \+ h\)\)"), re.compile(r"0\.25")])
    assert author.overflow() <= 0


WITH_A_SLIP = {"en": "The gradiant of $L$ vanishes.", "zh": "$L$ 的剃度消失了。"}
SLIP = {"en": ("gradiant", "gradient"), "zh": ("剃度", "梯度")}
REASON = {"en": "A slip of the pen", "zh": "改正笔误"}


@pytest.mark.full
@LOOKS
def test_an_edit_that_a_reader_suggests_is_reviewed_and_credited(embedded_site, arrive, language, width):
    author = arrive(embedded_site, language=language, width=width)
    reader = arrive(embedded_site, language=language, width=width)
    author.sign_up(f"writes-{language}")
    reader.sign_up(f"mends-{language}")
    wrong, right = SLIP[language]
    author.begin_question(f"{wrong} ({language})")
    author.write(WITH_A_SLIP[language])
    author.send()
    address = author.page.url
    author.page.goto("/about/")

    reader.page.goto(address)
    _from_the_menu_of_the_post(reader, "/suggest/")
    reader.page.fill("main [name=title]", right)
    reader.change(wrong, right)
    reader.page.fill("main [name=reason]", REASON[language])
    assert reader.overflow() <= 0
    reader.send()
    expect(reader.page.locator(".diff-row.new", has_text=right).first).to_be_visible()

    expect(author.page.locator(".bell [data-count]")).to_have_text("1")
    author.page.locator(".bell").click()
    author.page.locator(".notice-row.unread .notice-text", has_text=reader.handle).click()
    expect(author.page.locator(".diff")).to_contain_text(right)
    author.page.goto("/suggestions/")
    author.page.locator(".row-title a", has_text=REASON[language]).click()
    for sign, words in (("gone", wrong), ("new", right)):
        expect(author.page.locator(f".diff-row.{sign}", has_text=words).first).to_be_visible()
    assert author.overflow() <= 0
    reader.page.goto("/about/")
    author.page.locator("button[value=approve]").click()
    expect(author.page).to_have_url(re.compile("/suggestions/$"))  # the end of the queue
    author.page.goto(address)
    expect(author.page.locator("h1")).to_have_text(right)
    expect(author.page.locator(".post-body").first).to_contain_text(right)

    expect(reader.page.locator(".bell [data-count]")).to_have_text("1")
    reader.page.locator(".bell").click()
    expect(reader.page.locator(".notice-row.unread", has_text=author.handle)).to_contain_text(REASON[language])
    reader.page.goto(address)
    _from_the_menu_of_the_post(reader, "/history/")
    newest = reader.page.locator("aside .related li").first
    expect(newest).to_contain_text(reader.handle)
    expect(newest).to_contain_text(REASON[language])
    assert reader.overflow() <= 0


def _from_the_menu_of_the_post(reader, end: str) -> None:
    reader.page.locator(".post-menu > summary").first.click()
    reader.page.locator(f".post-menu .item[href$='{end}']").first.click()
