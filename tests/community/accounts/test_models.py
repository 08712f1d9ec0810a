import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from community.accounts import policies
from community.accounts.errors import EmailUnconfirmed
from community.accounts.models import User

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def test_the_address_of_a_person_is_percent_encoded():
    assert User(handle="李雷").get_absolute_url() == "/@%E6%9D%8E%E9%9B%B7/"


def test_key_and_skeleton_follow_the_handle_on_every_way_in():
    User(handle="Ada").save()
    User.objects.bulk_create([User(handle="Illia")])
    assert list(User.objects.order_by("pk").values_list("handle_key", "handle_skeleton")) == [
        ("ada", "ada"),
        ("illia", "lllia"),
    ]


@pytest.mark.parametrize("other", ["ADA", "\u0430\u0501\u0430"], ids=ascii)
def test_the_database_keeps_spellings_and_look_alikes_apart(other):
    User.objects.create_user("ada")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(other)


@pytest.mark.parametrize("nobody", ["eve", "", "a\x00b", "\ud800", "x" * 1000], ids=ascii)
def test_nobody_is_found_by_what_is_no_handle(nobody):
    assert User.objects.by_handle_or_none(nobody) is None


def test_who_may_write():
    confirmed = User.objects.create_user("ada", "ada@example.org")
    waiting = User.objects.create_user("emmy")
    demo = User.objects.create_user("demo", is_demo=True)
    closed = User.objects.create_user("bea", "bea@example.org", is_active=False)
    assert [policies.can_write(user) for user in (confirmed, waiting, demo, closed, AnonymousUser())] == [
        True,
        False,
        True,
        False,
        False,
    ]
    with pytest.raises(EmailUnconfirmed):
        policies.refuse_unconfirmed(waiting)
    policies.refuse_unconfirmed(confirmed)


def test_createsuperuser_works_and_may_use_a_reserved_handle(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a chain of nine links")
    call_command("createsuperuser", handle="root", email="root@example.org", interactive=False, verbosity=0)
    root = User.objects.get()
    assert (root.is_staff, root.is_superuser, root.email) == (True, True, "root@example.org")
    client.force_login(root)
    for page in ("changelist", "add"):
        assert client.get(reverse(f"admin:accounts_user_{page}")).status_code == 200
    assert client.get(reverse("admin:accounts_user_change", args=[root.pk])).status_code == 200


def test_createsuperuser_refuses_a_broken_handle(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a chain of nine links")
    with pytest.raises(CommandError, match="A handle cannot contain spaces"):
        call_command("createsuperuser", handle="r oot", email="root@example.org", interactive=False, verbosity=0)
    assert not User.objects.exists()


def test_staff_are_told_what_is_wrong_with_a_handle(client):
    client.force_login(User.objects.create_superuser("root"))
    form = {"handle": "а b", "email": "", "usable_password": "false"}
    response = client.post(reverse("admin:accounts_user_add"), form)
    assert "A handle cannot contain spaces" in response.content.decode()
    assert User.objects.count() == 1
