"""The estimated cost of a run, as text."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from community.experiments.prices import price_words


@pytest.mark.parametrize(("seconds", "words", "chinese"), [
    (0.0000001, "less than 0.1 s", "不到 0.1 秒"),
    (0.0999, "less than 0.1 s", "不到 0.1 秒"),
    (0.431, "about 0.4 s", "约 0.4 秒"),
    (2.35, "about 2.4 s", "约 2.4 秒"),
    (13.2, "about 13 s", "约 13 秒"),
    (13090.4, "about 3.6 h", "约 3.6 小时"),
])  # fmt: skip
def test_an_estimated_time_has_a_unit_that_suits_it(seconds, words, chinese):
    price = SimpleNamespace(parameters=1234, seconds=seconds)
    with translation.override("en"):
        assert price_words(price) == f"1,234 parameters · {words}"
    with translation.override("zh-hans"):
        assert price_words(price) == f"1,234 个参数 · {chinese}"
