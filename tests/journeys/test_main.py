"""The main journey: from an account to an accepted answer, a follower and a feed, on both deployments."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.waiting import eventually

QUESTION = {
    "en": "Why is my XOR network stuck at $\\frac14$?",
    "zh": "为什么 XOR 网络的损失停在 $\\frac14$？",
}
WORDS = {
    "en": "The hidden layer is $a = \\sigma(Wx + b)$ and the loss does not fall.\n\n",
    "zh": "隐藏层是 $a = \\sigma(Wx + b)$，损失不再下降。\n\n",
}
ANSWER = {
    "en": "With $\\delta = (\\hat y - y)\\,\\sigma'(z)$ a saturated unit learns nothing.",
    "zh": "由 $\\delta = (\\hat y - y)\\,\\sigma'(z)$ 可知，饱和的单元学不到东西。",
}
SEARCHED = {"en": "saturated unit", "zh": "饱和"}


def test_in_english(embedded_site, arrive):
    _in_english(embedded_site, arrive)


def test_in_chinese_on_a_phone(embedded_site, arrive):
    _in_chinese(embedded_site, arrive)


@pytest.mark.services
def test_in_production(production_site, arrive):
    _in_chinese(production_site, arrive)


@pytest.mark.services
@pytest.mark.full
def test_in_production_in_english(production_site, arrive):
    _in_english(production_site, arrive)


def _in_english(site, arrive):
    _from_account_to_feed(site, arrive, language="en", width=1280, handles=("ada", "grace"), rate="2.1")


def _in_chinese(site, arrive):
    _from_account_to_feed(site, arrive, language="zh", width=360, handles=("李雷", "韩梅梅"), rate="2.2")


def test_without_script(embedded_site, arrive):
    """The same, each step by links and forms alone."""
    asker = arrive(embedded_site, script=False)
    helper = arrive(embedded_site, script=False)
    asker.sign_up("emmy")
    helper.sign_up("sofia")
    preset = asker.context.request.get("/playground/presets/").json()["presets"]
    config = next(each["text"] for each in preset if each["name"] == "xor").replace("lr: 2.0", "lr: 2.3")

    asker.begin_question(QUESTION["en"])
    asker.page.fill("main [data-editor-source]", f"{WORDS['en']}```bp\n{config}```\n")
    with asker.page.expect_navigation():
        asker.page.click("main .form-acts [name=preview]")
    expect(asker.page.locator("[data-editor-page] math").first).to_be_visible()
    asker.send()
    address = asker.page.url
    _reload_until_done(asker)
    expect(asker.page.locator(".run-card svg.curve").first).to_be_visible()
    asker.page.locator(".run-title a").first.click()
    expect(asker.page.locator("#worked math").first).to_be_visible()

    helper.page.goto(address)
    helper.answer(ANSWER["en"])
    asker.page.goto("/")
    expect(asker.page.locator(".bell [data-count]")).to_have_text(re.compile(r"[1-9]"))
    asker.page.goto(address)
    asker.page.locator("button.accept").click()
    expect(asker.page.locator(".post.accepted")).to_have_count(1)
    _agree_and_prove(asker)
    asker.page.goto("/@sofia/")
    asker.page.locator(".profile-acts .follow > button").click()
    expect(asker.page.locator(".profile-acts .follow > button")).to_have_attribute("aria-pressed", "true")
    asker.page.goto(f"/search/?q={SEARCHED['en']}")
    asker.page.locator(".result a", has_text="XOR").first.click()
    expect(asker.page.locator(".post.marked, .post.accepted").first).to_contain_text("saturated unit")
    asker.page.goto("/")
    expect(asker.page.locator(".feed-row", has_text="sofia").first).to_be_visible()


def _from_account_to_feed(site, arrive, *, language, width, handles, rate):
    asker = arrive(site, language=language, width=width)
    helper = arrive(site, language=language, width=width)
    asker.sign_up(handles[0])
    helper.sign_up(handles[1])
    expect(asker.page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))

    address = _ask(asker, language, rate)
    _look_at_run(asker, address)
    _answer(helper, asker, address, language)
    _accept_and_follow(asker, helper, address)
    _find(asker, language)
    asker.page.goto("/")
    expect(asker.page.locator(".feed-row", has_text=helper.handle).first).to_be_visible()
    assert asker.overflow() <= 0


def _ask(asker, language, rate) -> str:
    """Ask with a preset network; its curve grows on the page without a reload."""
    asker.begin_question(QUESTION[language])
    asker.write(WORDS[language])
    asker.put_network("2-3-1 sigmoid")
    asker.change("lr: 2.0", f"lr: {rate}")
    if asker.page.viewport_size["width"] < 700:
        asker.page.click("[data-pane-tabs] [data-pane=page]")
    expect(asker.page.locator("[data-editor-page] math").first).to_be_visible()
    began = time.monotonic()
    asker.send()
    asker.page.evaluate("window.isSamePage = true")
    card = asker.page.locator(".run-card").first
    expect(card.locator("svg.curve .seed").first).to_be_visible()
    first = time.monotonic() - began
    asker.sees_run_finish()
    print(f"{language}: first point after {first:.2f} s, done after {time.monotonic() - began:.2f} s")
    assert asker.page.evaluate("window.isSamePage")
    expect(card.locator("svg.curve").first.locator(".seed")).to_have_count(16)
    expect(card.locator(".run-numbers dd").first).to_have_text(re.compile(r"\d"))
    expect(asker.page.locator("h1 math")).to_have_count(1)
    expect(asker.page.locator(".post-body math").first).to_be_visible()
    assert asker.overflow() <= 0
    return asker.page.url


def _look_at_run(asker, address) -> None:
    """Check that the run's page has numbers, gradient check and one worked step; its post is named."""
    asker.page.locator(".run-title a").first.click()
    expect(asker.page.locator("#worked math").first).to_be_visible()
    assert asker.page.locator("#worked math").count() > 20
    for part in ("#curves svg.curve", "#boundary svg", "#checks", "#config"):
        expect(asker.page.locator(part).first).to_be_attached()
    assert asker.page.locator("#posts a").evaluate_all("links => links.map(link => link.href)").count(address) == 1
    assert asker.overflow() <= 0


def _answer(helper, asker, address, language) -> None:
    """Answer from another account; the asker's notification count, already showing the run, updates by itself."""
    asker.page.goto("/about/")
    expect(asker.page.locator(".bell [data-count]")).to_have_text("1")
    helper.page.goto(address)
    helper.answer(ANSWER[language])
    expect(helper.page.locator(".post .post-body", has_text=SEARCHED[language])).to_be_visible()
    expect(asker.page.locator(".bell [data-count]")).to_have_text("2")
    asker.page.locator(".bell").click()
    expect(asker.page.locator(".notice-row.unread", has_text=helper.handle)).to_have_count(1)
    asker.page.locator(".notice-row .notice-text").first.click()
    expect(asker.page.locator(".post.marked")).to_contain_text(SEARCHED[language])


def _accept_and_follow(asker, helper, address) -> None:
    asker.page.goto(address)
    asker.page.locator("button.accept").click()
    expect(asker.page.locator(".post.accepted")).to_have_count(1)
    expect(helper.page.locator(".bell [data-count]")).to_have_text("1")
    _agree_and_prove(asker)
    asker.page.locator(".post.accepted .post-head .person").click()
    button = asker.page.locator(".profile-acts .follow > button")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(helper.page.locator(".bell [data-count]")).to_have_text("2")


def _agree_and_prove(asker) -> None:
    """Agree with the accepted answer, and point at the run of the question, which is then shown at its top."""
    agree = asker.page.locator(".post.accepted > .post-acts .agree button")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "true")
    asker.page.locator(".post.accepted .proof > a").click()
    asker.page.locator("main [name=run]").first.check()
    asker.page.locator("main .form-acts .primary").click()
    expect(asker.page.locator(".thread-head .proof svg.spark")).to_be_visible()
    expect(asker.page.locator(".post.accepted .proof svg.spark")).to_be_visible()
    assert asker.overflow() <= 0
    _mark_and_take_back(asker)


def _mark_and_take_back(asker) -> None:
    asker.page.locator(".post.accepted > .post-acts .post-menu > summary").click()
    asker.page.locator(".post.accepted > .post-acts .item[href$='/mark/']").click()
    asker.page.locator("main [value=outdated]").check()
    asker.page.locator("main [name=reason]").fill("Since version 2.")
    asker.page.locator("main .form-acts .primary").click()
    mark = asker.page.locator(".post.accepted .post-marks li")
    expect(mark).to_contain_text("Since version 2.")
    assert mark.evaluate("row => getComputedStyle(row).color") != "rgba(0, 0, 0, 0)"
    assert asker.overflow() <= 0
    mark.locator("button").click()
    expect(mark).to_have_count(0)


def _find(asker, language) -> None:
    """Find the answer by its text, and open it."""
    if asker.page.viewport_size["width"] < 700:
        asker.page.goto("/search/")
        box = asker.page.locator("main [name=q]")
    else:
        asker.page.keyboard.press("/")
        box = asker.page.locator("header [name=q]")
        expect(box).to_be_focused()
    box.fill(SEARCHED[language])
    box.press("Enter")
    expect(asker.page.locator(".result mark").first).to_be_visible()
    asker.page.locator(".result h2 a", has_text="XOR").first.click()
    expect(asker.page.locator(".post.marked, .post.accepted").first).to_contain_text(SEARCHED[language])


def _reload_until_done(person) -> None:
    card = person.page.locator(".run-card").first
    eventually(lambda: person.page.reload() and card.get_attribute("data-state") not in {"queued", "running"})
