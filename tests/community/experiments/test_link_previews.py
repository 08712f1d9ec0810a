"""A run beside a link to it."""

import pytest

from community.content import services
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_a_run_has_its_curve(client, trained):
    page = client.get(f"/links/preview/?to=/runs/{trained()}/").content.decode()
    assert "<svg" in page and "Run" in page


def test_a_private_run_is_its_owners(client, as_user, trained):
    owner = PersonFactory()
    address = f"/links/preview/?to=/runs/{trained('', requester=owner)}/"
    assert client.get(address).status_code == as_user(PersonFactory()).get(address).status_code == 404
    assert as_user(owner).get(address).status_code == 200


def test_a_thread_that_begins_with_a_run_has_its_curve(client, asked):
    from tests.training import train

    post = asked(PersonFactory())
    train()
    page = client.get(f"/links/preview/?to={post.get_absolute_url()}").content.decode()
    assert "<svg" in page and "<a " not in page
    services.delete_post(post=post, by=post.author)
    assert client.get(f"/links/preview/?to={post.get_absolute_url()}").status_code == 404
