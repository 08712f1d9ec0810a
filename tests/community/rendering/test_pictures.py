"""Pictures of a text: captions, widths, the way to the picture in full size; in pages, feeds and email."""

import re

import pytest

from community.rendering import Context, render
from community.rendering.feeds import feed_html

OWN = "/media/assets/0a1b.png"


def html(source: str) -> str:
    return render(source, Context(prefix="p1-")).html


@pytest.mark.parametrize(
    ("written", "width"),
    [("50%", "50%"), ("100%", "100%"), ("10%", "10%"), ("320", "320"), ("320px", "320"), ("2400", "2400")],
)
def test_a_width_in_braces_is_that_of_the_picture(written, width):
    page = html(f'![A]({OWN} "Caption"){{width={written}}}')
    assert f'width="{width}"' in page and "{" not in page and "<figcaption>Caption</figcaption>" in page


@pytest.mark.parametrize(
    "written",
    [
        "{width=101%}", "{width=9%}", "{width=0}", "{width=15}", "{width=2401}", "{width=99999}", "{width=-5}",
        "{width=5em}", "{width=}", "{height=50}", "{width=50%;}", "{onclick=alert(1)}", "{width=50% style=x}",
        " {width=50%}",
    ],
)  # fmt: skip
def test_anything_else_in_braces_is_text_as_it_was(written):
    page = html(f"![A]({OWN}){written}")
    assert 'width="' not in page and written.strip() in re.sub(r"<[^>]*>", "", page)


@pytest.mark.parametrize(
    "source",
    ["A set {width=50%} of.", "`![A](/media/a.png){width=50%}`", "[A](/latest/){width=50%}", "![A|300](/media/a.png)"],
)
def test_what_was_no_width_is_none(source):
    assert 'width="' not in html(source)
    assert "300" in html(source) or "{width=50%}" in html(source)


@pytest.mark.parametrize(
    ("written", "size"), [("", 'height="600" {} width="800"'), ("{width=400}", 'height="300" {} width="400"')]
)
def test_a_known_picture_has_its_shape_before_it_is_loaded(written, size):
    page = render(f"![A]({OWN}){written}", Context(pictures={OWN: (800, 600)})).html
    assert size.format(f'loading="lazy" src="{OWN}"') in page


def test_a_picture_elsewhere_stays_a_link_and_is_never_loaded():
    page = html("![A](https://elsewhere.example/a.png){width=50%}")
    assert "<img" not in page and "{" not in page and "picture-elsewhere" in page


def test_a_picture_leads_to_itself_unless_it_leads_somewhere_else():
    page = html(f"![A curve]({OWN}) [![Linked]({OWN})](/latest/)")
    assert page.count(f'<a class="picture-whole" href="{OWN}"') == 1 and page.count("<a ") == 2
    assert 'title="Picture in full size"' in html(f"![]({OWN})") and "title=" not in html(f"![A]({OWN})")


def test_a_caption_is_text():
    page = html(f'![A]({OWN} "<b onclick=x>$x$ **bold**")')
    assert "<b" not in page and "**bold**" in page


def test_in_feeds_and_email_it_is_a_picture_with_a_link_and_a_caption():
    page = feed_html(html(f'![A]({OWN} "Caption"){{width=50%}}'), base="https://site.example/t/1/", mathml=False)
    assert f'href="https://site.example{OWN}"' in page and f'src="https://site.example{OWN}"' in page
    assert 'width="50%"' in page and "<figcaption>Caption</figcaption>" in page and "loading" not in page


def test_many_braces_cost_linear_time():
    source = f"![A]({OWN})" + "{width=" * 4_000
    assert render(source, Context()).notice == ""
