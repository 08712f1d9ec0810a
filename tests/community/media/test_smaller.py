"""Smaller copies of pictures: offered by rendered texts, made when they are asked for first, and stored."""

import io
import re

import pytest
from PIL import Image

from community.blogs.services import start_article
from community.content.services import start_thread
from community.media import decoding, services, views
from community.media.models import Asset
from community.rendering.feeds import feed_html
from tests.factories import PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
SRCSET = re.compile(r'srcset="([^"]+)"')


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    views._asset.cache_clear()
    return tmp_path


def picture(width: int, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((width, width // 2), 90).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def uploaded(content: bytes, owner=None) -> Asset:
    return services.add_picture(owner=owner or PersonFactory(), content=content, name="plot.png")


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        return image.size


def html_with(asset: Asset) -> str:
    thread = start_thread(author=asset.owner, kind="note", title="A plot", source=asset.markdown)
    return thread.posts.get().html


def test_a_text_offers_copies_and_a_phone_loads_a_tenth(client, folder):
    asset = uploaded(picture(2000, "JPEG", quality=95))
    html = html_with(asset)
    offered = dict(each.split(" ")[::-1] for each in SRCSET.search(html)[1].split(", "))
    assert list(offered) == ["480w", "960w", "2000w"] and offered["2000w"] == asset.get_absolute_url()
    assert 'loading="lazy"' in html and 'sizes="auto, ' in html and f'href="{asset.get_absolute_url()}"' in html
    whole = client.get(asset.get_absolute_url())
    small = client.get(offered["480w"])
    assert (small.status_code, small["Content-Type"], size_of(small.content)) == (200, "image/webp", (480, 240))
    assert len(small.content) * 10 < len(whole.content) and "immutable" in small["Cache-Control"]
    assert small["Content-Security-Policy"] == whole["Content-Security-Policy"]


def test_a_copy_is_made_once(client, monkeypatch):
    asset = uploaded(picture(1000))
    first = client.get(asset.smallest).content
    monkeypatch.setattr(services, "smaller", None)
    assert client.get(asset.smallest).content == first


def test_a_disk_that_is_full_does_not_keep_a_copy_from_being_shown(client, monkeypatch):
    asset = uploaded(picture(1000))

    def full(path, content):
        raise OSError

    monkeypatch.setattr(services, "store_once", full)
    assert client.get(asset.smallest).status_code == 200


def test_a_small_picture_offers_none(client):
    asset = uploaded(picture(500))
    assert asset.srcset == "" and asset.smallest == asset.get_absolute_url() and "srcset" not in html_with(asset)


def test_what_moves_is_shown_whole(client):
    frames = [Image.new("RGB", (900, 300), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=100)
    asset = uploaded(buffer.getvalue())
    answer = client.get(asset.smallest)
    assert (answer.status_code, answer["Location"]) == (301, asset.get_absolute_url())
    with decoding.exclusive():  # it is not decoded again
        assert client.get(asset.smallest).status_code == 301


def test_while_others_are_decoded_the_picture_itself_is_shown_for_once(client, monkeypatch):
    asset = uploaded(picture(1000))
    monkeypatch.setattr(decoding, "PATIENCE_SECONDS", 0.05)
    with decoding.exclusive():
        answer = client.get(asset.smallest)
    assert (answer.status_code, answer["Location"]) == (302, asset.get_absolute_url())
    assert answer["Cache-Control"] == "no-store" and client.get(asset.smallest).status_code == 200


@pytest.mark.parametrize("name", ["{}-481.webp", "{}-480.png", "{}-480", "-480.webp"])
def test_no_other_width_is_made(client, name):
    asset = uploaded(picture(1000))
    assert client.get(f"/media/assets/{name.format(asset.sha256)}").status_code == 404


def test_of_a_picture_that_is_not_there_there_is_no_copy(client):
    assert client.get(f"/media/assets/{'0' * 64}-480.webp").status_code == 404


def test_feeds_and_email_have_the_picture_alone():
    asset = uploaded(picture(1000))
    html = feed_html(html_with(asset), base="https://example.org/")
    assert (
        "srcset" not in html and "sizes=" not in html and f'src="https://example.org{asset.get_absolute_url()}"' in html
    )


def test_a_list_shows_the_copy_of_a_cover_and_its_page_offers_all(client):
    asset = uploaded(picture(1000))
    start_article(author=asset.owner, title="Plots", source="Text.", cover=asset, publish=True)
    page = html_of(client.get("/articles/"))
    assert f'src="{asset.smallest}"' in page
    article = html_of(client.get(re.search(r'href="(/articles?/[^"]+plots[^"]*|/t/[^"]+plots[^"]*)"', page)[1]))
    assert f'srcset="{asset.srcset}"' in article
