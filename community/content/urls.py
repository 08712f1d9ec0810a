from django.urls import path

import community.common.converters  # noqa: F401 - registers `words` and `key`
from community.content.views import (
    completion,
    drafts,
    history,
    jumps,
    link_previews,
    news,
    posts,
    previews,
    reading,
    related,
    replies,
    writing,
)

app_name = "content"

urlpatterns = [
    path("write/", writing.write, name="write"),
    path("ask/", writing.ask, name="ask"),
    path("write/preview/", previews.preview, name="preview"),
    path("write/complete/", completion.complete, name="complete"),
    path("write/similar/", completion.similar, name="similar"),
    path("links/preview/", link_previews.link_preview, name="link-preview"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/save/", drafts.draft_save, name="draft-save"),
    path("drafts/saved/", drafts.draft_saved, name="draft-saved"),
    path("drafts/restore/", drafts.draft_restore, name="draft-restore"),
    path("drafts/discard/", drafts.draft_discard, name="draft-discard"),
    path("threads/<key:pk>/publish/", drafts.publish, name="publish"),
    path("threads/read/", reading.mark_all_read, name="mark-all-read"),
    path("threads/<key:pk>/read/", reading.read, name="read"),
    path("threads/<key:pk>/read/<key:number>/", reading.read),  # pages of the release before
    path("threads/<key:pk>/jump/", jumps.jump, name="jump"),
    path("threads/<key:pk>/news/<key:number>/", news.news, name="news"),
    path("threads/<key:pk>/news/<key:number>/events/", news.events, name="news-events"),
    path("threads/<key:pk>/related/", related.related, name="related"),
    path("threads/<key:pk>/reply/", replies.reply, name="reply"),
    path("t/<key:pk>/<words:slug>/<key:number>/comments/", replies.comments, name="comments"),
    path("posts/<key:pk>/reply/", replies.reply_to, name="post-reply"),
    path("posts/<key:pk>/quote/", replies.quote, name="post-quote"),
    path("posts/<key:pk>/edit/", posts.edit, name="post-edit"),
    path("posts/<key:pk>/delete/", posts.delete, name="post-delete"),
    path("posts/<key:pk>/restore/", posts.restore, name="post-restore"),
    path("posts/<key:pk>/history/", history.history, name="post-history"),
    path("posts/<key:pk>/history/<str:number>/restore/", history.restore_version, name="version-restore"),
]
