from django.urls import include, path, re_path

from community.api import views
from community.api.methods import with_head_and_options
from community.api.v1 import api

pages = [
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/revoke/", views.revoke_all, name="tokens-revoke"),
    path("settings/tokens/<key:pk>/revoke/", views.revoke, name="token-revoke"),
]
urlpatterns = [
    path("", include((pages, "api"))),
    path("api/v1/", with_head_and_options(api.urls)),
    re_path(r"^api/", views.unknown_endpoint),
]
