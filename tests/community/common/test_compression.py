import gzip

import pytest

from tests.factories import PersonFactory

ACCEPTING = {"Accept-Encoding": "gzip, br"}


@pytest.mark.django_db
def test_a_page_is_compressed_for_who_can_read_it(client):
    packed = client.get("/about/", headers=ACCEPTING)
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert b"</html>" in gzip.decompress(packed.content)
    assert len(packed.content) < len(client.get("/about/").content) / 2


@pytest.mark.django_db
def test_the_same_page_differs_in_length(client):
    lengths = {len(client.get("/about/", headers=ACCEPTING).content) for _ in range(8)}
    assert len(lengths) > 1


@pytest.mark.django_db
def test_a_stream_of_events_is_sent_as_it_comes(client):
    client.force_login(PersonFactory())
    stream = client.get("/notifications/events/", headers=ACCEPTING)
    assert stream["Content-Type"].startswith("text/event-stream")
    assert "Content-Encoding" not in stream
