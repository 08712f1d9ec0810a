"""Pictures of posts: their size is in the page before they are loaded, and they are no links to posts."""

import pytest

from community.content import bodies, linking
from community.media.models import Asset
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
SHA = "ab" * 32


@pytest.fixture
def address():
    asset = Asset.objects.create(owner=PersonFactory(), sha256=SHA, extension="png", width=800, height=600, size=9)
    return asset.get_absolute_url()


def html(source: str) -> str:
    return bodies.render_preview(source, kind="reply", number=2).html


def test_a_picture_of_ours_has_its_shape_before_it_is_loaded(address, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = html(f"![A]({address}) and ![B]({address}){{width=200}}")
    assert 'height="600"' in page and 'height="150"' in page
    with django_assert_num_queries(0):
        html("No picture.")


def test_one_that_is_not_known_has_no_size():
    assert "height=" not in html(f"![A](/media/assets/{SHA}.png)")


def test_a_picture_is_no_link_to_a_post(address):
    assert not linking.may_link(html(f"![A]({address})"))
    assert linking.may_link(html(f"![A]({address}) [B](/t/5/)"))
