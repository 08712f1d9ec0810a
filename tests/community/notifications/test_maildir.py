"""The folder into which a mail server delivers, and the command that it can call instead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError

from community.common import housekeeping
from community.common.errors import Unavailable
from community.content.models import Post
from community.notifications.inbound import maildir
from community.notifications.inbound.door import Outcome
from tests.community.notifications.incoming import BOUNCES_TO, REPLY_TO, reply_to, written
from tests.factories import PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_REPLY_ADDRESS, settings.MAIL_BOUNCE_ADDRESS = REPLY_TO, BOUNCES_TO
    settings.MAIL_FOLDER_IN = str(tmp_path / "maildir")
    take_in()
    return tmp_path / "maildir"


@pytest.fixture
def person():
    return PersonFactory()


@pytest.fixture
def post():
    return QuestionFactory().opening_post


def take_in() -> int:
    return housekeeping._tasks["incoming mail"]()


def deliver(folder, raw: bytes, name: str = "1790000000.M1P1.host") -> None:
    (folder / "tmp" / name).write_bytes(raw)
    (folder / "tmp" / name).rename(folder / "new" / name)


def names(folder, part: str) -> list[str]:
    return sorted(path.name for path in (folder / part).iterdir())


def test_a_message_moves_when_it_is_done(folder, person, post):
    deliver(folder, written(person, post).as_bytes())
    assert take_in() == 1 and take_in() == 0
    assert post.thread.posts.filter(author=person).count() == 1
    assert names(folder, "new") == [] and names(folder, "cur") == ["1790000000.M1P1.host:2,S"]


def test_a_worker_that_is_killed_before_it_moved_the_message_does_it_again_to_no_effect(
    folder, person, post, monkeypatch
):
    deliver(folder, written(person, post).as_bytes())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(maildir, "_move", lambda path, to: (_ for _ in ()).throw(KeyboardInterrupt))
        take_in()
    assert post.thread.posts.filter(author=person).count() == 1 and len(names(folder, "new")) == 1
    assert take_in() == 1
    assert post.thread.posts.filter(author=person).count() == 1 and names(folder, "new") == []


def test_many_messages_are_done_in_their_order_some_at_a_time(folder, person, post):
    for number in range(maildir.BATCH + 5):
        deliver(folder, b"Nothing", f"17900000{number:02}.host")
    deliver(folder, written(person, post).as_bytes(), "1780000000.host")
    assert take_in() == maildir.BATCH and Post.objects.filter(author=person).count() == 1
    assert take_in() == 6 and take_in() == 0


def test_only_files_are_messages(folder, tmp_path, person, post):
    (tmp_path / "mail").write_bytes(written(person, post).as_bytes())
    (folder / "new" / "link").symlink_to(tmp_path / "mail")
    (folder / "new" / "folder").mkdir()
    os.mkfifo(folder / "new" / "pipe")
    deliver(folder, b"x", ".hidden")
    assert take_in() == 0 and not Post.objects.filter(author=person).exists()


def test_what_fails_waits_twice_as_long_each_time_and_is_put_aside_in_the_end(folder, monkeypatch):
    deliver(folder, b"x")
    deliver(folder, b"y", "2.host")
    tried = []

    def fails(raw):
        tried.append(raw)
        if raw == b"x":
            raise Unavailable
        return Outcome.UNKNOWN

    monkeypatch.setattr(maildir, "receive", fails)
    assert take_in() == 1 and tried == [b"x", b"y"]
    assert take_in() == 0 and tried == [b"x", b"y"]  # it waits
    waits = []
    while names(folder, "new"):
        [name] = names(folder, "new")
        path = folder / "new" / name
        waits.append(path.stat().st_mtime - time.time())
        os.utime(path, (0, 0))
        take_in()
    assert [round(wait / 300) for wait in waits] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert names(folder, "cur") == ["1790000000.M1P1.host,again=8:2,", "2.host:2,S"]
    assert (folder / "cur" / "1790000000.M1P1.host,again=8:2,").read_bytes() == b"x"


def test_a_database_that_is_away_is_no_fault_of_the_message(folder, monkeypatch):
    deliver(folder, b"x")
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(maildir, "receive", lambda raw: (_ for _ in ()).throw(OperationalError))
        patch.setattr(maildir.connection, "is_usable", lambda: False)
        take_in()
    assert names(folder, "new") == ["1790000000.M1P1.host"] and take_in() == 1


def test_a_message_that_the_database_gives_up_on_does_not_hold_up_the_others(folder, monkeypatch):
    deliver(folder, b"takes too long", "1.host")
    deliver(folder, b"x", "2.host")

    def receive(raw):
        if raw != b"x":
            raise OperationalError("canceling statement due to statement timeout")
        return Outcome.UNKNOWN

    monkeypatch.setattr(maildir, "receive", receive)
    assert take_in() == 1
    assert names(folder, "new") == ["1.host,again=1"] and names(folder, "cur") == ["2.host:2,S"]


def test_a_folder_or_a_file_that_may_not_be_read_holds_up_nothing_else(folder, monkeypatch):
    deliver(folder, b"x", "1.host")
    deliver(folder, b"y", "2.host")
    move = maildir._move

    def refused(path, to):
        if path.name == "1.host":
            raise PermissionError
        move(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(maildir, "_move", refused)
        assert take_in() == 1 and names(folder, "new") == ["1.host"]
    with monkeypatch.context() as patch:
        patch.setattr(maildir.os, "scandir", lambda path: (_ for _ in ()).throw(PermissionError))
        assert take_in() == 0
    assert take_in() == 1


def test_what_another_worker_took_is_left_alone(folder, monkeypatch):
    deliver(folder, b"x")

    def taken_meanwhile(raw):
        (folder / "new" / "1790000000.M1P1.host").rename(folder / "cur" / "1790000000.M1P1.host:2,S")
        return Outcome.UNKNOWN

    monkeypatch.setattr(maildir, "receive", taken_meanwhile)
    take_in()
    assert names(folder, "cur") == ["1790000000.M1P1.host:2,S"]


def test_messages_are_deleted_after_a_week(folder):
    for name, days in (("old", 8), ("young", 6)):
        path = folder / "cur" / name
        path.write_bytes(b"x")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    take_in()  # looked an hour ago
    assert names(folder, "cur") == ["old", "young"]
    cache.clear()
    take_in()
    assert names(folder, "cur") == ["young"]


def test_without_a_folder_or_where_it_cannot_be_made_nothing_is_read(settings, tmp_path):
    settings.MAIL_FOLDER_IN = ""
    assert take_in() == 0
    (tmp_path / "file").write_bytes(b"")
    settings.MAIL_FOLDER_IN = str(tmp_path / "file" / "maildir")
    assert take_in() == 0


class TestCommand:
    def call(self, monkeypatch, raw: bytes, *recipients: str) -> str:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))
        out = StringIO()
        call_command("receive_mail", *recipients, stdout=out)
        return out.getvalue().strip()

    def test_it_takes_a_message_from_standard_input(self, monkeypatch, person, post):
        assert self.call(monkeypatch, written(person, post).as_bytes()) == "posted"

    def test_it_is_told_the_recipient(self, monkeypatch, person, post):
        raw = written(person, post, To="").as_bytes()
        assert self.call(monkeypatch, raw) == "unknown"
        assert self.call(monkeypatch, raw, reply_to(person, post)) == "posted"

    def test_all_that_a_mail_server_writes_is_read(self, monkeypatch):
        """A server that could not write 30 MB would return the message."""
        assert self.call(monkeypatch, b"To: a@b\n\n" + b"x" * 30_000_000) == "unknown"
        assert sys.stdin.buffer.read() == b""

    def test_a_failure_asks_the_mail_server_to_try_again(self, monkeypatch):
        from community.notifications.management.commands import receive_mail

        monkeypatch.setattr(receive_mail, "receive", lambda raw, recipients: (_ for _ in ()).throw(OperationalError))
        with pytest.raises(SystemExit) as ended:
            self.call(monkeypatch, b"x")
        assert ended.value.code == 75


@pytest.mark.full
def test_a_process_reads_all_that_a_mail_server_writes(tmp_path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "community.settings.embedded", "CHAINRULE_VAR": str(tmp_path)}
    command = [sys.executable, "manage.py", "receive_mail"]
    done = subprocess.run(command, input=b"To: a@b\n\n" + b"x" * 30_000_000, env=environment, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"unknown\n"), done.stderr
