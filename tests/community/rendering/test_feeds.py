"""HTML for feeds and email."""

from xml.etree import ElementTree

from community.rendering import feed_html, render


def test_a_feed_has_mathml_whose_latex_stays_when_tags_are_dropped():
    html = feed_html(render("Let $a<b$.").html)
    assert 'alttext="a&lt;b"' in html
    words = "".join(ElementTree.fromstring(html).itertext())
    assert words == "Let a<b $a<b$ ."


def test_mail_has_readable_formulas_alone():
    assert feed_html(render(r"Let $\sigma$ and $\phantom{a}b$.").html, mathml=False) == (
        "<p>Let <code>σ</code> and <code>\\phantom{a}b</code>.</p>"
    )


def test_addresses_are_absolute():
    html = feed_html(render("[a](/t/1/) [b](#c)").html, base="https://site.example/t/9/x/")
    assert 'href="https://site.example/t/1/"' in html
    assert 'href="https://site.example/t/9/x/#p-c"' in html


def test_runs_are_named():
    html = '<div class="run-embed" data-run="0123456789abcdef"></div>'
    assert feed_html(html) == "<p><code>run 0123456789ab</code></p>"
    assert feed_html(html, embed=lambda run: f"<p>{run}</p>") == "<p>0123456789abcdef</p>"


def test_what_only_a_page_needs_is_gone():
    html = feed_html(render("$$x$$\n\n```python\nx\n```").html)
    assert not any(part in html for part in ("tabindex", "role=", "aria-label", "data-copy"))
