"""Judged queries: that their file is right, and that ranking stays as good as it was."""

import pytest
from django.contrib.auth.models import AnonymousUser

from bench.judged import corpus, judged, load
from bench.judged.scores import measured, ndcg, scores
from bench.judged.searches import ours, plain
from bench.judged.subwords import measured as sub_words_found
from bench.judged.subwords import subwords
from community.content.services import start_thread
from community.search.selectors import find
from tests.factories import PersonFactory

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
def test_a_chinese_text_is_found_by_each_of_its_sub_words_and_nothing_else_is():
    """As on the table of the benchmark, for texts that share most of their characters."""
    author = PersonFactory()
    written = [
        "反向传播把误差从输出层传回输入层，每一层只用到上一层的梯度。",
        "梯度消失时，越靠近输入的层学得越慢；误差传不回来，权重几乎不变。",
        "链式法则：复合函数的导数，等于外层导数与内层导数的乘积。",
        "学习率太大，损失会发散；太小，误差下降得很慢，几乎不变。",
    ]
    posts = [
        start_thread(author=author, kind="discussion", title="短文", source=text).posts.get(number=1)
        for text in written
    ]
    texts = {post.pk: f"短文\n{text}" for post, text in zip(posts, written, strict=True)}

    def search(word: str) -> set[int]:
        return {match.object_id for match in find(word, AnonymousUser()).matches}

    rows = sub_words_found(written[1], texts, search)
    assert [row.length for row in rows] == [2, 3, 4] and all(row.words > 15 for row in rows)
    assert all((row.recall, row.precision) == (1, 1) for row in rows)


@pytest.mark.django_db
def test_ranking_is_as_good_as_it_was_and_better_than_plain_search():
    names = load()
    site, base = measured(ours(names), judged()), measured(plain(names), judged())
    assert site.means["all"].ndcg > 0.94 and site.means["all"].recall > 0.9 and site.means["typos"].ndcg > 0.9
    assert all(site.means[kind].ndcg >= base.means[kind].ndcg for kind in KINDS)
