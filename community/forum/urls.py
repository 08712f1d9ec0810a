from django.urls import path

import community.common.converters  # noqa: F401 - registers `words` and `key`
from community.forum.views import answers, lists, staff, thread

app_name = "forum"

urlpatterns = [
    path("questions/", lists.questions, name="questions"),
    path("discussions/", lists.discussions, name="discussions"),
    path("latest/", lists.latest, name="latest"),
    path("c/<slug:slug>/", lists.category, name="category"),
    path("tags/", lists.tags, name="tags"),
    path("tags/<words:slug>/", lists.tag, name="tag"),
    path("t/<key:pk>/", thread.thread, name="thread-short"),
    path("t/<key:pk>/<words:slug>/", thread.thread, name="thread"),
    path("t/<key:pk>/<words:slug>/<key:number>/", thread.post, name="post"),
    path("threads/<key:pk>/moderate/", staff.moderate, name="moderate"),
    path("posts/<key:pk>/accept/", answers.accept, name="post-accept"),
]
