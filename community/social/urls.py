from django.urls import path

from community.social import views

app_name = "social"
urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("following/", views.following, name="following"),
    path("following/reading/", views.track_read, name="track-read"),
    path("following/suggestions/", views.suggestions, name="suggestions"),
    path("@<str:handle>/followers/", views.followers, name="followers"),
    path("@<str:handle>/following/", views.followed, name="followed"),
    path("bookmarks/", views.bookmarks, name="bookmarks"),
    path("posts/<key:pk>/vote/", views.vote, name="vote"),
    path("posts/<key:pk>/agree/", views.agree, name="agree"),
    path("posts/<key:pk>/mute/", views.post_mute, name="post-mute"),
    path("posts/<key:pk>/mark/", views.mark, name="mark"),
    path("marks/<key:pk>/remove/", views.mark_remove, name="mark-remove"),
    path("posts/<key:pk>/bookmark/", views.bookmark, name="bookmark"),
    path("posts/<key:pk>/bookmark/note/", views.bookmark_note, name="bookmark-note"),
]
