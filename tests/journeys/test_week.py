"""A week of a learner: they ask, are answered while they look, read on from the first unread post, answer by email, and
get one digest.
"""

from __future__ import annotations

import re
import sqlite3
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.waiting import eventually

pytestmark = pytest.mark.full

QUESTION = {"en": "Why is $\\delta$ zero?", "zh": "为什么 $\\delta$ 是零？"}
WORDS = {"en": "My units are all at 1.", "zh": "我的单元都停在 1。"}
ANSWERS = {
    "en": ["They are saturated.", "Smaller weights help.", "So does ReLU: $\\max(0, z)$.", "Read: $\\delta \\le 1$."],
    "zh": ["它们饱和了。", "权重小一些就好。", "也可以用 ReLU：$\\max(0, z)$。", "请看：$\\delta \\le 1$。"],
}
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
THANKS = {"en": "That helps, thank you!", "zh": "很有帮助，谢谢！"}


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 360)])
def test_a_week(embedded_site, arrive, language, width):
    learner = arrive(embedded_site, language=language, width=width, timezone_id="Asia/Shanghai")
    helper = arrive(embedded_site, language=language, width=width)
    learner.sign_up(f"learner-{language}")
    helper.sign_up(f"helper-{language}")
    answers = ANSWERS[language]

    learner.begin_question(QUESTION[language])
    learner.write(WORDS[language])
    learner.send()
    address = learner.page.url

    _answer(helper, address, answers[0])
    with learner.page.expect_response("**/read/?posts=*"):  # once the answer was in view for a second
        learner.page.locator("[data-news] a").click()
        expect(learner.page.locator(".post", has_text=answers[0])).to_be_visible()
    assert learner.overflow() <= 0

    learner.page.goto("/about/")
    _answer(helper, address, answers[1])
    learner.page.goto("/questions/")
    learner.page.locator("main a.pill.backward").first.click()
    expect(learner.page.locator(".post.marked, .post:target")).to_contain_text(answers[1])
    expect(learner.page.locator(".bell [data-count]")).to_have_text("")

    learner.page.goto("/about/")
    _answer(helper, address, answers[2])
    letter = _letter(embedded_site, learner)
    _is_read(learner, letter, "max(0, z)")
    _reply(embedded_site, letter, learner, THANKS[language])
    helper.page.goto(address)
    eventually(lambda: helper.page.reload() and helper.page.get_by_text(THANKS[language]).count())

    learner.page.goto("/settings/notifications/")
    expect(learner.page.locator("#quiet-hours-help")).to_contain_text("Asia/Shanghai")
    learner.page.select_option("[name=answers-mail]", "daily")
    learner.page.locator("main .form-acts .button.primary").click()
    expect(learner.page.locator("[name=answers-mail]")).to_have_value("daily")
    _answer(helper, address, answers[3])
    _let_a_morning_come(embedded_site, learner)
    [digest] = eventually(lambda: [mail for mail in _mails(embedded_site, learner) if "digest-" in mail["Message-ID"]])
    for part in ("plain", "html"):
        assert f"{answers[3].split('$')[0]}δ ≤ 1" in digest.get_body((part,)).get_content()


def _answer(helper, address: str, words: str) -> None:
    helper.page.goto(address)
    helper.answer(words)
    expect(helper.page.locator(".post", has_text=words.split("$")[0])).to_be_visible()


def _is_read(person, letter, formula: str) -> None:
    """Read it as text, in a client that draws formulas, and in one that knows no styles of ours."""
    assert formula in letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    client = person.context.new_page()
    written, drawn = client.locator(".written-math", has_text=formula).first, client.locator("math").first
    for shown, hidden, text in ((drawn, written, html), (written, drawn, STYLE.sub("", html))):
        client.set_content(text)
        expect(shown).to_be_visible()
        expect(hidden).to_be_hidden()
        assert client.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    client.close()


def _mails(site, person) -> list:
    return [mail for mail in site.emails() if f"{person.handle.replace('-', 'u2d')}@example.org" in mail["To"]]


def _letter(site, person):
    """Return the letter about what was answered last, without the wait for who reads it on the site."""

    def found() -> list:
        _change(site, "UPDATE notifications_letter SET due_at = '2020-01-01 00:00:00' WHERE due_at > datetime('now')")
        return [mail for mail in _mails(site, person) if mail["Reply-To"]]

    return eventually(found)[-1]  # a job puts the letter there, maybe later than the page has the answer


def _reply(site, letter, person, words: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = letter["To"], letter["Reply-To"]
    message["Subject"], message["Message-ID"] = letter["Subject"], f"<reply-{person.handle}@mail.example>"
    message.set_content(f"{words}\n")
    written = site.var / "maildir" / "tmp" / person.handle
    written.write_bytes(message.as_bytes())
    written.rename(site.var / "maildir" / "new" / person.handle)


def _let_a_morning_come(site, person) -> None:
    set_ = "UPDATE notifications_mailbox SET daily_at = '2020-01-01 00:00:00', looked_at = '2020-01-01 00:00:00'"
    _change(site, f"{set_} WHERE person_id = (SELECT id FROM accounts_user WHERE handle = ?)", person.handle)


def _change(site, statement: str, *values: str) -> None:
    with sqlite3.connect(site.var / "chainrule.sqlite3", timeout=30) as database:
        database.execute(statement, values)
    database.close()
