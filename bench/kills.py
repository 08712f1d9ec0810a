"""Kill -9 children, fork servers and workers at random moments: `./run bench kills --kills 500 --seed 0`.

Two workers with two slots each train short runs of the real engine, on a separate database: SQLite, or with
`--postgresql URL` one created there and dropped afterwards. The limit of three attempts is lifted, so that every run
must succeed. Prints how many runs were stuck, ended twice (counted by a database trigger), were lost (no result, or a
result without its numbers), and how many have other numbers than an undisturbed training of the same config; the target
is 0 for each.
"""

# runs in: site

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """\
seeds: [{seed}, 7]
dataset: {{name: xor}}
model: {{layers: [{{type: Linear, out_features: 3, activation: tanh}}, {{type: Linear, out_features: 1}}]}}
loss: {{type: MSELoss}}
training: {{epochs: {epochs}, batch_size: full, eval_every: {every}}}
stopping: [{{type: Target, monitor: train_loss, value: 1.{number:06}e-12}}]
"""  # a target that is never met makes each a config of its own, with the same numbers
LENGTHS = (50, 1000, 6000)  # from a few milliseconds to a third of a second
SEEDS = range(4)
WORKERS, SLOTS, WAITING = 2, 2, 8
VICTIMS = ("child", "fork server", "worker")
MEAN_PAUSE = 0.25
PATIENCE = 120.0
SERIES = ("epochs", "steps", "curves", "final")
ENDED = "('succeeded', 'diverged', 'failed', 'cancelled')"
TRIGGERS = {
    "sqlite": [
        "CREATE TABLE ends (run_id integer)",
        "CREATE TRIGGER ends AFTER UPDATE OF state ON bpsandbox_run"
        f" WHEN NEW.state IN {ENDED} BEGIN INSERT INTO ends VALUES (NEW.id); END",
    ],
    "postgresql": [
        "CREATE TABLE ends (run_id bigint)",
        "CREATE FUNCTION note_end() RETURNS trigger AS"
        " 'BEGIN INSERT INTO ends VALUES (NEW.id); RETURN NEW; END' LANGUAGE plpgsql",
        "CREATE TRIGGER ends AFTER UPDATE OF state ON bpsandbox_run"
        f" FOR EACH ROW WHEN (NEW.state IN {ENDED}) EXECUTE FUNCTION note_end()",
    ],
}


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that workers and databases are cleaned up
    with tempfile.TemporaryDirectory(prefix="chainrule-kills-") as folder, _database(options.postgresql) as database:
        _prepare(Path(folder), database)
        storm = Storm(kills=options.kills, chance=random.Random(options.seed))
        storm.rage()
        found = storm.judge()
    print(json.dumps(found) if options.json else table(found))
    return 0 if not any(found[fault] for fault in ("stuck", "ended twice", "lost", "other numbers")) else 1


@dataclass
class Storm:
    """Workers that train, and a process that kills them."""

    kills: int
    chance: random.Random
    workers: list[subprocess.Popen] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    wanted: dict[int, tuple[int, int]] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    settled: float = 0.0

    def rage(self) -> None:
        """Kill until the count is reached, with runs always queued; then wait for the rest to end."""
        self.workers = [_worker() for _ in range(WORKERS)]
        try:
            while self.killed.total() < self.kills:
                self.feed()
                time.sleep(self.chance.expovariate(1 / MEAN_PAUSE))
                self.kill_one()
            self.settle()
        finally:
            for worker in self.workers:
                worker.send_signal(signal.SIGTERM)
            for worker in self.workers:
                worker.wait()

    def feed(self) -> None:
        from bpsandbox import api

        for _ in range(WAITING - len(_active())):
            epochs, seed = self.chance.choice(LENGTHS), self.chance.choice(SEEDS)
            text = CONFIG.format(number=len(self.wanted), seed=seed, epochs=epochs, every=epochs // 25)
            made = api.submit(config_text=text, is_system=True, target=("page", len(self.wanted)))
            self.wanted[made.run.pk] = (epochs, seed)

    def kill_one(self) -> None:
        """Kill one process of a kind, at a random moment after it appears."""
        kind = self.chance.choice(VICTIMS)
        while not (victims := self.victims(kind)):
            self.feed()
            time.sleep(self.chance.uniform(0, 0.05))
        pid = self.chance.choice(victims)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed[kind] += 1
        for place, worker in enumerate(self.workers):
            if worker.pid == pid:
                worker.wait()
                self.workers[place] = _worker()

    def victims(self, kind: str) -> list[int]:
        pids = [worker.pid for worker in self.workers]
        for _ in VICTIMS[VICTIMS.index(kind) + 1 :]:
            pids = [kid for pid in pids for kid in _kids(pid)]
        return pids

    def settle(self) -> None:
        began = time.monotonic()
        while _active() and time.monotonic() - began < PATIENCE:
            time.sleep(0.1)
        self.settled = time.monotonic() - began

    def judge(self) -> dict[str, Any]:
        """Count violations."""
        from bpsandbox.models import Run

        runs = {run.pk: run for run in Run.objects.all()}
        stuck = set(_active())
        whole = {pk for pk, run in runs.items() if run.state == "succeeded" and run.archive}
        return {
            "runs": len(self.wanted),
            "kills": self.killed.total(),
            **{f"{kind} killed": self.killed[kind] for kind in VICTIMS},
            "most attempts": max(run.attempts for run in runs.values()),
            "tried again": sum(run.attempts > 1 for run in runs.values()),
            "stuck": len(stuck),
            "ended twice": sum(count > 1 for count in _ends().values()),
            "lost": len(self.wanted.keys() - whole - stuck),
            "other numbers": sum(_series(runs[pk]) != _undisturbed(*self.wanted[pk]) for pk in whole),
            "seconds": round(time.monotonic() - self.began),
            "settled after": round(self.settled, 1),
        }


def _active() -> list[int]:
    from bpsandbox.models import Run

    return list(Run.objects.active().values_list("pk", flat=True))


def _ends() -> Counter[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT run_id FROM ends")
        return Counter(pk for (pk,) in cursor.fetchall())


def _series(run: Any) -> bytes:
    """Return the stored series as bytes: equal bytes are equal numbers, to the last bit."""
    from bpsandbox.runner import results

    document = results.unpack(bytes(run.archive)).to_json()
    return json.dumps([document[name] for name in SERIES]).encode()


_known: dict[tuple[int, int], bytes] = {}


def _undisturbed(epochs: int, seed: int) -> bytes:
    """Return the series of a config trained in this process, without kills."""
    from bpsandbox import spec
    from bpsandbox.core import run

    if (epochs, seed) not in _known:
        text = CONFIG.format(number=0, seed=seed, epochs=epochs, every=epochs // 25)
        document = run(spec.build(spec.parse(text))).document().to_json()
        _known[epochs, seed] = json.dumps([document[name] for name in SERIES]).encode()
    return _known[epochs, seed]


def _worker() -> subprocess.Popen:
    command = [sys.executable, "manage.py", "train_worker", "--slots", str(SLOTS)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _kids(pid: int) -> list[int]:
    """Return the process ids of a process's children, whichever of its threads started them."""
    kids: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            kids += map(int, task.read_text().split())
    return kids


def _prepare(folder: Path, database: dict[str, Any] | None) -> None:
    """Set up Django on an empty database, for this process and the workers."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bpsandbox.host.settings",
        "PYTHONPATH": str(ROOT),
        "HOST_VAR": str(folder),
        "HOST_SETTINGS": json.dumps({"BPSANDBOX_ATTEMPTS": 1000}),
        "HOST_DATABASE": json.dumps(database) if database else "",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for statement in TRIGGERS[connection.vendor]:
            cursor.execute(statement)


@contextmanager
def _database(address: str | None) -> Iterator[dict[str, Any] | None]:
    """Create a database on a PostgreSQL server, and drop it afterwards; None for SQLite."""
    if address is None:
        yield None
        return
    import psycopg

    name, where = f"kills_{secrets.token_hex(4)}", urlsplit(address)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {
                "ENGINE": "django.db.backends.postgresql", "NAME": name, "HOST": where.hostname,
                "PORT": where.port or 5432, "USER": unquote(where.username or ""),
                "PASSWORD": unquote(where.password or ""),
            }  # fmt: skip
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def table(found: dict[str, Any]) -> str:
    return "\n".join(f"{name:16} {value:>8}" for name, value in found.items())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0, help="of the moments and the victims")
    parser.add_argument("--postgresql", metavar="ADDRESS", help="postgresql://user:password@host:port/name")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
