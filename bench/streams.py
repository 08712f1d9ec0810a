"""Open streams and what they cost the server: `./run bench streams`.

Starts a site, opens a notification stream for each of a thousand members and fifty streams of one run, and tells the
memory, the processor time and the queries of the server while nothing happens; then the time from a notice to its
event, from a step of the run to its event, and of a page before and meanwhile.

`--deployment production` needs PostgreSQL and Redis. The readers are in this process.
"""

# runs in: site

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.traffic import meters, sites
from bench.traffic.meters import Meter

PAGE = "/"
STEP_SECONDS = 0.25
SETTLED_SECONDS = 6.0  # after the first look of a process at its new streams
OPENING_AT_ONCE = 20
PATIENCE = 30.0


def main() -> int:
    options = _options()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    wanted = sites.Wanted(options.deployment, "tiny", options.data, options.postgresql, options.redis)
    with sites.site(wanted) as served:
        os.environ |= served.environ
        found = measure(served, options)
    print(json.dumps(found, indent=2) if options.json else table(found))
    lost = found["lost"] + found["watchers that missed the last step"]
    return 0 if found["opened"] == options.streams + options.watchers and lost == 0 else 1


def measure(served: sites.Served, options: argparse.Namespace) -> dict[str, Any]:
    """Return what the streams cost and how fast they are. Sets Django up with the site's settings."""
    import django

    django.setup()
    return asyncio.run(_measure(served, furnish(options.streams), running_run(), options))


async def _measure(
    served: sites.Served, keys: dict[int, str], run: RunToFollow, options: argparse.Namespace
) -> dict[str, Any]:
    held = asyncio.create_task(run.hold())
    await others_ended(run)
    web, meter, place = Web(served), Meter(served.parts), f"http://127.0.0.1:{served.port}"
    await page_times(place, keys, 20)
    pages_before = await page_times(place, keys, options.pages)
    before = web.memory(), web.threads()
    readers = [Reader(place, "/notifications/events/", "unread", key, person) for person, key in keys.items()]
    watchers = [Reader(place, f"/runs/{run.spec_hash}/events", "progress") for _ in range(options.watchers)]
    count = options.streams + options.watchers
    found: dict[str, Any] = {"streams": options.streams, "watchers": options.watchers}
    found |= await idle("idle before", web, meter, options.seconds)
    meter.start()
    await opened(readers + watchers)
    found |= {"opened": sum(reader.is_open for reader in readers + watchers)}
    found |= {f"{part}: cpu to open one, ms": seconds * 1e3 / count for part, seconds in meter.read().cpu.items()}
    found |= {"opening: connections of web with a query": await asyncio.to_thread(asking, 5)}
    await asyncio.sleep(SETTLED_SECONDS)
    found |= {"memory before, MiB": before[0], "memory with streams, MiB": web.memory()}
    found |= {"kB a stream": (web.memory() - before[0]) * 1024 / count}
    found |= {"threads before": before[1], "threads with streams": web.threads()}
    found |= await idle("idle", web, meter, options.seconds)
    notices, pages = await asyncio.gather(
        notice_delays(readers, options.notices), page_times(place, keys, options.pages)
    )
    found |= spread("notice to event, ms", notices) | {"lost": min(options.notices, len(readers)) - len(notices)}
    found |= spread("page before, ms", pages_before) | spread("page meanwhile, ms", pages)
    meter.start()
    steps, missed = await step_delays(run, watchers, options.seconds)
    found |= per_second("followed run", meter.read())
    found |= {"events a watcher and second": len(steps) / options.seconds / max(options.watchers, 1)}
    found |= spread("step to event, ms", steps) | {"watchers that missed the last step": missed}
    for reader in readers + watchers:
        reader.close()
    held.cancel()
    return found


class Web:
    """The web processes of a site, with their children."""

    def __init__(self, served: sites.Served) -> None:
        self.pids = meters.tree(served.parts["web"]())

    def memory(self) -> float:
        return meters.memory_mib(self.pids)

    def threads(self) -> int:
        return meters.threads(self.pids)

    def reads(self) -> int:
        return meters.reads(self.pids)


async def others_ended(run: RunToFollow) -> None:
    """Wait until the runs of the site's own pages are trained, which a new site begins with."""
    from bpsandbox.models import Run

    others = Run.objects.active().exclude(pk=run.claim.run_id)
    ends_at = time.monotonic() + 4 * PATIENCE
    while await others.aexists() and time.monotonic() < ends_at:
        await asyncio.sleep(0.5)


async def idle(name: str, web: Web, meter: Meter, seconds: float) -> dict[str, float]:
    """Return what the site does a second while nothing happens."""
    meter.start()
    before = web.reads()
    await asyncio.sleep(seconds)
    found = per_second(name, meter.read()) | {f"{name}: reads/s of web": (web.reads() - before) / seconds}
    return found | {f"{name}: connections of web with a query": await asyncio.to_thread(asking, seconds)}


def per_second(name: str, reading: meters.Reading) -> dict[str, float]:
    return {f"{name}: {part}, cpu ms/s": seconds * 1e3 / reading.wall for part, seconds in reading.cpu.items()}


def asking(seconds: float) -> float:
    """Return how many connections of the web processes have had a query in the last seconds; NaN for SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return float("nan")
    ours = "datname = current_database() AND application_name = 'web'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM pg_stat_activity WHERE {ours} AND query_start > now() - make_interval(secs => %s)",
            [seconds],
        )
        return float(cursor.fetchone()[0])


async def notice_delays(readers: list[Reader], count: int) -> list[float]:
    """Notify people at random, from this process as a job worker does; return the delays in milliseconds."""
    delays = []
    for number, reader in enumerate(random.sample(readers, min(count, len(readers)))):
        heard = reader.next_event()
        began = await asyncio.to_thread(notice, reader.person, number)
        try:
            delays.append((await asyncio.wait_for(heard, 15) - began) * 1e3)
        except TimeoutError:
            continue
        await asyncio.sleep(random.uniform(0.05, 0.5))
    return delays


async def step_delays(run: RunToFollow, watchers: list[Reader], seconds: float) -> tuple[list[float], int]:
    """Report steps of the run as a training does.

    Return milliseconds from each step to the events that tell it, and how many watchers did not hear of the last one.
    An event tells where the run is by now, so several steps in a second are one event.
    """
    reported = {}
    told: list[tuple[str, float]] = []
    for watcher in watchers:
        watcher.told = told
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        epoch, moment = await asyncio.to_thread(run.step)
        reported[f'"epoch": {epoch},'] = moment
        await asyncio.sleep(STEP_SECONDS)
    await asyncio.sleep(2)
    delays = [(moment - reported[name]) * 1e3 for data, moment in told for name in reported if name in data]
    last = f'"epoch": {run.epoch},'
    return delays, len(watchers) - sum(last in data for data, _moment in told)


async def page_times(url: str, keys: dict[int, str], count: int) -> list[float]:
    """Ask for the front page, members and visitors in turn; return milliseconds."""
    times = []
    for number, key in enumerate([*keys.values()][:1] * count):
        began = time.monotonic()
        reader = Reader(url, PAGE, "", key if number % 2 else "")
        await reader.ask()
        await reader.body()
        times.append((time.monotonic() - began) * 1e3)
        await asyncio.sleep(0.03)
    return times


@dataclass(eq=False)
class Reader:
    """A browser's request on a connection of its own."""

    url: str
    path: str
    event: str
    key: str = ""
    person: int = 0
    is_open: bool = False
    heard: list[asyncio.Future[float]] = field(default_factory=list)
    told: list[tuple[str, float]] | None = None

    async def ask(self) -> None:
        place = urlsplit(self.url)
        self.source, self.sink = await asyncio.open_connection(place.hostname, place.port, limit=2**20)
        cookie = f"Cookie: sessionid={self.key}\r\n" if self.key else ""
        kept = "keep-alive" if self.event else "close"
        self.sink.write(
            f"GET {self.path} HTTP/1.1\r\nHost: {place.netloc}\r\n{cookie}Connection: {kept}\r\n\r\n".encode()
        )
        head = await asyncio.wait_for(self.source.readuntil(b"\r\n\r\n"), PATIENCE)
        self.is_open = b" 200 " in head.partition(b"\r\n")[0]

    async def body(self) -> bytes:
        answer = await self.source.read(-1)
        self.sink.close()
        return answer

    async def follow(self) -> None:
        """Hear the events until the stream ends."""
        mark = f"event: {self.event}\n".encode()
        async for line in self.source:
            if line.startswith(b"data: ") and self.told is not None:
                self.told.append((line.decode(), time.monotonic()))
            if line == mark:
                moment = time.monotonic()
                for future in self.heard:
                    if not future.done():
                        future.set_result(moment)
                self.heard.clear()

    async def open(self) -> None:
        await self.ask()
        first = self.next_event()
        self.task = asyncio.create_task(self.follow())
        if not self.is_open:
            return
        try:
            await asyncio.wait_for(first, PATIENCE)
        except TimeoutError:
            self.is_open = False

    def next_event(self) -> asyncio.Future[float]:
        future = asyncio.get_running_loop().create_future()
        self.heard.append(future)
        return future

    def close(self) -> None:
        self.task.cancel()
        self.sink.close()


async def opened(readers: list[Reader]) -> None:
    """Open the streams, a few at a time."""
    door = asyncio.Semaphore(OPENING_AT_ONCE)

    async def enter(reader: Reader) -> None:
        async with door:
            await reader.open()

    await asyncio.gather(*map(enter, readers))


def furnish(count: int) -> dict[int, str]:
    """Create members, each signed in; return the session key of each."""
    from django.utils import timezone

    from bench.load.people import session_of, write_people
    from community.accounts.models import User

    keys = write_people([f"listener{number}" for number in range(count)], joined=timezone.now())
    return {person.pk: session_of(person) for person in User.objects.filter(pk__in=keys)}


def notice(person: int, number: int) -> float:
    """Notify a person, as a job does; return when."""
    from community.accounts.models import User
    from community.notifications.services import notify

    follower = User.objects.exclude(pk=person).order_by("pk")[number % 2]
    event = f"follow:{number}:{random.random()}"
    notify(listeners={person: "follow"}, actor=follower, target_kind="person", target_id=follower.pk, event=event)
    return time.monotonic()


@dataclass
class RunToFollow:
    spec_hash: str
    claim: Any
    epoch: int = 0

    async def hold(self) -> None:
        """Renew the lease every second, as a training worker does."""
        from bpsandbox import leases

        while await asyncio.to_thread(leases.renew, self.claim) is None:
            await asyncio.sleep(1)

    def step(self) -> tuple[int, float]:
        """Report a step, as a training worker does; return its epoch, and when."""
        from bpsandbox import leases

        self.epoch += 1
        points = [[epoch, epoch, {"train_loss": [1 / (1 + epoch)]}] for epoch in range(min(self.epoch, 200))]
        told = {"type": "progress", "points": points, "epoch": self.epoch, "epochs": 2000, "eta": 9.0, "attempt": 1}
        leases.report(self.claim, told)
        return self.epoch, time.monotonic()


def running_run() -> RunToFollow:
    """Return a public run that this process holds, so that no worker trains it."""
    from django.db import transaction

    from bpsandbox import api, identity, leases
    from bpsandbox.models import Run

    with transaction.atomic():
        asked = api.submit(
            config_text=api.presets()["xor"].text, is_system=True, target=("page", 1), visibility="public"
        )
        run = Run.objects.get(spec__hash=asked.spec_hash)
        leases.claim(run.pk, fence=run.fence, worker=identity.worker_name())
        claim = leases.held(run.pk, fence=run.fence + 1)
    run_to_follow = RunToFollow(asked.spec_hash, claim)
    run_to_follow.step()
    return run_to_follow


def spread(name: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times) or [float("nan")]
    return {f"{name}: p{part}": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)}


def table(found: dict[str, Any]) -> str:
    return "\n".join(f"{name:40} {value:10.1f}" for name, value in found.items())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench streams")
    parser.add_argument("--deployment", choices=("embedded", "production"), default="embedded")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=15, help="of each measurement")
    parser.add_argument("--notices", type=int, default=100)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--data", default="", help="a filled CHAINRULE_VAR, which is copied, or a database, as it is")
    parser.add_argument("--postgresql", default=sites.POSTGRESQL, help="where the production site gets a database")
    parser.add_argument("--redis", default=sites.REDIS)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
