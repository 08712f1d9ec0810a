"""Writing, and its failure modes: IME composition, invalid configs, expired sessions, two editors."""

import re

import pytest
from playwright.sync_api import expect

LONG = "A text that must not be lost: $\\partial L / \\partial W$."
WRONG = """```bp
dataset: {name: xxor}
model: {layers: [{type: Linear, out_features: 1, activation: sigmod}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: -1}
```
"""


@pytest.fixture
def member(embedded_site, arrive):
    """The demo member, signed in with the password written by the installation."""
    lines = (embedded_site.var / "demo-accounts").read_text().splitlines()
    handle, password = next(line.split() for line in lines if line.split()[0] == "demo")
    person = arrive(embedded_site)
    person.sign_in(handle, password)
    person.handle = handle
    return person


@pytest.mark.full
def test_a_visitor_changes_the_first_network_and_runs_it(embedded_site, arrive):
    visitor = arrive(embedded_site)
    visitor.page.goto("/")
    config = visitor.page.locator("[data-config-text]")
    config.fill(re.sub(r"lr: [\d.]+", "lr: 1.37", config.input_value()))
    card = visitor.page.locator("[data-result] .run-card")
    first = card.get_attribute("data-run")
    visitor.page.locator("[data-play], [form=front-network]").first.click()
    expect(card).not_to_have_attribute("data-run", first)
    expect(card.locator("svg.curve").first).to_be_visible()
    expect(card).to_have_attribute("data-state", "succeeded")
    assert visitor.page.url == f"{embedded_site.url}/"
    card.locator(".run-title a").click()
    expect(visitor.page.locator("#config")).to_contain_text("1.37")


@pytest.mark.full
def test_a_config_that_was_typed_survives_a_reload_and_a_change_of_language(embedded_site, arrive):
    visitor = arrive(embedded_site)
    visitor.page.goto("/playground/")
    config = visitor.page.locator("[data-config-text]")
    first = re.sub(r"\A((#|title:).*\n)+", "title: Mine\n", config.input_value())
    typed = re.sub(r"lr: [\d.]+", "lr: 1.93", first)
    assert typed != first
    config.fill(typed)
    visitor.page.reload()
    expect(config).to_have_value(typed)
    visitor.page.locator("button[name=language][value=zh-hans]:visible").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(config).to_have_value(typed)


@pytest.mark.full
def test_a_visitor_sees_what_is_wrong_beside_the_lines(embedded_site, arrive):
    visitor = arrive(embedded_site)
    visitor.page.goto("/playground/")
    shown = visitor.page.locator("[data-result]").inner_text()
    visitor.page.locator("[data-config-text]").fill(WRONG.strip("`bp\n") + "\n")
    problems = visitor.page.locator("[data-problems] li")
    expect(problems).to_have_count(3)
    assert problems.locator(".line").all_text_contents() == ["1", "2", "4"]
    visitor.page.locator("[data-config] [data-play]").click()
    expect(visitor.page.locator("[data-config] [data-play]:not([aria-disabled])")).to_be_visible()
    expect(problems).to_have_count(3)
    result = visitor.page.locator("[data-result]").inner_text()
    assert result.startswith("The config has changed since this run.") and result.endswith(shown)


@pytest.mark.full
def test_a_wrong_config_in_a_post_names_its_lines(member):
    member.begin_question("What is wrong here?")
    member.write(f"Look:\n\n{WRONG}")
    problems = member.page.locator("[data-problems] li")
    expect(problems).to_have_count(3)
    assert problems.locator(".line").all_text_contents() == ["4", "5", "7"]
    assert "xor" in problems.first.text_content()
    problems.nth(1).locator(".line").click()
    chosen = member.page.evaluate(
        "(() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert chosen.startswith("sigmod")


@pytest.mark.full
def test_the_enter_that_ends_a_composition_sends_nothing(member):
    """An input method uses Enter to choose a word; the form is not sent, nor is the search."""
    sent = []
    member.page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
    for address, selector in (("/write/?kind=question", "main [name=title]"), ("/search/", "main [name=q]")):
        member.page.goto(address)
        sent.clear()
        field = member.page.locator(selector)
        field.fill("")
        session = member.context.new_cdp_session(member.page)
        session.send("Input.imeSetComposition", {"text": "fanxiang", "selectionStart": 8, "selectionEnd": 8})
        for kind in ("keyDown", "keyUp"):
            session.send(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229},
            )
        session.send("Input.insertText", {"text": "反向传播"})
        expect(field).to_have_value("反向传播")
        assert sent == []


@pytest.mark.full
def test_a_composition_in_the_editor_is_looked_at_when_it_ends(member):
    member.begin_question("反向传播")
    box = member.page.locator("main [data-editor-source]")
    box.focus()
    session = member.context.new_cdp_session(member.page)
    session.send("Input.imeSetComposition", {"text": "liansi", "selectionStart": 6, "selectionEnd": 6})
    session.send("Input.insertText", {"text": "链式法则 $x^2$"})
    expect(member.page.locator("[data-editor-page]")).to_contain_text("链式法则")
    expect(member.page.locator("[data-editor-page] math")).to_have_count(1)


@pytest.mark.full
def test_a_draft_is_there_again_after_the_tab_is_closed(member):
    member.begin_question("A draft of mine")
    member.write(LONG)
    expect(member.page.locator("[data-editor-status]")).not_to_be_empty()
    member.page.close()
    member.page = member.context.new_page()
    member.page.goto("/write/?kind=question")
    expect(member.page.locator("main [data-editor-source]")).to_have_value(LONG)
    expect(member.page.locator("main [name=title]")).to_have_value("A draft of mine")


def test_a_session_that_ended_loses_no_text(embedded_site, arrive):
    """The form is sent after the session has expired: after signing in, the text is in the form again."""
    person = arrive(embedded_site)
    person.sign_up("noether")
    person.begin_question("Does symmetry help?")
    person.write(LONG)
    person.context.clear_cookies(name="sessionid")
    person.send()
    assert "/accounts/login/" in person.page.url
    person.page.fill("main [name=login]", "noether")
    person.page.fill("main [name=password]", "correct horse battery staple")
    person.page.click("main .door-form .button.primary")
    expect(person.page.locator("main [data-editor-source]")).to_have_value(re.compile(re.escape(LONG)))
    expect(person.page.locator("main [name=title]")).to_have_value("Does symmetry help?")
    person.send()
    expect(person.page.locator("h1")).to_contain_text("Does symmetry help?")


@pytest.mark.full
def test_the_slower_of_two_editors_keeps_both_texts(member):
    member.begin_question("Two editors")
    member.page.locator("main [data-editor-source]").fill("First line.\n\nSecond line.")
    member.send()
    edit = member.page.locator("a[href$='/edit/']").first.get_attribute("href")
    other = member.context.new_page()
    for page in (member.page, other):
        page.goto(edit)
    member.page.locator("main [data-editor-source]").fill("First line, by the faster.\n\nSecond line.")
    member.send()
    other.locator("main [data-editor-source]").fill("First line.\n\nSecond line, by the slower.")
    with other.expect_navigation():
        other.locator("main form.editor-form .form-acts .button.primary").click()
    expect(other.locator(".diff")).to_be_visible()
    expect(other.locator("main")).to_contain_text("by the faster")
    expect(other.locator("main [data-editor-source]")).to_have_value(re.compile("by the slower"))
    with other.expect_navigation():
        other.locator("main form.editor-form .form-acts .button.primary").click()
    expect(other.locator(".post-body").first).to_contain_text("by the slower")


@pytest.mark.full
def test_two_clicks_make_one_post(member):
    member.begin_question("Clicked twice")
    member.page.locator("main [data-editor-source]").fill("Once is enough.")
    with member.page.expect_navigation():
        member.page.locator("main form.editor-form .form-acts .button.primary").dblclick()
    expect(member.page.locator("h1")).to_contain_text("Clicked twice")
    member.page.goto("/@demo/")
    expect(member.page.locator(".row-title", has_text="Clicked twice")).to_have_count(1)


PASTED = """<h2>A layer</h2><p>The error <span class="katex"><math><semantics><mi>δ</mi>
<annotation encoding="application/x-tex">\\delta^{l}</annotation></semantics></math></span> is <b>small</b>.</p>
<table><tr><th>layer</th><th>error</th></tr><tr><td>1</td><td>0.1</td></tr></table>"""
PASTE = """([html, plain]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", plain);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector("main [data-editor-source]").dispatchEvent(event);
}"""


@pytest.mark.full
def test_a_page_that_is_pasted_is_shown_with_its_formulas(member):
    member.begin_question("Pasted from a page")
    member.page.locator("main [data-editor-source]").focus()
    member.page.evaluate(PASTE, [PASTED, "A layer. The error is small."])
    shown = member.page.locator("[data-editor-page]")
    expect(shown.locator("math")).to_have_count(1)
    expect(shown.locator("table td")).to_have_text(["1", "0.1"])
    expect(shown.locator("strong")).to_have_text("small")
