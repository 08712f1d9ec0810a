"""Words with a mistake: what was meant, only if nothing is found, and only by what every visitor sees."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from community.common import housekeeping
from community.content.models import Post
from community.content.services import start_thread
from community.search import sentences, spelling
from community.search.selectors import find
from community.search.services import rebuild
from community.search.spelling import mistakes, nearest, nearest_han, replaced
from tests.factories import PersonFactory, ThreadFactory

pytestmark = pytest.mark.both

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


@pytest.mark.parametrize(
    ("run", "meant"),
    [("反向传拨", "反向传播"), ("反响传播", "反向传播"), ("梯度肖失", "梯度消失"), ("返向传播", "反向传播"),
     ("反向传播", ""), ("返响传播", ""), ("消失", ""), ("失的梯", "")],
)  # fmt: skip
def test_one_wrong_character_of_three_or_more_is_mended(run, meant):
    assert nearest_han(run, "反向传播\n消失的梯度\n梯度消失\n反向传播") == meant


def test_words_are_replaced_where_they_stand_alone():
    meant = {"gradeint": "gradient", "反响传播": "反向传播"}
    assert replaced("gradeint 反响传播 gradeints 看反响传播的", meant) == "gradient 反向传播 gradeints 看反响传播的"


@pytest.fixture
def titles(db):
    threads = [ThreadFactory(title="Vanishing gradients of a sigmoid"), ThreadFactory(title="Secretive momentum")]
    Post.objects.filter(thread=threads[1]).update(hidden_at=timezone.now())
    rebuild()
    count_again()
    yield threads
    cache.delete(spelling.COUNTED_AT)


def count_again() -> None:
    """Let an hour pass, and a worker count the words."""
    cache.delete(spelling.COUNTED_AT)
    assert spelling.renew() == 1


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


def test_words_of_texts_tags_and_people_are_known_too(titles):
    for _ in range(2):
        written = {"title": "One", "source": "The annealing helps.", "tags": ["curvature"]}
        start_thread(author=PersonFactory(), kind="note", **written)
    PersonFactory(handle="kolmogorov")
    count_again()
    for typed, meant in (("anealing", "annealing"), ("curvatur3 curvture", "curvature"), ("kolmogorow", "kolmogorov")):
        found = find(typed.split()[-1], VISITOR)
        assert [near for _word, near in found.search.meant] == [meant] and found.matches


def test_a_word_of_one_text_alone_is_no_correction(titles):
    start_thread(author=PersonFactory(), kind="note", title="One", source="The annealing helps.")
    count_again()
    assert not find("anealing", VISITOR).matches


def test_a_wrong_character_is_said_and_what_is_hidden_corrects_none(titles):
    ThreadFactory(title="反向传播的推导")
    secret = ThreadFactory(title="梯度消失")
    Post.objects.filter(thread=secret).update(hidden_at=timezone.now())
    rebuild()
    count_again()
    found = find("反响传播", VISITOR)
    assert len(found.matches) == 1 and sentences.about(found.search) == [
        "Nothing was found with “反响传播”, so “反向传播” was searched for."
    ]
    assert find("梯杜消失", VISITOR).search.meant == ()


def test_words_that_are_together_in_no_text_are_not_what_was_meant(titles, client):
    start_thread(author=PersonFactory(), kind="note", title="One", source="A vanishing gradeint of the entropy.")
    for _ in range(2):
        start_thread(author=PersonFactory(), kind="note", title="Gradient", source="A vanishing gradient is small.")
    count_again()
    page = client.get("/search/?q=vanishing+gradeint+entropy").content.decode()
    assert "1 result" in page and "Did you mean" not in page


def test_what_finds_little_is_offered_as_it_was_meant_with_a_link(titles, client):
    start_thread(author=PersonFactory(), kind="note", title="Momentum", source="A vanishing gradeint is small.")
    for _ in range(2):
        start_thread(author=PersonFactory(), kind="note", title="Gradient", source="A vanishing gradient is small.")
    count_again()
    page = " ".join(client.get("/search/?q=vanishing+gradeint&sort=newest").content.decode().split())
    assert 'Did you mean <a href="/search/?q=vanishing+gradient&amp;sort=newest">vanishing gradient</a>?' in page
    assert "1 result" in page and "Did you mean" not in client.get("/search/?q=vanishing+gradient").content.decode()


def test_a_worker_counts_the_words_once_an_hour_and_no_search_does(titles, monkeypatch):
    assert spelling.renew() == 0
    count_again()
    cache.delete(spelling.COUNTED_AT)
    cache.add(spelling.COUNTING, 1)
    assert spelling.renew() == 0, "another worker counts"
    cache.delete(spelling.COUNTING)
    cache.delete(spelling.WORDS)
    monkeypatch.setattr(spelling, "_counted", None)
    assert find("vanishing gradeint", VISITOR).search.meant == (), "there are no words yet"


def test_a_process_reads_the_words_once_until_there_are_newer_ones(titles, monkeypatch):
    read, get = [], cache.get
    monkeypatch.setattr(spelling.cache, "get", lambda key, *more: read.append(key) or get(key, *more))
    for _search in range(3):
        find("vanishing gradeint", VISITOR)
    assert read.count(spelling.WORDS) == 1
    count_again()
    find("vanishing gradeint", VISITOR)
    assert read.count(spelling.WORDS) == 2


def test_words_are_counted_by_the_workers(titles):
    assert housekeeping._tasks["words of searches"] is spelling.renew
