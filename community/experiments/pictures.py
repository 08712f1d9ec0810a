"""The card of a run as a PNG, for what shows no SVG: social previews, mail, feed readers.

It is the same for every reader: in English, in the light colours, with the site's serif. A title that the serif cannot
write (Chinese) is left to the words beside the picture; the config in words stands in its place. For a reader of such a
language there is a picture without words: the curve and its numbers, for a mail that says the rest itself.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont

from bpsandbox import api
from community.common.fonts.codepoints import LATIN_EXTENDED

from . import states

type Plot = tuple[int, int, int, int]  # left, top, right, bottom

WIDTH, HEIGHT = 1200, 630
FINER = 2
"""Lines are drawn so many times larger, then made smaller, which smooths them."""
PLOT, PLOT_WITHOUT_WORDS = (110, 190, 1130, 515), (110, 60, 1130, 560)
PAPER, INK, SOFT, GRID = "#fbfaf7", "#171c28", "#525866", "#e2e0da"
LINE, OFF = (29, 95, 184), (200, 69, 27)
OPTICAL_SIZE = 20
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
"""The serif has no superior minus: a power of ten is written as 1e-3."""
KEPT_SECONDS, KEPT_WHILE_IT_TRAINS = 86_400, 10
MOST_SEEDS = 64
LONGEST = 64


def png(card: api.Card, title: str, *, has_words: bool = True) -> bytes | None:
    """Return the picture of a card; None without points. Drawn once a day, or every ten seconds while it trains."""
    if card.series is None:
        return None
    with translation.override("en"):
        words = title if title and can_write(title) else card.words["title"]
        words = words if has_words else ""
        key = f"run-png4:{card.run_id}:{card.state}:{sha256(words.encode()).hexdigest()[:16]}"
        kept = KEPT_SECONDS if card.document else KEPT_WHILE_IT_TRAINS
        return cache.get_or_set(key, lambda: _drawn(card, words), kept)


def _drawn(card: api.Card, title: str) -> bytes | None:
    """Draw a card; without a title, nothing but its curve and numbers."""
    sketch = api.sketch(card.series) if card.series else None
    if sketch is None:
        return None
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    plot = PLOT if title else PLOT_WITHOUT_WORDS
    _draw_lines(ImageDraw.Draw(image, "RGBA"), sketch, plot)
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    _write_numbers(ImageDraw.Draw(image), sketch, plot)
    if title:
        _write(ImageDraw.Draw(image), sketch, card, title)
    packed = BytesIO()
    image.quantize(128).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _draw_lines(draw: ImageDraw.ImageDraw, sketch: api.Sketch, plot: Plot) -> None:
    for up, _label in sketch.up:
        draw.line(_places(((0, up), (1, up)), plot), GRID, FINER * 2)
    faint = max(30, 90 - 2 * len(sketch.seeds))
    for place, seed in enumerate(sketch.seeds[:MOST_SEEDS]):
        is_off = place in sketch.off
        draw.line(_places(seed, plot), (*(OFF if is_off else LINE), 220 if is_off else faint), FINER * 3, joint="curve")
    draw.line(_places(sketch.median, plot), LINE, FINER * 6, joint="curve")
    if sketch.median:
        x, y = _places(sketch.median[-1:], plot)[0]
        draw.ellipse((x - 9 * FINER, y - 9 * FINER, x + 9 * FINER, y + 9 * FINER), LINE)


def _places(line: tuple[tuple[float, float], ...], plot: Plot) -> list[tuple[float, float]]:
    left, top, right, bottom = (FINER * edge for edge in plot)
    return [(left + across * (right - left), bottom - up * (bottom - top)) for across, up in line]


def _write_numbers(draw: ImageDraw.ImageDraw, sketch: api.Sketch, plot: Plot) -> None:
    left, top, right, bottom = plot
    for up, label in sketch.up:
        draw.text((left - 14, bottom - up * (bottom - top)), _plain(label), SOFT, _font(24, 400), anchor="rm")
    for across, label in sketch.across:
        draw.text((left + across * (right - left), bottom + 12), label, SOFT, _font(24, 400), anchor="mt")


def _write(draw: ImageDraw.ImageDraw, sketch: api.Sketch, card: api.Card, title: str) -> None:
    draw.text((60, 48), _fitting(title, _font(52, 700), WIDTH - 120), INK, _font(52, 700))
    draw.text((60, 122), _fitting(card.words["line"], _font(28, 400), WIDTH - 120), SOFT, _font(28, 400))
    told = _fitting(_told(sketch, card), _font(28, 400), WIDTH - 320)
    draw.text((60, HEIGHT - 36), told, INK, _font(28, 400), anchor="ls")
    draw.text((WIDTH - 60, HEIGHT - 36), "Chainrule", LINE, _font(30, 700), anchor="rs")


def _told(sketch: api.Sketch, card: api.Card) -> str:
    """Return how the run ended, and what is drawn. Its config says how long it was to train, not how long it did."""
    summary, count = card.summary, len(sketch.seeds)
    parts = [f"{sketch.title}, {sketch.unit}s"]
    if summary is None:
        return parts[0]
    if ended := _ended_early(card):
        parts.insert(0, f"ended at epoch {ended:,}")
    seeds = ngettext("%(count)s seed", "%(count)s seeds", count) % {"count": count}
    parts.insert(0, f"{seeds}, {summary.diverged} diverged" if summary.diverged else seeds)
    if summary.final is not None:
        parts.insert(0, f"{states.loss_phrase(summary)} {summary.final:.3g}")
    return " · ".join(parts)


def _ended_early(card: api.Card) -> int:
    """Return the epoch at which the last seed ended if all did before the plan; 0 if not, for a sweep, or if named."""
    stops = card.document.stop if card.document and not card.document.members else ()
    is_named = card.summary is not None and card.summary.stopped_at is not None
    is_whole = any(stop.reason in ("epochs", "steps") for stop in stops)
    return 0 if is_named or is_whole else max((stop.epoch for stop in stops), default=0)


def _plain(label: str) -> str:
    plain = label.translate(POWERS)
    return label if plain == label else plain.replace("10", "1e", 1)


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    text = " ".join(text.split())[: 2 * LONGEST]
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def can_write(text: str) -> bool:
    """Return whether the serif has these letters."""
    return all(ord(letter) in LATIN_EXTENDED for letter in text)


@lru_cache(maxsize=16)
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(files("fontpkg_source_serif_4") / "files/SourceSerif4[opsz,wght].ttf"), size)
    wanted = {b"Weight": weight, b"Optical Size": OPTICAL_SIZE}
    font.set_variation_by_axes([wanted[axis["name"] or b""] for axis in font.get_variation_axes()])
    return font
