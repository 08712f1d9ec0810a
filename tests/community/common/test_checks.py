import pytest
from django.core.checks import run_checks
from django.db import connections

from community.common import checks


def ids(messages) -> list[str]:
    return [message.id for message in messages if message.id.startswith("common.")]


@pytest.mark.django_db
def test_the_settings_of_the_tests_are_clean():
    assert ids(run_checks()) == []


def test_a_state_folder_that_cannot_be_written_is_an_error(settings, tmp_path):
    settings.VAR = tmp_path / "missing"
    assert ids(checks.state_folder(None)) == ["common.E001"]


def test_sqlite_must_begin_with_its_lock(monkeypatch):
    wrapper = connections["default"]
    monkeypatch.setattr(type(wrapper), "vendor", "sqlite")
    monkeypatch.setitem(wrapper.settings_dict, "OPTIONS", {"transaction_mode": "DEFERRED"})
    assert ids(checks.sqlite_mode(None, databases=["default"])) == ["common.E002"]


def test_inline_code_is_warned_of(settings):
    settings.SECURE_CSP = {**settings.SECURE_CSP, "style-src": ["'self'", "'unsafe-inline'"]}
    assert ids(checks.no_inline_code(None)) == ["common.W003"]


def test_plain_http_is_warned_of(settings):
    settings.PLAIN_HTTP = True
    assert ids(checks.no_plain_http(None)) == ["common.W004"]
