"""Forms of words that find each other."""

import pytest

from community.search.simplified import simplified
from community.search.tokens import index_tokens, query_terms
from community.search.words import forms, parts

PAIRS = (
    """
initialisation initialization / normalised normalized / regulariser regularizer / vectorising vectorizing
analyse analyze / colour color / behaviours behaviors / neighbouring neighboring / centre center / centred centered
modelling modeling / labelled labeled / catalogue catalog / defence defense / grey gray / artefacts artifacts
fulfilment fulfillment / judgement judgment / programme program / maths math / gradients gradient / learning learned
plateaus plateau / plateaux plateau / converges convergence / epochs epoch
""".strip()
    .replace("\n", " / ")
    .split(" / ")
)


@pytest.mark.parametrize("pair", PAIRS)
def test_two_spellings_or_forms_have_one_stem(pair):
    one, other = pair.split()
    assert forms(one)[-1] == forms(other)[-1]


@pytest.mark.parametrize("word", ["four", "hour", "xor", "relu", "2024", "ab", "x" * 40, "链"])
def test_what_has_no_other_form_is_itself(word):
    assert forms(word) == (word,)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("BatchNorm1d", ("batch", "norm1d", "norm")),
        ("MSELoss", ("mse", "loss")),
        ("crossEntropyLoss", ("cross", "entropy", "loss")),
        ("XOR", ()),
        ("Gradient", ()),
        ("relu", ()),
    ],
)
def test_a_name_in_code_has_parts(name, found):
    assert parts(name) == found


def test_a_name_is_found_by_its_parts_and_however_it_is_joined():
    assert {"batchnorm1d", "batch", "norm"} <= set(index_tokens("BatchNorm1d"))
    assert {"batch", "norm", "batchnorm"} <= set(index_tokens("batch_norm"))
    assert query_terms("BatchNorm") == [(("batchnorm",), ("batch", "norm"))]


def test_traditional_characters_are_folded_and_found_as_they_are_written_too():
    assert simplified("導數與梯度：反向傳播") == "导数与梯度：反向传播"
    assert index_tokens("導數") == index_tokens("导数")
    assert query_terms("傳播") == [(("傳播",), ("传播",))]
