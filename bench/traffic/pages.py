"""Which pages of a synthetic community are asked for, as JSON: `python -m bench.traffic.pages`.

The catalogue has the pages that are measured one by one, each with the same kind of page elsewhere (`others`) for cold
requests, and the ways of a mixed load. `--queries` counts the statements of each page, in this process and warm.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

READER = "user007"
PROFILE = "user011"
OTHERS = 20
DEEP = 100  # the page of the category that counts as deep, if it has as many
THREADS, CURSORS, PEOPLE, SIGNED_IN = 2_000, 40, 200, 100  # of the mixed load
WORDS = ("policy gradient", "replay buffer", "entropy", "batch noise", "critic", "loss weight", "seed", "value action")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    found = catalogue()
    if options.queries:
        for page in found["pages"]:
            page["queries"] = statements(page["path"], page["cookie"])
    json.dump(found, sys.stdout)
    return 0


def catalogue() -> dict[str, Any]:
    """Return the pages, the ways of the mixed load and what a reply needs."""
    from django.conf import settings

    from bench.load.people import session_of
    from community.accounts.models import User

    def cookie_of(user: User) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"

    members = {cookie_of(user): user.handle for user in _people()[: _signed_in()]}
    reader = cookie_of(User.objects.get(handle=READER))
    return {
        "pages": list(_pages(reader)),
        "mix": _mix(),
        "members": members,
        "reply": _twenties()[3].pk,
        "threads": list(_newest_threads().values_list("pk", flat=True)[:200]),
        "votable": _votable(),
    }


def statements(path: str, cookie: str) -> int:
    """Count the statements of a page on its third request."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1", headers={"cookie": cookie} if cookie else None)
    for _ in range(2):
        client.get(path).close()
    with CaptureQueriesContext(connection) as captured:
        client.get(path).close()
    return len(captured)


def _pages(reader: str) -> Iterator[dict[str, Any]]:
    """Yield each page for visitors, then for a member; a small community has no deep ones."""
    public = {name: paths for name, paths in _paths().items() if paths}
    for name, (path, *others) in public.items():
        yield {"name": name, "path": path, "others": others, "cookie": ""}
    for name, (path, *others) in (public | _own_paths()).items():
        yield {"name": f"{name}, member", "path": path, "others": others, "cookie": reader}


def _paths() -> dict[str, list[str]]:
    """Return the paths of each page that visitors see, the measured one first."""
    from community.blogs.models import Article
    from community.content.models import Category, Kind, Thread

    category = Category.objects.get(slug="cat-0")
    within = Thread.objects.filter(category=category)
    big, *twenties = _twenties()
    articles = [row.thread for row in Article.objects.select_related("thread").order_by("pk")[: OTHERS + 1]]
    questions = Thread.objects.filter(kind=Kind.QUESTION, answer_count__gt=3).order_by("pk")[: OTHERS + 1]
    categories = Category.objects.filter(slug__startswith="cat-").order_by("pk")
    end = f"{big.get_absolute_url()}{big.last_number - 10}/"
    return {
        "front": ["/"],
        "latest": ["/latest/", "/latest/?kind=discussion", "/latest/?kind=article"],
        "latest, last page": [f"/latest/?after={cursor}" for cursor in _cursors(Thread.objects.all(), from_end=True)],
        "category": [each.get_absolute_url() for each in categories],
        "category, deep": [f"{category.get_absolute_url()}?after={cursor}" for cursor in _cursors(within)],
        "tag": [tag.get_absolute_url() for tag in _tags()],
        "thread of 20": [thread.get_absolute_url() for thread in twenties],
        "big thread, first": [big.get_absolute_url()],
        "big thread, last": [end, *(f"{big.get_absolute_url()}{big.last_number - 10 * n}/" for n in range(2, OTHERS))],
        "question": [thread.get_absolute_url() for thread in questions],
        "article": [thread.get_absolute_url() for thread in articles],
        "articles": ["/articles/"],
        "feed": ["/feeds/site.atom", *(f"/feeds/tags/{tag.slug}.atom" for tag in _tags())],
        "profile": [f"/@{PROFILE}/", *(f"/@user{number:03d}/" for number in range(12))],
        "search": ["/search/?q=gradient", *(f"/search/?q={words.replace(' ', '+')}" for words in WORDS)],
        "runs": ["/runs/"],
    }


def _own_paths() -> dict[str, list[str]]:
    return {"notifications": ["/notifications/"], "drafts": ["/drafts/"], "bookmarks": ["/bookmarks/"]}


def _tags() -> list[Any]:
    from community.content.models import Tag

    return list(Tag.objects.used().order_by("pk")[:OTHERS])


def _people() -> Any:
    from community.accounts.models import User

    return User.objects.filter(email__endswith="@example.org").order_by("pk")


def _newest_threads() -> Any:
    from community.content.models import Kind, Thread

    return Thread.objects.public().exclude(kind=Kind.ARTICLE).order_by("-last_post_at", "-pk")


def _signed_in() -> int:
    """Return how many people take part in the mixed load: a hundred, or half of a small community."""
    return min(SIGNED_IN, _people().count() // 2)


def _votable() -> list[int]:
    """Return posts on which all who sign in may vote: those of others."""
    from community.content.models import Post

    others = _people().values_list("pk", flat=True)[_signed_in() : _signed_in() + 50]
    return list(Post.objects.filter(author__in=list(others)).order_by("-created_at").values_list("pk", flat=True)[:500])


def _twenties() -> list[Any]:
    """Return the longest thread and those of exactly 20 posts after it."""
    from community.content.models import Kind, Thread

    return list(Thread.objects.filter(kind=Kind.DISCUSSION).order_by("pk")[: OTHERS + 2])


def _cursors(rows: Any, *, from_end: bool = False) -> list[str]:
    """Return cursors of list pages: that of page DEEP, or of the last whole page, and of the pages around it."""
    from community.common.pagination import make_cursor
    from community.forum.lists import ORDERS, ROWS_A_PAGE

    order = ORDERS["latest"]
    pages = rows.public().count() // ROWS_A_PAGE
    page = max(2, pages if from_end else min(DEEP, pages * 2 // 3))
    newest = rows.public().order_by(*order).only("pk", "last_post_at")
    first = max(0, page - OTHERS)
    ends = list(newest[first * ROWS_A_PAGE : (page - 1) * ROWS_A_PAGE])[ROWS_A_PAGE - 1 :: ROWS_A_PAGE]
    return [make_cursor(row, order) for row in reversed(ends)]


def _mix() -> dict[str, list[str]]:
    """Return the paths of the mixed load by type, the most popular first."""
    from community.blogs.models import Article
    from community.common.pagination import make_cursor
    from community.content.models import Category, Thread
    from community.forum.lists import ORDERS

    listed = list(Thread.objects.public().order_by(*ORDERS["latest"]).only("pk", "last_post_at")[:20_000])
    cursors = [make_cursor(row, ORDERS["latest"]) for row in listed[:: max(1, len(listed) // CURSORS)]]
    big, tags = _twenties()[0], _tags()
    categories = [each.get_absolute_url() for each in Category.objects.filter(slug__startswith="cat-").order_by("pk")]
    articles = Article.objects.select_related("thread").order_by("-thread__published_at")[:200]
    numbers = range(big.last_number, 1, -max(1, big.last_number // 100))
    return {
        "front": ["/"],
        "list": ["/latest/", *categories, "/questions/", "/discussions/", *(tag.get_absolute_url() for tag in tags)],
        "deep list": [f"/latest/?after={cursor}" for cursor in cursors],
        "thread": [thread.get_absolute_url() for thread in _newest_threads()[:THREADS]],
        "deep thread": [f"{big.get_absolute_url()}{number}/" for number in numbers],
        "article": ["/articles/", *(article.thread.get_absolute_url() for article in articles)],
        "profile": [user.get_absolute_url() for user in _people()[:PEOPLE]],
        "search": [f"/search/?q={words.replace(' ', '+')}" for words in ("gradient", *WORDS)],
        "feed": ["/feeds/site.atom", "/feeds/articles.atom", *(f"/feeds/tags/{tag.slug}.atom" for tag in tags)],
        "own": ["/notifications/", "/drafts/", "/bookmarks/", "/notifications/count/"],
    }


if __name__ == "__main__":
    sys.exit(main())
