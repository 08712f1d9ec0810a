"""Eight processes write one SQLite file concurrently, through the site's services: `./run bench sqlite_writers`.

Each performs 250 read-modify-write cycles: votes added, changed and withdrawn on twenty shared posts, and every tenth
time a reply to a shared thread. Prints how often SQLite reported "database is locked" (the target is 0), the duration
of a write, and whether the counters equal a recount afterwards.
"""

# runs in: site

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
POSTS = 20
REPLY_EVERY = 10


def main() -> int:
    options = _options()
    if options.worker is not None:
        print(json.dumps(work(options.worker, options.writes)))
        return 0
    with tempfile.TemporaryDirectory(prefix="chainrule-writers-") as folder:
        found = measure(Path(folder), processes=options.processes, writes=options.writes)
    print(table(found))
    return 0 if found["locked"] == 0 and found["sound"] else 1


def measure(folder: Path, *, processes: int, writes: int) -> dict[str, Any]:
    """Create a site in the folder, run the processes on it, and count."""
    environ = os.environ | {
        "CHAINRULE_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "community.settings.embedded",
        "PYTHONPATH": str(ROOT),
    }
    _manage(environ, "migrate", "-v", "0")
    _manage(environ, "shell", "-v", "0", "-c", f"from bench import sqlite_writers as w; w.furnish({processes})")
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.sqlite_writers", "--writes", str(writes), "--worker"]
    writers = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        for number in range(processes)
    ]
    told = [json.loads(writer.communicate()[0]) for writer in writers]
    seconds = time.monotonic() - began
    checked = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    took = sorted(moment for each in told for moment in each["took"])
    return {
        "processes": processes,
        "writes": sum(each["writes"] for each in told),
        "locked": sum(each["locked"] for each in told),
        "failed": sum(each["failed"] for each in told),
        "seconds": seconds,
        "median": took[len(took) // 2],
        "p99": took[int(len(took) * 0.99)],
        "longest": took[-1],
        "sound": checked.returncode == 0,
        "said": checked.stdout,
    }


def furnish(people: int) -> None:
    """Create the people and the shared posts."""
    from community.accounts.models import User
    from community.content.services import add_post, start_thread

    host = _person("host")
    thread = start_thread(author=host, kind="discussion", title="Shared", source="All write here.")
    for number in range(POSTS):
        add_post(thread=thread, author=host, source=f"Vote on number {number}.")
    for number in range(people):
        _person(f"writer{number}")
    assert User.objects.count() == people + 1


def work(number: int, writes: int) -> dict[str, Any]:
    """Run one of the processes."""
    import django

    django.setup()
    from django.db import OperationalError

    acts = _acts(number)
    told: dict[str, Any] = {"writes": 0, "locked": 0, "failed": 0, "took": []}
    for index in range(writes):
        began = time.monotonic()
        try:
            acts[index % len(acts)](index)
            told["writes"] += 1
        except OperationalError as error:
            told["locked" if "locked" in str(error) else "failed"] += 1
        told["took"].append(round(time.monotonic() - began, 4))
    return told


def _acts(number: int) -> list:
    from community.accounts.models import User
    from community.content.models import Post, Thread
    from community.content.services import add_post
    from community.social.services import vote

    chance = random.Random(number)
    writer = User.objects.get(handle=f"writer{number}")
    posts = list(Post.objects.filter(source__startswith="Vote on").select_related("thread"))
    thread = Thread.objects.get(title="Shared")

    def cast(index: int) -> None:
        vote(user=writer, post=chance.choice(posts), value=chance.choice((-1, 0, 1)))

    def reply(index: int) -> None:
        add_post(thread=thread, author=writer, source=f"Reply {index} of {number}.")

    return [*[cast] * (REPLY_EVERY - 1), reply]


def _person(handle: str) -> Any:
    from allauth.account.models import EmailAddress

    from community.accounts.models import User

    user = User.objects.create_user(handle=handle, email=f"{handle}@chainrule.example", password=None)
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def table(found: dict[str, Any]) -> str:
    lines = {
        "processes": found["processes"],
        "writes that were made": found["writes"],
        "“database is locked”": found["locked"],
        "other failures": found["failed"],
        "writes a second": f"{found['writes'] / found['seconds']:.0f}",
        "a write: median, p99, longest": f"{found['median']:.3f}, {found['p99']:.3f}, {found['longest']:.3f} s",
        "counters equal a recount": "yes" if found["sound"] else f"no\n{found['said']}",
    }
    return "\n".join(f"{name:<32}{value}" for name, value in lines.items())


def _manage(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environ, check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--writes", type=int, default=250, help="of each process (default: %(default)s)")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
