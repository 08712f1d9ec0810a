"""A person has one preview at a time, so slow texts do not take every rendering child."""

import pytest

from community.content import turns

pytestmark = pytest.mark.django_db
ADDRESS = "/write/preview/"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.05)


def test_a_second_preview_of_a_person_waits_and_is_refused_when_the_first_takes_long(ada, as_user):
    with turns.turn(ada.pk):
        refused = as_user(ada).post(ADDRESS, {"source": "word"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert as_user(ada).post(ADDRESS, {"source": "word"}).status_code == 200


def test_the_previews_of_others_go_on_meanwhile(ada, bob, as_user):
    with turns.turn(ada.pk):
        assert as_user(bob).post(ADDRESS, {"source": "word"}).status_code == 200


def test_a_preview_that_fails_gives_the_turn_back(ada):
    with pytest.raises(ZeroDivisionError), turns.turn(ada.pk):
        1 / 0  # noqa: B018
    with turns.turn(ada.pk):
        pass
