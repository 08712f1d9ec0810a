"""Two web hosts and a host for jobs and trainings, which share PostgreSQL, Redis and S3 and nothing else."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from tests import releases
from tests.community.media.test_pictures import encoded
from tests.deployments import OF_A_HOST, PREPARED, ROLLING, Site, several_hosts, together
from tests.faults.people import A_POLL, LONG, Program
from tests.s3 import environment_of, names_in, working_s3
from tests.waiting import eventually

pytestmark = [pytest.mark.services, pytest.mark.full]
PASSWORD = "correct horse battery"
NAME = "community.test"
PEOPLE = [f"person{number}" for number in range(22)]
MAKE_PEOPLE = f"""
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from community.accounts.models import User
for handle in {PEOPLE!r}:
    user = User.objects.create_user(handle=handle, email=f"{{handle}}@chainrule.example")
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults=dict(verified=True, primary=True))
User.objects.filter(handle__startswith="person").update(password=make_password("{PASSWORD}"))
"""
POSTS_OF_A_MINUTE = 30
"""Of one person; who has more to say is another."""

type Hosts = dict[str, Site]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with working_s3() as address:
        yield address


@pytest.fixture(scope="module")
def hosts(tmp_path_factory, postgres_url, redis_url, bucket) -> Iterator[Hosts]:
    folder = tmp_path_factory.mktemp("hosts")
    code, more = releases.before(folder / "before"), environment_of(bucket)
    services = {"a": ("web",), "b": ("web",), "t": ("jobs", "train")}
    with several_hosts(folder, postgres_url, redis_url, code=code, more=more, **services) as hosts:
        hosts["t"].manage("shell", "-v", "0", "-c", MAKE_PEOPLE)
        yield hosts


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


@dataclass
class Reader:
    """A browser behind a load balancer: one name, one cookie jar, and a host for each request.

    A host that refuses connections is passed over, as Caddy does; an answer that breaks off is Lost.
    """

    hosts: Hosts
    network: str
    cookies: dict[str, str] = field(default_factory=dict)
    turn: int = 0

    def get(self, path: str, host: str = "") -> Page:
        return self.ask("GET", path, None, host, {})

    def post(self, path: str, form: dict[str, str], host: str = "") -> Page:
        return self.ask("POST", path, urlencode(form).encode(), host, {"Content-Type": FORM})

    def upload(self, content: bytes, host: str = "") -> Page:
        head = b'--cut\r\nContent-Disposition: form-data; name="picture"; filename="plot.png"\r\n\r\n'
        sent = {"Content-Type": "multipart/form-data; boundary=cut", "Accept": "application/json"}
        return self.ask("POST", "/media/upload/", head + content + b"\r\n--cut--\r\n", host, sent)

    def sign_in(self, handle: str, password: str, host: str = "") -> Page:
        return self.post("/accounts/login/", {"login": handle, "password": password}, host)

    def ask(self, method: str, path: str, body: bytes | None, host: str, headers: dict[str, str]) -> Page:
        connection, name = self._connected(host)
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
    def stream(self, path: str, host: str = "") -> Iterator[HTTPResponse]:
        """Open an event stream."""
        connection, _name = self._connected(host)
        connection.request("GET", path, headers=self._headers({"Accept": "text/event-stream"}))
        try:
            yield connection.getresponse()
        finally:
            connection.close()

    def _connected(self, host: str) -> tuple[HTTPConnection, str]:
        """Return a connection to a host that accepts one, and its name."""
        self.turn += 1
        names = ("a", "b") if self.turn % 2 else ("b", "a")
        order = [host] if host else names

        def connected() -> tuple[HTTPConnection, str] | None:
            for name in order:
                connection = HTTPConnection(urlsplit(self.hosts[name].url).netloc, timeout=30)
                try:
                    connection.connect()
                    return connection, name
                except OSError:
                    connection.close()
            return None

        try:
            return eventually(connected, seconds=10)
        except AssertionError as error:
            raise Lost(f"no host of {order} accepts connections") from error

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        ours = {"Host": NAME, "Origin": f"http://{NAME}", "Accept": "text/html", "X-Forwarded-For": self.network}
        return ours | ({"Cookie": cookies} if cookies else {}) | more

    def _keep_cookies(self, headers: Message) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for key, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != 0:
                    self.cookies[key] = morsel.value
                else:
                    self.cookies.pop(key, None)


FORM = "application/x-www-form-urlencoded"
_networks = itertools.count(10)
_people = iter(PEOPLE)


@pytest.fixture
def arrive(hosts) -> Callable[[], Reader]:
    """Return a function that opens a browser in a network of its own."""
    return lambda: Reader(hosts, network=f"203.0.113.{next(_networks)}")


@pytest.fixture
def member(arrive) -> Callable[..., Reader]:
    """Return a function that signs somebody in who has done nothing yet."""

    def come(host: str = "", handle: str = "") -> Reader:
        reader = arrive()
        assert reader.sign_in(handle or next(_people), PASSWORD, host).status == 302
        return reader

    return come


def program(hosts: Hosts, host: str, handle: str) -> Program:
    """Return a client of the API with a person's token."""
    return Program(hosts[host].url, hosts["t"].manage("create_token", handle).split()[-1])


def first_event(stream: HTTPResponse) -> str:
    """Wait for the first event of a stream and return its name."""
    assert stream.status == 200
    return next(line for line in stream if line.startswith(b"event: ")).decode().split()[1]


def is_signed_in(reader: Reader, host: str) -> bool:
    return reader.get("/settings/", host=host).status == 200


def asked(reader: Reader, title: str, source: str, host: str = "") -> str:
    """Publish a note and return its path."""
    answer = reader.post("/notes/new/", {"title": title, "source": source, "submission": str(uuid.uuid4())}, host)
    assert answer.status == 302, f"{answer.text}\n{reader.hosts[answer.host].said('web')[-4000:]}"
    return answer.headers["Location"]


def rows(hosts: Hosts, query: str, *values: object) -> list[tuple]:
    """Ask the database from outside of all hosts."""
    with psycopg.connect(_database_url(hosts), autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


def _database_url(hosts: Hosts) -> str:
    return hosts["a"].environ["CHAINRULE_DATABASE_URL"]


# === What is done on one host is seen on the other ===


def test_from_one_host_to_the_other(hosts, arrive, member, bucket) -> None:
    """Sign in on A, write with a picture on B, see both on A."""
    ada = member(host="a")
    assert is_signed_in(ada, "b")
    sent = ada.upload(encoded(size=(30, 20)), host="b")
    assert sent.status == 201, sent.text
    [name] = names_in(bucket)
    path = asked(ada, "A plot", "![A plot](/media/assets/" + name.rpartition("/")[2] + ")", host="b")
    page = arrive().get(path, host="a")
    assert page.status == 200 and name.rpartition("/")[2] in page.text
    for host in ("a", "b"):
        picture = arrive().get(f"/media/assets/{name.rpartition('/')[2]}", host=host)
        assert (picture.status, picture.headers["Content-Type"]) == (200, "image/png")
    assert not (hosts["b"].var / "media").exists()


def test_static_files_and_fonts_have_the_same_addresses_on_every_host(hosts, arrive) -> None:
    def addresses(host: str) -> set[str]:
        page = arrive().get("/about/", host=host).text
        return {word for word in page.replace("'", '"').split('"') if word.startswith(("/static/", "/fonts/"))}

    assert addresses("a") == addresses("b") != set()
    for path in addresses("a"):
        one, other = (arrive().get(path, host=host) for host in "ab")
        assert one.status == 200 and one.content == other.content, path


def test_a_run_trains_on_one_host_and_is_watched_on_another(hosts, member, say) -> None:
    handle = next(_people)
    ada = program(hosts, "a", handle)
    made = ada.run(LONG % 7)
    began = time.monotonic()
    kinds: Counter[str] = Counter()
    with member(handle=handle).stream(f"/runs/{made['spec_hash']}/events", host="b") as stream:
        assert stream.status == 200
        for line in stream:
            if line.startswith(b"event: "):
                kinds[line.decode().split()[1]] += 1
    seconds = time.monotonic() - began
    assert kinds.total() > 2, kinds
    assert Program(hosts["b"].url, ada.token).state(made["id"]) == "succeeded"
    [[worker]] = rows(hosts, "SELECT worker FROM bpsandbox_run WHERE id = %s", made["id"])
    say(f"trained on T as {worker}, watched on B for {seconds:.1f} s: {dict(kinds)}")


def test_wrong_passwords_count_on_all_hosts_together(hosts, arrive) -> None:
    stranger, person = arrive(), PEOPLE[-1]
    found = [stranger.sign_in(person, f"wrong {number}", host="ab"[number % 2]).status for number in range(7)]
    assert found == [422] * 5 + [429] * 2
    assert [stranger.sign_in(person, PASSWORD, host=host).status for host in "ab"] == [429, 429]


def test_signing_out_on_one_host_ends_the_session_on_the_other_at_once(hosts, member, say) -> None:
    berta = member(host="a")
    other = Reader(hosts, network=berta.network, cookies=dict(berta.cookies))
    with other.stream("/notifications/events/", host="b") as stream:
        assert first_event(stream) == "unread"
        assert berta.post("/accounts/logout/", {}, host="a").status == 302
        assert not is_signed_in(other, "b")
        began = time.monotonic()
        while stream.readline():
            assert time.monotonic() - began < 40  # a stream that heard no word would look after a minute
    say(f"signed out on A: B knew at once, its open stream ended {time.monotonic() - began:.1f} s later")


# === Kills and restarts ===


class Load:
    """Readers who act again and again; what they report is counted."""

    def __init__(self, readers: list[Reader], act: Callable[[Reader, int], object]) -> None:
        self.counts: Counter[str] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._loop, args=(reader, act)) for reader in readers]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        self.goes_on()
        return self

    def __exit__(self, *_error) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def goes_on(self) -> None:
        """Wait until each reader has acted some more times."""
        before = self.counts.total()
        eventually(lambda: self.counts.total() >= before + 4 * len(self._threads))

    def _loop(self, reader: Reader, act: Callable[[Reader, int], object]) -> None:
        for number in itertools.count():
            if self._over.is_set():
                return
            try:
                self.counts[str(act(reader, number))] += 1
            except Exception as error:
                self.counts[repr(error)] += 1


def replies(reader: Reader, pk: str, words: str, number: int) -> int | None:
    """Reply now and then, as often as one person may in a minute, whoever is signed in; return the status."""
    if number % 10 != 5 or number > 10 * (POSTS_OF_A_MINUTE - 1) or "sessionid" not in reader.cookies:
        return None
    form = {"source": f"{words} {number}.", "submission": str(uuid.uuid4())}
    return reader.post(f"/threads/{pk}/reply/", form).status


def resent(reader: Reader, path: str, form: dict[str, str]) -> tuple[int, int]:
    """Send a form to B, and as often to A as answers are lost; return the status and the tries."""
    for tries in itertools.count(1):
        try:
            return reader.post(path, form, host="b" if tries == 1 else "a").status, tries
        except Lost:
            assert tries < 5
    raise AssertionError


@pytest.mark.parametrize("is_held", [True, False], ids=["within transactions", "anywhere"])
def test_a_host_killed_in_the_middle_of_a_post(hosts, member, say, is_held) -> None:
    """The form is sent again to the other host: each text is there exactly once."""
    people = [member() for _ in range(4)]
    path = asked(people[0], "A thread to answer", "Who answers?").rstrip("/")
    pk, words = path.split("/")[2], f"Answer to {path}"
    outcomes: list[tuple[int, int]] = []

    def post(reader: Reader, form: dict[str, str]) -> None:
        outcomes.append(resent(reader, f"/threads/{pk}/reply/", form))

    forms = [{"source": f"{words} {who}.", "submission": str(uuid.uuid4())} for who in range(len(people))]
    posting = [threading.Thread(target=post, args=each) for each in zip(people, forms, strict=True)]
    with psycopg.connect(_database_url(hosts)) as connection:
        if is_held:
            connection.execute("LOCK TABLE content_post IN SHARE ROW EXCLUSIVE MODE")
        for thread in posting:
            thread.start()
        if is_held:
            eventually(lambda: rows(hosts, WAITING)[0][0] >= 2)
        hosts["b"].kill("web")
    for thread in posting:
        thread.join(60)
    hosts["b"].start("web", ready=OF_A_HOST)
    assert [status for status, _tries in outcomes] == [302] * len(people)
    found = rows(hosts, "SELECT count(*) FROM content_post WHERE source LIKE %s GROUP BY source", f"{words} %")
    assert found == [(1,)] * len(people)
    hosts["t"].manage("check_invariants")
    lost = sum(tries > 1 for _status, tries in outcomes)
    assert lost == len(people) or not is_held
    say(f"host B killed during {len(people)} posts: {lost} answers lost and sent again to A, each post there once")


WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def test_every_web_host_restarted_under_load(hosts, arrive, member, say) -> None:
    people = [member() for _ in range(3)]
    path = asked(people[0], "A thread to read", "Who reads?")
    pk = path.split("/")[2]
    paths = ("/", "/latest/", path, "/about/", "/questions/", "/avatar/1.svg")

    def act(reader: Reader, number: int) -> int:
        return replies(reader, pk, "Read", number) or reader.get(paths[number % len(paths)]).status

    seconds = []
    with Load([*people, arrive(), arrive()], act) as load:
        for name in ("a", "b"):
            seconds.append(hosts[name].stop("web"))
            load.goes_on()
            hosts[name].start("web", ready=OF_A_HOST)
        load.goes_on()
    assert set(load.counts) <= {"200", "302"}, load.counts
    [[stored]] = rows(hosts, "SELECT count(*) FROM content_post WHERE source LIKE 'Read %%'")
    assert stored == load.counts["302"]
    say(f"A and B restarted after each other (stopped in {seconds[0]:.1f} and {seconds[1]:.1f} s): {load.counts}")


def test_an_open_stream_is_told_to_come_back_when_its_host_stops(hosts, member, say) -> None:
    clara = member()
    with clara.stream("/notifications/events/", host="b") as stream:
        assert first_event(stream) == "unread"
        seconds = hosts["b"].stop("web")
        with suppress(HTTPException):  # cut off or ended properly: a browser comes back after either
            stream.read()
    with clara.stream("/notifications/events/") as again:
        assert first_event(again) == "unread"
    hosts["b"].start("web", ready=OF_A_HOST)
    say(f"a host with an open stream stopped in {seconds:.1f} s; the stream went on on A")


def test_a_release_is_rolled_out_under_load(hosts, tmp_path_factory, arrive, member, say) -> None:
    """Prepare everywhere, restart one host after the other, migrate the rest: no request meets an error.

    Pages of one release name style sheets that hosts of the other are asked for.
    """
    people = [member() for _ in range(3)]
    path = asked(people[0], "A thread of two releases", "Which one?")
    pk = path.split("/")[2]
    paths = ("/", "/latest/", path, "/about/", "/articles/", "/runs/")
    styles: set[bytes] = set()

    def act(reader: Reader, number: int) -> object:
        if status := replies(reader, pk, "Released", number):
            return status
        page = reader.get(paths[number % len(paths)])
        sheet = page.text.partition('<link rel="stylesheet" href="/static/')[2].partition('"')[0]
        other = reader.get(f"/static/{sheet}")
        if b"--release:" not in other.content:
            return f"no style sheet {sheet} on {other.host} for a page of {page.host}: {other.status}"
        styles.add(other.content.partition(b"--release:")[2][:8].strip(b" ;}"))
        return page.status

    new = releases.after(tmp_path_factory.mktemp("after") / "after")
    with Load([*people, arrive(), arrive()], act) as load:
        for host in hosts.values():
            host.code = new
        together([partial(host.manage, *ROLLING, patience=PREPARED) for host in hosts.values()])
        assert columns(hosts) == {"margin", "lead"}
        hosts["t"].stop("jobs", "train")
        hosts["t"].start("jobs", "train")
        for name in ("a", "b"):
            hosts[name].stop("web")
            hosts[name].start("web", ready=OF_A_HOST)
            load.goes_on()
        hosts["t"].manage("migrate", "-v", "0")
        assert columns(hosts) == {"lead"}
        load.goes_on()
    assert set(load.counts) <= {"200", "302"}, load.counts
    assert {style.decode() for style in styles} == {"before", "after"}
    [[stored]] = rows(hosts, "SELECT count(*) FROM content_post WHERE source LIKE 'Released %%'")
    assert stored == load.counts["302"] > 0
    undone = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status <> 'SUCCESSFUL'"
    eventually(lambda: rows(hosts, undone) == [(0,)])
    say(f"a release rolled out under load: {load.counts}")


def columns(hosts: Hosts) -> set[str]:
    found = rows(hosts, "SELECT column_name FROM information_schema.columns WHERE table_name = 'content_post'")
    return {name for [name] in found} & {"margin", "lead"}


def test_the_work_host_killed_and_trainings_go_on_elsewhere(hosts, say) -> None:
    dora = program(hosts, "a", next(_people))
    made = dora.run(LONG % 6)
    eventually(lambda: dora.state(made["id"]) == "running", every=A_POLL)
    hosts["t"].kill("train", "jobs")
    began = time.monotonic()
    hosts["b"].programs |= {name: hosts["t"].programs[name] for name in ("train", "jobs")}
    hosts["b"].start("train", "jobs")
    eventually(lambda: dora.state(made["id"]) == "succeeded", every=A_POLL)
    say(f"host T killed in mid-run: the run ended on B {time.monotonic() - began:.1f} s later")
