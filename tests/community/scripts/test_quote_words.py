"""Words that are chosen in a post become a quote in the reply, as they were written."""

import pytest
from playwright.sync_api import expect

from community.content.quoting import _HEAD
from community.rendering import Context, pipeline

pytestmark = pytest.mark.journey

PAGE = """<article class="post" id="post-3">
<header class="post-head"><a class="person" href="/@%E5%B0%8F%E9%9B%B7/">Lei</a>
<a class="post-number" href="/t/5/why/3/">#3</a></header>
<div class="prose" id="prose"><p id="one">The error <math display="inline"><semantics><mi>δ</mi>
<annotation encoding="application/x-tex">\\delta^{[l]}</annotation></semantics></math> is
<strong>small</strong>, see <code>W.T</code>.</p>
<math display="block"><semantics><mi>z</mi>
<annotation encoding="application/x-tex">z = Wx</annotation></semantics></math>
<div class="code-block"><pre>a = 1
b = 2</pre><button type="button">Copy</button></div>
<ul><li>first</li><li>second <a href="/t/7/">there</a></li></ul><p id="last">The end.</p></div>
<footer class="post-acts"></footer></article>
<article class="post" id="post-4"><header><a class="person" href="/@bob/">Bob</a>
<a class="post-number" href="/t/5/why/4/">#4</a></header>
<div class="prose"><p id="other">Other words.</p></div></article>
<div id="write" data-quote-words="Quote" data-quote-line="@{handle} wrote in [#{number}]({url}):">
<form><div class="text-stack">
<textarea data-editor-source aria-label="Text">My words.</textarea></div></form></div>"""
TEXT, BUTTON = "[data-editor-source]", "button.quote-words"
HEAD = "> @小雷 wrote in [#3](http://site.test/t/5/why/3/):"
CHOOSE = """([first, start, last, end]) => {
  const find = (name, at) => {
    const walk = document.createTreeWalker(document.querySelector(name), NodeFilter.SHOW_TEXT);
    let node;
    while ((node = walk.nextNode())) { if (at <= node.length) return [node, at]; at -= node.length; }
  };
  const range = document.createRange();
  range.setStart(...find(first, start)); range.setEnd(...find(last, end));
  getSelection().removeAllRanges(); getSelection().addRange(range);
}"""


@pytest.fixture
def thread(site):
    site.show(PAGE)
    return site.page


def choose(page, first, start, last, end):
    page.evaluate(CHOOSE, [first, start, last, end])


def test_chosen_words_are_quoted_with_their_author_and_a_link(thread):
    choose(thread, "#last", 0, "#last", 7)
    thread.locator(BUTTON).click()
    assert thread.locator(TEXT).input_value() == f"My words.\n\n{HEAD}\n>\n> The end\n\n"
    expect(thread.locator(TEXT)).to_be_focused()
    assert _HEAD.match(HEAD)["handle"] == "小雷"
    thread.keyboard.press("Control+z")
    assert thread.locator(TEXT).input_value() == "My words."


def test_formulas_code_and_lists_are_quoted_as_markdown(thread):
    choose(thread, "#one", 0, "#last", 8)
    thread.locator(BUTTON).click()
    quoted = thread.locator(TEXT).input_value().split(">\n", 1)[1]
    assert "> The error $\\delta^{[l]}$ is **small**, see `W.T`.\n" in quoted
    assert "> $$\n> z = Wx\n> $$\n" in quoted
    assert "> ```\n> a = 1\n> b = 2\n> ```\n" in quoted
    assert "> - first\n> - second [there](http://site.test/t/7/)\n" in quoted
    assert quoted.endswith("> The end.\n\n") and "Copy" not in quoted and "δ" not in quoted


WRITTEN = [
    "A **bold *and italic* [there](http://site.test/t/7/)** ~~not~~ word.",
    "3. third\n4. fourth\n    - inner\n    - other\n5. fifth",
    "- [x] done\n- [ ] open",
    "## Head of *it*\n\nWords.",
    "So:\n\n```python\na = 1\n\nb = 2\n```\n\nThere.",
    "As\n\n> they **said**\n>\n> 1. one\n> 2. two\n\nand",
    "As\n\n> [!theorem] When $x$ is *long*\n>\n> Words.\n\nand",
    "See\n\n![A [curve]](/media/assets/a.png)\n\nhere.",
    "| a | b |\n| --- | --- |\n| $x$ | [c](https://e.org/) |",
    "- So\n\n    $$\n    z = Wx\n    $$\n- end",
]


@pytest.mark.parametrize("source", WRITTEN)
def test_a_whole_text_is_quoted_as_it_was_written(thread, source):
    html = pipeline.render(source).html
    thread.evaluate("html => { document.querySelector('#prose').innerHTML = html; }", html)
    thread.evaluate("getSelection().selectAllChildren(document.querySelector('#prose'))")
    thread.locator(BUTTON).click()
    quoted = thread.locator(TEXT).input_value().split(">\n", 1)[1]
    assert "\n".join(row[2:] for row in quoted.strip().split("\n")) == source


PART = """<div class="code-block"><span class="code-name">Python</span><pre><code class="language-python"><span
>a = 1</span>
<span id="code">b = 2</span>
<span id="last-code">c * d * e</span></code></pre></div>
<ol start="3"><li>third</li><li id="fourth">fourth <em>item</em></li><li id="fifth">fifth</li></ol>
<p>As <strong>all <a href="/t/7/">of it <em id="inner">is bold</em></a></strong></p>"""


@pytest.mark.parametrize(
    ("first", "last", "end", "words"),
    [
        ("#code", "#last-code", 9, "```python\nb = 2\nc * d * e\n```"),
        ("#fourth", "#fifth", 5, "4. fourth *item*\n5. fifth"),
        ("#fourth", "#fourth em", 4, "fourth *item*"),
        ("#inner", "#inner", 7, "**[*is bold*](http://site.test/t/7/)**"),
    ],
)
def test_a_part_keeps_the_form_of_what_is_around_it(thread, first, last, end, words):
    thread.evaluate("html => { document.querySelector('#prose').innerHTML = html; }", PART)
    choose(thread, first, 0, last, end)
    thread.locator(BUTTON).click()
    rows = "".join(f"> {row}\n" for row in words.split("\n"))
    expect(thread.locator(TEXT)).to_have_value(f"My words.\n\n{HEAD}\n>\n{rows}\n")


RUN = """<p>My run:</p><section class="run-card" aria-label="Run: XOR with 2 units"><p class="run-title">
<a href="/runs/5/">XOR with 2 units</a></p><p>Loss 0.01</p><button>Fork</button></section>
<section class="run-card run-absent" aria-label="Run: Hidden"><p class="run-title">Hidden</p></section>
<p>It is fast.</p>"""


def test_a_run_is_quoted_as_a_link_to_it(thread):
    thread.evaluate("html => { document.querySelector('#prose').innerHTML = html; }", RUN)
    thread.evaluate("getSelection().selectAllChildren(document.querySelector('#prose'))")
    thread.locator(BUTTON).click()
    rows = ["My run:", "", "[Run: XOR with 2 units](http://site.test/runs/5/)", "", "Run: Hidden", "", "It is fast."]
    assert thread.locator(TEXT).input_value().split(">\n", 1)[1].strip() == "\n".join(
        f"> {row}".strip() for row in rows
    )


def test_signs_that_markdown_would_read_are_quoted_as_signs(thread):
    said = r"$5 for $x$ and a*b*c, ~~x~~ C:\\* __init__ x_1 <b> :fire: (:+1:) \:bug: 1:2:3 std::fire:"
    thread.evaluate("said => { document.querySelector('#last').textContent = said; }", said)
    choose(thread, "#last", 0, "#last", len(said))
    thread.locator(BUTTON).click()
    quoted = thread.locator(TEXT).input_value().split(">\n", 1)[1]
    assert "$x$" not in quoted.replace("\\$", "")
    rendered = pipeline.render(quoted)
    assert "<math" not in rendered.html and "<em>" not in rendered.html and rendered.text == said


def test_lines_that_would_be_a_list_or_a_heading_stay_words(thread):
    said = "1. is the answer\n- not this\n# nor that"
    thread.evaluate("said => { document.querySelector('#last').textContent = said; }", said)
    choose(thread, "#last", 0, "#last", len(said))
    thread.locator(BUTTON).click()
    html = pipeline.render(thread.locator(TEXT).input_value().split(">\n", 1)[1]).html
    assert not any(tag in html for tag in ("<ol", "<ul", "<li", "<h"))


def test_a_reference_to_an_equation_keeps_its_number_and_leads_to_it(thread):
    shown = pipeline.render("See \\eqref{g}.\n\n$$x\\label{g}$$", Context(prefix="p3-")).html
    thread.evaluate("html => { document.querySelector('#prose').innerHTML = html; }", shown)
    thread.evaluate("getSelection().selectAllChildren(document.querySelector('#prose p'))")
    thread.locator(BUTTON).click()
    assert "> See [(1)](http://site.test/here/#p3-eq:g).\n" in thread.locator(TEXT).input_value()


def test_part_of_a_formula_is_the_whole_formula(thread):
    choose(thread, "#one", 0, "#one mi", 1)
    thread.locator(BUTTON).click()
    assert "> The error $\\delta^{[l]}$\n" in thread.locator(TEXT).input_value()


def test_the_button_is_reached_by_keyboard_and_goes_with_the_choice(thread):
    choose(thread, "#last", 0, "#last", 7)
    expect(thread.locator(BUTTON)).to_be_visible()
    assert thread.eval_on_selector(BUTTON, "button => button.previousElementSibling.id") == "prose"
    thread.evaluate("getSelection().removeAllRanges()")
    expect(thread.locator(BUTTON)).to_have_count(0)


def test_words_of_two_posts_or_of_none_are_not_offered(thread, site):
    choose(thread, "#last", 0, "#other", 5)
    site.let_pass(500)
    expect(thread.locator(BUTTON)).to_have_count(0)
    choose(thread, "#write", 0, "#write", 0)
    site.let_pass(500)
    expect(thread.locator(BUTTON)).to_have_count(0)
    choose(thread, "#other", 0, "#other", 5)
    expect(thread.locator(BUTTON)).to_be_visible()


def test_a_long_choice_is_cut(thread):
    thread.eval_on_selector("#last", "last => { last.textContent = 'word '.repeat(2000); }")
    choose(thread, "#last", 0, "#last", 9_999)
    thread.locator(BUTTON).click()
    assert len(thread.locator(TEXT).input_value()) < 1_700
    assert thread.locator(TEXT).input_value().endswith("…\n\n")


def test_a_long_choice_is_not_cut_within_a_formula(thread):
    thread.eval_on_selector("#one", "one => { one.prepend('word '.repeat(297)); }")
    choose(thread, "#one", 0, "#last", 7)
    thread.locator(BUTTON).click()
    words = thread.locator(TEXT).input_value()
    assert words.endswith("word The error\n> …\n\n") and "$" not in words


def test_the_button_never_covers_what_can_be_done_with_the_post(thread, site):
    thread.evaluate("document.querySelector('.post-acts').innerHTML = '<a href=\"#\">Comment</a>'")
    thread.add_style_tag(content="article { position: relative } .quote-words { position: absolute }")
    acts = thread.locator("#post-3 .post-acts").bounding_box()
    choose(thread, "#last", 0, "#last", 7)
    expect(thread.locator(BUTTON)).to_be_visible()
    button, words = thread.locator(BUTTON).bounding_box(), thread.locator("#last").bounding_box()
    assert button["y"] + button["height"] <= min(acts["y"], words["y"])
    choose(thread, "#one", 0, "#one", 9)
    expect(thread.locator(BUTTON)).to_be_visible()
    site.let_pass(300)
    assert thread.locator(BUTTON).bounding_box()["y"] >= thread.locator("#one").bounding_box()["y"] + 10


def test_the_button_is_where_the_choice_ended(thread):
    thread.add_style_tag(content="article { position: relative } .quote-words { position: absolute }")
    thread.eval_on_selector("#one", "one => { one.textContent = 'word '.repeat(20); one.style.whiteSpace = 'nowrap'; }")
    choose(thread, "#one", 0, "#one", 80)
    expect(thread.locator(BUTTON)).to_be_visible()
    words = thread.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().toJSON()")
    button = thread.locator(BUTTON).bounding_box()
    assert abs(button["x"] + button["width"] - words["right"]) <= 1 and button["y"] >= words["bottom"]
    thread.evaluate("""() => {
        const [text] = document.querySelector("#one").childNodes;
        getSelection().setBaseAndExtent(text, 80, text, 40);
    }""")
    words = thread.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().toJSON()")
    thread.wait_for_function("x => Math.abs(document.querySelector('.quote-words').getBoundingClientRect().x - x) < 1",
                             arg=words["left"])  # fmt: skip
