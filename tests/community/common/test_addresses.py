"""Remembered addresses are those that Django works out."""

import sys
from enum import IntEnum
from types import ModuleType

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.urls import NoReverseMatch, path, resolve, reverse, set_script_prefix
from django.utils.safestring import mark_safe

from community.common.addresses import _remembered, address_of
from community.content.models import Kind, Post, Thread

urlpatterns = [path("elsewhere/", lambda request: None, name="about"), path("n/<str:word>/", id, name="word")]


class Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("pages:about", (), {}),
        ("pages:profile", ("ada",), {}),
        ("pages:profile", (), {"handle": "ädä"}),
        ("pages:profile", (mark_safe("a&b"),), {}),
        ("forum:discussions", (), {}),
        ("admin:index", (), {}),
    ],
)
def test_an_address_is_the_reversed_one_each_time(name, args, kwargs):
    assert {address_of(name, *args, **kwargs) for _ in range(3)} == {reverse(name, args=args, kwargs=kwargs)}


def test_equal_values_of_different_types_are_different_addresses():
    with override_settings(ROOT_URLCONF=__name__):
        found = [address_of("word", value) for value in (1, "1", True, 1.0, Number.ONE)]
        assert found == [reverse("word", args=[value]) for value in (1, "1", True, 1.0, Number.ONE)]
        assert found[2:4] == ["/n/True/", "/n/1.0/"]


def test_another_table_of_addresses_and_a_site_below_a_path_are_no_surprise():
    assert address_of("pages:about") == "/about/"
    with override_settings(ROOT_URLCONF=__name__):
        assert address_of("about") == "/elsewhere/"
    set_script_prefix("/site/")
    try:
        assert address_of("pages:about") == "/site/about/"
    finally:
        set_script_prefix("/")
    assert address_of("pages:about") == "/about/"


def test_the_tag_writes_names_and_refuses_as_djangos_does():
    def draw(source: str, **values) -> str:
        return Template(source).render(Context(values))

    assert draw("{% url 'pages:profile' handle %}", handle="a'b") == "/@a&#x27;b/"
    assert draw("{% url 'pages:about' as there %}[{{ there }}]") == "[/about/]"
    assert draw("{% url 'pages:nowhere' as there %}[{{ there }}]") == "[]"
    with pytest.raises(NoReverseMatch):
        draw("{% url 'pages:nowhere' %}")


def test_an_address_is_worked_out_once():
    _remembered.cache_clear()
    for _ in range(5):
        Template("{% url 'pages:about' %}{% url 'pages:profile' handle='ada' %}").render(Context())
    assert _remembered.cache_info().misses == 2


def test_an_address_is_that_of_its_route():
    for slug in ("why", "为什么", "a b"):
        assert address_of("forum:thread", 7, slug) == reverse("forum:thread", args=[7, slug])
    assert address_of("blogs:articles") == reverse("blogs:articles")


def test_an_unknown_route_is_an_error_each_time():
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            address_of("forum:no-such-route", 1)


def test_another_urlconf_has_other_addresses(settings, monkeypatch):
    address_of("blogs:articles")
    routes = ModuleType("no_routes")
    routes.urlpatterns = []
    monkeypatch.setitem(sys.modules, "no_routes", routes)
    settings.ROOT_URLCONF = "no_routes"
    with pytest.raises(NoReverseMatch):
        address_of("blogs:articles")


@pytest.mark.parametrize("slug", ["why", "为什么", ""])
@pytest.mark.parametrize("kind", [Kind.QUESTION, Kind.DISCUSSION])
def test_a_permalink_is_the_route_of_its_post(kind, slug):
    post = Post(thread=Thread(pk=3, kind=kind, slug=slug), number=12, role="comment")
    place, _, anchor = post.get_absolute_url().partition("#")
    assert place == reverse("forum:post", args=[3, slug or "-", 12])
    assert resolve(reverse("forum:post", args=[3, "why", 12])).url_name == "post"
    assert anchor == post.anchor
