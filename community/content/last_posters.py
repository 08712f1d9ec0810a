"""Authors of the newest post in each thread of a list."""

from __future__ import annotations

from collections.abc import Iterable

from community.accounts.models import User
from community.content.models import Role, Thread

# Written out, because each list asks for it and to put it together took longer than to run it.
NEWEST = """
SELECT author."id", author."handle", author."handle_key", author."display_name", author."picture",
    thread."id" AS in_thread, post."role" AS last_role
FROM "content_thread" thread
INNER JOIN "content_post" post ON post."id" = (
    SELECT newest."id" FROM "content_post" newest
    WHERE newest."thread_id" = thread."id" AND newest."hidden_at" IS NULL AND newest."deleted_at" IS NULL
    ORDER BY newest."number" DESC LIMIT 1
)
INNER JOIN "accounts_user" author ON author."id" = post."author_id"
WHERE thread."id" IN ({})
"""


def find_last_posters(threads: Iterable[Thread]) -> None:
    """Set `last_poster` and `last_role` on each thread, in one query; its author's if there are no replies."""
    threads = list(threads)
    found = _last_posters([thread.pk for thread in threads])
    for thread in threads:
        thread.last_poster = found.get(thread.pk, thread.author)
        thread.last_role = getattr(thread.last_poster, "last_role", Role.OPENING)


def _last_posters(keys: list[int]) -> dict[int, User]:
    if not keys:
        return {}
    authors = User.objects.raw(NEWEST.format(", ".join(["%s"] * len(keys))), keys)
    return {author.in_thread: author for author in authors}  # type: ignore[attr-defined]
