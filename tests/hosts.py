"""Several hosts of one site: each a network namespace that sees no folder of the others, as far as that is allowed.

    with several_hosts(postgres_url, redis_url, s3_address, web=("a", "b"), work="t") as hosts:
        hosts["a"].start("web"); hosts["t"].manage("check")

Where namespaces are not allowed, the hosts are processes with separate state folders.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from community.launch.paths import ROOT
from tests.deployments import PATIENCE, REDIS_SECONDS, Site, _database, _free_port, _outside, _signal
from tests.migrated import copy_fonts_and_rates
from tests.s3 import environment_of

NAME = "community.test"
BIN = Path(sys.executable).parent
ALONE = 'for other in $HIDDEN; do mount --bind "$NOTHING" "$other"; done; exec "$@"'


@dataclass
class Host(Site):
    """One host. `enter` begins a command that runs on it; `code` is where its release is."""

    address: str = "127.0.0.1"
    port: int = 8000
    enter: tuple[str, ...] = ()
    code: Path = ROOT
    programs: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        command = [*self.enter, sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, env=self._environ(), cwd=self.code, capture_output=True, text=True, timeout=4 * PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _environ(self) -> dict[str, str]:
        """Return its environment, in which Python finds the code of its release and not that of the tests."""
        return self.environ | {"PYTHONPATH": str(self.code)}

    def start(self, *names: str) -> None:
        """Start services, and wait until the web answers."""
        for name in names:
            with (self.var / f"{name}.out").open("ab") as out:
                self.processes[name] = subprocess.Popen(
                    [*self.enter, *self.programs[name]],
                    cwd=self.code,
                    env=self._environ(),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        if "web" in names:
            self.wait_until_ready()

    def stop(self, *names: str) -> float:
        """Stop services as systemd does, and return the seconds it took."""
        began = time.monotonic()
        for name in names:
            _signal(self.processes[name], signal.SIGTERM)
        for name in names:
            try:
                self.processes.pop(name).wait(60)
            except subprocess.TimeoutExpired as error:
                raise AssertionError(f"{name} did not end:\n{self.said(name)[-2000:]}") from error
        return time.monotonic() - began

    def kill(self, *names: str) -> None:
        """End services as a power cut does."""
        for name in names:
            process = self.processes.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)

    def wait_until_ready(self) -> None:
        ends_at = time.monotonic() + PATIENCE
        while time.monotonic() < ends_at:
            assert self.processes["web"].poll() is None, f"web ended:\n{self.said('web')[-4000:]}"
            if self._answers():
                return
            time.sleep(0.1)
        raise AssertionError(f"the host did not become ready:\n{self.said('web')[-4000:]}")

    def _answers(self) -> bool:
        try:
            return self.get("/readyz?exclude=workers&exclude=training")[0] == 200
        except OSError:
            return False


@contextmanager
def several_hosts(
    postgres_url: str, redis_url: str, s3_address: str, *names: str, code: Path = ROOT
) -> Iterator[dict[str, Host]]:
    """Make hosts that share a database, a Redis and a bucket, prepared and with nothing started."""
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="chainrule-hosts-"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        database_url = stack.enter_context(_database(postgres_url))
        net = stack.enter_context(_Network(names) if namespaces_work() else _Loopback(names))
        shared = [net.reachable(url) for url in (database_url, redis_url, s3_address)]
        net.open_relay()
        environ = _environment(*(net.seen_from_a_host(url) for url in shared), net.addresses)
        for folder in (*names, "nothing"):
            (base / folder).mkdir()
        for name in names:
            copy_fonts_and_rates(base / name)
        hosts = {name: _host(base, name, net, environ, code) for name in names}
        stack.callback(_end_all, hosts)
        together([partial(host.manage, "prepare", "--without-demo", "--rolling") for host in hosts.values()])
        yield hosts


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Do all at once."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(act) for act in acts]]


def _environment(database_url: str, redis_url: str, s3_address: str, addresses: dict[str, str]) -> dict[str, str]:
    """Return the one environment file of all hosts."""
    return {
        "DJANGO_SETTINGS_MODULE": "community.settings.production",
        "CHAINRULE_SECRET_KEY": secrets.token_urlsafe(60),
        "CHAINRULE_HOSTS": ",".join([NAME, *dict.fromkeys(addresses.values())]),
        "CHAINRULE_DATABASE_URL": database_url,
        "CHAINRULE_REDIS_URL": redis_url,
        "CHAINRULE_REDIS_PREFIX": f"test-{secrets.token_hex(4)}",
        "CHAINRULE_REDIS_TIMEOUT": REDIS_SECONDS,
        "CHAINRULE_MAIL_FROM": "Chainrule <noreply@chainrule.example>",
        "CHAINRULE_SMTP_HOST": "smtp.chainrule.example",
        "CHAINRULE_PLAIN_HTTP": "yes",
        "CHAINRULE_TRUSTED_PROXIES": "1",
        **environment_of(s3_address),
    }


def _host(base: Path, name: str, net: "_Network | _Loopback", environ: dict[str, str], code: Path) -> Host:
    address, port = net.addresses[name], net.port_of(name)
    var = base / name
    hidden = " ".join(str(each) for each in base.iterdir() if each.name not in (name, "nothing"))
    own = {
        "CHAINRULE_VAR": str(var),
        "CHAINRULE_MAIL_FOLDER": str(var / "mail"),
        "HIDDEN": hidden,
        "NOTHING": str(base / "nothing"),
    }
    python = sys.executable
    celery = (str(BIN / "celery"), "-A", "community.common.tasks_celery", "worker", "--concurrency", "1")
    programs = {
        "web": (
            str(BIN / "granian"),
            "--interface",
            "asginl",
            "--host",
            address,
            "--port",
            str(port),
            "--workers",
            "1",
            "--backpressure",
            "5000",
            "--respawn-failed-workers",
            "--workers-kill-timeout",
            "10",
            "--no-ws",
            "community.asgi:application",
        ),
        "jobs": (*celery, "--loglevel", "WARNING", "--beat", "--schedule", str(var / "celerybeat-schedule")),
        "train": (python, "manage.py", "train_worker"),
    }
    return Host(
        f"http://{address}:{port}",
        var,
        _outside() | environ | own,
        address=address,
        port=port,
        enter=net.enter(name),
        code=code,
        programs=programs,
    )


def _end_all(hosts: dict[str, Host]) -> None:
    for host in hosts.values():
        for process in host.processes.values():
            _signal(process, signal.SIGKILL)
            process.wait(60)


# === Networks ===


def namespaces_work() -> bool:
    """Return whether this process may make network namespaces."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "mount", "sh"))):
        return False
    probe = f"crprobe{secrets.token_hex(3)}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True)
    if made.returncode == 0:
        entered = subprocess.run(["ip", "netns", "exec", probe, "mount", "--bind", "/tmp", "/tmp"], capture_output=True)
        subprocess.run(["ip", "netns", "del", probe], check=True)
        return entered.returncode == 0
    return False


class _Loopback:
    """All hosts on one address."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.addresses = dict.fromkeys(names, "127.0.0.1")

    def __enter__(self) -> "_Loopback":
        return self

    def __exit__(self, *_error) -> None: ...

    def enter(self, name: str) -> tuple[str, ...]:
        return ()

    def port_of(self, name: str) -> int:
        return _free_port()

    def reachable(self, url: str) -> str:
        return url

    def open_relay(self) -> None: ...

    def seen_from_a_host(self, url: str) -> str:
        return url


class _Network:
    """A bridge with one namespace for each host. Services on this machine's loopback are relayed to the bridge."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.tag = f"cr{secrets.token_hex(3)}"
        number = secrets.randbelow(250) + 1
        self.gateway = f"10.213.{number}.1"
        self.addresses = {name: f"10.213.{number}.{index}" for index, name in enumerate(names, start=2)}
        self.services: dict[int, int] = {}
        self.relay: subprocess.Popen | None = None

    def __enter__(self) -> "_Network":
        _ip("link", "add", self.tag, "type", "bridge")
        _ip("address", "add", f"{self.gateway}/24", "dev", self.tag)
        _ip("link", "set", self.tag, "up")
        for name, address in self.addresses.items():
            self._connect(self._space(name), f"{self.tag}{name}", address)
        return self

    def __exit__(self, *_error) -> None:
        if self.relay is not None:
            self.relay.terminate()
            self.relay.wait(5)
        for name in self.addresses:
            _ip("netns", "del", self._space(name))
        _ip("link", "del", self.tag)

    def enter(self, name: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self._space(name), "sh", "-c", ALONE, "sh")

    def port_of(self, name: str) -> int:
        return 8000

    def reachable(self, url: str) -> str:
        """Note a service that has to be relayed."""
        self.services[urlsplit(url).port or 5432] = 0
        return url

    def open_relay(self) -> None:
        command = [sys.executable, "-m", "tests.relay", self.gateway, *map(str, self.services)]
        self.relay = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.relay.stdout is not None
        self.services = dict(zip(self.services, map(int, self.relay.stdout.readline().split()), strict=True))

    def seen_from_a_host(self, url: str) -> str:
        parts = urlsplit(url)
        login = parts.netloc.rpartition("@")
        place = f"{self.gateway}:{self.services[parts.port or 5432]}"
        return urlunsplit(parts._replace(netloc=f"{login[0]}{login[1]}{place}"))

    def _space(self, name: str) -> str:
        return f"{self.tag}-{name}"

    def _connect(self, space: str, cable: str, address: str) -> None:
        _ip("netns", "add", space)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", cable, "master", self.tag, "up")
        for command in (
            ("link", "set", "lo", "up"),
            ("link", "set", "eth0", "up"),
            ("address", "add", f"{address}/24", "dev", "eth0"),
        ):
            _ip("-n", space, *command)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


# === People ===


class Lost(Exception):
    """A connection ended before its answer came."""


@dataclass(frozen=True)
class Page:
    status: int
    headers: Message
    content: bytes
    host: str

    @property
    def text(self) -> str:
        return self.content.decode()


class Reader:
    """A browser behind a load balancer: one name, one cookie jar, and a host for each request.

    A host that refuses connections is passed over, as Caddy does; an answer that breaks off is Lost.
    """

    def __init__(self, hosts: dict[str, Host], network: str = "203.0.113.7") -> None:
        self.hosts, self.network = hosts, network
        self.cookies: dict[str, str] = {}
        self.turn = 0

    def get(self, path: str, host: str = "", **headers: str) -> Page:
        return self.ask("GET", path, host=host, **headers)

    def post(self, path: str, form: dict[str, str], host: str = "", **headers: str) -> Page:
        body = urlencode(form).encode()
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{NAME}", **headers}
        return self.ask("POST", path, body, host=host, **sent)

    def upload(self, content: bytes, host: str = "") -> Page:
        head = b'--cut\r\nContent-Disposition: form-data; name="picture"; filename="plot.png"\r\n\r\n'
        sent = {
            "Content-Type": "multipart/form-data; boundary=cut",
            "Origin": f"http://{NAME}",
            "Accept": "application/json",
        }
        return self.ask("POST", "/media/upload/", head + content + b"\r\n--cut--\r\n", host=host, **sent)

    def sign_in(self, handle: str, password: str, host: str = "") -> Page:
        return self.post("/accounts/login/", {"login": handle, "password": password}, host=host)

    def ask(self, method: str, path: str, body: bytes | None = None, *, host: str = "", **headers: str) -> Page:
        connection, name = self.connected(host)
        try:
            connection.request(method, path, body, self._headers(headers))
            answer = connection.getresponse()
            self._keep_cookies(answer.headers)
            return Page(answer.status, answer.headers, answer.read(), name)
        except (OSError, HTTPException) as error:
            raise Lost(f"{method} {path} on {name}: {error!r}") from error
        finally:
            connection.close()

    @contextmanager
    def stream(self, path: str, host: str = "", **headers: str) -> Iterator[HTTPResponse]:
        """Open an event stream."""
        connection, _name = self.connected(host)
        connection.request("GET", path, headers=self._headers({"Accept": "text/event-stream", **headers}))
        try:
            yield connection.getresponse()
        finally:
            connection.close()

    def connected(self, host: str) -> tuple[HTTPConnection, str]:
        """Return a connection to a host that accepts one."""
        self.turn += 1
        names = sorted(name for name in self.hosts if "web" in self.hosts[name].programs)
        order = [host] if host else [names[(self.turn + index) % len(names)] for index in range(len(names))]
        for _round in range(200):
            for name in order:
                connection = HTTPConnection(self.hosts[name].address, self.hosts[name].port, timeout=30)
                try:
                    connection.connect()
                    return connection, name
                except OSError:
                    connection.close()
            time.sleep(0.05)
        raise Lost(f"no host of {order} accepts connections")

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        return {
            "Host": NAME,
            "Accept": "text/html",
            "X-Forwarded-For": self.network,
            **({"Cookie": cookies} if cookies else {}),
            **more,
        }

    def _keep_cookies(self, headers: Message) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for key, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != 0:
                    self.cookies[key] = morsel.value
                else:
                    self.cookies.pop(key, None)
