"""Contrast of text on every surface, light and dark, plain and for those who want more: computed from the tokens."""

import math
import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "community" / "static" / "community" / "css" / "tokens.css"
COLOUR = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
DECLARATION = re.compile(rf"--([\w-]+): light-dark\({COLOUR}, {COLOUR}\);")

MORE = "@media (prefers-contrast: more)"
TEXT = 4.5
MORE_TEXT = 7.0  # of those who ask for more contrast
SHAPE = 3.0  # borders of controls, icons
MORE_SHAPE = 4.5
PLAIN = ("paper", "surface", "sunk")
WASHES = ("forward-wash", "backward-wash", "verified-wash")

TEXT_PAIRS = [
    *product(("ink", "soft"), (*PLAIN, *WASHES)),
    *product(("forward", "forward-deep"), (*PLAIN, "forward-wash", "backward-wash", "verified-wash")),
    *product(("backward", "backward-deep"), (*PLAIN, "backward-wash")),
    *product(("verified",), (*PLAIN, "verified-wash")),
    ("on-forward", "forward"),
    ("on-forward", "forward-deep"),
    ("on-backward", "backward"),
    ("on-verified", "verified"),
]
SHAPE_PAIRS = [*product(("edge",), ("paper", "surface")), *product(("forward", "backward"), PLAIN)]

type Lab = tuple[float, float, float]


def _tokens() -> dict[str, dict[str, Lab]]:
    """Return the colours of each theme; "more light" and "more dark" have those of more contrast in place."""
    plain, more = TOKENS.read_text().split(MORE)
    found: dict[str, dict[str, Lab]] = {}
    for prefix, text in (("", plain), ("more ", plain + more)):
        found |= {f"{prefix}light": {}, f"{prefix}dark": {}}
        for name, *numbers in DECLARATION.findall(text):
            light, dark = [float(n) for n in numbers[:3]], [float(n) for n in numbers[3:]]
            found[f"{prefix}light"][name] = _lab(*light)
            found[f"{prefix}dark"][name] = _lab(*dark)
    return found


def _lab(lightness: float, chroma: float, hue: float) -> Lab:
    angle = math.radians(hue)
    return lightness, chroma * math.cos(angle), chroma * math.sin(angle)


def _mixed(first: Lab, second: Lab, share: float) -> Lab:
    """Mix as ``color-mix(in oklab, first share, second)`` does."""
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _luminance(colour: Lab) -> float:
    """Return the WCAG 2 relative luminance of an OKLab colour, clipped to sRGB."""
    lightness, a, b = colour
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(max(value, 0.0), 1.0) for value in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: Lab, second: Lab) -> float:
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


SHEETS = _tokens()


def _too_faint(theme: str, pairs: list[tuple[str, str]], least: float) -> dict[str, float]:
    found = {f"{front} on {back}": _contrast(SHEETS[theme][front], SHEETS[theme][back]) for front, back in pairs}
    return {pair: round(contrast, 2) for pair, contrast in found.items() if contrast < least}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_its_surface(theme):
    assert _too_faint(theme, TEXT_PAIRS, TEXT) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shapes_that_mean_something_are_seen(theme):
    assert _too_faint(theme, SHAPE_PAIRS, SHAPE) == {}


@pytest.mark.parametrize("theme", ["more light", "more dark"])
def test_who_asks_for_more_contrast_gets_it(theme):
    assert _too_faint(theme, TEXT_PAIRS, MORE_TEXT) == {}
    assert _too_faint(theme, [*SHAPE_PAIRS, ("line", "paper"), ("line", "surface")], SHAPE) == {}
    assert _too_faint(theme, SHAPE_PAIRS, MORE_SHAPE) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_strings_in_code_are_readable(theme):
    tokens = SHEETS[theme]
    assert _contrast(_mixed(tokens["backward"], tokens["ink"], 0.62), tokens["sunk"]) >= TEXT


def test_every_colour_has_a_light_and_a_dark_form():
    colours = re.findall(r"--([\w-]+): [^;]*oklch\(", TOKENS.read_text())
    unpaired = [name for name in colours if name not in SHEETS["light"] and name != "shadow"]
    assert unpaired == []


def test_the_measure_itself_is_right():
    white, black = _lab(1, 0, 0), _lab(0, 0, 0)
    assert _contrast(white, black) == pytest.approx(21, abs=0.01)
    assert _contrast(_lab(0.5999, 0, 0), white) == pytest.approx(4.0, abs=0.3)
