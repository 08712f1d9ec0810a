"""Questions like one that is being asked, by the words of its title."""

from __future__ import annotations

from community.content.models import Kind, Post, Thread
from community.content.querysets import Reader
from community.mutes.selectors import met_by
from community.search.alike import alike

MOST = 5
CANDIDATES = 20  # of which the asker may not see some
LEAST = 0.5


def similar_questions(title: str, asker: Reader) -> list[Thread]:
    """Return public questions by people whom the asker meets, the most alike first."""
    keys = [each.object_id for each in alike(title, [Kind.QUESTION], CANDIDATES, least=LEAST)]
    if not keys:
        return []
    rows = Post.objects.public().filter(met_by(asker, "author"), pk__in=keys)
    found = {post.pk: post.thread for post in rows.select_related("thread").only("pk", "thread")}
    return [found[key] for key in keys if key in found][:MOST]
