from django.urls import path

from community.mutes import views

app_name = "mutes"
urlpatterns = [
    path("settings/people/", views.people, name="people"),
    path("people/<key:pk>/mute/", views.mute, name="mute"),
    path("people/<key:pk>/block/", views.block, name="block"),
    path("people/<key:pk>/undo/", views.undo, name="undo"),
]
