from django.urls import path

import community.common.converters  # noqa: F401 - registers `words` and `key`
from community.forum.views import lists, posts, staff, thread, writing

app_name = "forum"

urlpatterns = [
    path("questions/", lists.questions, name="questions"),
    path("discussions/", lists.discussions, name="discussions"),
    path("latest/", lists.latest, name="latest"),
    path("c/<slug:slug>/", lists.category, name="category"),
    path("tags/", lists.tags, name="tags"),
    path("tags/<words:slug>/", lists.tag, name="tag"),
    path("t/<key:pk>/<words:slug>/", thread.thread, name="thread"),
    path("t/<key:pk>/<words:slug>/<key:number>/", thread.post, name="post"),
    path("t/<key:pk>/<words:slug>/<key:number>/comments/", thread.comments, name="comments"),
    path("threads/<key:pk>/reply/", thread.reply, name="reply"),
    path("threads/<key:pk>/publish/", writing.publish, name="publish"),
    path("threads/<key:pk>/moderate/", staff.moderate, name="moderate"),
    path("posts/<key:pk>/reply/", thread.reply_to, name="post-reply"),
    path("posts/<key:pk>/edit/", posts.edit, name="post-edit"),
    path("posts/<key:pk>/delete/", posts.delete, name="post-delete"),
    path("posts/<key:pk>/restore/", posts.restore, name="post-restore"),
    path("posts/<key:pk>/history/", posts.history, name="post-history"),
    path("posts/<key:pk>/quote/", posts.quote, name="post-quote"),
    path("posts/<key:pk>/accept/", posts.accept, name="post-accept"),
    path("write/", writing.write, name="write"),
    path("ask/", writing.ask, name="ask"),
    path("write/preview/", writing.preview, name="preview"),
    path("write/check/", writing.check, name="check"),
    path("drafts/", writing.drafts, name="drafts"),
    path("drafts/save/", writing.draft_save, name="draft-save"),
    path("drafts/discard/", writing.draft_discard, name="draft-discard"),
]
