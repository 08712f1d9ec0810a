from django.urls import path

from community.api import views
from community.api.v1 import api

app_name = "api"
urlpatterns = [
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", views.revoke, name="token-revoke"),
    path("api/v1/", api.urls),
]
