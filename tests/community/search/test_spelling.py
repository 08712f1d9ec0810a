"""Words with a mistake: what was meant, only if nothing is found, and only by what every visitor sees."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from community.content.models import Post
from community.content.services import start_thread
from community.search import sentences
from community.search.selectors import find
from community.search.services import rebuild
from community.search.spelling import mistakes, nearest
from tests.factories import PersonFactory, ThreadFactory

VISITOR = AnonymousUser()


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("gradeint", "gradient", 1),
        ("dropuot", "dropout", 1),
        ("abc", "abc", 0),
        ("abcd", "wxyz", 3),
        ("loss", "losses", 2),
    ],
)
def test_mistakes_are_counted(one, other, count):
    assert mistakes(one, other, 2) == count


def test_the_nearest_word_is_the_commonest_of_several():
    known = {"gradient": 3, "gradients": 1, "radiant": 9, "lost": 1, "loss": 5}
    assert nearest("gradeint", known) == "gradient"
    assert nearest("losa", known) == "loss"
    assert nearest("quadrant", known) == nearest("xoss", known) == ""


@pytest.fixture
def titles(db):
    cache.delete("search:words")
    threads = [ThreadFactory(title="Vanishing gradients of a sigmoid"), ThreadFactory(title="Secretive momentum")]
    Post.objects.filter(thread=threads[1]).update(hidden_at=timezone.now())
    rebuild()
    yield threads
    cache.delete("search:words")


def test_a_word_that_nothing_has_is_searched_for_as_it_was_meant(titles):
    search = find("vanishing gradeint", VISITOR)
    assert [match.label for match in search.matches] == ["discussion"]
    [sentence] = sentences.about(search.search)
    assert sentence in [
        f"Nothing was found with “gradeint”, so “{meant}” was searched for." for meant in ("gradient", "gradients")
    ]


def test_a_word_that_is_in_some_text_but_in_no_title_is_not_said_to_be_in_none(titles):
    start_thread(author=PersonFactory(), kind="note", title="Momentum", source="A gradeint is a slope.")
    [sentence] = sentences.about(find("vanishing gradeint", VISITOR).search)
    assert "gradeint" in sentence and not sentence.startswith("No text has")


def test_what_is_found_is_not_corrected_and_what_is_hidden_is_no_correction(titles):
    assert find("sigmoid", VISITOR).search.meant == ()
    assert find("momentun", VISITOR).search.meant == () and not find("momentun", VISITOR).matches
