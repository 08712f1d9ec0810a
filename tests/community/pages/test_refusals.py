"""Error pages."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory


def test_nothing_at_an_address_is_said_in_our_design(db, visitor):
    response = visitor.get("/no/such/place/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "This link leads nowhere." in page
    assert 'href="/search/"' in page
    assert 'name="robots" content="noindex"' in page


def test_our_own_mistake_needs_no_request_and_no_database():
    page = render_to_string("500.html")
    assert "Something went wrong on our side." in page
    assert 'class="brand" href="/"' in page


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("400.html", "This request could not be read."),
        ("403.html", "You are not allowed to do this."),
        ("403_csrf.html", "We cannot tell where this form comes from."),
        ("503.html", "The site is under maintenance."),
    ],
)
def test_a_refusal_has_words_of_its_own(template, words):
    assert words in render_to_string(template, {}, RequestFactory().get("/somewhere/"))


def test_a_refusal_says_the_sentence_of_its_rule():
    page = render_to_string("errors/refused.html", {"message": "This thread is <closed>.", "status": 409})
    assert "<h1>This thread is &lt;closed&gt;.</h1>" in page
    assert "409" in page


def test_a_visitor_who_may_not_is_led_to_the_door_and_back():
    page = render_to_string("403.html", {"message": "Members only."}, RequestFactory().get("/moderation/?a=1"))
    assert "/accounts/login/?next=/moderation/%3Fa%3D1" in page
