"""Production settings in a separate process, as a server starts them."""

import importlib.util
import os
import runpy
import subprocess
import sys

import pytest

from community.launch.paths import ROOT
from tests.s3 import BUCKET, environment_of

COMPLETE = {
    "CHAINRULE_SECRET_KEY": "k9#Vq2!xT7mZ4pLw8sRd1fGh6jNb3cYeAu5iOtQnXzWvBgKm0y",
    "CHAINRULE_HOSTS": "chainrule.example",
    "CHAINRULE_DATABASE_URL": "postgresql://chainrule:secret@127.0.0.1/chainrule",
    "CHAINRULE_REDIS_URL": "redis://127.0.0.1:6379/0",
    "CHAINRULE_MAIL_FROM": "Chainrule <noreply@chainrule.example>",
    "CHAINRULE_SMTP_HOST": "smtp.chainrule.example",
}
PUSH_KEY = {"CHAINRULE_PUSH_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}


@pytest.fixture
def services(postgres_url, redis_url) -> dict[str, str]:
    return COMPLETE | {"CHAINRULE_DATABASE_URL": postgres_url, "CHAINRULE_REDIS_URL": redis_url}


def check(tmp_path, variables: dict[str, str]) -> subprocess.CompletedProcess:
    (tmp_path / "var").mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CHAINRULE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=kept
        | {"DJANGO_SETTINGS_MODULE": "community.settings.production", "CHAINRULE_VAR": str(tmp_path / "var")}
        | variables,
        capture_output=True,
        text=True,
    )


def test_complete_settings_pass_the_deployment_check_without_a_warning(tmp_path, services):
    done = check(tmp_path, services | PUSH_KEY)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_services_that_do_not_answer_are_named_with_their_variables(tmp_path):
    closed = {
        "CHAINRULE_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c",
        "CHAINRULE_REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = check(tmp_path, COMPLETE | PUSH_KEY | closed)
    assert done.returncode == 1
    assert "(common.E006) The database 'default' does not let the site in: connection failed" in done.stderr
    assert "HINT: Start it, or correct CHAINRULE_DATABASE_URL." in done.stderr
    assert "(common.E007) Redis does not let the site in: Error 111 connecting to 127.0.0.1:1" in done.stderr
    assert "HINT: Start it, or correct CHAINRULE_REDIS_URL." in done.stderr


def test_a_misspelt_variable_is_a_warning_with_the_one_that_may_be_meant(tmp_path):
    done = check(tmp_path, COMPLETE | {"CHAINRULE_SMTP_USR": "ada"})
    assert "(common.W005) Nothing reads CHAINRULE_SMTP_USR." in done.stderr
    assert "HINT: Did you mean CHAINRULE_SMTP_USER?" in done.stderr


@pytest.mark.parametrize(("names", "is_told"), [("", True), ("mx.chainrule.example", False)])
def test_replies_by_mail_that_nobody_vouches_for_are_a_warning(tmp_path, names, is_told):
    variables = {"CHAINRULE_REPLY_ADDRESS": "reply@chainrule.example", "CHAINRULE_AUTHSERV_IDS": names}
    done = check(tmp_path, COMPLETE | variables)
    assert ("(notifications.W002) Replies by mail are posted whatever SPF" in done.stderr) == is_told


def test_push_may_be_left_off_and_the_check_says_so(tmp_path, services):
    done = check(tmp_path, services)
    assert done.returncode == 0, done.stderr
    assert "Push notifications are not offered: CHAINRULE_PUSH_KEY is not set." in done.stderr


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, (False, False, ["security.W005", "security.W021"])),
        ({"CHAINRULE_HSTS_PRELOAD": "yes"}, (False, False, ["security.W005", "security.W021"])),
        ({"CHAINRULE_HSTS_SUBDOMAINS": "yes"}, (True, False, ["security.W021"])),
        ({"CHAINRULE_HSTS_SUBDOMAINS": "yes", "CHAINRULE_HSTS_PRELOAD": "yes"}, (True, True, [])),
        ({"CHAINRULE_PLAIN_HTTP": "yes"}, (False, False, [])),
    ],
)
def test_names_below_the_sites_are_left_alone_unless_an_operator_wants_it(monkeypatch, tmp_path, variables, expected):
    for name, value in (COMPLETE | {"CHAINRULE_VAR": str(tmp_path)} | variables).items():
        monkeypatch.setenv(name, value)
    found = runpy.run_module("community.settings.production")
    names = ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SILENCED_SYSTEM_CHECKS")
    assert tuple(found[name] for name in names) == expected


def production_with(monkeypatch, tmp_path, **variables: str) -> dict:
    for name, value in (COMPLETE | {"CHAINRULE_VAR": str(tmp_path)} | variables).items():
        monkeypatch.setenv(name, value)
    return runpy.run_module("community.settings.production")


def test_a_page_runs_while_another_waits_for_the_database(monkeypatch, tmp_path, settings):
    assert production_with(monkeypatch, tmp_path)["PAGES_RUN"] == 2
    assert settings.PAGES_RUN == 1  # SQLite computes in the process


def test_pictures_are_in_a_folder_unless_a_bucket_is_named(monkeypatch, tmp_path):
    folder = production_with(monkeypatch, tmp_path)["STORAGES"]["default"]
    assert folder == {"BACKEND": "community.media.storage.Folder"}
    bucket = production_with(monkeypatch, tmp_path, **environment_of("https://s3.example"))["STORAGES"]["default"]
    assert bucket["BACKEND"] == "community.media.s3.Bucket"
    assert bucket["OPTIONS"]["endpoint_url"] == "https://s3.example" and bucket["OPTIONS"]["bucket_name"] == BUCKET


def test_a_bucket_without_its_packages_says_which_are_missing(monkeypatch, tmp_path):
    found = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "storages" else found(name))
    with pytest.raises(SystemExit, match=r"CHAINRULE_S3_BUCKET needs the packages of requirements-s3\.txt"):
        production_with(monkeypatch, tmp_path, CHAINRULE_S3_BUCKET="pictures")


def test_nothing_set_names_every_missing_variable(tmp_path):
    refused = check(tmp_path, {})
    assert refused.returncode != 0
    (sentence,) = refused.stderr.splitlines()  # and no traceback
    assert f"set {', '.join(COMPLETE)}" in sentence


def test_each_variable_is_missed_by_its_own_name(tmp_path):
    for name in ("CHAINRULE_HOSTS", "CHAINRULE_SMTP_HOST"):
        refused = check(tmp_path, {key: value for key, value in COMPLETE.items() if key != name})
        assert refused.returncode != 0
        assert f"Chainrule is not fully configured: set {name} (see docs/operating.md)." in refused.stderr


def test_a_short_secret_is_refused(tmp_path):
    refused = check(tmp_path, COMPLETE | {"CHAINRULE_SECRET_KEY": "short"})
    assert "CHAINRULE_SECRET_KEY must have at least 50 characters" in refused.stderr


@pytest.mark.parametrize(("proxies", "header"), [("0", None), ("1", ("HTTP_X_FORWARDED_PROTO", "https"))])
def test_a_forwarded_scheme_is_believed_only_behind_a_proxy(monkeypatch, tmp_path, proxies, header):
    found = production_with(monkeypatch, tmp_path, CHAINRULE_TRUSTED_PROXIES=proxies)
    assert found["SECURE_PROXY_SSL_HEADER"] == header


def test_an_operator_says_how_long_redis_may_take(monkeypatch, tmp_path):
    for variables, seconds in (({}, 0.5), ({"CHAINRULE_REDIS_TIMEOUT": "2.5"}, 2.5)):
        found = production_with(monkeypatch, tmp_path, **variables)
        waits = {"socket_connect_timeout": seconds, "socket_timeout": seconds}
        assert (found["REDIS_SECONDS"], found["CACHES"]["default"]["OPTIONS"]) == (seconds, waits)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_a_redis_that_may_take_no_time_or_forever_is_refused(monkeypatch, tmp_path, seconds):
    with pytest.raises(SystemExit, match="CHAINRULE_REDIS_TIMEOUT must be more than 0 and at most 60"):
        production_with(monkeypatch, tmp_path, CHAINRULE_REDIS_TIMEOUT=seconds)


def test_replicas_are_databases_that_only_lists_are_read_from(monkeypatch, tmp_path):
    urls = "postgresql://a@10.0.0.2/site postgresql://a@10.0.0.3/site"
    found = production_with(monkeypatch, tmp_path, CHAINRULE_REPLICA_URLS=urls)
    assert found["REPLICAS"] == ["replica1", "replica2"]
    assert [found["DATABASES"][alias]["HOST"] for alias in found["REPLICAS"]] == ["10.0.0.2", "10.0.0.3"]
    assert found["DATABASE_ROUTERS"] == ["community.common.replicas.router.ReplicaRouter"]
    alone = production_with(monkeypatch, tmp_path, CHAINRULE_REPLICA_URLS="")
    assert (alone["REPLICAS"], alone["DATABASE_ROUTERS"], list(alone["DATABASES"])) == ([], [], ["default"])


def test_an_address_that_is_no_database_is_refused(monkeypatch, tmp_path):
    with pytest.raises(SystemExit, match="CHAINRULE_REPLICA_URLS must be URLs"):
        production_with(monkeypatch, tmp_path, CHAINRULE_REPLICA_URLS="10.0.0.2")
