"""People without a confirmed address publish neither pictures nor words."""

import pytest

from community.accounts.errors import EmailUnconfirmed
from community.lists.models import ReadingList
from community.lists.services import change_list, create_list
from community.media.models import Asset
from community.media.services import add_picture
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer():
    return PersonFactory(email="")


def test_no_picture_is_stored(newcomer):
    with pytest.raises(EmailUnconfirmed):
        add_picture(owner=newcomer, content=b"")
    assert not Asset.objects.exists()


def test_a_list_is_private(newcomer):
    with pytest.raises(EmailUnconfirmed):
        create_list(owner=newcomer, name="Buy now", is_public=True)
    mine = create_list(owner=newcomer, name="Later")
    with pytest.raises(EmailUnconfirmed):
        change_list(reading_list=mine, name="Buy now", is_public=True, base_name="Later", was_public=False)
    assert list(ReadingList.objects.values_list("name", "is_public")) == [("Later", False)]
