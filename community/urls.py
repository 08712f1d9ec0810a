"""URL configuration: composition only."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler400 = "community.common.handlers.bad_request"
handler403 = "community.common.handlers.forbidden"
handler404 = "community.common.handlers.not_found"
handler500 = "community.common.handlers.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("community.accounts.sign_in_urls")),
    path("staff/", admin.site.urls),
    path("", include("community.api.urls")),
    path("", include("community.profiles.urls")),
    path("", include("community.moderation.urls")),
    path("", include("community.experiments.urls")),
    path("", include("community.forum.urls")),
    path("", include("community.blogs.urls")),
    path("", include("community.lists.urls")),
    path("", include("community.review.urls")),
    path("", include("community.saved.urls")),
    path("", include("community.social.urls")),
    path("", include("community.content.urls")),
    path("", include("community.search.urls")),
    path("", include("community.notifications.urls")),
    path("", include("community.media.urls")),
    path("", include("community.mutes.urls")),
    path("", include("community.accounts.urls")),
    path("", include("community.pages.urls")),
]
