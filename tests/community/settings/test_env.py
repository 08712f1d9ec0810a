import os
import socket
import stat

import psycopg
import pytest

from community.settings.env import (
    LOST_HOSTS,
    POSTGRES_OPTIONS,
    PREPARED,
    Env,
    postgres_from_url,
    secret_key_at,
    sqlite_at,
)


def test_all_mistakes_are_named_at_once():
    env = Env({"PORT": "web", "DEBUG": "perhaps"})
    env.required("SECRET")
    env.required("HOSTS")
    assert (env.integer("PORT", 1), env.flag("DEBUG")) == (1, False)
    with pytest.raises(SystemExit) as failure:
        env.finish()
    assert str(failure.value) == (
        "Chainrule is not fully configured: set SECRET, HOSTS; PORT must be a whole number, not 'web'; "
        "DEBUG must be yes or no, not 'perhaps' (see docs/operating.md)."
    )


@pytest.mark.parametrize(("raw", "flag"), [("yes", True), ("ON", True), ("0", False), ("False", False), ("", True)])
def test_a_flag_is_read_in_words_and_an_empty_one_is_its_default(raw, flag):
    assert Env({"X": raw}).flag("X", True) is flag


@pytest.mark.parametrize("raw", ["https://chainrule.example", "http://127.0.0.1:8000/", "http://[::1]:8000"])
def test_an_address_of_a_site_is_a_scheme_and_a_host(raw):
    env = Env({"X": raw})
    assert env.origin("X", "") == raw.rstrip("/")
    env.finish()


@pytest.mark.parametrize(
    "raw", ["chainrule.example", "https://*", "https://a/b", "https://a b", "ftp://a", "https://a?b"]
)
def test_what_is_no_address_of_a_site_is_refused(raw):
    env = Env({"X": raw})
    env.origin("X", "")
    with pytest.raises(SystemExit, match="X must be a scheme and a host"):
        env.finish()


@pytest.mark.parametrize("raw", ["", "reply@in.example", " Reply@IN.example "])
def test_an_email_address_has_room_for_a_token(raw):
    env = Env({"X": raw})
    assert env.mail_address("X") == raw.strip().lower()
    env.finish()


@pytest.mark.parametrize("raw", ["reply", "a+b@in.example", "sixteen.letters.@in.example", "a@b@c", "Ada <a@b>"])
def test_what_has_none_is_refused(raw):
    env = Env({"X": raw})
    env.mail_address("X")
    with pytest.raises(SystemExit, match="X must be an address"):
        env.finish()


def test_a_list_has_no_blanks():
    assert Env({"X": " a, ,b,"}).words("X") == ["a", "b"]


def test_a_database_address_is_taken_apart():
    entry = postgres_from_url("postgresql://me:p%40ss@db.example:5433/site%20one?sslmode=require")
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "site one",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"} | POSTGRES_OPTIONS | LOST_HOSTS | PREPARED,
    }
    options = postgres_from_url("postgresql://h/x?options=-c%20jit=on&tcp_user_timeout=3000")["OPTIONS"]
    assert options == {"options": "-c jit=on"} | LOST_HOSTS | PREPARED | {"tcp_user_timeout": "3000"}


def test_a_host_that_is_lost_without_a_word_is_given_up(postgres_url):
    entry = postgres_from_url(postgres_url)
    given = {name: value for name, value in entry["OPTIONS"].items() if name not in PREPARED}
    where = {"host": entry["HOST"], "port": entry["PORT"], "user": entry["USER"], "password": entry["PASSWORD"]}
    with (
        psycopg.connect(dbname=entry["NAME"], **where, **given) as connection,
        socket.socket(fileno=os.dup(connection.fileno())) as wire,
    ):
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10


def test_nothing_is_prepared_behind_a_pooler_that_changes_connections():
    assert postgres_from_url("postgresql://h/x?prepares=no")["OPTIONS"] == POSTGRES_OPTIONS | LOST_HOSTS


@pytest.mark.parametrize("address", ["mysql://a/b", "postgresql://host/", "postgresql://host:port/x", "nonsense"])
def test_an_address_of_something_else_is_refused(address):
    env = Env({"DB": address})
    env.database("DB")
    with pytest.raises(SystemExit, match="DB must be postgresql://"):
        env.finish()


def test_sqlite_is_opened_for_several_writers(tmp_path):
    options = sqlite_at(tmp_path / "x")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_the_secret_is_made_once_and_is_its_owners_only(tmp_path):
    path = tmp_path / "var" / "secret-key"
    first = secret_key_at(path)
    assert len(first) >= 50
    assert secret_key_at(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    "raw", ["redis://127.0.0.1:6379/0", "rediss://:secret@redis.example", "unix:///run/redis.sock?db=1"]
)
def test_an_address_of_redis(raw):
    env = Env({"X": raw})
    assert env.redis("X") == raw
    env.finish()


@pytest.mark.parametrize("raw", ["foo", "http://127.0.0.1:6379", "redis://", "redis://a b"])
def test_what_is_no_address_of_redis_is_refused(raw):
    env = Env({"X": raw})
    env.redis("X")
    with pytest.raises(SystemExit, match="X must be redis://"):
        env.finish()


def test_a_word_of_several_is_read_in_any_case_and_another_names_them():
    env = Env({"LEVEL": "debug", "OTHER": "LOUD"})
    assert (env.choice("LEVEL", "INFO", ("DEBUG", "INFO")), env.choice("X", "INFO", ("DEBUG", "INFO"))) == (
        "DEBUG",
        "INFO",
    )
    env.choice("OTHER", "INFO", ("DEBUG", "INFO"))
    with pytest.raises(SystemExit, match="OTHER must be one of DEBUG, INFO, not 'LOUD'"):
        env.finish()


def test_hosts_are_names_without_a_scheme_or_a_port():
    env = Env({"X": "chainrule.example, .chainrule.example,127.0.0.1,[::1],*"})
    assert env.hosts("X") == ["chainrule.example", ".chainrule.example", "127.0.0.1", "[::1]", "*"]
    env.finish()
    env = Env({"X": "https://chainrule.example,chainrule.example:8000"})
    env.hosts("X")
    with pytest.raises(SystemExit) as failure:
        env.finish()
    assert str(failure.value).count("X must be names such as chainrule.example") == 2


def test_a_variable_that_is_almost_named_as_one_that_is_read_is_found():
    env = Env({"CHAINRULE_HOST": "a", "CHAINRULE_TEST_REDIS_URL": "b", "CHAINRULE_VENV": "c", "HOST": "d"})
    for name in ("CHAINRULE_HOSTS", "CHAINRULE_REDIS_URL", "CHAINRULE_VAR", "HOST"):
        env.text(name)
    assert env.misspelt() == {"CHAINRULE_HOST": "CHAINRULE_HOSTS"}
