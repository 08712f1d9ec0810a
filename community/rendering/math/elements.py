"""The allow-list for MathML. math-core's output is parsed tag by tag and rewritten; styles become classes."""

from __future__ import annotations

import html
import re
from functools import lru_cache

ELEMENTS = frozenset(
    """mrow mi mn mo mtext ms mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover munderover
    mmultiscripts mprescripts mtable mtr mtd merror""".split()
)
_NUMBER = re.compile(r"-?\d*\.?\d+(?:em|ex|px|rem|%)?")
_WORD = re.compile(r"[a-z]+")
ATTRIBUTES = {
    "mathvariant": re.compile("normal"),
    "displaystyle": re.compile("true|false"),
    "scriptlevel": re.compile(r"[+-]?\d"),
    "accent": re.compile("true|false"),
    "accentunder": re.compile("true|false"),
    "stretchy": re.compile("true|false"),
    "symmetric": re.compile("true|false"),
    "fence": re.compile("true|false"),
    "separator": re.compile("true|false"),
    "largeop": re.compile("true|false"),
    "movablelimits": re.compile("true|false"),
    "form": re.compile("prefix|infix|postfix"),
    "linethickness": _NUMBER,
    "lspace": _NUMBER,
    "rspace": _NUMBER,
    "minsize": _NUMBER,
    "maxsize": _NUMBER,
    "width": _NUMBER,
    "height": _NUMBER,
    "depth": _NUMBER,
    "voffset": _NUMBER,
    "columnspan": re.compile(r"\d{1,2}"),
    "rowspan": re.compile(r"\d{1,2}"),
}
# Declarations of math-core and their classes. `justify-items` repeats `text-align` for another engine.
CLASSES = {
    "text-align:right": "m-r",
    "text-align:left": "m-l",
    "text-align:center": "m-c",
    "padding-right:0": "m-pr0",
    "padding-left:0": "m-pl0",
    "padding-left:1em": "m-pl1",
    "padding-top:0": "m-pt0",
    "padding-bottom:0": "m-pb0",
    "padding-top:0.1667em": "m-cfrac",
    "padding-right:0.1667em": "m-pr1",
    "width:100%": "m-full",
    "width:50%": "m-half",
    "width:7.5%": "m-edge",
    "border-right:0.05em solid currentcolor": "m-br",
    "border-left:0.05em solid currentcolor": "m-bl",
    "border-top:0.05em solid currentcolor": "m-bt",
    "border-bottom:0.05em solid currentcolor": "m-bb",
    "border-right:0.05em dashed currentcolor": "m-brd",
    "border-left:0.05em dashed currentcolor": "m-bld",
    "border-top:0.05em dashed currentcolor": "m-btd",
    "border-bottom:0.05em dashed currentcolor": "m-bbd",
}
ENCLOSURES = {
    "box": "m-box",
    "updiagonalstrike": "m-up",
    "downdiagonalstrike": "m-down",
    "updiagonalstrike downdiagonalstrike": "m-cross",
    "horizontalstrike": "m-strike",
}
# math-core's colours and the class that has them in both themes; black and white would be invisible in one of the two.
COLOURS = {
    "#FF0000": "red",
    "#0000FF": "blue",
    "#03FF00": "green",
    "#FF8001": "orange",
    "#BF0140": "purple",
    "#800080": "violet",
    "#808080": "gray",
    "#008080": "teal",
    "#BF803F": "brown",
    "#00B9F2": "cyan",
    "#FB3199": "magenta",
    "#9F8C18": "olive",
    "#FFBFBF": "pink",
}
_TEXT_MARKS = {
    "<b>": "m-bold", "<i>": "m-italic", "<em>": "m-italic", "<code>": "m-mono",
    '<span class="math-core-sans-serif-font">': "m-sans", '<span class="math-core-serif-font">': "m-serif",
    '<span style="font-variant-caps: small-caps">': "m-caps",
}  # fmt: skip
_NEGATIVE = re.compile(r"margin-left:-(\d*\.?\d+)(em|rem)")
_SIDES = re.compile(r"padding-(left|right):(\d*\.?\d+)(em|rem)")

_PIECE = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:[^<>\"]|\"[^\"]*\")*?)(/?)>|([^<]+)|(<)")
_ATTRIBUTE = re.compile(r'([\w:-]+)\s*=\s*"([^"]*)"')
_HIDDEN_MARKS = str.maketrans("", "", "\ufe00\ufe01")


# Markup that browsers draw better than math-core's; verified in Chromium with STIX Two Math.
_MENDED = (
    # A prime in a superscript is raised twice and small: give it the size and height it has beside a letter.
    (
        re.compile(r"<mo>([\u2032-\u2034\u2057])</mo>"),
        r'<mpadded class="m-prime" height="0.4em" depth="0" voffset="-0.4em">'
        r'<mo lspace="0" rspace="0">\1</mo></mpadded>',
    ),
    # Combining marks are drawn to the left of a letter; their spacing counterparts are drawn above it.
    (re.compile('<mo stretchy="true">\u0332</mo></mover>'), '<mo stretchy="true">\u203e</mo></mover>'),
    (re.compile('<mo stretchy="true">\u0332</mo></munder>'), '<mo stretchy="true">_</mo></munder>'),
    (
        re.compile('(<mover accent="true"><mi>[^<]*</mi>)<mo stretchy="true">\u0302</mo>'),
        r'\1<mo stretchy="false">ˆ</mo>',
    ),
    (
        re.compile('(<mover accent="true"><mi>[^<]*</mi>)<mo stretchy="true">\u0303</mo>'),
        r'\1<mo stretchy="false">˜</mo>',
    ),
    (re.compile('<mo stretchy="false">\u20d7</mo>'), '<mo stretchy="false" class="m-vec">→</mo>'),
    # A bracket of a given size with a script loses its size unless it is in a row.
    (re.compile(r"<(msup|msub|msubsup)>(<mo [^>]*minsize[^>]*>[^<]*</mo>)"), r"<\1><mrow>\2</mrow>"),
    # Arrows stretch to the text above them only when told to.
    (
        re.compile(r"<(mover|munder|munderover)><mo( [^>]*)?>([→←↔⇒⇐⇔↦↪↩⇀↼])</mo><(mover|munder)>"),
        r'<\1><mo stretchy="true"\2>\3</mo><\4>',
    ),
)


def keep_allowed(markup: str, prefix: str = "") -> str:
    """Return the content of a `<math>` element reduced to the allow-list, well-formed as XML."""
    parts: list[str] = []
    opened: list[str | None] = []
    for slash, name, attributes, empty, text, stray in _PIECE.findall(_mended(_plain_text_marks(markup))):
        if text or stray:
            parts.append(_escape(text or stray))
        elif slash:
            _close(parts, opened)
        else:
            _open(parts, opened, name, attributes, bool(empty), prefix)
    while opened:
        _close(parts, opened)
    return "".join(parts)


def _close(parts: list[str], opened: list[str | None]) -> None:
    name = opened.pop() if opened else None
    if name:
        parts.append(f"</{name}>")


def _open(parts: list[str], opened: list[str | None], name: str, attributes: str, empty: bool, prefix: str) -> None:
    written, kept = _element(name, attributes, prefix)
    if written == "mtable" and parts and parts[-1] == '<mrow displaystyle="false" scriptlevel="1">':
        kept = kept.replace(' scriptlevel="0"', "")  # a small matrix stays small
    if empty:
        parts.append(f"<{written}{kept}/>" if written else "")
        return
    opened.append(written)
    parts.append(f"<{written}{kept}>" if written else "")


@lru_cache(maxsize=4096)
def _element(name: str, written: str, prefix: str) -> tuple[str | None, str]:
    """Return the element to write and its attributes; None drops the tag and keeps its content."""
    attributes = dict(_ATTRIBUTE.findall(written))
    classes = _classes(attributes.get("style", ""))
    if name == "menclose":
        classes.append(ENCLOSURES.get(attributes.get("notation", ""), "m-box"))
        name = "mrow"
    if name not in ELEMENTS:
        return None, ""
    if attributes.get("class", "").startswith("m-"):
        classes.append(attributes["class"])
    kept = [f' {key}="{value}"' for key, value in attributes.items() if _is_allowed(key, value)]
    if classes:
        kept.append(f' class="{" ".join(dict.fromkeys(classes))}"')
    if re.fullmatch(r"eq:[\w.:-]+", attributes.get("id", "")):
        kept.append(f' id="{html.escape(prefix)}{attributes["id"]}"')
    return name, "".join(kept)


def _is_allowed(key: str, value: str) -> bool:
    pattern = ATTRIBUTES.get(key)
    return pattern is not None and pattern.fullmatch(value) is not None


def _classes(style: str) -> list[str]:
    found = []
    for declaration in style.split(";"):
        key = ":".join(part.strip() for part in declaration.split(":", 1))
        if key in CLASSES:
            found.append(CLASSES[key])
        elif key.startswith("color:"):
            colour = COLOURS.get(key[6:].upper(), "")
            found.extend([f"math-{colour}"] if colour else [])
        elif match := _NEGATIVE.fullmatch(key):
            found.append(f"m-neg{_steps(match[1])}")
        elif match := _SIDES.fullmatch(key):
            found.append(f"m-p{match[1][0]}{_steps(match[2])}")
    return found


def _steps(ems: str) -> int:
    """Return a width in eighteenths of an em (TeX's mu), in the steps 3, 4, 5, 9, 18 and 36 that have a class."""
    mu = float(ems) * 18
    return min((3, 4, 5, 9, 18, 36), key=lambda step: abs(step - mu))


def _mended(markup: str) -> str:
    for pattern, better in _MENDED:
        markup = pattern.sub(better, markup)
    return markup


def _plain_text_marks(markup: str) -> str:
    """Turn HTML inside `<mtext>` into a class on it, so that the result is pure MathML."""
    if "<mtext><" not in markup:
        return markup
    for mark, name in _TEXT_MARKS.items():
        end = "</" + mark[1:].split(" ")[0].rstrip(">") + ">"
        markup = markup.replace(f"<mtext>{mark}", f'<mtext class="{name}">').replace(f"{end}</mtext>", "</mtext>")
    return markup


@lru_cache(maxsize=4096)
def _escape(text: str) -> str:
    """Escape text with XML entities only."""
    return html.escape(html.unescape(text).translate(_HIDDEN_MARKS), quote=False)
