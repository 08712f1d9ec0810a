from django.urls import path, re_path

from community.pages import fonts, health, profile, views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("@<str:handle>/", profile.profile, name="profile"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    re_path(r"^fonts/(?P<file_name>[a-z-]+\.[0-9a-f]{12}\.(?:woff2|css))$", fonts.font, name="font"),
]
