from django.urls import path

from community.experiments import converters  # noqa: F401 - registers one
from community.profiles import views

app_name = "profiles"
urlpatterns = [
    path("posts/<key:pk>/pin/", views.pin_post, name="pin-post"),
    path("runs/<spec:spec_hash>/pin/", views.pin_run, name="pin-run"),
    path("pins/<key:pk>/move/", views.move, name="pin-move"),
    path("pins/<key:pk>/remove/", views.remove, name="pin-remove"),
]
