"""Tests share a browser profile, and a test that sets it up is refused."""

import pytest

from tests.conftest import SET_UP

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("name", SET_UP)
def test_a_test_does_not_set_up_the_profile_of_others(page, name):
    with pytest.raises(pytest.fail.Exception, match=f"context.{name} sets up the profile of all tests"):
        getattr(page.context, name)("anything")


@pytest.mark.own_profile
def test_a_test_with_a_profile_sets_it_up(page):
    page.context.add_init_script("window.isSetUp = true")
    page.goto("about:blank")
    assert page.evaluate("isSetUp")


def test_the_next_test_has_nothing_of_it(page):
    page.goto("about:blank")
    assert page.evaluate("window.isSetUp") is None
