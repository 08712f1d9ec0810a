from django.urls import path

from community.social import views

app_name = "social"
urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("bookmarks/", views.bookmarks, name="bookmarks"),
    path("posts/<key:pk>/vote/", views.vote, name="vote"),
    path("posts/<key:pk>/bookmark/", views.bookmark, name="bookmark"),
]
