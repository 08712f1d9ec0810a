"""Suggested edits of title, tags, category and summary: reviewed and decided as one with the text."""

import pytest

from community.blogs.models import Article
from community.blogs.selectors import article_of
from community.blogs.services import edit_article, start_article
from community.content import services as content
from community.content.models import Category, Event, Post, Revision, Thread
from community.content.services import hide_post
from community.review import services
from community.review.errors import CannotMerge, NotOpenToSuggestions, PostChanged
from community.review.models import State, SuggestedEdit
from community.review.services import suggestions as suggestion_services
from tests.factories import ModeratorFactory, PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
LINES = "One.\n\nTwo.\n\nThree.\n"


@pytest.fixture
def rooms():
    return [Category.objects.create(slug=slug, name=slug.title()) for slug in ("maths", "code")]


@pytest.fixture
def post(ada, rooms) -> Post:
    wish = {"title": "Why?", "source": LINES, "tags": ["xor", "loss"], "category": rooms[0]}
    return opening(content.start_thread(author=ada, kind="question", **wish))


@pytest.fixture
def article(ada) -> Post:
    found = start_article(author=ada, title="Chain", source=LINES, summary="Old.", tags=["xor"], publish=True)
    return opening(found.thread)


def opening(thread: Thread) -> Post:
    return Post.objects.select_related("thread", "author").get(thread=thread, number=1)


def form_of(browser, post) -> dict:
    """Return what the form of a suggestion begins with."""
    return sent_by(browser.get(f"/posts/{post.pk}/suggest/")) | {"reason": "Clearer"}


def sent_by(page) -> dict:
    """Return what the form of a page sends."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def suggest(as_user, bob, post, **changed) -> SuggestedEdit:
    sent = form_of(as_user(bob), post) | changed
    answer = as_user(bob).post(f"/posts/{post.pk}/suggest/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return SuggestedEdit.objects.latest("pk")


def approve(suggestion, by, base_version=1):
    return services.approve(suggestion=suggestion, by=by, seen=suggestion.version, base_version=base_version)


def tags_of(post) -> set[str]:
    return set(Thread.objects.get(pk=post.thread_id).tags.values_list("slug", flat=True))


def test_title_tags_and_category_are_suggested_shown_and_approved_as_one(as_user, ada, bob, post):
    made = suggest(as_user, bob, post, title="Why $x$?", tags="xor, adam", category="code", source=LINES + "Four.\n")
    page = html_of(as_user(ada).get(made.get_absolute_url()))
    for words in ("Tags:", "<ins>adam", "Category:", "Maths", "Code", "Why", "Four."):
        assert words in page
    saved = approve(made, ada)
    thread = Thread.objects.get(pk=post.thread_id)
    assert (thread.title, thread.category.slug, tags_of(post)) == ("Why $x$?", "code", {"xor", "adam"})
    assert saved.source == LINES + "Four.\n" and Revision.objects.filter(post=post).count() == 1
    events = Event.objects.filter(thread=thread, action__in=("retag", "move"))
    assert {event.reason for event in events} == {"Clearer (@bob)"} and events.count() == 2
    assert html_of(as_user(ada).get(made.get_absolute_url())).count("Tags:") == 2, "what was decided is still shown"


def test_tags_alone_are_a_suggestion_and_no_version(as_user, ada, bob, post):
    made = suggest(as_user, bob, post, tags="xor")
    assert made.filing == {"tags": ["loss, xor", "xor"]}
    approve(made, ada)
    assert tags_of(post) == {"xor"} and opening(post.thread).version == 1
    assert SuggestedEdit.objects.get().state == State.APPROVED


def test_tags_in_another_order_and_case_are_no_change(as_user, bob, post):
    sent = form_of(as_user(bob), post) | {"tags": "XOR, loss"}
    answer = as_user(bob).post(f"/posts/{post.pk}/suggest/", sent)
    assert answer.status_code == 422 and "Change something first" in html_of(answer)


def test_the_summary_of_an_article_is_suggested_and_improved(as_user, ada, bob, article):
    made = suggest(as_user, bob, article, summary="New.", source=LINES + "Four.\n")
    browser = as_user(ada)
    address = f"{made.get_absolute_url()}improve/"
    sent = sent_by(browser.get(address))
    assert sent["summary"] == "New."
    sent |= {"summary": "Newest.", "tags": "xor, adam"}
    assert browser.post(address, sent).status_code == 302
    assert Article.objects.get().summary == "Newest." and tags_of(article) == {"xor", "adam"}
    assert SuggestedEdit.objects.get().state == State.IMPROVED


def test_a_rejected_one_changes_nothing(as_user, ada, bob, post):
    made = suggest(as_user, bob, post, tags="", category="code")
    services.reject(suggestion=made, by=ada, seen=made.version, answer="They fit.")
    assert tags_of(post) == {"xor", "loss"} and Thread.objects.get().category.slug == "maths"


def test_nothing_changed_is_said_and_what_cannot_be_is_kept_with_a_sentence(as_user, bob, post):
    sent = form_of(as_user(bob), post)
    for changed, sentence in (
        ({}, "Change something first"),
        ({"tags": "a, b, c, d, e, f"}, "Use at most 5 tags."),
        ({"tags": "x/y"}, "can contain only letters"),
        ({"category": "nowhere"}, "Select a valid choice"),
        ({"title": ""}, "title"),
    ):
        answer = as_user(bob).post(f"/posts/{post.pk}/suggest/", sent | changed | {"source": LINES})
        assert answer.status_code == 422 and sentence in html_of(answer), changed
    assert not SuggestedEdit.objects.exists()


def test_a_form_without_these_fields_leaves_them(as_user, ada, bob, post):
    sent = {"title": "Why?", "source": LINES + "Four.\n", "reason": "More", "base_version": 1, "seen": 0}
    as_user(bob).post(f"/posts/{post.pk}/suggest/", sent | {"base_filing": "{broken"})
    approve(SuggestedEdit.objects.get(), ada)
    assert tags_of(post) == {"xor", "loss"} and Thread.objects.get().category.slug == "maths"


def test_what_else_was_changed_meanwhile_is_kept(as_user, ada, bob, post, rooms):
    made = suggest(as_user, bob, post, tags="xor, adam")
    content.edit_post(post=post, editor=ada, source=LINES + "Five.\n", base_version=1, category=rooms[1])
    approve(made, ada, base_version=2)
    now = opening(post.thread)
    assert now.source == LINES + "Five.\n" and now.thread.category.slug == "code" and tags_of(post) == {"xor", "adam"}


def test_the_same_changed_otherwise_meanwhile_is_a_conflict_that_is_solved_by_hand(as_user, ada, bob, post):
    made = suggest(as_user, bob, post, tags="xor, adam")
    content.edit_post(post=post, editor=ada, source=LINES, base_version=1, tags=["relu"])
    with pytest.raises(CannotMerge):
        approve(made, ada)
    page = html_of(as_user(ada).get(made.get_absolute_url()))
    assert "The post was edited in the same place" in page and "adam" in page and "relu" in page
    address = f"{made.get_absolute_url()}improve/"
    sent = sent_by(as_user(ada).get(address)) | {"tags": "relu, adam"}
    assert as_user(ada).post(address, sent).status_code == 302 and tags_of(post) == {"relu", "adam"}
    shown = html_of(as_user(ada).get(f"/posts/{post.pk}/history/"))
    assert "After a suggestion by @bob" in shown and "suggested:" not in shown


def test_tags_changed_while_a_suggestion_is_improved_show_both(as_user, ada, bob, post):
    made = suggest(as_user, bob, post, tags="xor, adam")
    address = f"{made.get_absolute_url()}improve/"
    sent = sent_by(as_user(ada).get(address))
    content.edit_post(post=post, editor=ada, source=LINES, base_version=1, tags=["relu"])
    answer = as_user(ada).post(address, sent)
    page = html_of(answer)
    assert answer.status_code == 409 and "relu" in page and "adam" in page and tags_of(post) == {"relu"}
    assert as_user(ada).post(address, sent_by(answer)).status_code == 302 and tags_of(post) == {"xor", "adam"}


def test_a_change_in_the_moment_of_approval_loses_nothing(monkeypatch, as_user, ada, bob, article):
    made = suggest(as_user, bob, article, summary="New.")

    def changed_meanwhile(wanted, now):
        found = arguments(wanted, now)
        edit_article(article=article_of(article.thread), editor=ada, source=LINES, base_version=1, summary="Other.")
        return found

    arguments = suggestion_services.arguments
    monkeypatch.setattr(suggestion_services, "arguments", changed_meanwhile)
    with pytest.raises(PostChanged):
        approve(made, ada)
    assert Article.objects.get().summary == "Other." and SuggestedEdit.objects.get().is_open


@pytest.mark.parametrize("act", ["hide", "delete"])
def test_of_a_post_that_is_gone_nothing_is_changed_and_the_suggestion_is_kept(as_user, ada, bob, post, act):
    made = suggest(as_user, bob, post, tags="xor, adam", title="Better?")
    if act == "hide":
        hide_post(post=post, by=ModeratorFactory())
    else:
        content.delete_post(post=post, by=ada)
    with pytest.raises(Exception, match=r"hidden or deleted|cannot decide"):
        approve(made, ada)
    page = html_of(as_user(bob).get(made.get_absolute_url()))
    assert "The post was hidden or deleted. This is what you suggested." in page
    assert "adam" in page and "Better?" in page and "loss" not in page
    with pytest.raises(NotOpenToSuggestions):
        services.suggest_edit(
            post=post, author=PersonFactory(), source="Two.", title="Why?", reason="Shorter", base_version=1
        )


def test_a_reply_has_no_such_fields(as_user, ada, bob, post):
    reply = content.add_post(thread=post.thread, author=ada, source="So.", role="answer")
    form = as_user(bob).get(f"/posts/{reply.pk}/suggest/").context["form"]
    assert not {"title", "tags", "category", "summary", "base_filing"} & set(form.fields)
