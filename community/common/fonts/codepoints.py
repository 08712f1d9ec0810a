"""Characters each font file keeps.

The text fonts keep the Latin scripts (Chinese falls back to the reader's own Song font); the math font keeps what LaTeX
can produce: letters in every mathematical alphabet, operators, arrows, delimiters and their extensible parts. Glyphs
that MATH needs in addition (taller brackets, script sizes) are added when the font is subset.
"""

type Span = tuple[int, int]


def _spread(*spans: Span) -> frozenset[int]:
    return frozenset(point for first, last in spans for point in range(first, last + 1))


ASCII = (0x20, 0x7E)
LATIN_1 = (0xA0, 0xFF)

LATIN = _spread(
    ASCII,
    LATIN_1,
    (0x0131, 0x0131),
    (0x0152, 0x0153),
    (0x0160, 0x0161),
    (0x0178, 0x0178),
    (0x017D, 0x017E),
    (0x2010, 0x2014),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0xFB01, 0xFB02),
)
LATIN_EXTENDED = LATIN | _spread((0x0100, 0x017F))

MATH = _spread(
    ASCII,
    LATIN_1,
    (0x0131, 0x0131),  # dotless i
    (0x0237, 0x0237),  # dotless j
    (0x02C6, 0x02DD),  # spacing accents
    (0x0300, 0x0338),  # combining accents
    (0x0391, 0x03F6),  # Greek
    (0x2000, 0x206F),  # spaces, dashes, primes, invisible operators
    (0x20D0, 0x20EF),  # arrows and dots above
    (0x2100, 0x214F),  # letter-like
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # operators
    (0x2308, 0x230B),  # floor, ceiling
    (0x231C, 0x231F),  # corners
    (0x2322, 0x2323),  # frown, smile
    (0x239B, 0x23AE),  # parts of tall brackets
    (0x23B0, 0x23B7),  # moustaches, parts of roots
    (0x23D0, 0x23E1),  # over and under braces
    (0x25A0, 0x25A1),
    (0x25AA, 0x25AB),
    (0x25B2, 0x25B3),
    (0x25B6, 0x25B7),
    (0x25BC, 0x25BD),
    (0x25C0, 0x25C1),
    (0x25CA, 0x25CB),
    (0x25CF, 0x25CF),
    (0x25EF, 0x25EF),
    (0x27C2, 0x27C2),  # perpendicular
    (0x27E6, 0x27EF),  # white and angle brackets
    (0x27F5, 0x27FF),  # long arrows
    (0x2A00, 0x2A06),  # big operators
    (0x2A0C, 0x2A0C),
    (0x2A2F, 0x2A2F),  # cross product
    (0x2A3F, 0x2A3F),
    (0x2A7D, 0x2A7E),  # slanted less, greater or equal
    (0x2AAF, 0x2AB0),
    (0x1D400, 0x1D7FF),  # mathematical alphabets
)
