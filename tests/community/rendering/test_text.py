"""Markdown as people write it, and what is extracted from a text."""

import re

import pytest

from community.rendering import Context, Heading, mention_candidates, render, render_title
from community.rendering.plain import excerpt, plain
from tests.steps import steps

from .markup import without_math


def html(source: str, **context) -> str:
    return without_math(render(source, Context(**context)).html)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**重要。**所以", '<p lang="zh-Hans"><strong>重要。</strong>所以</p>'),
        ("他说**“好”**。", '<p lang="zh-Hans">他说<strong>“好”</strong>。</p>'),
        ("**$x$**是", '<p lang="zh-Hans"><strong>⟨x⟩</strong>是</p>'),
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("~~a~~ 3~5和6~8", "<p><del>a</del> 3~5和6~8</p>"),
        (r"\*a\* \_b\_ \`c\`", "<p>*a* _b_ `c`</p>"),
        ("&copy; &amp;lt; AT&T &nope;", "<p>© &amp;lt; AT&amp;T &amp;nope;</p>"),
        ("a < b > c", "<p>a &lt; b &gt; c</p>"),
        ("a  \nb", "<p>a<br>b</p>"),
        ("#12 is no heading", "<p>#12 is no heading</p>"),
        ("##标题", '<h2 id="p-标题" lang="zh-Hans">标题</h2>'),
        ("Title\n===", '<h2 id="p-title">Title</h2>'),
        ("a\n- b", "<p>a</p>\n<ul>\n<li>b</li>\n</ul>"),
        (
            "```\n<b>\n```",
            '<div class="code-block" data-copy><pre tabindex="0" role="group" aria-label="Code">'
            "<code>&lt;b&gt;\n</code></pre></div>",
        ),
    ],
)
def test_markdown(source, expected):
    assert html(source).replace('data-copy=""', "data-copy") == expected


def test_a_text_with_first_headings_begins_at_the_second_level():
    assert html("# A\n\n## B") == '<h2 id="p-a">A</h2>\n<h3 id="p-b">B</h3>'


def test_anchors_are_unique_and_never_see_markup():
    rendered = render("## A *b* `c` $\\sigma(z)$\n\n## A\n\n## A\n\n## A-2\n\n## ！", Context(prefix="p7-"))
    assert [heading.id for heading in rendered.headings] == [
        "p7-a-b-c-sigma-z",
        "p7-a",
        "p7-a-2",
        "p7-a-2-2",
        "p7-section",
    ]
    assert [heading.text for heading in rendered.headings][:2] == [r"A b c \sigma(z)", "A"]


def test_a_heading_for_a_table_of_contents_has_its_formula():
    (heading,) = render("## On $x$").headings
    assert isinstance(heading, Heading)
    assert without_math(heading.html) == "On ⟨x⟩"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("@ada and @Bob.", ("ada", "bob")),
        ("（@李雷）", ("李雷",)),
        ("@josé @_x me@example.org `@no` https://a.b/@no", ("josé",)),
        ("@ada @ADA", ("ada",)),
        ("@a", ()),
    ],
)
def test_mentions(source, names):
    assert render(source).mentions == names


def test_a_handle_ends_where_a_known_one_ends():
    rendered = render("请@李雷看看这个，@nobody 不在", Context(known_handles=("李雷",)))
    assert rendered.mentions == ("李雷",)
    assert (
        '<a class="mention" href="/@%E6%9D%8E%E9%9B%B7/" rel="nofollow ugc noopener">@李雷</a>看看这个，@nobody'
        in rendered.html
    )


def test_candidates_hold_every_beginning_of_a_name_in_han():
    assert mention_candidates("请@李雷看 @ada.") == {"李雷看", "李雷", "ada"}


def test_references_lead_where_the_context_says():
    assert 'href="/t/9/x/12/"' in html("see #12", thread_url="/t/9/x/{number}/")
    assert html("see #12") == "<p>see #12</p>"


def test_footnotes_and_anchors_have_the_prefix():
    text = html("a[^1] [b](#c)\n\n[^1]: d", prefix="p3-")
    assert all(part in text for part in ('id="p3-fnref:1"', 'href="#p3-fn:1"', 'id="p3-fn:1"', 'href="#p3-c"'))


def test_words_for_search_and_excerpt():
    rendered = render("# Title\n\nLet $\\frac{\\partial L}{\\partial w}$ **be**.\n\n```\ncode\n```")
    assert rendered.text == "Title\nLet $\\frac{\\partial L}{\\partial w}$ be.\ncode"
    assert rendered.excerpt == "Let ∂L/∂w be."


def test_an_excerpt_ends_at_a_word():
    assert excerpt("word " * 100, 32) == "word word word word word word…"
    assert excerpt("反向传播，" * 20, 12) == "反向传播，反向传播，反…"


def test_plain_words_of_html():
    assert plain("<p>a &amp; b</p><ul><li>c</li></ul>") == "a & b\nc"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Why is $\\sigma'$ small?", "Why is ⟨\\sigma'⟩ small?"),
        ("$5 and $10 <b>", "$5 and $10 &lt;b&gt;"),
        ("`code` **not bold** # no", "<code>code</code> **not bold** # no"),
        ("$$a$$", "⟨a⟩"),
        (r"a \$5", "a $5"),
    ],
)
def test_titles(title, expected):
    assert without_math(render_title(title)) == expected


def test_a_title_keeps_a_formula_that_cannot_be_read_and_says_on_its_page_what_is_wrong():
    title = render_title("bad $\\nope$ here")
    assert plain(title) == "bad \\nope here"
    said = re.findall(r'<span class="math-error-message of-title" lang="([^"]*)">(.*?)</span>', title)
    assert said == [("en", "Unknown command \\nope."), ("zh-Hans", "没有 \\nope 这个命令。")]
    assert 'display="block"' not in render_title(title)
    assert render(title, Context(kind="title")).html == render_title(title)


@pytest.mark.parametrize(
    ("source", "kind", "sentence"),
    [
        ("a" * 50_001, "post", "The text has 50,001 characters; the limit is 50,000."),
        ("$x$ " * 501, "post", "The text has 501 formulas; the limit is 500."),
        ("> " * 21 + "a", "post", "Quotes and lists are nested more than 20 levels deep."),
        ("|a" * 41 + "|\n" + "|-" * 41 + "|", "post", "A table has 41 columns; the limit is 40."),
        ("a" * 5_001, "bio", "The text has 5,001 characters; the limit is 5,000."),
    ],
)
def test_over_a_limit_the_text_stands_as_written_under_a_notice(source, kind, sentence):
    rendered = render(source, Context(kind=kind))
    assert rendered.notice == sentence
    assert (
        rendered.html == f'<p class="render-notice">{sentence}</p>\n'
        f'<pre class="as-written" tabindex="0">{source.replace(">", "&gt;")}</pre>'
    )


def test_an_article_may_be_longer():
    assert render("a" * 60_000, Context(kind="article")).notice == ""


def test_a_fence_becomes_its_placeholder_and_says_what_it_is():
    fences = {"bp": "tests.community.rendering.fences_for_tests.embed"}
    rendered = render("a\n\n```bp\nxor\n```\n\n> ```bp\n> wrong\n> ```", Context(fences=fences))
    assert f'<div class="run-embed" data-run="{3:032x}"></div>' in rendered.html
    assert rendered.specs == ({"key": f"{3:032x}"},)
    assert rendered.problems == ({"line": 8, "column": 1, "path": "", "message": "wrong"},)
    assert '<pre class="run-config">' in rendered.html
    assert "script" not in rendered.html and "onclick" not in rendered.html


def test_a_fence_that_fails_leaves_the_code():
    rendered = render("```bp\nxor\n```", Context(fences={"bp": "tests.community.rendering.fences_for_tests.fails"}))
    assert (rendered.notice, rendered.specs) == ("", ())
    assert "xor" in rendered.html


def test_options_of_other_renderers_are_no_name_of_code():
    html = render('```python linenums=1 hl_lines="1 2" title="a.py"\nx = 1\n```').html
    assert '<span class="code-name">Python · a.py</span>' in html


@pytest.mark.parametrize("source", ["> [!spoiler] The answer\n> $x$", '!!! spoiler "The answer"\n    $x$'])
def test_a_spoiler_is_folded(source):
    html = render(source).html
    assert html.startswith("<details><summary>The answer</summary>") and html.endswith("</math></p>\n</details>")


def test_a_placeholder_cannot_be_written_by_hand():
    assert "data-run" not in render('<div class="run-embed" data-run="00"></div>').html.replace(
        '&lt;div class="run-embed" data-run=', ""
    )


@pytest.mark.parametrize("reference", ["&#1;", "&#x1f;", "&#xfdd0;", "&#x10ffff;"])
def test_a_reference_to_no_character_is_text_and_leaves_the_rest_formatted(reference):
    rendered = render(f"**a** {reference}")
    assert (rendered.notice, rendered.html) == ("", f"<p><strong>a</strong> &amp;{reference[1:]}</p>")


@pytest.mark.parametrize("source", ["[^1] begins.", "Above\n[^1] begins.", "- [^1] begins.", "> [^1] begins."])
def test_a_footnote_mark_may_begin_a_line(source):
    text = html(f"{source}\n\n[^1]: The note.", prefix="p3-")
    assert text.count('<sup id="p3-fnref:1">') == 1 and text.count('href="#p3-fnref:1"') == 1 and "[^1]" not in text


def test_a_second_note_of_one_name_is_text():
    text = html("a[^1]\n\n[^1]: one\n\n[^1]: two")
    assert "[^1]: two" in text and text.count("<li") == 1


def test_every_call_of_one_footnote_has_an_id_of_its_own_in_linear_time():
    few, many = ("word[^a] " * calls + "\n\n[^a]: word" for calls in (400, 800))
    html = render(many, Context()).html
    assert steps(lambda: render(many, Context())) < 2.5 * steps(lambda: render(few, Context()))
    ids = re.findall(r'<sup id="([^"]*)"', html)
    assert len(set(ids)) == len(ids) == 800
    assert ids[:3] == ["p-fnref:a", "p-fnref2:a", "p-fnref3:a"]


def test_a_note_that_nothing_refers_to_is_kept_without_a_link_back():
    html = render("Word[^a], again[^a].\n\n[^a]: one\n[^b]: two", Context(prefix="p1-")).html
    assert "two" in html and "#p1-fnref:b" not in html
    assert 'href="#p1-fnref:a"' in html and 'href="#p1-fnref2:a"' in html


def test_what_is_said_about_a_wrong_config_is_not_among_the_words_of_its_post():
    text = plain(
        '<p>Why?</p><div class="bp-problems"><p class="bp-notice">It cannot run.</p>'
        '<pre><code>model: x</code></pre><ol class="problems"><li>Unknown name.</li></ol></div>'
    )
    assert text == "Why?\nmodel: x"
