"""Two web hosts and a host for jobs and trainings, which share PostgreSQL, Redis and S3 and nothing else."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import psycopg
import pytest

from tests.community.media.test_pictures import encoded
from tests.faults.people import A_POLL, LONG, MAKE_PERSON, Program, eventually
from tests.hosts import Host, Lost, Reader, several_hosts, together
from tests.releases import release_after, release_before
from tests.s3 import names_in, working_s3

pytestmark = pytest.mark.services
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with working_s3() as address:
        yield address


@pytest.fixture(scope="module")
def code(tmp_path_factory) -> Path:
    return release_before(tmp_path_factory.mktemp("releases") / "before")


@pytest.fixture(scope="module")
def hosts(postgres_url, redis_url, bucket, code) -> Iterator[dict[str, Host]]:
    with several_hosts(postgres_url, redis_url, bucket, "a", "b", "t", code=code) as hosts:
        for host in (hosts["a"], hosts["b"]):
            del host.programs["jobs"], host.programs["train"]
        del hosts["t"].programs["web"]
        together([lambda: hosts["a"].start("web"), lambda: hosts["b"].start("web")])
        hosts["t"].start("jobs", "train")
        make = "".join(MAKE_PERSON.format(handle=handle) for handle in PEOPLE)
        hosts["t"].manage("shell", "-v", "0", "-c", make)
        yield hosts


PEOPLE = ("ada", "berta", "clara", "dora", "emmy", "fanny", "grace", "hedy")
_networks = itertools.count(10)


@pytest.fixture
def arrive(hosts) -> Callable[..., Reader]:
    """Return a function that opens a browser in a network of its own, and signs it in."""

    def come(handle: str = "", host: str = "") -> Reader:
        reader = Reader(hosts, network=f"203.0.113.{next(_networks)}")
        if handle:
            assert reader.sign_in(handle, PASSWORD, host=host).status == 302
        return reader

    return come


def first_event(stream: HTTPResponse) -> str:
    """Wait for the first event of a stream and return its name."""
    assert stream.status == 200
    return next(line for line in stream if line.startswith(b"event: ")).decode().split()[1]


def is_signed_in(reader: Reader, host: str) -> bool:
    return reader.get("/settings/", host=host).status == 200


def asked(reader: Reader, title: str, source: str, host: str = "") -> str:
    """Publish a note, as soon as the tests before allow it, and return its path."""
    form = {"title": title, "source": source, "submission": str(uuid.uuid4())}
    while (answer := reader.post("/notes/new/", form, host=host)).status == 429:
        time.sleep(int(answer.headers["Retry-After"]))
    assert answer.status == 302, f"{answer.text}\n{reader.hosts[answer.host].said('web')[-4000:]}"
    return answer.headers["Location"]


def rows(hosts: dict[str, Host], query: str, *values: object) -> list[tuple]:
    """Ask the database from outside of all hosts."""
    with psycopg.connect(_database_url(hosts), autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


def _database_url(hosts: dict[str, Host]) -> str:
    return hosts["a"].environ["CHAINRULE_DATABASE_URL"]


def test_from_one_host_to_the_other(hosts, arrive, bucket) -> None:
    """Sign in on A, write with a picture on B, see both on A."""
    ada = arrive("ada", host="a")
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


def test_a_run_trains_on_one_host_and_is_watched_on_another(hosts, arrive, say) -> None:
    token = hosts["t"].manage("create_token", "ada").split()[-1]
    made = Program(hosts["a"].url, token).run(LONG % 7)
    began = time.monotonic()
    kinds: Counter[str] = Counter()
    with arrive("ada").stream(f"/runs/{made['spec_hash']}/events", host="b") as stream:
        assert stream.status == 200
        for line in stream:
            if line.startswith(b"event: "):
                kinds[line.decode().split()[1]] += 1
    seconds = time.monotonic() - began
    assert kinds.total() > 2, kinds
    assert Program(hosts["b"].url, token).state(made["id"]) == "succeeded"
    [[worker]] = rows(hosts, "SELECT worker FROM bpsandbox_run WHERE id = %s", made["id"])
    say(f"trained on T as {worker}, watched on B for {seconds:.1f} s: {dict(kinds)}")


def test_wrong_passwords_count_on_all_hosts_together(hosts, arrive) -> None:
    stranger = arrive()
    found = [stranger.sign_in("hedy", f"wrong {number}", host="ab"[number % 2]).status for number in range(7)]
    assert found == [422] * 5 + [429] * 2
    assert [stranger.sign_in("hedy", PASSWORD, host=host).status for host in "ab"] == [429, 429]


def test_signing_out_on_one_host_ends_the_session_on_the_other_at_once(hosts, arrive, say) -> None:
    berta = arrive("berta", host="a")
    other = Reader(hosts, network=berta.network)
    other.cookies = dict(berta.cookies)
    with other.stream("/notifications/events/", host="b") as stream:
        assert first_event(stream) == "unread"
        assert berta.post("/accounts/logout/", {}, host="a").status == 302
        assert not is_signed_in(other, "b")
        began = time.monotonic()
        while stream.readline():
            assert time.monotonic() - began < 40  # a stream that heard no word would look after a minute
    say(f"signed out on A: B knew at once, its open stream ended {time.monotonic() - began:.1f} s later")


# === Kills and restarts ===


@contextmanager
def load(readers: list[Reader], act: Callable[[Reader, int], object]) -> Iterator[Counter]:
    """Let each reader act again and again meanwhile; what they report is counted."""
    over, counts = threading.Event(), Counter()

    def loop(reader: Reader) -> None:
        for number in itertools.count():
            if over.is_set():
                return
            try:
                counts[str(act(reader, number))] += 1
            except Exception as error:
                counts[repr(error)] += 1

    threads = [threading.Thread(target=loop, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        over.set()
        for thread in threads:
            thread.join(60)


def resent(reader: Reader, path: str, form: dict[str, str], host: str) -> tuple[int, int]:
    """Send a form to one host, and as often to the others as answers are lost; return the status and the tries."""
    for tries in itertools.count(1):
        try:
            return reader.post(path, form, host=host if tries == 1 else "a").status, tries
        except Lost:
            assert tries < 5
    raise AssertionError


def test_a_host_killed_in_the_middle_of_a_post(hosts, arrive, say) -> None:
    """The form is sent again to the other host: each text is there exactly once."""
    people = [arrive(handle) for handle in ("ada", "berta", "clara", "dora", "emmy", "fanny")]
    path = asked(people[0], "A thread to answer", "Who answers?").rstrip("/")
    pk = path.split("/")[2]
    outcomes: list[tuple[int, int]] = []
    held = _with_posts_held(hosts)
    for number, hold in enumerate((held, held, None, None)):
        forms = [
            {"source": f"Answer {number} of {who}.", "submission": str(uuid.uuid4())} for who in range(len(people))
        ]
        with hold() if hold else contextmanager(lambda: iter([None]))():
            posting = [
                threading.Thread(
                    target=lambda reader=reader, form=form: outcomes.append(
                        resent(reader, f"/threads/{pk}/reply/", form, "b")
                    )
                )
                for reader, form in zip(people, forms, strict=True)
            ]
            for thread in posting:
                thread.start()
            time.sleep(1.5 if hold else 0.15)
            hosts["b"].kill("web")
        for thread in posting:
            thread.join(60)
        hosts["b"].start("web")
    assert [status for status, _tries in outcomes] == [302] * 24
    found = rows(hosts, "SELECT source, count(*) FROM content_post WHERE source LIKE 'Answer %% of %%' GROUP BY source")
    assert len(found) == 24 and {count for _source, count in found} == {1}
    hosts["t"].manage("check_invariants")
    lost = sum(tries > 1 for _status, tries in outcomes)
    assert lost >= 12
    say(f"host B killed 4 times during 24 posts: {lost} answers lost and sent again to A, each post there once")


def _with_posts_held(hosts: dict[str, Host]):
    """Return a context in which no post can be stored: every request waits within its transaction."""

    @contextmanager
    def hold():
        with psycopg.connect(_database_url(hosts)) as connection:
            connection.execute("LOCK TABLE content_post IN SHARE ROW EXCLUSIVE MODE")
            yield

    return hold


def test_every_web_host_restarted_under_load(hosts, arrive, say) -> None:
    people = [arrive(handle) for handle in ("ada", "berta", "clara")]
    path = asked(people[0], "A thread to read", "Who reads?")
    pk = path.split("/")[2]
    paths = ("/", "/latest/", path, "/about/", "/questions/", "/avatar/1.svg")

    def act(reader: Reader, number: int) -> int:
        if number % 10 == 5 and "sessionid" in reader.cookies:
            form = {"source": f"Read {number}.", "submission": str(uuid.uuid4())}
            return reader.post(f"/threads/{pk}/reply/", form).status
        time.sleep(0.02)
        return reader.get(paths[number % len(paths)]).status

    with load([*people, arrive(), arrive()], act) as counts:
        time.sleep(1)
        seconds = []
        for name in ("a", "b"):
            seconds.append(hosts[name].stop("web"))
            hosts[name].start("web")
        time.sleep(1)
    assert set(counts) <= {"200", "302", "429"}, counts
    [[stored]] = rows(hosts, "SELECT count(*) FROM content_post WHERE source LIKE 'Read %%'")
    assert stored == counts["302"]
    say(f"A and B restarted one after the other (stopped in {seconds[0]:.1f} and {seconds[1]:.1f} s): {dict(counts)}")


def test_an_open_stream_is_told_to_come_back_when_its_host_stops(hosts, arrive, say) -> None:
    clara = arrive("clara")
    with clara.stream("/notifications/events/", host="b") as stream:
        assert first_event(stream) == "unread"
        seconds = hosts["b"].stop("web")
        with suppress(HTTPException):  # cut off or ended properly: a browser comes back after either
            stream.read()
    with clara.stream("/notifications/events/") as again:
        assert first_event(again) == "unread"
    hosts["b"].start("web")
    say(f"a host with an open stream stopped in {seconds:.1f} s; the stream went on on A")


def test_a_release_is_rolled_out_under_load(hosts, code, arrive, say) -> None:
    """Prepare everywhere, restart one host after the other, migrate the rest: no request meets an error.

    Pages of one release name style sheets that hosts of the other are asked for.
    """
    people = [arrive(handle) for handle in ("ada", "berta", "clara", "dora")]
    path = asked(people[0], "A thread of two releases", "Which one?")
    pk = path.split("/")[2]
    paths = ("/", "/latest/", path, "/about/", "/articles/", "/runs/")
    styles: set[bytes] = set()

    def act(reader: Reader, number: int) -> object:
        if number % 8 == 5 and "sessionid" in reader.cookies:
            form = {"source": f"Released {number}.", "submission": str(uuid.uuid4())}
            return reader.post(f"/threads/{pk}/reply/", form).status
        time.sleep(0.05)
        page = reader.get(paths[number % len(paths)])
        sheet = page.text.partition('<link rel="stylesheet" href="/static/')[2].partition('"')[0]
        other = reader.get(f"/static/{sheet}")
        if b"--release:" not in other.content:
            return f"no style sheet {sheet} on {other.host} for a page of {page.host}: {other.status}"
        styles.add(other.content.partition(b"--release:")[2][:8].strip(b" ;}"))
        return page.status

    new = release_after(code, code.parent / "after")
    with load([*people, arrive(), arrive()], act) as counts:
        for host in hosts.values():
            host.code = new
        together([lambda host=host: host.manage("prepare", "--without-demo", "--rolling") for host in hosts.values()])
        assert columns(hosts) == {"margin", "lead"}
        hosts["t"].stop("jobs", "train")
        hosts["t"].start("jobs", "train")
        for name in ("a", "b"):
            hosts[name].stop("web")
            hosts[name].start("web")
            time.sleep(1)
        hosts["t"].manage("migrate", "-v", "0")
        assert columns(hosts) == {"lead"}
        time.sleep(1)
    assert set(counts) <= {"200", "302", "429"}, counts
    assert {style.decode() for style in styles} == {"before", "after"}
    [[stored]] = rows(hosts, "SELECT count(*) FROM content_post WHERE source LIKE 'Released %%'")
    assert stored == counts["302"] > 0
    eventually(
        lambda: (
            rows(hosts, "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status <> 'SUCCESSFUL'")
            == [(0,)]
        )
    )
    say(f"a release rolled out under load: {dict(counts)}")


def columns(hosts: dict[str, Host]) -> set[str]:
    found = rows(hosts, "SELECT column_name FROM information_schema.columns WHERE table_name = 'content_post'")
    return {name for [name] in found} & {"margin", "lead"}


def test_the_work_host_killed_and_trainings_go_on_elsewhere(hosts, arrive, say) -> None:
    token = hosts["t"].manage("create_token", "dora").split()[-1]
    dora = Program(hosts["a"].url, token)
    made = dora.run(LONG % 6)
    eventually(lambda: dora.state(made["id"]) == "running", every=A_POLL)
    hosts["t"].kill("train", "jobs")
    began = time.monotonic()
    hosts["b"].programs |= {name: hosts["t"].programs[name] for name in ("train", "jobs")}
    hosts["b"].start("train", "jobs")
    eventually(lambda: dora.state(made["id"]) == "succeeded", every=A_POLL, within=120)
    say(f"host T killed in mid-run: the run ended on B {time.monotonic() - began:.1f} s later")
