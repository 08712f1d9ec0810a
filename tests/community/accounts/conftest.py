import re

import pytest
from django.core import mail
from django.test import Client

from community.accounts.models import User

PASSWORD = "a chain of nine links"


@pytest.fixture
def ada(db) -> User:
    """A person with a confirmed address and a password."""
    return User.objects.create_user("ada", "ada@example.org", PASSWORD)


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def sign_up(client: Client):
    """Fill in the sign-up form as a browser does."""

    def send(handle: str = "emmy", email: str = "emmy@example.org", password: str = PASSWORD, **more: str):
        return client.post("/accounts/signup/", {"username": handle, "email": email, "password1": password, **more})

    return send


def link_in_last_mail() -> str:
    """Return the path of the only link in the last email sent."""
    (link,) = re.findall(r"http://testserver(/\S+)", mail.outbox[-1].body)
    return link


def errors_of(response) -> dict[str, list[str]]:
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}
