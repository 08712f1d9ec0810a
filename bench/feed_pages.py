"""A feed read to its end, again and again, while others write: `./run bench feed_pages --deployment production`.

Starts a site with a synthetic community. Eight writers at a time, whom a reader follows, begin notes and reply to
threads that the reader has in their feed. The reader goes from the first page of the feed to its last by its links,
until two thousand pages were read. Of each such walk it is counted

doubled  a thread that was there twice
lost     a thread that was in the feed before the walk and after it, at the same post, and that the walk did not show

and at the end, when all jobs are done, threads with an acknowledged post that the feed does not have. A thread that
gets a new post moves to the top meanwhile; the next walk has it there.

Each walk is told as it ends. With the usual two thousand pages it takes three to six minutes on two cores, besides
filling a site.

--data WHERE  use a filled site, as `bench.web` does
"""

# runs in: site

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async

from bench.traffic.client import Answer, Call, Connection, percentile
from bench.traffic.forms import form_call, reply_call
from bench.traffic.measuring import add_site_options, on_a_site
from bench.traffic.meters import Meter
from bench.traffic.sites import Served

READER = "user002"  # who follows many: see `bench.load.texts.Shape`
WRITERS = 8
PEOPLE = 96  # who write in turn, for the sake of the limit of posts a person
LATE = 60.0  # seconds that jobs may have after the last post
PAUSE = 1.0  # seconds between two posts of a writer
THREADS = 40  # that are replied to
ROW = re.compile(rb'<h2 class="row-title[^>]*>\s*<a\s+href="([^"]+)"')
NEXT = re.compile(rb'rel="next" href="([^"]+)"')
THREAD = re.compile(r"/(?:t|articles|notes)/(\d+)/")
WRITTEN = (301, 302, 303)

type Places = dict[int, int]


@dataclass
class Count:
    """What was read and written."""

    pages: int = 0
    rows: int = 0
    walks: int = 0
    moved: int = 0
    doubled: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    written: set[int] = field(default_factory=set)
    posts: int = 0
    refused: int = 0


def main() -> int:
    found = on_a_site(_options(), measured, report)
    return 1 if found["doubled"] or found["lost"] or found["missing"] or found["refused"] else 0


def measured(served: Served, options: argparse.Namespace) -> dict[str, Any]:
    """Measure a running site. Sets Django up with its settings."""
    os.environ |= served.environ
    import django

    django.setup()
    return measure(served.port, options.pages, settle=partial(Meter(served.parts).settle, "jobs"))


def measure(port: int, pages: int, *, settle: Callable[[], None]) -> dict[str, Any]:
    """Measure a running site whose settings are those of this process; `settle` waits for its jobs."""
    began, count = time.monotonic(), Count()
    async_to_sync(_read_while_others_write)(port, count, pages)
    seconds = time.monotonic() - began
    settle()
    missing = _missing(count.written)
    return {
        "pages": count.pages,
        "walks": count.walks,
        "rows": count.rows,
        "posts": count.posts,
        "refused": count.refused,
        "moved": count.moved,
        "doubled": len(count.doubled),
        "lost": len(count.lost),
        "missing": len(missing),
        "seconds": round(seconds, 1),
        "p95": round(percentile(sorted(count.seconds), 0.95) * 1e3, 1),
    }


def _missing(written: set[int]) -> set[int]:
    """Return the threads that the feed does not get; jobs of a busy machine may look idle and be late."""
    until = time.monotonic() + LATE
    while (missing := written - places().keys()) and time.monotonic() < until:
        time.sleep(1.0)
    return missing


async def _read_while_others_write(port: int, count: Count, pages: int) -> None:
    reader, writers = await sync_to_async(find_people)()
    await sync_to_async(fill_feed)()
    threads = (await sync_to_async(discussions)())[:THREADS]
    is_done = asyncio.Event()
    writing = [
        asyncio.create_task(_write(port, count, writers[number::WRITERS], threads, number, is_done))
        for number in range(WRITERS)
    ]
    try:
        while count.pages < pages:
            await _walk_once(port, reader, count)
            _tell(count, pages)
    finally:
        is_done.set()
        await asyncio.gather(*writing)


def _tell(count: Count, pages: int) -> None:
    """Say how far it is: whoever waits sees whether it is slow or stuck."""
    slow = percentile(sorted(count.seconds), 0.95) * 1e3
    print(f"{count.pages} of {pages} pages, p95 {slow:.0f} ms, {count.posts} posts", file=sys.stderr, flush=True)


async def _walk_once(port: int, reader: str, count: Count) -> None:
    before = await sync_to_async(places)()
    walk = Walk(port, reader)
    await walk.read()
    after = await sync_to_async(places)()
    count.walks += 1
    count.pages += walk.pages
    count.rows += len(walk.threads)
    count.seconds += walk.seconds
    count.moved += sum(after.get(thread) != post for thread, post in before.items())
    count.doubled += doubled(walk.threads)
    count.lost += lost(walk.threads, before, after)


def doubled(seen: Sequence[int]) -> list[int]:
    """Return the threads that a walk showed twice."""
    return [thread for thread, times in Counter(seen).items() if times > 1]


def lost(seen: Sequence[int], before: Places, after: Places) -> list[int]:
    """Return the threads that a walk did not show although they were in one place all the time."""
    return [thread for thread in before.keys() - set(seen) if after.get(thread) == before[thread]]


@dataclass
class Walk:
    """A walk of a reader from the first page of the feed to its last."""

    port: int
    reader: str
    pages: int = 0
    threads: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def read(self) -> None:
        connection, path = Connection(self.port), "/"
        while path:
            answer = await connection.ask(Call("feed", path, (("Cookie", self.reader),)))
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status} {answer.head[:300]!r}")
            self.pages += 1
            self.seconds.append(answer.seconds)
            self.threads += threads_of(answer.body)
            older = NEXT.search(answer.body)
            path = f"/{older[1].decode().replace('&amp;', '&')}" if older else ""
        connection.close()


def threads_of(page: bytes) -> list[int]:
    """Return the keys of the threads of a page of the feed, in order."""
    links = (link.decode() for link in ROW.findall(page))
    return [int(found[1]) for link in links if (found := THREAD.search(link))]


async def _write(
    port: int, count: Count, people: list[str], threads: list[int], number: int, is_done: asyncio.Event
) -> None:
    """Write notes and replies, one after another, by people in turn."""
    connection, turn = Connection(port), 0
    while not is_done.is_set():
        turn += 1
        cookie = people[turn % len(people)]
        if turn % 2:
            words = f"A note of writer {number}, number {turn}."
            form = {"title": "", "source": words, "submission": str(uuid.uuid4())}
            call = form_call("a note", port, "/notes/new/", cookie, form)
        else:
            call = reply_call(port, threads[(turn * WRITERS + number) % len(threads)], cookie, turn)
        _count_written(count, call, await connection.ask(call))
        await asyncio.sleep(PAUSE)
    connection.close()


def _count_written(count: Count, call: Call, answer: Answer) -> None:
    place = THREAD.search(answer.header("Location")) or re.search(r"/threads/(\d+)/", call.path)
    if answer.status in WRITTEN and place is not None:
        count.posts += 1
        count.written.add(int(place[1]))
    else:
        count.refused += 1


def find_people() -> tuple[str, list[str]]:
    """Return cookies of the reader and of people whom they follow."""
    from django.conf import settings

    from bench.load.people import session_of
    from community.accounts.models import User
    from community.social.models import Follow

    def cookie_of(user: User) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"

    reader = User.objects.get(handle=READER)
    followed = Follow.objects.filter(follower=reader, person__isnull=False).select_related("person")
    return cookie_of(reader), [cookie_of(row.person) for row in followed.order_by("pk")[:PEOPLE]]


def fill_feed() -> None:
    """Fill the reader's feed with what people wrote before, as if it had been followed then.

    A feed that is filled anew has one post of each, which in a synthetic community are in a few threads, on one page.
    """
    from community.accounts.models import User
    from community.social import feeds
    from community.social.models import Follow

    reader = User.objects.get(handle=READER)
    followed = Follow.objects.filter(follower=reader, person__isnull=False).select_related("person")
    for row in followed.order_by("pk")[:PEOPLE]:
        feeds.fill(reader, person=row.person)
    while feeds.entries_of(reader).count() > feeds.MOST_KEPT:
        feeds.trim([reader.pk])


def discussions() -> list[int]:
    """Return discussions of the reader's feed, the newest first."""
    from community.accounts.models import User
    from community.content.models import Kind
    from community.social.feeds import entries_of

    entries = entries_of(User.objects.get(handle=READER)).filter(thread__kind=Kind.DISCUSSION)
    return list(entries.order_by("-created_at").values_list("thread", flat=True))


def places() -> Places:
    """Return the post at which each thread is in the reader's feed."""
    from community.accounts.models import User
    from community.social.feeds import entries_of

    return dict(entries_of(User.objects.get(handle=READER)).values_list("thread", "post"))


def report(found: dict[str, Any]) -> Iterator[str]:
    """Yield Markdown."""
    yield f"{found['deployment']}, {found['size']}, {found['cores']} cores, {found['seconds']} s"
    yield ""
    yield "| pages | walks | rows | posts written | refused | moved | doubled | lost | missing | page p95 ms |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    names = ("pages", "walks", "rows", "posts", "refused", "moved", "doubled", "lost", "missing", "p95")
    yield f"| {' | '.join(str(found[name]) for name in names)} |"


def _options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_site_options(parser)
    parser.add_argument("--pages", type=int, default=2_000, help="pages to read (default: %(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
