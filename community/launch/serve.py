"""The default command: start the site."""

import os
import socket
import sys
from pathlib import Path

from community.launch.address import Address, bind, is_loopback, listen, parse_address
from community.launch.environment import environment
from community.launch.locks import lock, write_pid
from community.launch.paths import ROOT, var
from community.launch.preparation import prepare
from community.launch.stop import Stop, make_writable
from community.launch.supervisor import Program, Supervisor

# Shares of a busy processor, pages having 100: 10 and 33.
TRAIN_NICENESS, JOBS_NICENESS = 10, 5
HANDED_ON = "CHAINRULE_LAUNCH_FDS"


def serve() -> int:
    """Take the lock and bind the address, prepare, and exec the supervisor."""
    address = parse_address()
    make_writable(var())
    held = lock(var() / "run.lock")
    write_pid(held)
    taken, address = bind(address)
    python = environment("venv", ROOT / "requirements.txt").ensure()
    os.environ.update(HOST=address.host, PORT=str(address.port), DJANGO_SETTINGS_MODULE="community.settings.embedded")
    prepare(python)
    os.environ[HANDED_ON] = f"{held},{taken.fileno()}"
    for descriptor in (held, taken.fileno()):
        os.set_inheritable(descriptor, True)
    sys.stdout.flush()
    os.execv(python, [str(python), "-m", "community.launch", "supervise"])


def supervise() -> int:
    """Supervise the processes on the socket passed on by `serve`."""
    try:
        held, taken = (int(word) for word in os.environ.pop(HANDED_ON).split(","))
    except (KeyError, ValueError) as error:
        raise Stop("This command is for ./run itself; start the site with ./run.", 2) from error
    for descriptor in (held, taken):
        os.set_inheritable(descriptor, False)
    address = parse_address()
    door = socket.socket(fileno=taken)
    listen(door, address)
    return Supervisor(programs(door.fileno()), lambda: print_welcome(address)).run()


def programs(door: int) -> list[Program]:
    """Return the programs: web processes, then a job worker and a training worker, which would take their processor."""
    manage = (sys.executable, str(ROOT / "manage.py"))
    web = (sys.executable, "-m", "community.launch.web", "--socket", str(door))
    slots = str(_count("CHAINRULE_TRAIN_SLOTS", 2))
    return [
        *(
            Program(f"web{number}", web, fds=(door,), announces=True)
            for number in range(1, _count("CHAINRULE_WEB_PROCESSES", 2) + 1)
        ),
        Program("jobs", (*manage, "job_worker"), later=True, niceness=JOBS_NICENESS),
        Program("train", (*manage, "train_worker", "--slots", slots), later=True, niceness=TRAIN_NICENESS),
    ]


def print_welcome(address: Address) -> None:
    """Print the site's URL, the demo accounts, and how to stop."""
    how_to_stop = f"Stop it with Ctrl-C, or: kill {os.getpid()}"
    mail = f"Mail is not sent but kept in {_short(var() / 'mail')}/"
    print("", f"Chainrule is open at {address.url}", *_demo_lines(address), mail, how_to_stop, "", sep="\n", flush=True)


def _demo_lines(address: Address) -> list[str]:
    accounts = var() / "demo-accounts"
    if not accounts.exists():
        return []
    if not is_loopback(address.host):
        return ["The demo accounts cannot sign in, because the site can be reached from other machines."]
    lines = [line for line in accounts.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [f"Demo accounts (kept in {_short(accounts)}):", *(f"  {line}" for line in lines)]


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _count(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 64:
        raise Stop(f"{name} is {raw!r}; set it to a number from 1 to 64.")
    return int(raw)
