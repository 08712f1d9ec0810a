"""The template of a question, with and without script: its parts, its languages, and that nothing typed is lost."""

import pytest
from django.utils.translation import override

from community.content import services
from community.content.ask_template import ask_template, with_template, without_hints
from community.content.models import Draft, Thread
from tests.steps import steps

pytestmark = pytest.mark.django_db
HEADINGS = {
    "en": ["What I derived", "Where I am stuck", "Config", "The curve I expected, and the one I got"],
    "zh-hans": ["我的推导", "卡在哪里", "配置", "预期的曲线与实际的曲线"],
}


@pytest.mark.parametrize("line", ["### Config\n", "### Config\n\n", "\n", "*Expected:*\n"])
def test_a_text_of_empty_headings_or_empty_lines_is_read_once(line):
    without_hints(line)
    few, many = (steps(lambda times=times: without_hints("a\n" + line * times)) for times in (200, 2_000))
    assert many < 11 * few


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


def filled_in(**words: str) -> str:
    """Return the template with words in place of these hints, by their beginning."""
    paragraphs = ask_template().strip().split("\n\n")
    found = [next((words[name] for name in words if each.startswith(f"*{name}")), each) for each in paragraphs]
    return "\n\n".join(found) + "\n"


SENT = {"title": "Why?", "category": "training-troubles"}
FORMULA = "$$\n\\frac{\\partial L}{\\partial W} = \\dots\n$$"
LAST = "### The curve I expected, and the one I got"
LEFT = [
    (ask_template, ""),
    (lambda: filled_in(The="Line 3."), "### Where I am stuck\n\nLine 3.\n"),
    (lambda: f"Why?\n\n{ask_template()}", "Why?\n\n"),
    (lambda: f"{ask_template()}\nThank you.\n", f"{LAST}\n\n*Observed:*\n\nThank you.\n"),
    (lambda: filled_in(Expected="*Expected:* falls"), f"{LAST}\n\n*Expected:* falls\n\n"),
    (lambda: filled_in(Expected="*Expected:*\n\nIt falls."), f"{LAST}\n\n*Expected:*\n\nIt falls.\n\n"),
    (
        lambda: ask_template().replace("dots", "delta x"),
        f"### What I derived\n\n{FORMULA}\n".replace("dots", "delta x"),
    ),
    (lambda: ask_template().replace("trust.*\n", "trust.*\nMine.\n"), "### What I derived\n\nMine.\n\n"),
    (lambda: "```\n### Mine\n\n\n*a*\n```\n", "```\n### Mine\n\n\n*a*\n```\n"),
]


@pytest.mark.parametrize(("source", "left"), LEFT, ids=[str(n) for n in range(len(LEFT))])
def test_what_was_not_filled_in_is_left_out(source, left):
    assert without_hints(source()).rstrip() == left.rstrip()


@pytest.mark.parametrize("language", HEADINGS)
def test_a_question_is_published_without_hints_in_any_language(ada, as_user, language):
    with override(language):
        template = ask_template()
    hint = template.split("\n\n")[4]
    sent = SENT | {"source": template.replace(hint, "Line 3.")}
    as_user(ada).post("/write/?kind=question", sent)
    thread = Thread.objects.get()
    assert thread.posts.get().source == f"### {HEADINGS[language][1]}\n\nLine 3.\n" and not thread.is_draft


def test_a_draft_keeps_them_until_it_is_published(ada, as_user):
    for end in ("publish", "edit"):
        source = filled_in(The="Line 3.")
        as_user(ada).post("/write/?kind=question", SENT | {"source": source, "keep": "1"})
        thread = Thread.objects.latest("pk")
        post = thread.posts.get()
        assert thread.is_draft and post.source == source
        if end == "publish":
            as_user(ada).post(f"/threads/{thread.pk}/publish/")
        else:
            sent = SENT | {"source": source, "base_version": post.version, "publish": "1"}
            as_user(ada).post(f"/posts/{post.pk}/edit/", sent)
        thread.refresh_from_db()
        post.refresh_from_db()
        assert not thread.is_draft and post.source == "### Where I am stuck\n\nLine 3.\n"
        assert post.edited_at is None and not post.revisions.exists()


def test_the_template_alone_is_no_question_and_stays_in_the_form(ada, as_user):
    page = as_user(ada).post("/write/?kind=question", SENT | {"source": ask_template()})
    assert page.status_code == 422 and "There is no text yet." in page.content.decode()
    assert source_of(page) == ask_template() and not Thread.objects.exists()


def preview_of(client, source, **sent):
    return client.post("/write/preview/", {"source": source, "kind": "question"} | sent).json()


@pytest.mark.parametrize(("source", "left"), LEFT, ids=[str(n) for n in range(len(LEFT))])
def test_the_preview_of_a_question_is_what_is_published(ada, as_user, source, left):
    source = source().replace("\n", "\r\n")
    shown = preview_of(as_user(ada), source)["html"]
    page = as_user(ada).post("/write/?kind=question", SENT | {"source": source, "preview": "1"})
    assert page.context["page_html"] == f'<p class="preview-title">{SENT["title"]}</p>{shown}'
    as_user(ada).post("/write/?kind=question", SENT | {"source": source})
    assert shown == (Thread.objects.get().posts.get().html if left.strip() else "")


def test_a_draft_is_previewed_without_hints_and_a_published_question_as_it_is(ada, as_user):
    hint = "*Expected:*"
    thread = services.start_thread(author=ada, kind="question", title="Why?", source="Words.", publish=False)
    post = thread.posts.get()
    sent = {"post": str(post.pk)}
    assert "Expected" not in preview_of(as_user(ada), f"Words.\n\n{hint}\n", **sent)["html"]
    services.publish_thread(thread=thread, by=ada)
    assert "Expected" in preview_of(as_user(ada), f"Words.\n\n{hint}\n", **sent)["html"]
    assert "Expected" in preview_of(as_user(ada), hint, kind="discussion")["html"]


def test_problems_are_at_their_lines_of_the_text_with_its_hints(ada, as_user):
    source = filled_in(Your=" ", The="```bp\ndataset: {name: xor}\nmodle: {}\n```")
    found = [each for each in preview_of(as_user(ada), source)["problems"] if each.get("path") == "modle"]
    assert [source.split("\n")[each["line"] - 1] for each in found] == ["modle: {}"]


def test_drafts_of_other_tabs_that_have_hints_go_when_the_question_is_posted(ada, as_user):
    source = filled_in(The="Line 3.")
    kept = {"": source, "~a": source, "~b": ask_template(), "~c": filled_in(The="Line 4."), "~d": f"{source}And more."}
    for aside, text in kept.items():
        services.save_draft(owner=ada, key=f"new:question{aside}", source=text, title="Why?")
    services.save_draft(owner=ada, key="new:question~e", source=source, title="Another title")
    services.save_draft(owner=ada, key="new:discussion", source=source, title="Why?")
    as_user(ada).post("/write/?kind=question", SENT | {"source": source, "draft_key": "new:question"})
    left = set(Draft.objects.filter(owner=ada).values_list("key", flat=True))
    assert left == {"new:question~c", "new:question~d", "new:question~e", "new:discussion"}
