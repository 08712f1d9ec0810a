import io
import re

import pytest
from django.core.management import call_command
from django.template import Context, Template
from fontTools.ttLib import TTFont

from community.common.fonts import codepoints, cutting, store, stylesheet
from community.common.fonts.faces import FACES, Face

MOST_BYTES = {"serif": 45_000, "serif-italic": 40_000, "math": 80_000, "math-bold": 30_000}
MOST_BYTES |= {"math-script": 35_000, "math-letters": 65_000, "math-symbols": 50_000}


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    return {face.name: cutting.cut(face) for face in FACES}


@pytest.fixture
def fonts_at(settings, tmp_path):
    settings.FONTS_ROOT = tmp_path / "fonts"
    return settings.FONTS_ROOT


@pytest.fixture
def cut_quickly(monkeypatch):
    monkeypatch.setattr(cutting, "cut", lambda face: b"wOF2" + face.name.encode())


def _font(packed: bytes) -> TTFont:
    return TTFont(io.BytesIO(packed))


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_a_cut_font_is_small(packed, face: Face):
    assert packed[face.name][:4] == b"wOF2"
    assert len(packed[face.name]) <= MOST_BYTES[face.name]


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_a_cut_font_has_every_character_that_its_source_has_of_those_wanted(packed, face: Face):
    wanted = face.keeps & TTFont(face.source_path).getBestCmap().keys()
    assert wanted <= _font(packed[face.name]).getBestCmap().keys()


def test_the_mathematical_font_keeps_its_table_and_tall_brackets(packed):
    font = _font(packed["math"])
    variants = font["MATH"].table.MathVariants
    assert "parenleft" in variants.VertGlyphCoverage.glyphs or len(variants.VertGlyphCoverage.glyphs) > 50
    assert font["MATH"].table.MathConstants.AxisHeight.Value > 0


@pytest.mark.parametrize("character", "∂∇⊙δσ⟨⟩∑∫ℝ𝔼𝑤𝐖ŷ→≈≤")
def test_the_mathematical_font_has_what_backpropagation_needs(character):
    assert ord(character) in codepoints.MATH or character == "ŷ"


def test_the_serif_keeps_its_weights(packed):
    [axis] = _font(packed["serif"])["fvar"].axes
    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 400, 700)


def test_a_font_is_named_by_its_content():
    face = FACES[0]
    assert cutting.content_name(face, b"one") == cutting.content_name(face, b"one")
    assert cutting.content_name(face, b"one") != cutting.content_name(face, b"two")


def test_chinese_quotes_are_left_to_the_chinese_face():
    css = stylesheet.stylesheet([(FACES[0], "serif.x.woff2")])
    assert 'font-family:"Source Serif 4 Han"' in css
    covered = stylesheet.NOT_IN_CHINESE.replace("U+", "").split(", ")
    spans = [
        tuple(int(end, 16) for end in span.split("-")) if "-" in span else (int(span, 16),) * 2 for span in covered
    ]
    for mark in "“”‘’—…·":
        assert not any(first <= ord(mark) <= last for first, last in spans), mark
    for letter in "aé–":
        assert any(first <= ord(letter) <= last for first, last in spans), letter


def test_the_command_writes_fonts_sheet_and_manifest(fonts_at, cut_quickly):
    call_command("cut_fonts", verbosity=0)
    names = store.current()
    assert names.keys() == {*(face.name for face in FACES), "css"}
    assert all((fonts_at / name).is_file() for name in names.values())
    sheet = (fonts_at / names["css"]).read_text()
    assert all(names[face.name] in sheet for face in FACES)
    assert store.is_cut()
    assert not list(fonts_at.glob("*.part"))


def test_the_command_leaves_fonts_alone_that_are_there(fonts_at, cut_quickly, monkeypatch):
    call_command("cut_fonts", verbosity=0)
    monkeypatch.setattr(cutting, "cut", lambda face: pytest.fail("cut again"))
    call_command("cut_fonts", "--if-missing", verbosity=0)


def test_the_command_cuts_again_what_another_release_has_cut(fonts_at, cut_quickly, monkeypatch):
    call_command("cut_fonts", verbosity=0)
    before = store.current()["math"]
    monkeypatch.setattr(cutting, "cut", lambda face: b"wOF2 of the next release " + face.name.encode())
    monkeypatch.setattr(store, "made_from", lambda: "other sources")
    call_command("cut_fonts", "--if-missing", verbosity=0)
    assert store.current()["math"] != before and store.is_cut()


def test_the_command_cuts_again_what_was_lost(fonts_at, cut_quickly):
    call_command("cut_fonts", verbosity=0)
    (fonts_at / store.current()["math"]).unlink()
    call_command("cut_fonts", "--if-missing", verbosity=0)
    assert store.is_cut()


def test_a_page_without_cut_fonts_asks_for_none(fonts_at):
    page = '{% load ui %}[{% font_url "css" %}][{% font_preloads "serif" "math" %}]'
    assert Template(page).render(Context()) == "[][]"


def test_a_font_is_served_for_ever_and_nothing_else_is(fonts_at, cut_quickly, client):
    call_command("cut_fonts", verbosity=0)
    address = Template('{% load ui %}{% font_url "math" %}').render(Context())
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "font/woff2"
    assert "immutable" in response["Cache-Control"]
    assert client.get("/fonts/math.000000000000.woff2").status_code == 404
    assert client.get("/fonts/manifest.json").status_code == 404


def test_pages_name_every_stand_in(settings):
    """Text uses a metric-compatible system serif until ours is loaded."""
    families = {stand_in.family + suffix for stand_in in stylesheet.STAND_INS for suffix in ("", " Han")}
    tokens = (settings.BASE_DIR / "community/static/community/css/tokens.css").read_text()
    assert set(re.findall(r'"Serif Stand-in ([^"]+)"', tokens)) == families
    assert set(re.findall(r'font-family:"Serif Stand-in ([^"]+)"', stylesheet.stylesheet([]))) == families


MATH_FACES = {face.name: face for face in FACES if face.family == "STIX Two Math"}


def test_the_files_of_the_mathematical_font_share_its_characters_without_overlap():
    kept = [face.keeps for face in MATH_FACES.values()]
    assert frozenset().union(*kept) == codepoints.MATH
    assert sum(map(len, kept)) == len(codepoints.MATH)


def test_everything_that_stretches_is_in_the_first_file_of_the_mathematical_font():
    """Browsers take stretched glyphs from the file that has the space."""
    source = TTFont(MATH_FACES["math"].source_path)
    variants = source["MATH"].table.MathVariants
    stretched = {*variants.VertGlyphCoverage.glyphs, *variants.HorizGlyphCoverage.glyphs}
    points = {point for point, glyph in source.getBestCmap().items() if glyph in stretched} & codepoints.MATH
    assert len(points) > 90
    assert points | {0x20} <= MATH_FACES["math"].keeps


def test_a_part_of_a_font_is_loaded_by_its_characters_alone():
    css = stylesheet.stylesheet((face, f"{face.name}.x.woff2") for face in FACES)
    ranges = dict(re.findall(r'url\("([\w-]+)\.x\.woff2"\)[^}]*?unicode-range:([^;]+);', css))
    assert {"math-bold", "math-letters", "math-symbols"} <= ranges.keys()
    assert ranges["math-bold"].startswith("U+1D400-1D433,U+1D468-1D49B,")
    assert "math" not in ranges
