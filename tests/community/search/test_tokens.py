import pytest

from community.search.tokens import index_tokens, query_tokens


def test_a_run_of_han_is_indexed_by_characters_and_neighbours():
    assert index_tokens("链式法则") == ["链", "式", "法", "则", "链式", "式法", "法则"]


def test_words_are_folded_in_case_width_and_accents():
    assert index_tokens("Café ＲｅＬＵ O'Neil") == ["cafe", "relu", "o", "neil"]


def test_latex_is_found_by_the_names_in_it():
    assert index_tokens(r"\frac{\partial L}{\partial w}") == ["frac", "partial", "l", "partial", "w"]


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("链", ["链"]),
        ("链式法则", ["链式", "式法", "法则"]),
        ("Softmax 的梯度", ["softmax", "的梯", "梯度"]),
        ("xor XOR", ["xor"]),
        ("* \" ' \\ ()", []),
        ("", []),
    ],
)
def test_a_query_asks_for_pairs_and_lone_characters(query, tokens):
    assert query_tokens(query) == tokens
