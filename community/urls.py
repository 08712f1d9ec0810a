"""Composition only: which app answers which address."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path


def _app(name: str, prefix: str = "") -> list[URLPattern | URLResolver]:
    if find_spec(f"{name}.urls") is None:
        return []
    return [path(prefix, include(f"{name}.urls"))]


urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("community.accounts.entrance_urls")),
    path("staff/", admin.site.urls),
    *_app("community.api"),
    *_app("community.moderation"),
    *_app("community.experiments"),
    *_app("community.forum"),
    *_app("community.blogs"),
    *_app("community.social"),
    *_app("community.search"),
    *_app("community.notifications"),
    *_app("community.media"),
    *_app("community.accounts"),
    *_app("community.pages"),
]
