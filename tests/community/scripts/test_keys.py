"""Keys for reading: through posts and lists, to places, the list of all; none while somebody types or composes."""

import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
POSTS = """<div id="top">Top</div>
<article class="post" id="post-1"><h2>One</h2><footer class="post-acts"><a href="#write">Answer</a></footer></article>
<article class="post" id="post-2"><h2>Two</h2><footer class="post-acts"><a href="/posts/2/reply/">Comment</a></footer>
<article class="comment" id="post-3">Three</article></article>
<section id="write"><textarea data-editor-source aria-label="Text"></textarea></section>
<a href="#questions" data-go="q">Questions</a><a href="/shortcuts/" data-shortcuts>Shortcuts</a>"""
LIST = """<h1>Threads</h1><br><br><br><br><br><br>
<article class="row"><h2 class="row-title"><a href="#a">A</a></h2></article>
<article class="row"><h2 class="row-title"><a href="#b">B</a></h2></article>"""


@pytest.fixture
def thread(site):
    site.answer("/shortcuts/", render_to_string("pages/shortcuts.html"), kind="text/html; charset=utf-8")
    site.show(POSTS)
    return site.page


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent")


def press(page, key, then: str) -> None:
    page.keyboard.press(key)
    page.wait_for_function(
        "then => (document.activeElement.id || document.activeElement.textContent) === then", arg=then
    )


def test_j_and_k_go_through_the_posts_of_a_thread(thread):
    for key, place in (("j", "post-1"), ("j", "post-2"), ("j", "post-3"), ("k", "post-2")):
        press(thread, key, place)


def test_in_a_list_they_go_to_titles_which_enter_opens(site):
    site.show(LIST)
    press(site.page, "j", "A")
    press(site.page, "j", "B")
    site.page.keyboard.press("Enter")
    expect(site.page).to_have_url(re.compile("#b$"))


def test_r_replies_to_the_post_or_to_the_thread(thread, site):
    thread.keyboard.press("r")
    expect(thread.locator("textarea")).to_be_focused()
    assert thread.locator("textarea").input_value() == ""
    thread.locator("#post-2").evaluate("post => { post.tabIndex = -1; post.focus(); }")
    thread.keyboard.press("r")
    site.until(lambda: site.sent("/posts/2/reply/"))


def test_the_key_that_goes_to_the_text_is_not_written_there(thread):
    press(thread, "j", "post-1")
    thread.keyboard.press("r")
    text = thread.locator("textarea")
    expect(text).to_be_focused()
    text.press_sequentially("Words")
    assert text.input_value() == "Words"


def test_g_and_a_letter_go_to_a_place(thread):
    thread.keyboard.press("g")
    thread.keyboard.press("q")
    thread.wait_for_url("**#questions")


def test_a_question_mark_shows_them_all_in_a_dialog_with_a_name(thread):
    thread.keyboard.press("?")
    dialog = thread.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Next and previous post or thread")
    expect(dialog).to_be_focused(timeout=5_000)
    thread.keyboard.press("j")
    thread.keyboard.press("Escape")
    expect(thread.locator("dialog")).to_have_count(0)
    assert focused(thread).startswith("\n") or focused(thread) != "post-1"


def test_on_a_phone_the_dialog_is_in_the_middle_and_begins_at_its_head(thread):
    thread.set_viewport_size({"width": 360, "height": 500})
    thread.add_style_tag(url="/static/community/css/site.css")
    thread.keyboard.press("?")
    dialog = thread.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_role("heading", level=1)).to_be_in_viewport(timeout=5_000)
    assert dialog.evaluate("each => each.scrollHeight > each.clientHeight")
    box = dialog.bounding_box()
    assert box["x"] > 5 and abs(2 * box["x"] + box["width"] - 360) < 2


def test_none_fires_while_somebody_types_or_composes_or_holds_a_modifier(thread, site):
    text = thread.locator("textarea")
    text.press_sequentially("?jkrgq/")
    assert text.input_value() == "?jkrgq/"
    thread.evaluate("document.activeElement.blur()")
    for init in (
        "{key: 'j', isComposing: true}",
        "{key: 'j', ctrlKey: true}",
        "{key: 'j', keyCode: 229}",
        "{key: '?', metaKey: true}",
    ):
        thread.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{...{init}, bubbles: true}}))")
    site.let_pass(300)
    expect(thread.locator("dialog")).to_have_count(0)
    assert not focused(thread).startswith("post-")


def test_they_are_turned_off_in_this_browser(thread, site):
    thread.keyboard.press("?")
    thread.get_by_role("checkbox", name="Use shortcuts of a single key").uncheck()
    thread.get_by_role("button", name="Close").click()
    expect(thread.locator("dialog")).to_have_count(0)
    thread.keyboard.press("?")
    thread.keyboard.press("j")
    site.let_pass(300)
    expect(thread.locator("dialog")).to_have_count(0)
    assert not focused(thread).startswith("post-")
    site.show('<label><input type="checkbox" data-keys-switch checked> Use them</label>' + POSTS)
    box = thread.get_by_role("checkbox")
    expect(box).not_to_be_checked()
    box.check()
    thread.evaluate("document.activeElement.blur()")
    press(thread, "j", "post-1")


def test_words_typed_while_a_box_opens_are_not_taken_for_keys(thread, site):
    asked = []
    site.answers["/reply/"] = asked.append
    site.show(f'<a href="/reply/" data-swap="#box">Reply</a><div id="box"></div>{POSTS}')
    thread.get_by_role("link", name="Reply").click()
    site.until(lambda: asked)
    thread.keyboard.type("gq")
    asked[0].fulfill(body="<form><textarea>Half a</textarea></form>", content_type="text/html")
    box = thread.locator("#box textarea")
    expect(box).to_be_focused()
    thread.keyboard.type(" gq")
    expect(box).to_have_value("Half a gq")
    assert thread.url.endswith("/here/")


def test_words_typed_while_the_page_of_a_box_is_awaited_are_not_taken_for_keys(thread, site):
    site.answers["/reply/"] = {"status": 204}  # with which the browser stays here
    site.show(f'<a href="/reply/">Reply</a>{POSTS}')
    thread.get_by_role("link", name="Reply").click()
    site.until(lambda: site.asked[-1] == ("/reply/", ""))
    thread.keyboard.type("gq")
    site.let_pass(300)
    assert thread.evaluate("location.hash") == ""
    thread.keyboard.press("Escape")
    thread.keyboard.type("gq")
    thread.wait_for_url("**#questions")


WRITTEN = """<form method="post" action="/post/"><textarea name="source">Words</textarea>
<button name="preview" value="1">Preview</button>
<button class="button primary" name="publish" value="1">Post</button></form>"""


@pytest.mark.parametrize("modifier", ["Control", "Meta"])
def test_enter_with_a_modifier_presses_the_main_button_of_a_text(thread, site, modifier):
    site.answer("/post/", "<p>Posted</p>", kind="text/html")
    site.show(WRITTEN)
    text = thread.locator("textarea")
    for init in ("isComposing: true", "keyCode: 229", "altKey: true"):
        key = f"{{key: 'Enter', ctrlKey: true, {init}, bubbles: true, cancelable: true}}"
        assert text.evaluate(f"text => text.dispatchEvent(new KeyboardEvent('keydown', {key}))")  # nobody took it
    text.press(f"{modifier}+Enter")
    expect(thread.locator("p")).to_have_text("Posted")
    assert site.sent("/post/") == ["source=Words&publish=1"]


def test_a_text_that_is_only_shown_is_not_sent(thread, site):
    site.show(WRITTEN.replace("<textarea", "<textarea readonly"))
    thread.locator("textarea").press("Control+Enter")
    site.let_pass(100)
    assert not site.sent("/post/")


def test_the_key_that_posts_is_among_the_shortcuts(thread):
    thread.keyboard.press("?")
    expect(thread.get_by_role("dialog")).to_contain_text("Ctrl EnterPost, save or run what you wrote")
