"""Han titles and names, found as they are read."""

import pytest
from django.contrib.auth.models import AnonymousUser

from community.content.completion import people
from community.search import pinyin
from community.search.selectors import find, results
from community.search.services import rebuild
from community.search.tokens import query_terms
from tests.factories import PersonFactory, ThreadFactory

pytestmark = pytest.mark.both

VISITOR = AnonymousUser()


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("反向传播", "fanxiangchuanbo"),
        ("反向传播的推导", "chuanbo"),
        ("学习率", "xuexilv"),
        ("长短期记忆", "changduanqi"),
        ("西安", "xian"),
        ("方案", "fangan"),
    ],
)
def test_a_title_has_the_pairs_of_a_word_that_it_is_read_like(title, typed):
    tokens = set(pinyin.index_tokens(title))
    assert any(tokens.issuperset(way) for way in pinyin.wanted(typed))


@pytest.mark.parametrize("word", ["", "ma", "gradient", "backpropagation", "wo3men", "a" * 41, "链式法则", "xor"])
def test_what_is_not_read_asks_for_nothing(word):
    assert pinyin.wanted(word) == ()


def test_a_word_is_asked_for_as_it_is_written_first_and_in_its_last_form_last():
    [term] = query_terms("machines")
    assert (term[0], term[-1]) == (("machines",), ("machin",))
    [term] = query_terms("fangan")
    assert term[0] == term[-1] == ("fangan",) and len(term) > 2


def test_tokens_are_few_however_long_a_title_is():
    assert len(pinyin.index_tokens("重行长数" * 100)) <= pinyin.MOST
    assert len(pinyin.wanted("a" * 40)) <= pinyin.WAYS


def test_a_release_with_other_data_has_no_readings_and_people_can_write(monkeypatch, tmp_path):
    monkeypatch.setattr(pinyin, "_readings", pinyin._readings.__wrapped__)
    for text in (None, "no JSON", "[]", '{"a": "b"}'):
        file = tmp_path / "pinyin_dict.json"
        if text is not None:
            file.write_text(text)
        monkeypatch.setattr(pinyin, "_file", lambda file=file: file)
        assert pinyin.index_tokens("反向传播") == []


@pytest.mark.django_db
def test_threads_and_people_are_found_as_they_are_read():
    thread = ThreadFactory(title="反向传播為什麼要轉置", opening="正文里有梯度检验。\n")
    mei = PersonFactory(handle="zzz", display_name="小梅")
    rebuild()
    labels = [match.label for match in find("fanxiangchuanbo", VISITOR).matches]
    assert labels == ["discussion"]
    matches = find("zhuanzhi", VISITOR).matches
    assert [each.why for each in results(matches, "zhuanzhi", VISITOR)] == ["title"]
    assert [match.object_id for match in find("xiaomei", VISITOR).matches] == [mei.pk]
    assert [choice.value for choice in people(PersonFactory(), "xiaomei")] == ["zzz"]
    assert find("tidujianyan", VISITOR).matches == [], "texts are not read aloud"
    assert thread.pk
