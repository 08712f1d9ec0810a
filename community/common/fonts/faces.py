"""The font files the site serves, and the paths of their sources."""

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from community.common.fonts import codepoints

READING_SIZE = 20  # optical size in points at which the variable serif is frozen
WEIGHTS = (400, 400, 700)  # minimum, default, maximum


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: its source, its character set and its CSS name."""

    name: str
    package: str
    source: str
    keeps: frozenset[int]
    features: tuple[str, ...]
    family: str
    weight: str = "400"
    style: str = "normal"
    display: str = "swap"
    axes: dict[str, object] = field(default_factory=dict, hash=False)
    is_part: bool = False  # of a family whose first file has what is common: loaded by the characters it keeps

    @property
    def source_path(self) -> Path:
        return Path(str(files(self.package) / self.source))


TEXT_FEATURES = ("kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "case", "calt")


def _math(name: str, keeps: frozenset[int], *, is_part: bool = False) -> Face:
    return Face(
        name=name,
        package="ziamath",
        source="fonts/STIXTwoMath-Regular.ttf",
        keeps=keeps,
        features=("ccmp", "ssty", "dtls", "flac"),
        family="STIX Two Math",
        display="block",
        is_part=is_part,
    )


FACES = (
    Face(
        name="serif",
        package="fontpkg_source_serif_4",
        source="files/SourceSerif4[opsz,wght].ttf",
        keeps=codepoints.LATIN_EXTENDED,
        features=TEXT_FEATURES,
        family="Source Serif 4",
        weight="400 700",
        axes={"opsz": READING_SIZE, "wght": WEIGHTS},
    ),
    Face(
        name="serif-italic",
        package="fontpkg_source_serif_4",
        source="files/SourceSerif4-Italic[opsz,wght].ttf",
        keeps=codepoints.LATIN,
        features=TEXT_FEATURES,
        family="Source Serif 4",
        weight="400 700",
        style="italic",
        axes={"opsz": READING_SIZE, "wght": WEIGHTS},
    ),
    _math("math", codepoints.MATH_COMMON),
    _math("math-bold", codepoints.MATH_BOLD, is_part=True),
    _math("math-script", codepoints.MATH_SCRIPT, is_part=True),
    _math("math-letters", codepoints.MATH_LETTERS, is_part=True),
    _math("math-symbols", codepoints.MATH_SYMBOLS, is_part=True),
)
