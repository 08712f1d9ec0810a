"""What is pasted from pages, from Word and from notebooks becomes Markdown with formulas, which undo takes back."""

# ruff: noqa: E501 (a page that is pasted is one line)
import json
import re

import pytest
from playwright.sync_api import expect

from community.content.bodies import render_preview
from community.rendering import pipeline

pytestmark = pytest.mark.journey
PAGE = """<form><div class="text-stack"><textarea data-editor-source aria-label="Text" rows="20"></textarea></div>
<p data-editor-status role="status"></p></form>{% include "content/editor_words.html" %}"""
TEXT, SAID = "[data-editor-source]", "[data-editor-status]"
PASTE = """async ([given, type]) => {
  const brought = new DataTransfer();
  for (const [kind, words] of Object.entries(given.data ?? {})) brought.setData(kind, words.repeat(given.times ?? 1));
  for (const [name, words] of Object.entries(given.files ?? {})) brought.items.add(new File([words], name));
  const text = document.querySelector("[data-editor-source]");
  text.focus();
  const init = { bubbles: true, cancelable: true };
  const event = type === "drop" ? new DragEvent("drop", { ...init, dataTransfer: brought }) : new ClipboardEvent("paste", { ...init, clipboardData: brought });
  return text.dispatchEvent(event);
}"""
TEX = '<semantics><mi>δ</mi><annotation encoding="application/x-tex">%s</annotation></semantics>'
KATEX = (
    '<span class="katex"><span class="katex-mathml"><math>'
    + TEX
    + "</math></span>"
    + ('<span class="katex-html" aria-hidden="true">δl</span></span>')
)


@pytest.fixture
def page(site):
    site.show(PAGE)
    return site.page


def paste(page, html: str | None = None, plain: str = "plain words", **given) -> bool:
    """Return whether the browser is left to paste."""
    data = {"text/plain": plain} | ({"text/html": html} if html is not None else {})
    return page.evaluate(PASTE, [{"data": data} | given, "paste"])


def pasted(page, html: str, before: str = "") -> str:
    page.locator(TEXT).fill(before)
    assert not paste(page, html)
    expect(page.locator(TEXT)).not_to_have_value(before)
    return page.locator(TEXT).input_value().removeprefix(before).strip()


CONVERTED = [
    ("<h2>A <em>head</em></h2><p>One<br>two</p><hr><p>Three</p>", "## A *head*\n\nOne\ntwo\n\n---\n\nThree"),
    ("<p><b>bold </b>and <i>italic</i>, <del>gone</del></p>", "**bold** and *italic*, ~~gone~~"),
    ('<b style="font-weight:normal"><p>Docs <span style="font-weight:700">say</span></p></b>', "Docs **say**"),
    ('<p><b style="mso-bidi-font-weight:normal">Word</b></p>', "**Word**"),
    ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>", "- a\n    - b\n- c"),
    ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
    ('<ol><li value="3">a</li><li>b</li></ol>', "3. a\n4. b"),
    ('<p><b>x</b> <img src="HERE/media/assets/a.png" alt="A [b] *c*"></p>', "**x** ![A [b] \\*c\\*](/media/assets/a.png)"),
    ('<p><b>x</b> <img src="HERE/media/assets/a.png" alt="A [b](c"></p>', "**x** ![A (b)(c](/media/assets/a.png)"),
    ('<p><b>x</b> <img src="/media/assets/a.png" alt="of another site"></p>', "**x** *(picture: of another site)*"),
    ('<p><b>x</b> <img src="HERE.example.org/media/assets/a.png" alt="A"></p>', "**x** *(picture: A)*"),
    ('<ul><li><input type="checkbox" checked> done</li></ul>', "- [x] done"),
    ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
    ('<pre><code class="language-python">x = 1\nif x:\n    pass\n</code></pre><p>End</p>',
     "```python\nx = 1\nif x:\n    pass\n```\n\nEnd"),
    ("<p>Run <code>a`b</code> now</p>", "Run ``a`b`` now"),
    ('<p><a href="https://e.org/a_(b) c">here</a> <a href="https://e.org/">https://e.org/</a> <a href="#x">no</a></p>',
     "[here](https://e.org/a_%28b%29%20c) https://e.org/ no"),
    ('<p><a href="javascript:alert(1)">x</a><b>y</b></p>', "x**y**"),
    ("<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>",
     "| a | b\\|c |\n| --- | --- |\n| 1 |  |"),
    ("<table><tr><td><p>only</p><p>one</p></td></tr></table>", "only\n\none"),
    ("<p>H<sub>2</sub>O costs 5$ * 2, <i>a</i>_b and _c_ &lt;b&gt;</p>", "H<sub>2</sub>O costs 5\\$ \\* 2, *a*\\_b and \\_c\\_ \\<b>"),
    ("<p><b>x</b></p><p># no heading</p><p>- no list</p><p>1. none</p>", "**x**\n\n\\# no heading\n\n\\- no list\n\n1\\. none"),
    ('<style>p{}</style><script>bad()</script><p><b>x</b><svg><text>y</text></svg><button>Copy</button></p>', "**x**"),
    (f"<p>The error {KATEX % chr(92)}delta^l is</p>".replace("\\</annotation>", "\\delta^l</annotation>").replace("</span>delta^l", "</span>"),
     "The error $\\delta^l$ is"),
    (f'<p>So</p><span class="katex-display">{KATEX % "z = Wx"}</span>', "So\n\n$$\nz = Wx\n$$"),
    (f"<table><tr><td>a</td><td><span class='katex-display'>{KATEX % 'x'}</span></td></tr></table>",
     "| a | $x$ |\n| --- | --- |"),
    (f"<ul><li>a<span class='katex-display'>{KATEX % 'x'}</span></li></ul>", "- a\n\n    $$\n    x\n    $$"),
    ('<p><img class="mwe-math-fallback-image-inline" alt="{\\displaystyle E=mc^{2}}" src="x.svg"> holds</p>', "$E=mc^{2}$ holds"),
    ('<p><span class="mwe-math-element"><span style="display:none"><math alttext="{\\displaystyle a}">'
     + TEX % "{\\displaystyle a}" + '</math></span><img alt="{\\displaystyle a}"></span>.</p>', "$a$."),
    ('<p>如<span class="ztext-math" data-tex="y=\\sigma(x)"><span>y</span></span>所示</p>', "如$y=\\sigma(x)$所示"),
    ('<p><img eeimg="1" alt="w_i"> <b>b</b></p>', "$w_i$ **b**"),
    ('<p><mjx-container display="true"><mjx-math>x</mjx-math><mjx-assistive-mml><math display="block"><mfrac>'
     "<mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub></mrow>"
     "</mfrac><mo>=</mo><msqrt><mn>2</mn></msqrt></math></mjx-assistive-mml></mjx-container></p>",
     "$$\n\\frac{∂L}{∂w_{ij}}=\\sqrt{2}\n$$"),
    ('<p>so <span class="MathJax_Preview">x</span><span class="MathJax" data-mathml="&lt;math&gt;&lt;msup&gt;&lt;mi&gt;'
     'x&lt;/mi&gt;&lt;mn&gt;2&lt;/mn&gt;&lt;/msup&gt;&lt;/math&gt;">x2</span></p>', "so $x^{2}$"),
    ('<p>so <script type="math/tex">x^2</script></p>', "so $x^2$"),
    ("<p><b>Wikipedia</b><sup class='reference'>[1]</sup></p>", "**Wikipedia**"),
    ('<figure class="highlight"><table><tr><td class="gutter"><pre>1</pre></td><td class="code"><pre>x = 1</pre></td></tr>'
     "</table></figure><p>Done</p>", "```\nx = 1\n```\n\nDone"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "words"), CONVERTED)
def test_html_becomes_markdown(page, html, words):
    here = page.evaluate("location.origin")
    assert pasted(page, html.replace("HERE", here)).replace("  \n", "\n") == words


def note_of_word(kind: str, number: int, words: str) -> str:
    back = f'<a style="mso-{kind}-id:x" href="#_{kind}ref{number}" name="_{kind}{number}"><span>[{number}]</span></a>'
    element = "footnote" if kind == "ftn" else "endnote"
    return f"<div style='mso-element:{element}' id={kind}{number}><p class=MsoFootnoteText>{back} {words}</p></div>"


def mark_of_word(kind: str, number: int) -> str:
    return f'<a style="mso-{kind}-id:x" href="#_{kind}{number}" name="_{kind}ref{number}"><sup>[{number}]</sup></a>'


def test_footnotes_of_word_become_footnotes(page):
    html = (
        f"<p>First{mark_of_word('ftn', 1)}, <b>second</b>{mark_of_word('ftn', 2)} and last{mark_of_word('edn', 1)}.</p>"
        f"<div style='mso-element:footnote-list'><hr>{note_of_word('ftn', 1, 'See <i>here</i>. 5 * 2')}"
        f"{note_of_word('ftn', 2, 'Two</p><p>parts.')}</div>"
        f"<div style='mso-element:endnote-list'><hr>{note_of_word('edn', 1, 'The end.')}</div>"
    )
    words = pasted(page, html)
    assert words == (
        "First[^ftn1], **second**[^ftn2] and last[^edn1].\n\n[^ftn1]: See *here*. 5 \\* 2\n\n"
        "[^ftn2]: Two parts.\n\n[^edn1]: The end."
    )
    assert pipeline.render(words).html.count("footnote-backref") == 3


def test_a_note_that_was_not_copied_and_one_that_is_forged_stay_words(page):
    html = f"<p><b>First</b>{mark_of_word('ftn', 1)} <span data-note='![x](https://e.org/x.png)'>forged</span></p>"
    assert pasted(page, html) == "**First**<sup>[1]</sup> forged"


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body>
<!--StartFragment--><h1>Title<o:p></o:p></h1><p class=MsoNormal>Some <b style='mso-bidi-font-weight:normal'>words</b>.<o:p></o:p></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>First<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>o<span>&nbsp; </span></span><![endif]>Inner<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>Number<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoTable><tr><td><p class=MsoNormal>a<o:p></o:p></p></td><td><p class=MsoNormal>b</p></td></tr></table>
<p class=MsoNormal><img width=100 height=50 alt="A curve" src="file:///c:/x.png"></p><!--EndFragment--></body></html>"""


def test_a_page_of_word_and_its_pictures_are_told_apart(page):
    assert pasted(page, WORD) == (
        "# Title\n\nSome **words**.\n\n- First\n    - Inner\n1. Number\n\n| a | b |\n| --- | --- |\n\n*(picture: A curve)*"
    )
    expect(page.locator(SAID)).to_have_text(
        "Pictures are not pasted with the text (1). Add them with the picture button."
    )


def of_word(omml: str, *, is_wide: bool = False) -> str:
    """Return a formula as Word copies it: a comment, then a picture for programs that do not know it."""
    omml = f"<m:oMath>{omml}</m:oMath>"
    omml = (
        f"<m:oMathPara><m:oMathParaPr><m:jc m:val='center'/></m:oMathParaPr>{omml}</m:oMathPara>" if is_wide else omml
    )
    picture = "<![if !vml]><img width=60 height=20 src='file:///C:/clip_image002.png' alt='x'><![endif]>"
    return (
        f"<!--[if gte msEquation 12]>{omml}<![endif]--><![if !msEquation]><span style='font-size:11.0pt'>"
        f"<!--[if gte vml 1]><v:shape id='_x0000_i1025'/><![endif]-->{picture}</span><![endif]>"
    )


def letter(words: str, style: str = "") -> str:
    look = f"<m:rPr>{style}</m:rPr>" if style else ""
    return f"<i style='mso-bidi-font-style:normal'><span lang=EN-US><m:r>{look}{words}</m:r></span></i>"


def part(name: str, *parts: str, **settings: str) -> str:
    """Return an element of Office Math: settings by name, and in `parts` a tag with what is in it."""
    given = "".join(f'<m:{each} m:val="{value}"/>' for each, value in settings.items())
    inner = "".join(f"<m:{tag}>{words}</m:{tag}>" for tag, words in zip(parts[::2], parts[1::2], strict=True))
    return f"<m:{name}><m:{name}Pr>{given}<span><m:ctrlPr></m:ctrlPr></span></m:{name}Pr>{inner}</m:{name}>"


PLAIN = '<m:scr m:val="roman"/><m:sty m:val="p"/>'
X, INDEX = letter("x"), letter("i")
OFFICE_MATH = [
    (part("f", "num", letter("∂L"), "den", letter("∂") + part("sSub", "e", letter("w"), "sub", letter("ij"))),
     r"\frac{∂L}{∂w_{ij}}"),
    (part("sSubSup", "e", part("acc", "e", letter("y"), chr="\u0302"), "sub", INDEX, "sup", letter("2")), r"{\hat{y}}_{i}^{2}"),
    (part("nary", "sub", letter("i=1"), "sup", letter("N"), "e", X, chr="∑", limLoc="undOvr"), r"\sum_{i=1}^{N} x"),
    (part("nary", "sub", "", "sup", "", "e", X), r"\int x"),
    (part("rad", "deg", "", "e", X, degHide="1") + part("rad", "deg", letter("3"), "e", X), r"\sqrt{x}\sqrt[3]{x}"),
    (part("func", "fName", letter("log", PLAIN), "e", X) + letter("softmax", PLAIN), r"\log x\mathrm{softmax}"),
    (part("func", "fName", part("limLow", "e", letter("max", PLAIN), "lim", INDEX), "e", X), r"\max_{i} x"),
    (letter("σ") + part("d", "e", X) + part("d", "e", X, "e", INDEX, begChr="[", endChr="]", sepChr=","), r"σ(x)[x,i]"),
    (part("d", "e", part("f", "num", X, "den", INDEX)), r"\left(\frac{x}{i}\right)"),
    (part("d", "e", part("eqArr", "e", letter("x&amp;=1"), "e", letter("i&amp;=0")), begChr="{", endChr=""),
     r"\left\{\begin{aligned}x&=1 \\ i&=0\end{aligned}\right."),
    (part("d", "e", part("m", "mr", "<m:e>a</m:e><m:e>b</m:e>", "mr", "<m:e>c</m:e><m:e>d</m:e>")),
     r"\left(\begin{matrix}a & b \\ c & d\end{matrix}\right)"),
    (letter("W", '<m:sty m:val="b"/>') + letter("R", '<m:scr m:val="double-struck"/>') + letter("𝑥ℎ−1"),
     r"\mathbf{W}\mathbb{R}xh-1"),
    (letter(" if 5% ", '<m:nor/>') + part("bar", "e", X, pos="top"), r"\text{ if 5\% }\overline{x}"),
]  # fmt: skip


@pytest.mark.parametrize(("omml", "latex"), OFFICE_MATH)
def test_a_formula_of_word_becomes_latex(page, omml, latex):
    assert pasted(page, f"<p class=MsoNormal>So {of_word(omml)} is <b>it</b></p>") == f"So ${latex}$ is **it**"
    assert "math-error" not in render_preview(f"${latex}$", kind="reply", number=1).html
    expect(page.locator(SAID)).to_be_empty()  # no picture is missing


def test_a_formula_of_word_with_a_paragraph_of_its_own_is_a_display(page):
    numbered = part("eqArr", "e", letter("L=") + X + letter("#") + part("d", "e", letter("1")))
    assert (
        pasted(page, f"<p class=MsoNormal>So</p><p class=MsoNormal>{of_word(X, is_wide=True)}</p>") == "So\n\n$$\nx\n$$"
    )
    assert pasted(page, f"<p class=MsoNormal>{of_word(numbered, is_wide=True)}</p>") == "$$\nL=x\\tag{1}\n$$"


def test_what_was_pasted_is_shown_as_it_was(page):
    html = (
        f"<h2>Head</h2><p>Costs 5$ and {KATEX % 'x^2'} <b>bold</b></p><ul><li>a<ul><li>b</li></ul></li></ul>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><pre><code>x_1 * 2</code></pre>"
    )
    shown = render_preview(pasted(page, html), kind="reply", number=2).html
    assert shown.count("<math") == shown.count("<table>") == shown.count("<strong>") == shown.count("<h2") == 1
    assert shown.count("<ul>") == 2 and "Costs 5$ and" in shown and "x_1 * 2" in shown


def test_undo_takes_it_back_and_a_selection_is_replaced(page):
    text = page.locator(TEXT)
    text.fill("Before that after")
    page.evaluate("document.querySelector('textarea').setSelectionRange(7, 11)")
    paste(page, "<p><b>bold</b></p>")
    expect(text).to_have_value("Before **bold** after")
    text.press("Control+z")
    expect(text).to_have_value("Before that after")


def test_undo_takes_back_what_has_many_lines(page):
    text = page.locator(TEXT)
    text.fill("Before ")
    paste(page, "<p><b>a</b></p>" * 500)
    expect(text).to_have_value("Before \n\n" + "**a**\n\n" * 500)
    text.press_sequentially("b")
    text.press("Control+z")
    text.press("Control+z")
    expect(text).to_have_value("Before ")


def test_blocks_begin_on_a_line_of_their_own(page):
    assert pasted(page, "<h2>Head</h2><p>x</p>", before="Before") == "## Head\n\nx"
    assert page.locator(TEXT).input_value() == "Before\n\n## Head\n\nx\n\n"


@pytest.mark.parametrize(
    "html",
    ["<span style='color:red'>plain words</span>", "<div style='white-space:pre'><div>plain words</div></div>",
     "<pre style='font-family:monospace'>plain <span>words</span></pre>", "<html><body></body></html>"],
)  # fmt: skip
def test_words_without_form_are_pasted_as_they_are(page, html):
    assert pasted(page, html) == "plain words"


def test_in_a_block_of_code_words_stay_plain(page):
    assert pasted(page, "<p><b>plain</b> words</p>", before="```python\n") == "plain words"


def test_the_browser_pastes_what_has_no_html_or_comes_from_an_editor_of_code_or_with_shift(page):
    assert paste(page, None)
    assert page.evaluate(
        PASTE, [{"data": {"text/plain": "x", "text/html": "<b>x</b>", "vscode-editor-data": "{}"}}, "paste"]
    )
    page.locator(TEXT).focus()
    page.keyboard.down("Control")
    page.keyboard.down("Shift")
    page.keyboard.down("v")
    assert paste(page, "<b>x</b>")
    for key in ("v", "Shift", "Control"):
        page.keyboard.up(key)
    assert not paste(page, "<b>x</b>")


def test_five_megabytes_of_word_are_pasted_as_plain_text_with_a_sentence(page):
    page.evaluate(
        PASTE,
        [
            {
                "data": {"text/html": "<p class=MsoNormal><b>words</b> and</p>" * 10, "text/plain": "words and "},
                "times": 15_000,
            },
            "paste",
        ],
    )
    expect(page.locator(SAID)).to_have_text("This is too large to keep its formatting, so it was pasted as plain text.")
    assert page.locator(TEXT).input_value().startswith("words and words and ")


def test_a_long_text_is_cut_with_a_sentence(page):
    page.evaluate(
        PASTE,
        [{"data": {"text/html": "<p><b>ten</b> words</p>", "text/plain": "ten words "}, "times": 30_000}, "paste"],
    )
    expect(page.locator(SAID)).to_have_text("Only the first 200,000 characters were pasted.")
    assert len(page.locator(TEXT).input_value()) < 200_010


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "<b>x</b>",
        "<ul><li>" * 3_000 + "x",
        "<b>" * 50_000 + "x",
        "<blockquote>" * 3_000 + "x",
        "<p>a <b>b</b></p>" * 20_000,
        "<math>" + "<mover><mi>x</mi>" * 200 + "</math>",
        of_word("<m:rad><m:deg>" * 400 + "x"),
        of_word("<m:oMath><m:d><m:e>" * 150 + "x"),
        "<p>x</p>" + "<![if !msEquation]>" * 30_000 + "<b>x</b>",
        "<b>x</b>" + "<!--[if gte msEquation 12]><m:oMath>x</m:oMath><![endif]-->" * 5_000,
        "<b>x</b><!--[if gte msEquation 12]>" + "<m:a" * 100_000 + "<![endif]-->",
        "<b>x" + "<br>" * 200_000 + "y</b>",
        "<p><b>x</b>" + "<span> </span>" * 200_000 + "y</p>",
        "<pre><code>x" + " " * 1_000_000 + "y</code></pre>",
    ],
)
def test_deep_and_long_pages_are_no_matter(page, html):
    assert "x" in pasted(page, html) or "a **b**" in page.locator(TEXT).input_value()


NOTEBOOK = {
    "nbformat": 4,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# Backprop\n", "With $\\delta$.\n", "![p](attachment:p.png)"]},
        {"cell_type": "code", "source": "print(1)", "outputs": [
            {"output_type": "stream", "text": ["1\n"]},
            {"output_type": "execute_result", "data": {"text/plain": "\n".join(map(str, range(50))), "image/png": "x"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "bad \u001b[31mred\u001b[0m", "traceback": []},
        ]},
        {"cell_type": "code", "source": [], "outputs": []},
    ],
}  # fmt: skip
LINES = "\n".join(map(str, range(20)))
WRITTEN = (
    "# Backprop\nWith $\\delta$.\n\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n"
    f"```text\n{LINES}\n…\n```\n\n```text\nValueError: bad red\n```"
)


@pytest.mark.parametrize("begun", ["![", "![](data:"])
def test_pictures_of_a_notebook_that_do_not_end_are_no_matter(page, begun):
    cells = [{"cell_type": "markdown", "source": "# Head\n" + begun * 300_000}]
    assert not paste(page, None, json.dumps({"nbformat": 4, "cells": cells}))
    expect(page.locator(TEXT)).to_have_value(re.compile("^# Head"))


def test_what_cannot_be_read_is_pasted_as_plain_text(page):
    source = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "`1" * 300_000, "outputs": {}}]})
    assert not paste(page, None, source)
    expect(page.locator(TEXT)).to_have_value(re.compile('^{"nbformat": 4'))


@pytest.mark.parametrize("way", ["pasted", "dropped"])
def test_a_notebook_is_its_words_and_its_code(page, way):
    if way == "pasted":
        assert not paste(page, None, json.dumps(NOTEBOOK))
    else:
        page.evaluate(PASTE, [{"files": {"a.ipynb": json.dumps(NOTEBOOK)}}, "drop"])
    expect(page.locator(TEXT)).not_to_have_value("")
    assert page.locator(TEXT).input_value().strip() == WRITTEN
    expect(page.locator(SAID)).to_have_text(
        "Pictures are not pasted with the text (2). Add them with the picture button."
    )


def test_a_picture_of_a_notebook_is_told_and_its_name_is_left_out(page):
    figure = {"data": {"image/png": "x", "text/plain": ["<Figure size 640x480 with 1 Axes>"]}}
    cells = [{"cell_type": "code", "source": "plot()", "outputs": [figure | {"output_type": "display_data"}]}]
    assert not paste(page, None, json.dumps({"nbformat": 4, "cells": cells}))
    expect(page.locator(TEXT)).to_have_value("```python\nplot()\n```\n\n")
    expect(page.locator(SAID)).to_contain_text("(1)")


def test_a_notebook_without_pictures_says_nothing_of_them(page):
    cells = [{"cell_type": "code", "source": "f", "outputs": [{"data": {"text/plain": "<function f>"}}]}]
    assert not paste(page, None, json.dumps({"nbformat": 4, "cells": cells}))
    expect(page.locator(TEXT)).to_have_value("```python\nf\n```\n\n```text\n<function f>\n```\n\n")
    expect(page.locator(SAID)).to_be_empty()


def test_a_file_that_is_no_notebook_is_refused_with_a_sentence(page):
    page.evaluate(PASTE, [{"files": {"a.ipynb": "{}"}}, "drop"])
    expect(page.locator(SAID)).to_have_text("This file is not a notebook, or is larger than 20 MB.")
    assert page.locator(TEXT).input_value() == ""


def test_words_about_notebooks_are_no_notebook(page):
    assert not paste(page, None, '{"nbformat" is a field')
    expect(page.locator(TEXT)).to_have_value('{"nbformat" is a field')


def test_nothing_of_a_page_runs_or_is_loaded(page, site):
    html = '<p><b>x</b><img src="/asked.png" onerror="window.ran = 1" alt=""><iframe src="/frame"></iframe></p>'
    assert pasted(page, html) == "**x**"
    site.let_pass(300)
    assert page.evaluate("window.ran") is None
    assert {path for path, _body in site.asked} & {"/asked.png", "/frame"} == set()
