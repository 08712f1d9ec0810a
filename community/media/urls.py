from django.urls import path, re_path

from community.media import views

app_name = "media"
urlpatterns = [
    path("media/upload/", views.upload, name="upload"),
    path("media/avatar/", views.avatar, name="avatar"),
    re_path(
        r"^media/assets/(?P<sha256>[0-9a-f]{64})-(?P<width>480|960)\.webp$", views.smaller_asset, name="smaller-asset"
    ),
    re_path(r"^media/assets/(?P<sha256>[0-9a-f]{64})\.(?P<extension>jpg|png|webp)$", views.asset, name="asset"),
]
