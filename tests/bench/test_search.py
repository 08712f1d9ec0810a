"""Judged queries: that their file is right, and that ranking stays as good as it was."""

import pytest

from bench.judged import corpus, judged, load
from bench.judged.scores import measured, ndcg, scores
from bench.judged.searches import ours, plain
from bench.judged.subwords import subwords

KINDS = {
    "words", "half-remembered", "formulas", "code", "configs", "spelling", "typos", "chinese", "single characters",
    "traditional", "operators",
}  # fmt: skip


def test_a_perfect_ranking_scores_one_and_an_empty_one_nothing():
    assert ndcg(["a", "b", "c"], {"a": 3, "b": 1}) == 1
    assert 0 < ndcg(["b", "a"], {"a": 3, "b": 1}) < 1
    assert scores([], {"a": 3}) == (0, 0, 0)
    assert scores(["x", "a"], {"a": 3, "b": 1})[1:] == (0.5, 0.5)


def test_every_grade_is_of_a_thread_of_the_corpus():
    queries, keys = judged(), {story.key for story in corpus()}
    assert len(queries) >= 150 and len({each.query for each in queries}) == len(queries)
    assert {each.kind for each in queries} == KINDS
    assert all(each.grades.keys() <= keys and {1, 2, 3} >= {*each.grades.values()} for each in queries)


def test_sub_words_are_all_that_stand_together():
    assert subwords("链式法则, x 求导", 3) == ["链式法", "式法则"]


@pytest.mark.django_db
def test_ranking_is_as_good_as_it_was_and_better_than_plain_search():
    names = load()
    site, base = measured(ours(names), judged()), measured(plain(names), judged())
    assert site.means["all"].ndcg > 0.9 and site.means["all"].recall > 0.9
    assert all(site.means[kind].ndcg >= base.means[kind].ndcg for kind in KINDS)
