"""What a run will cost, in words."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from community.experiments.prices import price_words


@pytest.mark.parametrize(("seconds", "words", "chinese"), [
    (0.0000001, "about 1 ms", "约 1 毫秒"),
    (0.0054, "about 5 ms", "约 5 毫秒"),
    (0.0999, "about 100 ms", "约 100 毫秒"),
    (0.431, "about 0.43 s", "约 0.43 秒"),
    (2.35, "about 2 s", "约 2 秒"),
    (13090.4, "about 13,090 s", "约 13,090 秒"),
])  # fmt: skip
def test_an_estimated_time_has_a_unit_that_suits_it(seconds, words, chinese):
    price = SimpleNamespace(parameters=1234, seconds=seconds)
    with translation.override("en"):
        assert price_words(price) == f"1,234 parameters · {words}"
    with translation.override("zh-hans"):
        assert price_words(price) == f"1,234 个参数 · {chinese}"
