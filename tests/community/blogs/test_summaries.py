"""An article's summary is shown with its formulas, on its page and in lists, and made anew for a newer renderer."""

import pytest

from community.blogs import summaries
from community.blogs.models import Article
from community.blogs.services import edit_article, start_article
from community.rendering import pool
from community.rendering.fallback import as_written
from tests.html import html_of

pytestmark = pytest.mark.django_db
SUMMARY = r"Why $\partial L/\partial w$ <b> is 2-3-1."


@pytest.fixture
def article(ada):
    return start_article(author=ada, title="A", source="Text.", summary=SUMMARY, publish=True)


@pytest.fixture
def pages(client):
    """Return a function that returns the HTML of the article and of the list."""
    return lambda article: [html_of(client.get(at)) for at in (article.thread.get_absolute_url(), "/articles/")]


def test_a_summary_has_its_formulas_on_the_page_and_in_lists(article, pages):
    for page in pages(article):
        assert '<annotation encoding="application/x-tex">\\partial L/\\partial w</annotation>' in page
        assert '&lt;b&gt; is <span class="held">2-3-1</span>.' in page


def test_one_without_formulas_is_text(ada, pages):
    article = start_article(author=ada, title="A", source="Text.", summary="<b> is 2-3-1.", publish=True)
    assert Article.objects.get().summary_html == ""
    for page in pages(article):
        assert '&lt;b&gt; is <span class="held">2-3-1</span>.' in page


def test_another_summary_is_made_anew(article, ada, pages):
    edit_article(article=article, editor=ada, source="Text.", base_version=1, summary="Only $z$.")
    for page in pages(article):
        assert ">z</annotation>" in page and "partial" not in page


def test_one_that_could_not_be_rendered_is_readable_and_made_later(ada, pages, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(pool, "render", lambda source, context: as_written(source, "", version=0))
        article = start_article(author=ada, title="A", source="Text.", summary=SUMMARY, publish=True)
    for page in pages(article):
        assert "Why ∂L/∂w &lt;b&gt;" in page
    assert summaries.render_again() == 1
    assert summaries.render_again() == 0
    for page in pages(article):
        assert "\\partial w</annotation>" in page
