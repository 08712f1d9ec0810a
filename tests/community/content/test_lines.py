"""Lines that people write beside posts have their formulas set, wherever they are shown."""

import pytest
from django.template import Context, Template

from community.common import lines
from community.content import services
from community.content.models import Category, Tag
from community.forum.services import lock_thread
from community.lists.models import ReadingList
from community.lists.services import put
from community.rendering.context import Rendered
from community.review.services import suggest_edit
from community.social.marking import set_mark
from community.social.models import Bookmark
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import AnswerFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
LINE = r"Since $\delta^{[2]}$ & <b>"
SHOWN = "&amp; &lt;b&gt;"


def is_set(page: str) -> bool:
    return "<mi>δ</mi>" in page and SHOWN in page and LINE not in page and "$\\delta" not in page


def shown(words: str) -> str:
    return Template("{% load ui %}{{ words|with_formulas }}").render(Context({"words": words}))


def test_words_without_a_formula_are_escaped_and_a_formula_is_set():
    assert shown("a < b") == "a &lt; b"
    assert is_set(shown(LINE)) and shown("It costs $5.") == "It costs $5."


def test_without_a_renderer_the_line_is_as_it_was_written_and_the_others_do_not_wait(monkeypatch):
    asked = []
    monkeypatch.setattr(lines, "_away_until", 0.0)
    monkeypatch.setattr(
        lines.pool, "render", lambda source, context: asked.append(context.title) or Rendered("", version=0)
    )
    assert shown("Not yet $x_1$ <") == "Not yet $x_1$ &lt;"
    assert shown("Nor this $x_2$") == "Nor this $x_2$"
    assert len(asked) == 1


@pytest.fixture
def answer():
    return AnswerFactory(thread=QuestionFactory())


def test_the_reasons_of_marks_events_edits_and_suggestions(answer, client, as_user):
    keeper, thread = ModeratorFactory(), answer.thread
    set_mark(user=keeper, post=answer, kind="failed", reason=LINE, version=1)
    assert is_set(html_of(client.get(thread.get_absolute_url())))
    services.edit_post(post=answer, editor=answer.author, source="Better.", base_version=1, reason=LINE)
    assert html_of(client.get(f"/posts/{answer.pk}/history/")).count("<mi>δ</mi>") == 2  # above, and in the list
    member = PersonFactory()
    made = suggest_edit(post=answer, author=member, source="Best.", reason=LINE, base_version=answer.version)
    for address in (made.get_absolute_url(), "/suggestions/"):
        assert is_set(html_of(as_user(keeper).get(address)))
    assert is_set(html_of(as_user(answer.author).get("/notifications/")))  # of the mark
    lock_thread(thread=thread, by=keeper, reason=LINE)
    assert html_of(client.get(thread.get_absolute_url())).count("<mi>δ</mi>") == 2


def test_the_descriptions_of_categories_and_tags(client):
    Category.objects.filter(slug="training-troubles").update(description=LINE)
    assert is_set(html_of(client.get("/c/training-troubles/")).partition("<main")[2])
    tag = Tag.objects.create(slug="delta", name="delta", description=LINE, thread_count=1)
    for address in ("/tags/", tag.get_absolute_url()):
        assert is_set(html_of(client.get(address)).partition("<main")[2])


def test_a_note_of_a_bookmark_has_its_lines_and_formulas(answer, as_user):
    member = PersonFactory()
    put(owner=member, post=answer, new_name="Mine")
    Bookmark.objects.update(note=f"{LINE}\nAnd more")
    for address in ("/bookmarks/", ReadingList.objects.get().get_absolute_url()):
        page = html_of(as_user(member).get(address))
        assert is_set(page) and "<br>And more</p>" in page
