from django.contrib.sitemaps import views as sitemaps
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from community.pages import fonts, health, profile, views
from community.pages.sitemap import SITEMAPS, robots

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("@<str:handle>/", profile.profile, name="profile"),
    path(
        "sitemap.xml",
        require_safe(sitemaps.index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "pages:sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<str:section>.xml", require_safe(sitemaps.sitemap), {"sitemaps": SITEMAPS}, name="sitemap-section"),
    path("robots.txt", robots, name="robots"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    re_path(r"^fonts/(?P<file_name>[a-z-]+\.[0-9a-f]{12}\.(?:woff2|css))$", fonts.font, name="font"),
]
