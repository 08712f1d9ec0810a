from collections.abc import Callable

from django.urls import URLPattern, path

import community.common.converters  # noqa: F401 - registers `words` and `key`
from community.blogs import syndication, thread_feeds
from community.blogs.views import articles, notes, series, writing
from community.content.models import Kind

app_name = "blogs"


def _feed(route: str, view: Callable, name: str, **place: str) -> list[URLPattern]:
    """Return URL patterns for both feed formats; the bare name is Atom."""
    return [
        path(f"feeds/{route}.atom", view, {"format": "atom"} | place, name=name),
        path(f"feeds/{route}.rss", view, {"format": "rss"} | place, name=f"{name}-rss"),
    ]


urlpatterns = [
    path("articles/", articles.articles, name="articles"),
    path("articles/new/", writing.write, name="write"),
    path("articles/preview/<str:token>/", articles.preview_link, name="preview-link"),
    path("articles/<key:pk>/edit/", writing.edit, name="edit"),
    path("articles/<key:pk>/publish/", writing.publish, name="publish"),
    path("articles/<key:pk>/preview-link/", writing.renew_link, name="renew-link"),
    path("articles/<key:pk>/series/", series.choose, name="series-choose"),
    path("articles/<key:pk>/series/move/", series.move, name="series-move"),
    path("articles/<key:pk>/series/remove/", series.remove, name="series-remove"),
    path("articles/<key:pk>/", articles.article, name="article-short"),
    path("articles/<key:pk>/<words:slug>/", articles.article, name="article"),
    path("series/<key:pk>/", series.series, name="series"),
    path("series/<key:pk>/edit/", series.edit, name="series-edit"),
    path("series/<key:pk>/delete/", series.delete, name="series-delete"),
    path("series/<key:pk>/follow/", series.follow, name="series-follow"),
    path("@<str:handle>/series/", series.series_of, name="series-of"),
    path("notes/", notes.notes, name="notes"),
    path("notes/new/", writing.write_note, name="note-write"),
    path("notes/<key:pk>/", notes.note, name="note"),
    *_feed("site", syndication.SiteFeed(), "feed-site"),
    *_feed("c/<slug:slug>", syndication.CategoryFeed(), "feed-category"),
    *_feed("tags/<words:slug>", syndication.TagFeed(), "feed-tag"),
    *_feed("@<words:handle>", syndication.PersonFeed(), "feed-person"),
    *_feed("series/<key:pk>", syndication.SeriesFeed(), "feed-series"),
    *_feed("questions", thread_feeds.KindFeed(), "feed-questions", kind=Kind.QUESTION),
    *_feed("discussions", thread_feeds.KindFeed(), "feed-discussions", kind=Kind.DISCUSSION),
    *_feed("articles", thread_feeds.KindFeed(), "feed-articles", kind=Kind.ARTICLE),
    *_feed("notes", thread_feeds.KindFeed(), "feed-notes", kind=Kind.NOTE),
    *_feed("t/<key:pk>", thread_feeds.ThreadFeed(), "feed-thread"),
]
