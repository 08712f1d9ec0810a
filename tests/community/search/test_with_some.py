"""The query for some of several words: what it asks for, and how long it is."""

from itertools import product

import pytest

from community.search.backends import with_some

SIZES = [(count, least) for count in range(1, 7) for least in range(1, count + 1)]


@pytest.mark.parametrize(("count", "least"), SIZES)
def test_it_holds_for_what_has_so_many_words_and_nothing_else(count, least):
    query = with_some([f"has[{n}]" for n in range(count)], least, both="and", either="or")
    for has in product((False, True), repeat=count):
        assert bool(eval(query, {"has": has})) == (sum(has) >= least)


def test_two_of_ten_words_name_34():
    assert with_some([f"w{n}" for n in range(10)], 2, both="AND", either="OR").count("w") == 34
