"""How soon a post reaches everybody: `./run bench reach --deployment production --size huge`.

Starts a site with a synthetic community, in which one person has many followers and another follows many (see
`bench.seed_load`). Visitors and members ask for pages, `--rate` a second, and a fiftieth of the requests writes. After
a while of only this the first person writes notes, one after another, and it is measured when the last of the followers
sees each in their feed and in their notifications, which are asked for like all other pages. Then some of those whom
the second person follows write, each once, and it is measured when that person sees it.

Prints seconds from sending the form, what the jobs needed of processor time, and percentiles of pages before and
meanwhile. Fails if a post needs longer than `--within` seconds, if a follower has none, or if a page is wrong.

--data WHERE  use a filled site, as `bench.web` does; with --size that of its community
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import mixed
from bench.traffic.client import Answer, Call, Connection, send
from bench.traffic.forms import form_call
from bench.traffic.measuring import add_site_options, on_a_site
from bench.traffic.meters import Meter
from bench.traffic.mix import Mix
from bench.traffic.sites import Served

FOLLOWED, FOLLOWING = "user001", "user002"  # who has many followers, and who follows many: see `bench.load.texts.Shape`
CONNECTIONS = 16
TURN = 2.0  # seconds of a part of the load; it ends with the part that is running
LOOKS_EVERY = 0.1  # seconds between two looks of a reader
PATIENCE = 30.0  # seconds within which a post is to have reached everybody
SHOWN_ERRORS = 5
FEED, NOTICES = "/", "/notifications/"
OF_A_NOTE = re.compile(r"/notes/(\d+)/")


@dataclass
class Reached:
    """When a reader saw a post in the feed and in the notifications, in seconds since it was sent."""

    thread: int
    feed: float = 0.0
    notices: float = 0.0

    @property
    def seconds(self) -> float:
        return max(self.feed, self.notices)


@dataclass
class Phase:
    """Posts of one kind: what they reached, the pages meanwhile, and processor seconds by part."""

    name: str
    posts: list[Reached] = field(default_factory=list)
    pages: list[Answer] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)


def main() -> int:
    options = _options()
    found = on_a_site(options, measured, report)
    late = [each for phase in found["phases"] for each in phase["seconds"] if each > options.within]
    wrong = sum(phase["errors"] for phase in found["phases"]) + len(found["mistaken"])
    return 1 if late or wrong or found["without"] else 0


def measured(served: Served, options: argparse.Namespace) -> dict[str, Any]:
    """Measure a running site. Sets Django up with its settings."""
    os.environ |= served.environ
    import django

    django.setup()
    return measure(served.port, Mix(served.catalogue(), served.port), Meter(served.parts), options)


def measure(port: int, mix: Mix, meter: Meter, options: argparse.Namespace) -> dict[str, Any]:
    """Measure a running site whose settings are those of this process."""
    phases = asyncio.run(_phases(port, mix, meter, find_people(options.authors), options))
    followers, without = counted([each.thread for each in phases[1].posts])
    return {
        "phases": [_told(phase) for phase in phases],
        "followers": followers,
        "without": without,
        "mistaken": mix.mistaken,
        "rate": options.rate,
        "within": options.within,
    }


async def _phases(
    port: int, mix: Mix, meter: Meter, people: dict[str, Any], options: argparse.Namespace
) -> list[Phase]:
    async def nothing() -> list[Reached]:
        await asyncio.sleep(options.before)
        return []

    async def by_one() -> list[Reached]:
        return [await _reach(port, people["author"], people["last follower"]) for _ in range(options.posts)]

    async def by_many() -> list[Reached]:
        return [await _reach(port, author, people["reader"]) for author in people["authors"]]

    for reader in (people["last follower"], people["reader"]):
        await _look(port, FEED, reader)  # which fills a feed that is empty
    await send(
        port, mix.next_call, connections=CONNECTIONS, seconds=options.warming, rate=options.rate, heard=mix.heard
    )
    phases = []
    for name, act in (("before", nothing), (f"posts of {FOLLOWED}", by_one), (f"posts for {FOLLOWING}", by_many)):
        phases.append(await _phase(name, act, port, mix, meter, options.rate))
    return phases


async def _phase(name: str, act: Callable[[], Any], port: int, mix: Mix, meter: Meter, rate: float) -> Phase:
    """Do something while others ask for pages."""
    phase, is_done = Phase(name), asyncio.Event()

    async def load() -> None:
        while not is_done.is_set():
            phase.pages += await send(
                port, mix.next_call, connections=CONNECTIONS, seconds=TURN, rate=rate, heard=mix.heard
            )

    meter.start()
    loading = asyncio.create_task(load())
    try:
        phase.posts = await act()
    finally:
        is_done.set()
        await loading
    phase.cpu = meter.read().cpu
    return phase


async def _reach(port: int, author: str, reader: str) -> Reached:
    """Write a note and wait until the reader sees it. Raises RuntimeError if they never do."""
    connection, began = Connection(port), time.perf_counter()
    words = f"A note that is told to everybody, number {uuid.uuid4().hex}."
    form = {"title": "", "source": words, "submission": str(uuid.uuid4())}
    answer = await connection.ask(form_call("a note", port, "/notes/new/", author, form))
    written = OF_A_NOTE.search(answer.header("Location"))
    if written is None:
        raise RuntimeError(f"the note was not written: {answer.status} {answer.head[:300]!r}")
    reached = Reached(int(written[1]))
    wanted = written[0].encode()
    reached.feed, reached.notices = await asyncio.gather(
        *(_seen(port, path, reader, wanted, began) for path in (FEED, NOTICES))
    )
    connection.close()
    return reached


async def _look(port: int, path: str, reader: str) -> Answer:
    connection = Connection(port)
    answer = await connection.ask(Call("look", path, (("Cookie", reader),)))
    connection.close()
    return answer


async def _seen(port: int, path: str, reader: str, wanted: bytes, began: float) -> float:
    """Ask for a page until it has a link, and return when that was."""
    while time.perf_counter() - began < 4 * PATIENCE:
        if wanted in (await _look(port, path, reader)).body:
            return time.perf_counter() - began
        await asyncio.sleep(LOOKS_EVERY)
    raise RuntimeError(f"{path} had no {wanted.decode()} after {4 * PATIENCE:g} seconds")


def find_people(authors: int) -> dict[str, Any]:
    """Return cookies of the people who write and of those who look: of followers the one who is told last."""
    from django.conf import settings

    from bench.load.people import session_of
    from community.accounts.models import User
    from community.social.models import Follow

    def cookie_of(key: int) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={session_of(User.objects.get(pk=key))}"

    author, reader = (User.objects.get(handle=handle) for handle in (FOLLOWED, FOLLOWING))
    last = Follow.objects.filter(person=author).order_by("-follower").values_list("follower", flat=True)[0]
    followed = list(Follow.objects.filter(follower=reader, person__isnull=False).values_list("person", flat=True))
    chosen = followed[:: max(1, len(followed) // authors)][:authors]
    return {
        "author": cookie_of(author.pk),
        "last follower": cookie_of(last),
        "reader": cookie_of(reader.pk),
        "authors": [cookie_of(key) for key in chosen],
    }


def counted(threads: Sequence[int]) -> tuple[int, int]:
    """Return how many people follow the author, and how many feeds and notifications of theirs lack a thread."""
    from community.accounts.models import User
    from community.notifications.models import Notification
    from community.social.models import FeedEntry, Follow

    author = User.objects.get(handle=FOLLOWED)
    followers = set(Follow.objects.filter(person=author).values_list("follower", flat=True))
    missing = 0
    for thread in threads:
        fed = FeedEntry.objects.filter(thread=thread).values_list("reader", flat=True)
        told = Notification.objects.filter(verb="new_thread", subject=thread).values_list("recipient", flat=True)
        missing += len(followers.difference(fed)) + len(followers.difference(told))
    return len(followers), missing


def _told(phase: Phase) -> dict[str, Any]:
    kinds = mixed.by_kind(phase.pages)
    pages = [answer for answer in phase.pages if not answer.kind.startswith("a ")]
    wrong = [answer for answer in phase.pages if answer.status not in mixed.FINE]
    return {
        "name": phase.name,
        "seconds": [round(each.seconds, 2) for each in phase.posts],
        "feed": [round(each.feed, 2) for each in phase.posts],
        "notices": [round(each.notices, 2) for each in phase.posts],
        "pages": mixed.by_kind(pages)["all"] if pages else {},
        "kinds": kinds,
        "errors": len(wrong),
        "wrong": [f"{answer.kind}: {answer.status} {answer.head[:200]!r}" for answer in wrong][:SHOWN_ERRORS],
        "cpu": {part: round(seconds, 2) for part, seconds in phase.cpu.items()},
    }


def report(found: dict[str, Any]) -> Iterator[str]:
    """Yield Markdown."""
    yield f"{found['deployment']}, {found['size']}, {found['rate']:g} requests a second, {found['cores']} cores"
    yield f"{found['followers']:,} followers; {found['without']} feeds or notifications of theirs lack a post"
    yield from found["mistaken"][:SHOWN_ERRORS]
    for phase in found["phases"]:
        yield from phase["wrong"]
    yield ""
    columns = ("phase", "posts", "feed s, median", "longest", "notice s, median", "longest", "pages", "p50 ms", "p95")
    yield f"| {' | '.join([*columns, 'p99', 'errors'])} |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for phase in found["phases"]:
        times = [str(each) for name in ("feed", "notices") for each in _ends(phase[name])]
        pages = [str(phase["pages"].get(name, "")) for name in ("requests", "p50", "p95", "p99")]
        yield f"| {' | '.join([phase['name'], str(len(phase['seconds'])), *times, *pages, str(phase['errors'])])} |"
    yield ""
    yield from (f"{phase['name']}: CPU s {phase['cpu']}" for phase in found["phases"])


def _ends(seconds: Sequence[float]) -> tuple[Any, Any]:
    """Return the median and the longest."""
    return (sorted(seconds)[len(seconds) // 2], max(seconds)) if seconds else ("", "")


def _options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_site_options(parser)
    parser.add_argument("--rate", type=float, default=10.0, help="pages a second meanwhile (default: %(default)s)")
    parser.add_argument("--posts", type=int, default=10, help="of the one with followers (default: %(default)s)")
    parser.add_argument("--authors", type=int, default=20, help="whom the other one follows (default: %(default)s)")
    parser.add_argument("--before", type=float, default=30.0, metavar="SECONDS", help="of pages alone")
    parser.add_argument("--warming", type=float, default=mixed.WARMING, help="seconds before anything is counted")
    parser.add_argument("--within", type=float, default=PATIENCE, help="seconds (default: %(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
