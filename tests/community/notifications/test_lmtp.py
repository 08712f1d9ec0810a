"""Email that comes in by LMTP, from a client of Python's standard library, and from one that breaks the rules."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.policy import SMTP

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from community.launch.paths import ROOT
from community.notifications.inbound import addresses, door, lmtp
from community.notifications.management.commands import receive_lmtp
from community.notifications.models import Mailbox
from tests.clocks import SkippingLoop
from tests.community.notifications.incoming import BOUNCES_TO, REPLY_TO, reply_to, report, written
from tests.factories import PersonFactory, QuestionFactory
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)
MX = "postfix@mx.example"


@contextmanager
def listening(receive=receive_lmtp.take, knows=receive_lmtp.knows, loop=None) -> Iterator[int]:
    """Run the server in a thread, with connections to the database of its own; give its port."""
    loop = loop or asyncio.new_event_loop()

    def closing(act):
        def acting(*given):
            try:
                return act(*given)
            finally:
                connections.close_all()

        return acting

    ready, ports = threading.Event(), []

    async def serve() -> None:
        door = lmtp.Server(closing(receive), closing(knows))
        server = await asyncio.start_server(door.serve, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stopped.wait()
        server.close()
        await door.leave()

    stopped = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(60)
        loop.close()


@pytest.fixture(autouse=True)
def takes_replies(settings):
    settings.MAIL_REPLY_ADDRESS, settings.MAIL_BOUNCE_ADDRESS = REPLY_TO, BOUNCES_TO


@pytest.fixture
def port():
    with listening() as port:
        yield port


@pytest.fixture
def client(port):
    with smtplib.LMTP("127.0.0.1", port) as client:
        yield client


@pytest.fixture
def raw(port):
    """A connection that sends what it likes: `say` returns the answer, of several lines its last one."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        file = connection.makefile("rwb")
        file.readline()

        def say(sent: bytes) -> str:
            file.write(sent)
            file.flush()
            while (line := file.readline().decode()) and line[3] == "-":
                pass
            return line.strip()

        yield say


@pytest.fixture
def person():
    return PersonFactory()


@pytest.fixture
def post():
    return QuestionFactory().opening_post


def posted(person, post) -> list[str]:
    return list(post.thread.posts.filter(author=person).values_list("source", flat=True))


def send(client, person, post, message=None) -> dict:
    return client.sendmail(MX, [reply_to(person, post)], (message or written(person, post)).as_bytes(policy=SMTP))


def test_a_reply_is_posted_before_it_is_acknowledged(client, person, post):
    assert send(client, person, post) == {}
    assert posted(person, post) == ["Thank you, that *helps*.\n"]


def test_the_same_message_twice_is_one_post(client, person, post):
    message = written(person, post)
    send(client, person, post, message)
    send(client, person, post, message)
    assert len(posted(person, post)) == 1


def test_lines_with_dots_and_an_empty_text_come_as_they_were_written(client, person, post):
    message = written(person, post, "First:\n.\n..hidden\nLast.\n")
    send(client, person, post, message)
    assert posted(person, post) == ["First:\n.\n..hidden\nLast.\n"]


def test_thirty_megabytes_of_attachment_are_no_obstacle(client, person, post):
    message = written(person, post)
    message.add_attachment(b"\0" * 22_000_000, maintype="application", subtype="zip", filename="run.zip")
    assert len(message.as_bytes()) > 29_000_000
    assert send(client, person, post, message) == {}
    assert posted(person, post) == ["Thank you, that *helps*.\n"]


def test_what_is_larger_than_anything_is_refused_for_good_and_the_next_message_is_taken(
    client, person, post, monkeypatch
):
    monkeypatch.setattr(lmtp, "MOST_BYTES", 100_000)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        message = written(person, post, "x" * 70 + "\n" + ("y" * 70 + "\n") * 3_000)
        client.ehlo_or_helo_if_needed()
        client.esmtp_features.pop("size", None)
        send(client, person, post, message)
    assert refused.value.smtp_code == 552 and posted(person, post) == []
    assert send(client, person, post) == {} and len(posted(person, post)) == 1


def test_a_size_that_is_announced_is_refused_at_once(raw):
    raw(b"LHLO mx\r\n")
    assert raw(b"MAIL FROM:<a@b.example> SIZE=200000000\r\n").startswith("552 5.3.4")


def test_forged_automatic_and_looping_messages_are_taken_and_dropped(client, person, post):
    for headers in (
        {"From": "mallory@evil.example"},
        {"Auto_Submitted": "auto-replied"},
        {"Return_Path": "<>"},
        {"List_Id": "<all.example>"},
    ):
        assert send(client, person, post, written(person, post, **headers)) == {}
    looping = b"Received: from a by b\r\n" * 60 + written(person, post).as_bytes()
    assert client.sendmail(MX, [reply_to(person, post)], looping) == {}
    assert posted(person, post) == []


def test_a_broken_charset_loses_no_reply_and_breaks_no_server(client, person, post):
    head, _gap, _body = written(person, post).as_bytes().partition(b"\n\n")
    head = head.replace(b'charset="utf-8"', b'charset="x-no-such"').replace(b"7bit", b"8bit")
    client.sendmail(MX, [reply_to(person, post)], head + b"\n\nGr\xc3\xbc\xc3\x9fe \xff\xfe.\n")
    [source] = posted(person, post)
    assert source.startswith("Grüße")
    assert client.sendmail(MX, [reply_to(person, post)], b"\xff\xfe\x00 not a message") == {}
    assert len(posted(person, post)) == 1


def test_a_report_ends_email_to_an_address(client, person):
    message = report(person)
    to = next(line for line in message.decode().splitlines() if line.startswith("To: ")).removeprefix("To: ")
    assert client.sendmail("<>", [to], message) == {}
    assert Mailbox.objects.get(person=person).refused_address == person.email


def test_only_addresses_of_the_site_are_taken(client, person, post):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail(MX, ["root@in.example", "reply@elsewhere.example", "<>", "@"], b"Subject: x\r\n\r\nx")
    assert {code for code, _said in refused.value.recipients.values()} == {550}


def test_an_address_that_leads_nowhere_is_refused_so_that_its_sender_hears_of_it(client, person, post):
    way, bounce = reply_to(person, post), addresses.bounce_address(person)
    name, _plus, token = way.partition("+")
    forged = f"{name}+{'b' if token[0] == 'a' else 'a'}{token[1:]}"
    old = reply_to(person, post)
    person.email = "another@mail.example"
    person.save()
    client.ehlo_or_helo_if_needed()
    client.mail(MX)
    answers = {to: client.rcpt(to)[0] for to in (forged, old, bounce, f"{name}+short@in.example", REPLY_TO)}
    assert answers == {forged: 550, old: 550, bounce: 550, f"{name}+short@in.example": 550, REPLY_TO: 250}
    assert client.rcpt(reply_to(person, post))[0] == 250


def test_while_addresses_cannot_be_looked_up_their_email_waits():
    def failing(address):
        raise OperationalError("the database is away")

    with listening(knows=failing) as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(MX)
        assert client.rcpt(REPLY_TO)[0] == 451
        assert client.noop()[0] == 250


def test_each_recipient_has_an_answer(raw, person, post):
    other = PersonFactory()
    raw(b"LHLO mx\r\n")
    raw(b"MAIL FROM:<a@b.example>\r\n")
    for one in (person, other):
        assert raw(f"RCPT TO:<{reply_to(one, post)}>\r\n".encode()).startswith("250 2.1.5")
    assert raw(b"DATA\r\n").startswith("354")
    assert raw(written(person, post).as_bytes().replace(b"\n", b"\r\n") + b"\r\n.\r\n") == "250 2.0.0 posted"
    assert raw(b"").startswith("250 2.0.0 forged")
    assert (len(posted(person, post)), posted(other, post)) == (1, [])


def test_a_message_to_many_is_done_once_for_each_that_leads_somewhere(raw, person, post, monkeypatch):
    """Among them one without a token, as a mail server writes it that was told to deliver all to one address."""
    other, done, asked = PersonFactory(), [], []
    take_reply, headers = door.take_reply, door.messages.recipients_of
    monkeypatch.setattr(door, "take_reply", lambda way, *a, **k: done.append(way.person) or take_reply(way, *a, **k))
    monkeypatch.setattr(door.messages, "recipients_of", lambda head: asked.append(head) or headers(head))
    nowhere = REPLY_TO
    to = [nowhere, reply_to(person, post), reply_to(other, post), reply_to(person, post), *[nowhere] * 50]
    raw(b"LHLO mx\r\nMAIL FROM:<a@b.example>\r\n")
    raw(b"")
    for each in to:
        raw(f"RCPT TO:<{each}>\r\n".encode())
    raw(b"DATA\r\n")
    first = raw(written(person, post).as_bytes(policy=SMTP) + b".\r\n")
    answers = [first, *(raw(b"") for _each in to[1:])]
    said = ["unknown", "posted", "forged", "posted", *["unknown"] * 50]
    assert answers == [f"250 2.0.0 {outcome}" for outcome in said]
    assert done == [person] and asked == [] and len(posted(person, post)) == 1


def test_what_fails_is_to_be_sent_again(person, post):
    tries = []

    def failing(raw, recipients):
        tries.append(raw)
        if len(tries) == 1:
            raise OperationalError("the database is away")
        return receive_lmtp.take(raw, recipients)

    with listening(failing) as port, smtplib.LMTP("127.0.0.1", port) as client:
        message = written(person, post)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(client, person, post, message)
        assert refused.value.smtp_code == 451
        assert send(client, person, post, message) == {}
    assert len(posted(person, post)) == 1


def test_commands_in_a_wrong_order_or_unknown_are_answered(raw):
    assert raw(b"EHLO mx\r\n").startswith("500 5.5.1")
    assert raw(b"MAIL FROM:<a@b.example>\r\n").startswith("503")
    assert raw(b"LHLO\r\n").startswith("501")
    assert raw(b"LHLO mx\r\n").startswith("250 ")
    assert raw(b"RCPT TO:<reply@in.example>\r\n").startswith("503")
    assert raw(b"DATA\r\n").startswith("503")
    assert raw(b"MAIL TO:<a@b.example>\r\n").startswith("501")
    assert raw(b"MAIL FROM:<>\r\n").startswith("250")
    assert raw(b"RCPT reply@in.example\r\n").startswith("501")
    assert raw(b"\xff\xfe\r\n").startswith("500")
    assert raw(b"RSET\r\n").startswith("250")
    assert raw(b"NOOP\r\n").startswith("250") and raw(b"VRFY a\r\n").startswith("252")
    assert raw(b"QUIT\r\n").startswith("221")
    assert raw(b"") == ""


def test_a_line_without_an_end_ends_the_connection(raw):
    assert raw(b"x" * 5_000).startswith("500 5.5.2")
    assert raw(b"") == ""


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_the_end_of_a_message_may_come_in_pieces(cut):
    took = []
    with (
        listening(lambda raw, recipients: took.append(raw) or ["posted"]) as port,
        socket.create_connection(("127.0.0.1", port), timeout=60) as connection,
    ):
        file = connection.makefile("rb")
        head = b"LHLO mx\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<reply@in.example>\r\nDATA\r\n"
        sent = b"Subject: x\r\n\r\n..dot\r\n.\r\n"
        connection.sendall(head + sent[:-cut])
        while not file.readline().startswith(b"354"):
            pass
        connection.sendall(sent[-cut:] + b"QUIT\r\n")
        assert file.readline() == b"250 2.0.0 posted\r\n"
        assert file.readline().startswith(b"221")
    assert took == [b"Subject: x\r\n\r\n.dot\r\n"]


def test_the_command_listens_on_a_socket_until_it_is_told_to_stop(tmp_path):
    path = tmp_path / "lmtp"
    command = [sys.executable, "manage.py", "receive_lmtp", str(path)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "community.settings.embedded", "CHAINRULE_VAR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert "Taking email by LMTP on" in process.stdout.readline()
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.settimeout(60)
            assert connection.recv(1_000) == b"220 chainrule LMTP\r\n"
            process.send_signal(signal.SIGTERM)  # while a connection is open
            assert connection.recv(1_000) == b""
        assert process.wait(60) == 0


def test_the_command_says_what_is_wrong_with_its_address(settings):
    for address in ("nowhere", "127.0.0.1:port", ":25"):
        with pytest.raises(CommandError, match="neither HOST:PORT nor the path"):
            call_command("receive_lmtp", address)
    with pytest.raises(CommandError, match="Cannot listen"):
        call_command("receive_lmtp", "/nowhere/at/all/lmtp")
    settings.MAIL_REPLY_ADDRESS = settings.MAIL_BOUNCE_ADDRESS = ""
    with pytest.raises(CommandError, match="CHAINRULE_REPLY_ADDRESS"):
        call_command("receive_lmtp")


def test_more_connections_than_there_may_be_are_told_to_come_again(monkeypatch, port):
    monkeypatch.setattr(lmtp, "MOST_OPEN", 1)
    with smtplib.LMTP("127.0.0.1", port) as client:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as late:
            assert late.makefile("rb").read().startswith(b"421 4.3.2 ")
        assert client.noop()[0] == 250


def test_a_message_that_trickles_is_ended(monkeypatch, raw, person, post):
    monkeypatch.setattr(lmtp, "MESSAGE_PATIENCE", 0.2)
    for line in ("LHLO mx.example", f"MAIL FROM:<{MX}>", f"RCPT TO:<{reply_to(person, post)}>", "DATA"):
        raw(f"{line}\r\n".encode())
    assert raw(b"Subject: slow\r\n") == "421 4.4.2 Too slow"
    assert posted(person, post) == []


def test_a_command_that_trickles_is_ended(monkeypatch, raw):
    monkeypatch.setattr(lmtp, "PATIENCE", 0.2)
    assert raw(b"NOOP\r\n") == "250 2.0.0 Ok"
    assert raw(b"NO") == "421 4.4.2 Too slow"


def test_a_connection_that_sends_commands_but_no_message_is_ended():
    loop = SkippingLoop()
    with listening(loop=loop) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        file = connection.makefile("rb")
        assert file.readline().startswith(b"220")
        for _minutes in (4, 8, 12):
            loop.skip(240)  # less than PATIENCE between two
            connection.sendall(b"NOOP\r\n")
            assert file.readline() == b"250 2.0.0 Ok\r\n"
        loop.skip(240)
        assert file.readline() == b"421 4.4.2 Too slow\r\n"


def test_a_message_begins_the_time_anew(person, post):
    loop = SkippingLoop()

    def slow(raw, recipients):
        loop.skip(2 * lmtp.WITHOUT_MESSAGE)
        return ["posted"]

    with listening(slow, loop=loop) as port, smtplib.LMTP("127.0.0.1", port) as client:
        assert send(client, person, post) == {}
        assert client.noop()[0] == 250


def test_who_reads_no_answers_holds_no_connection(monkeypatch):
    monkeypatch.setattr(lmtp, "PATIENCE", 0.3)
    monkeypatch.setattr(lmtp, "LAST_ANSWER", 0.3)
    monkeypatch.setattr(lmtp, "MOST_COMMANDS", 10**9)
    monkeypatch.setattr(lmtp, "MOST_OPEN", 1)
    with listening(lambda raw, recipients: ["posted"]) as port, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        deaf.connect(("127.0.0.1", port))
        deaf.settimeout(60)
        with pytest.raises(ConnectionError):  # aborted, though answers are left to be read
            while True:
                deaf.sendall(b"LHLO mx\r\n" * 1_000)
        eventually(lambda: _greets(port))


def _greets(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        return connection.makefile("rb").readline().startswith(b"220")
