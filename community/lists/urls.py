from django.urls import path

from community.lists import views

app_name = "lists"
urlpatterns = [
    path("lists/", views.own, name="own"),
    path("lists/<key:pk>/edit/", views.edit, name="edit"),
    path("lists/<key:pk>/delete/", views.delete, name="delete"),
    path("lists/items/<key:pk>/move/", views.move, name="item-move"),
    path("lists/items/<key:pk>/remove/", views.remove, name="item-remove"),
    path("posts/<key:pk>/bookmark/list/", views.choose, name="choose"),
    path("@<str:handle>/lists/", views.public, name="public"),
    path("@<str:handle>/lists/<key:pk>/", views.reading_list, name="list"),
]
