"""The template of a question, with and without script: its parts, its languages, and that nothing typed is lost."""

import pytest

from community.content import services
from community.content.ask_template import ask_template, with_template
from community.content.models import Draft, Thread

pytestmark = pytest.mark.django_db
HEADINGS = {
    "en": ["What I derived", "Where I am stuck", "Config", "The curve I expected, and the one I got"],
    "zh-hans": ["我的推导", "卡在哪里", "配置", "预期的曲线与实际的曲线"],
}


def source_of(page) -> str:
    return page.context["form"]["source"].value()


@pytest.mark.parametrize("language", HEADINGS)
def test_an_address_fills_the_empty_editor_in_the_language_of_the_page(ada, as_user, language):
    ada.language = language if language == "en" else "zh-hans"
    ada.save()
    page = as_user(ada).get("/write/?kind=question&template=1", headers={"Accept-Language": language})
    lines = [line.removeprefix("### ") for line in source_of(page).split("\n") if line.startswith("### ")]
    assert lines == HEADINGS[language]


def test_no_category_is_chosen(ada, as_user):
    page = as_user(ada).get("/write/?kind=question&template=1")
    assert not page.context["form"]["category"].value()


def test_without_script_a_button_adds_it_below_what_was_typed(ada, as_user):
    sent = {"title": "Why?", "source": "My own words.\r\n", "tags": "xor", "template": "1"}
    page = as_user(ada).post("/write/?kind=question", sent)
    form = page.context["form"]
    assert source_of(page) == f"My own words.\n\n{ask_template()}"
    assert (form["title"].value(), form["tags"].value()) == ("Why?", "xor")
    assert not form.errors
    assert (page.status_code, Thread.objects.count()) == (200, 0)


def test_a_draft_is_kept_above_it_and_a_reload_adds_nothing(ada, as_user):
    Draft.objects.create(owner=ada, key="new:question", source="From yesterday.\n")
    page = as_user(ada).get("/write/?kind=question&template=1")
    assert source_of(page) == f"From yesterday.\n\n{ask_template()}"
    assert with_template(source_of(page)) == source_of(page)
    assert with_template(source_of(page).replace("\n", "\r\n")).count("### ") == 4


def test_other_kinds_and_edits_have_none(ada, as_user):
    thread = services.start_thread(author=ada, kind="question", title="Why?", source="Because.")
    for path in (
        "/write/?kind=discussion&template=1",
        "/notes/new/?template=1",
        f"/posts/{thread.posts.get().pk}/edit/",
    ):
        page = as_user(ada).get(path)
        assert "### " not in (source_of(page) or "") and "data-template" not in page.content.decode()


def test_it_can_be_posted_as_it_is(ada):
    thread = services.start_thread(author=ada, kind="question", title="Why?", source=ask_template())
    html = thread.posts.get().html
    assert html.count("<h3") == 4 and "problem" not in html and "math-error" not in html and "$$" not in html
