"""Requests to addresses that people named: they reach hosts of the internet, in time, and nothing else."""

import socket
import ssl
from threading import Event, Thread

import pytest

from community.common import outgoing
from community.common.outgoing import Answer, Network, NoAnswer, NotPublic, is_public, parts_of, public_places
from tests.community.notifications.push_service import HOST, push_service

OURS = (
    "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "fe80::1%lo", "fec0::2", "::7f00:1", "2001:db8::1",
)  # fmt: skip


@pytest.fixture
def service(tmp_path):
    with push_service(tmp_path) as (server, network):
        yield server, network


@pytest.mark.parametrize("address", OURS)
def test_addresses_of_our_own_network_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_others_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://push.example/x",
        "ftp://push.example/x",
        "https://push.example:8443/x",
        "https://push.example:99999/x",
        "https://user:password@push.example/x",
        "https://localhost/x",
        "https://redis/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[::1/x",
        "https://push.example/a b",
        "https://push.example/\r\nHost: other",
        "https://pushé.example/",
        f"https://push.example/{'x' * 1000}",
    ],
)
def test_what_is_no_address_of_the_internet_is_refused_before_any_look_up(address):
    with pytest.raises(NotPublic):
        parts_of(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1"]])
def test_a_name_that_leads_to_our_own_network_is_refused(monkeypatch, found):
    answers = [(0, 0, 0, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(NotPublic):
        Network().post("https://push.example/x", b"", {})


def test_numbers_that_a_resolver_takes_for_our_own_host_are_refused():
    with pytest.raises((NotPublic, NoAnswer)):
        public_places("127.1")


def test_a_host_gets_the_request_and_its_status_comes_back(service):
    server, network = service
    server.status, server.headers = 429, {"Retry-After": "120"}
    assert network.post(f"https://{HOST}/a?b=c", b"words", {"TTL": "60"}) == Answer(429, 120)
    [(path, headers, body)] = server.taken
    assert (path, body, headers["ttl"], headers["host"]) == ("/a?b=c", b"words", "60", HOST)


def test_a_redirect_is_an_answer_like_any_other(service):
    server, network = service
    server.status, server.headers = 307, {"Location": "http://127.0.0.1/"}
    assert network.post(f"https://{HOST}/", b"", {}).status == 307 and len(server.taken) == 1


def test_a_certificate_of_another_host_is_refused(service):
    server, network = service
    with pytest.raises(NoAnswer):
        network.post("https://other.example/", b"", {})
    with pytest.raises(NoAnswer):
        Network(places=network.places, context=ssl.create_default_context).post(f"https://{HOST}/", b"", {})
    assert server.taken == []


def test_a_host_that_never_answers_is_left_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        network = Network(places=lambda host: [silent.getsockname()])
        with pytest.raises(NoAnswer):
            network.post("https://push.example/", b"", {}, seconds=0.2)


def test_a_name_that_is_never_found_is_left_at_the_deadline():
    stop = Event()

    def waiting(host):
        stop.wait(60)
        return []

    with pytest.raises(NoAnswer):
        Network(places=waiting).post("https://push.example/", b"", {}, seconds=0.1)
    stop.set()


def test_an_answer_that_comes_drop_by_drop_is_left_at_the_deadline():
    ours, theirs = socket.socketpair()
    stop = Event()

    def drip() -> None:
        while not stop.wait(0.01):
            theirs.send(b"x")

    Thread(target=drip, daemon=True).start()
    with ours, pytest.raises(TimeoutError):
        outgoing._answer(ours, outgoing.time.monotonic() + 0.2)
    stop.set()


def test_of_an_answer_without_end_only_the_beginning_is_read(monkeypatch):
    ours, theirs = socket.socketpair()

    def pour() -> None:
        try:
            while True:
                theirs.sendall(b"x" * 4_096)
        except OSError:
            pass

    Thread(target=pour, daemon=True).start()
    with ours, pytest.raises(NoAnswer):
        outgoing._answer(ours, outgoing.time.monotonic() + 60)
    theirs.close()
