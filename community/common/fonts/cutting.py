"""Font subsetting and woff2 compression."""

import hashlib
import io
import logging

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from community.common.fonts.faces import Face

KEPT_NAMES = [1, 2, 4, 6, 13, 14]  # family, style, full name, PostScript name, licence, licence address
DROPPED_TABLES = ["DSIG", "BASE"]


def cut(face: Face) -> bytes:
    """Return the font as woff2; the same sources give the same bytes."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    font = TTFont(face.source_path, recalcTimestamp=False)
    _fix_assemblies(font)
    _keep_only(font, face)
    if face.axes:
        font = instancer.instantiateVariableFont(font, face.axes)
    font.flavor = "woff2"
    packed = io.BytesIO()
    font.save(packed)
    return packed.getvalue()


def content_name(face: Face, packed: bytes) -> str:
    """Return a file name that contains the content hash, so that the file can be cached forever."""
    return f"{face.name}.{hashlib.sha256(packed).hexdigest()[:12]}.woff2"


def _fix_assemblies(font: TTFont) -> None:
    r"""Add the missing connector to glyph assemblies.

    STIX Two Math gives the head of its right arrow a connector at the tip and none at the shaft, so browsers never
    stretch that arrow: `\xrightarrow{...}` stays short.
    """
    if "MATH" not in font:
        return
    for construction in font["MATH"].table.MathVariants.HorizGlyphConstruction:
        parts = construction.GlyphAssembly.PartRecords if construction.GlyphAssembly else []
        if len(parts) > 1 and not parts[-1].StartConnectorLength and parts[-1].EndConnectorLength:
            last = parts[-1]
            last.StartConnectorLength, last.EndConnectorLength = last.EndConnectorLength, 0


def _keep_only(font: TTFont, face: Face) -> None:
    options = subset.Options()
    options.layout_features = list(face.features)
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = KEPT_NAMES
    options.drop_tables = [*options.drop_tables, *DROPPED_TABLES]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=face.keeps)
    subsetter.subset(font)
