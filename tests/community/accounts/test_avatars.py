import re

import pytest

from community.accounts import avatars


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("李雷", "李"),
        ("ada", "A"),
        ("O'Neil", "O"),
        ("'élan", "É"),
        ("e\u0301ric", "É"),
        ("Ada 李", "李"),
        ("★42", "4"),
        ("…", ""),
        ("ßa", "ß"),
    ],
)
def test_the_letter_is_the_surname_or_the_first_capital(name, letter):
    assert avatars.initial(name) == letter


def test_the_same_person_has_the_same_face_and_two_names_differ():
    assert avatars.avatar_svg("Ada", "ada", 32) == avatars.avatar_svg("Ada", "ada", 32)
    assert avatars.version("Ada", "ada") != avatars.version("Bea", "ada")
    assert avatars.colour("ada") != avatars.colour("bea")


def test_markup_in_a_name_stays_text():
    assert "<script" not in avatars.avatar_svg("<script>", "<script>")


def test_white_on_every_colour_has_a_contrast_of_four_and_a_half():
    colours = {avatars.colour(str(number)) for number in range(600)}
    assert len(colours) == avatars.HUES
    assert min(_contrast_with_white(colour) for colour in colours) >= 4.5


def _contrast_with_white(colour: str) -> float:
    channels = [int(pair, 16) / 255 for pair in re.findall("[0-9a-f]{2}", colour)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def test_a_face_is_cached_for_ever_at_the_address_of_its_version(client, ada):
    now = client.get(ada.avatar_url)
    other = client.get(f"/avatar/{ada.pk}.svg?v=0000000000")
    assert now["Content-Type"] == "image/svg+xml"
    assert now["Cache-Control"] == "public, max-age=31536000, immutable"
    assert other["Cache-Control"] == "public, max-age=300"
    assert now.content == other.content


def test_nobody_has_no_face(client, db):
    assert client.get("/avatar/999999.svg").status_code == 404
