"""What an author changes in the first minutes is no version, unless somebody has reacted."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from community.blogs.services import edit_article, start_article
from community.content import services
from community.content.corrections import GRACE
from community.content.history import history
from community.content.models import Post, Revision
from community.content.services.removal import hide_post
from community.forum.services import accept_answer
from community.moderation.services import report_post
from community.review.services import approve, suggest_edit
from community.social.services import agree, vote
from tests.factories import AnswerFactory, CommentFactory, ModeratorFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
LATER = GRACE + timedelta(seconds=1)


@pytest.fixture
def answer(ada, bob) -> Post:
    return AnswerFactory(thread=QuestionFactory(author=bob), author=ada, source="Becuase.\n")


def again(post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def edit(post, editor=None, source="Because.", **values) -> Post:
    found = again(post)
    editor = editor or found.author
    return services.edit_post(post=found, editor=editor, source=source, base_version=found.version, **values)


def age(post, by=LATER) -> None:
    """Make a post, and its last version that is shown, so much older."""
    found = again(post)
    Post.objects.filter(pk=post.pk).update(
        created_at=found.created_at - by, edited_at=found.edited_at and found.edited_at - by
    )


def versions(post) -> list[tuple[str, str]]:
    return [(each.number, each.source) for each in history(again(post), AnonymousUser()).versions]


def test_a_correction_is_no_version_and_the_post_is_not_called_edited(ada, answer, client, as_user):
    edit(answer)
    edit(answer, source="Because of symmetry.")
    assert versions(answer) == [("1", "Because of symmetry.\n")]
    assert (again(answer).version, again(answer).edited_at) == (3, None)
    thread = again(answer).thread.get_absolute_url()
    assert f"/posts/{answer.pk}/history/" not in html_of(client.get(thread))
    assert "symmetry" in html_of(client.get(thread))
    moderator = as_user(ModeratorFactory())
    moderators = html_of(moderator.get(f"/posts/{answer.pk}/history/"))
    assert re.findall(r"Version ([\d.]+)</a>", moderators) == ["1", "1.2", "1.1"]
    assert "Becuase." in html_of(moderator.get(f"/posts/{answer.pk}/history/?version=1.1"))
    for reader in (client, as_user(ada)):
        page = html_of(reader.get(f"/posts/{answer.pk}/history/"))
        assert "Becuase" not in page and "Version 2" not in page


def test_after_the_window_an_edit_is_a_version_with_a_window_of_its_own(answer):
    age(answer)
    edit(answer)
    edited_at = again(answer).edited_at
    edit(answer, source="Because!")
    assert versions(answer) == [("2", "Because!\n"), ("1", "Becuase.\n")]
    assert again(answer).edited_at == edited_at is not None
    age(answer)
    edit(answer, source="Because of symmetry.")
    assert versions(answer) == [("3", "Because of symmetry.\n"), ("2", "Because!\n"), ("1", "Becuase.\n")]


def test_a_version_has_the_same_number_for_moderators(answer, as_user):
    age(answer)
    edit(answer)
    edit(answer, source="Because!")
    Post.objects.filter(pk=answer.pk).update(community_at=timezone.now())
    moderator = ModeratorFactory()
    assert [each.number for each in history(again(answer), moderator).versions] == ["2", "2.1", "1"]
    base = {"base_version": again(answer).version}
    as_user(moderator).post(f"/posts/{answer.pk}/history/1/restore/", base)
    assert versions(answer)[0] == ("3", "Becuase.\n")
    assert [each.reason for each in history(again(answer), AnonymousUser()).versions] == ["Restored version 1", "", ""]
    base = {"base_version": again(answer).version}
    as_user(moderator).post(f"/posts/{answer.pk}/history/2.1/restore/", base)
    assert history(again(answer), AnonymousUser()).versions[0].reason == ""


def test_corrections_do_not_make_the_window_longer(answer):
    age(answer, GRACE - timedelta(seconds=5))
    edit(answer)
    age(answer, timedelta(seconds=5))
    edit(answer, source="Because!")
    assert versions(answer) == [("2", "Because!\n"), ("1", "Because.\n")]


def test_an_edit_with_a_reason_is_a_version(answer):
    edit(answer, reason="A wrong letter")
    assert versions(answer) == [("2", "Because.\n"), ("1", "Becuase.\n")]


def test_what_an_edit_conflict_replaces_stays_in_the_history(ada, answer, as_user):
    """Two tabs of one author, in the first minutes."""
    tab, address = as_user(ada), f"/posts/{answer.pk}/edit/"
    tab.post(address, {"source": "From one tab.", "base_version": "1"})
    form = tab.post(address, {"source": "From another.", "base_version": "1"}).context["form"]
    tab.post(address, {name: form[name].value() for name in ("source", "base_version", "reason")})
    assert versions(answer) == [("2", "From another.\n"), ("1", "From one tab.\n")]
    for language, words in (("en", "Resolved an edit conflict"), ("zh-hans", "解决了编辑冲突")):
        with translation.override(language):
            assert history(again(answer), AnonymousUser()).versions[0].reason == words


def test_an_edit_conflict_keeps_the_reason_that_was_typed(ada, answer, as_user):
    address = f"/posts/{answer.pk}/edit/"
    edit(answer)
    refused = as_user(ada).post(address, {"source": "Mine.", "base_version": "1", "reason": "Shorter"})
    assert refused.context["form"]["reason"].value() == "Shorter"


REACTIONS = {
    "a vote": lambda post, bob: vote(user=bob, post=post, value=-1),
    "an agreement": lambda post, bob: agree(user=bob, post=post, on=True),
    "a comment": lambda post, bob: CommentFactory(thread=post.thread, author=bob, parent=post),
    "another answer": lambda post, bob: AnswerFactory(thread=post.thread, author=bob),
    "an accepted answer": lambda post, bob: accept_answer(answer=post, by=bob),
    "a report": lambda post, bob: report_post(post=post, reporter=bob, reason="spam"),
}


@pytest.mark.parametrize("react", REACTIONS.values(), ids=REACTIONS)
def test_after_a_reaction_every_edit_is_a_version(answer, bob, react):
    react(again(answer), bob)
    edit(answer)
    assert versions(answer) == [("2", "Because.\n"), ("1", "Becuase.\n")]
    assert again(answer).edited_at is not None


def test_ones_own_comment_is_no_reaction(ada, answer):
    CommentFactory(thread=answer.thread, author=ada, parent=answer)
    edit(answer)
    assert versions(answer) == [("1", "Because.\n")]


def test_what_others_change_is_a_version_and_so_is_the_authors_answer_to_it(ada, answer):
    edit(answer, ModeratorFactory())
    edit(answer, ada, "Because of symmetry.")
    assert versions(answer) == [("3", "Because of symmetry.\n"), ("2", "Because.\n"), ("1", "Becuase.\n")]


def test_a_draft_keeps_every_version_until_it_is_published(ada):
    draft = services.start_thread(author=ada, kind="question", title="Why?", source="One.", publish=False)
    edit(draft.posts.get(), source="Two.")
    assert versions(draft.posts.get()) == [("2", "Two.\n"), ("1", "One.\n")]


def test_a_title_is_corrected_too_and_an_article_is_not_called_revised(ada):
    article = start_article(author=ada, title="Backwrad", source="Text.", publish=True)
    edited = edit_article(article=article, editor=ada, title="Backward", source="Text.", base_version=1)
    assert (edited.thread.title, edited.revised_at) == ("Backward", None)
    assert [each.title for each in history(again(edited.thread.posts.get()), AnonymousUser()).versions] == ["Backward"]
    age(edited.thread.posts.get())
    assert edit_article(article=edited, editor=ada, source="Other text.", base_version=2).revised_at is not None


def test_a_suggestion_of_a_text_that_was_corrected_meanwhile_is_merged(ada, answer):
    Post.objects.filter(pk=answer.pk).update(source="Becuase.\n\nOne.\n\nTwo.\n")
    sent = {"source": "Becuase.\n\nOne.\n\nThree.\n", "reason": "It is three", "base_version": 1}
    suggestion = suggest_edit(post=again(answer), author=PersonFactory(), **sent)
    edit(answer, source="Because.\n\nOne.\n\nTwo.\n")
    approve(suggestion=suggestion, by=ada, seen=1, base_version=2)
    assert again(answer).source == "Because.\n\nOne.\n\nThree.\n"
    assert [number for number, _source in versions(answer)] == ["2", "1"]


def test_the_same_form_sent_again_after_a_correction_is_the_same_post(ada, bob):
    sent = {"thread": QuestionFactory(author=bob), "author": ada, "source": "Becuase.", "submission": uuid.uuid4()}
    post = services.add_post(**sent)
    edit(post)
    assert services.add_post(**sent).pk == post.pk


def test_the_text_before_is_kept_and_an_invisible_post_stays_as_it_is(answer):
    edit(answer)
    assert list(Revision.objects.values_list("number", "source", "is_corrected")) == [(1, "Becuase.\n", True)]
    hide_post(post=again(answer), by=ModeratorFactory(), reason="spam")
    assert versions(answer) == [("1", "Because.\n")]


def test_the_form_says_what_becomes_of_corrections(ada, answer, as_user):
    page = html_of(as_user(ada).get(f"/posts/{answer.pk}/edit/"))
    assert "within five minutes" in page
    assert timedelta(minutes=5) == GRACE
