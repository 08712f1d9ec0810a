"""Private APIs of other packages that we use. An upgrade fails here first: check, then update."""

import inspect
from importlib.metadata import version

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.handlers.asgi import ASGIHandler
from kombu.transport.redis import Channel
from lucide import _render_icon
from ninja.operation import PathView

from community.accounts.models import User
from community.common.asgi import Application


@pytest.mark.parametrize(
    ("package", "looked_at"),
    [("Django", "6.1"), ("kombu", "5.7"), ("lucide", "1.1"), ("django-ninja", "1.7"), ("django-allauth", "65.21")],
)
def test_the_version_is_the_one_that_was_looked_at(package, looked_at):
    assert version(package).startswith(f"{looked_at}."), f"{package}: does what is below still hold?"


def test_lucide_1_1_draws_an_icon_by_name_and_size_with_attributes():
    drawn = str(_render_icon("check", 16, **{"class": "icon", "aria-hidden": "true"}))
    assert drawn.startswith("<svg") and 'width="16"' in drawn
    assert 'class="icon"' in drawn and 'aria-hidden="true"' in drawn


def test_kombu_5_7_counts_the_messages_of_a_queue():
    assert list(inspect.signature(Channel._size).parameters) == ["self", "queue"]


def test_django_6_1_hashes_a_session_through_the_hook_that_we_replace(settings):
    settings.SECRET_KEY_FALLBACKS = ["an older secret"]
    person = User(password="x", session_epoch=1)
    assert inspect.signature(AbstractBaseUser._get_session_auth_hash) == inspect.signature(_with_secret)
    assert person.get_session_auth_hash() == person._get_session_auth_hash()
    assert list(person.get_session_auth_fallback_hash()) == [person._get_session_auth_hash(secret="an older secret")]


def _with_secret(self, secret=None):
    """Return the expected signature."""


@pytest.mark.parametrize("name", ["read_body", "create_request"])
def test_django_6_1_reads_a_body_and_makes_a_request_through_the_methods_that_we_replace(name):
    theirs, ours = getattr(ASGIHandler, name), getattr(Application, name)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
    assert inspect.iscoroutinefunction(ours) == inspect.iscoroutinefunction(theirs)
    assert f"self.{name}(" in inspect.getsource(ASGIHandler.handle)


def test_ninja_1_7_names_the_methods_of_an_address_in_its_refusal():
    view = PathView()
    view.add_operation("", ["GET"], lambda request: None)
    view.add_operation("", ["POST"], lambda request: None)
    assert {method.strip() for method in view._not_allowed()["Allow"].split(",")} == {"GET", "POST"}
