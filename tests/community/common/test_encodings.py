import gzip
import zlib

import pytest

from community.common.encodings import accepts_gzip, gzipped


@pytest.mark.parametrize(
    "header",
    [
        "gzip",
        "gzip, deflate, br, zstd",
        "br;q=1.0, GZIP;q=0.001",
        "*",
        "x-gzip",
        "identity;q=0, *;q=0.5",
        "gzip;q=1.000",
    ],
)
def test_gzip_is_accepted_by_name_or_with_everything(header):
    assert accepts_gzip(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "br",
        "gzip;q=0",
        "gzip ; q = 0.0",
        "*;q=0",
        "*, gzip;q=0",
        "gzip;q=2",
        "gzip;q=",
        "gzip;level=9",
        "agzip",
        "gzip, " * 60,
    ],
)
def test_gzip_is_not_sent_to_who_refuses_it_or_cannot_be_understood(header):
    assert not accepts_gzip(header)


def test_a_hostile_header_costs_nothing():
    assert not accepts_gzip("gzip;q=" + " " * 100_000 + "1")
    assert not accepts_gzip("gzip;" + "q=0;" * 60)


@pytest.mark.parametrize("text", [b"", b"x", "∂L/∂W ".encode() * 20_000], ids=["nothing", "a letter", "long"])
@pytest.mark.parametrize("name", ["", "x" * 99])
def test_a_compressed_text_is_read_by_any_reader(text, name):
    packed = gzipped(text, name)
    assert gzip.decompress(packed) == text
    assert zlib.decompress(packed, wbits=31) == text
    assert len(packed) - len(gzipped(text)) == (len(name) + 1 if name else 0)
