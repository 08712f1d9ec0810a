from django.urls import path

import community.common.converters  # noqa: F401 - registers `words` and `key`
from community.forum.views import answers, invitations, lists, staff, tags, thread

app_name = "forum"

urlpatterns = [
    path("questions/", lists.questions, name="questions"),
    path("discussions/", lists.discussions, name="discussions"),
    path("latest/", lists.latest, name="latest"),
    path("c/<slug:slug>/", lists.category, name="category"),
    path("tags/", tags.tags, name="tags"),
    path("tags/<words:slug>/", tags.tag, name="tag"),
    path("tags/<words:slug>/edit/", tags.edit, name="tag-edit"),
    path("t/<key:pk>/", thread.thread, name="thread-short"),
    path("t/<key:pk>/<words:slug>/", thread.thread, name="thread"),
    path("t/<key:pk>/<words:slug>/<key:number>/", thread.post, name="post"),
    path("threads/<key:pk>/moderate/", staff.moderate, name="moderate"),
    path("questions/<key:pk>/invite/", invitations.invite, name="invite"),
    path("invitations/<key:pk>/decline/", invitations.decline, name="invitation-decline"),
    path("posts/<key:pk>/accept/", answers.accept, name="post-accept"),
    path("posts/<key:pk>/proof/", answers.proof, name="post-proof"),
]
