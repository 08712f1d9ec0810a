import sys
from types import ModuleType

import pytest
from django.core.handlers.base import BaseHandler
from django.urls import Resolver404, path, resolve

from community.common import routing
from community.common.asgi import Pages


def test_a_path_has_the_view_and_the_values_that_django_finds_for_it():
    for address in ("/about/", "/@ada/", "/healthz", "/tags/loss/"):
        found, theirs = routing.match(address), resolve(address)
        assert (found.func, found.args, found.kwargs, found.view_name) == (
            theirs.func,
            theirs.args,
            theirs.kwargs,
            theirs.view_name,
        )
        assert routing.match(address) is found


def test_an_unknown_path_is_unknown_each_time_and_not_remembered():
    before = routing._remembered.cache_info().currsize
    for _ in range(3):
        with pytest.raises(Resolver404):
            routing.match("/no/such/page/")
    assert routing._remembered.cache_info().currsize == before


def test_a_long_path_has_its_view_and_is_not_remembered():
    before = routing._remembered.cache_info().currsize
    assert routing.match(f"/@{'x' * 5000}/").view_name == "pages:profile"
    assert routing._remembered.cache_info().currsize == before


def test_another_table_of_routes_has_other_views(settings, monkeypatch):
    first = routing.match("/about/")
    routes = ModuleType("other_routes")
    routes.urlpatterns = [path("about/", lambda request: None)]
    monkeypatch.setitem(sys.modules, "other_routes", routes)
    settings.ROOT_URLCONF = "other_routes"
    assert routing.match("/about/").func is routes.urlpatterns[0].callback is not first.func


def test_pages_find_their_view_as_djangos_handlers_do(rf):
    ours, theirs = rf.get("/@ada/?tab=runs"), rf.get("/@ada/?tab=runs")
    found, expected = Pages().resolve_request(ours), BaseHandler().resolve_request(theirs)
    assert tuple(found) == tuple(expected)
    assert ours.resolver_match is found
