"""Pictures: our own are shown, those on other hosts become a link with a caption and are never loaded.

`![alternative text](/media/… "caption"){width=50%}`: the title of a picture that stands alone is its caption, and a
width is written in braces right after it, in percent of the text or in pixels.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit
from xml.etree import ElementTree

from markdown.util import AtomicString

from .context import Context
from .messages import _
from .smaller import SIZES, srcset
from .source import unquoted

OWN = re.compile(r"/media/[\w\-./%]+")
_WIDTH = re.compile(r"\{ ?width ?= ?([1-9]\d{1,3})(%|px)? ?\}")
LEAST_PERCENT, MOST_PERCENT = 10, 100
LEAST_PIXELS, MOST_PIXELS = 16, 2400


def own_address(src: str, hosts: tuple[str, ...]) -> str:
    """Return the path of a picture served by this site, or an empty string."""
    parts = _split(src)
    if parts is None or ".." in parts.path or (parts.netloc and parts.netloc.lower() not in hosts):
        return ""
    if parts.scheme not in {"", "http", "https"} or not OWN.fullmatch(parts.path):
        return ""
    return parts.path


def width_after(text: str) -> tuple[str, str]:
    """Return the width at the start of what follows a picture, and the rest of it; a width out of bounds is text."""
    match = _WIDTH.match(text)
    if match is None:
        return "", text
    number, is_percent = int(match[1]), match[2] == "%"
    least, most = (LEAST_PERCENT, MOST_PERCENT) if is_percent else (LEAST_PIXELS, MOST_PIXELS)
    if not least <= number <= most:
        return "", text
    return f"{number}%" if is_percent else str(number), text[match.end() :]


def place(image: ElementTree.Element, context: Context, *, alone: bool, in_link: bool) -> ElementTree.Element:
    """Return the replacement of an `img`: a figure if it stands alone, else inline content."""
    own = own_address(image.get("src", ""), context.hosts)
    if own:
        _shape(image, context.pictures.get(own))
        _offer_smaller(image, own, context.pictures.get(own))
        shown = _shown(image, own) if in_link else _whole(image, own)
        return _figure("picture", shown, image.get("title", "")) if alone and not in_link else shown
    if in_link:
        words = ElementTree.Element("span", {"class": "picture-name"})
        words.text = AtomicString(image.get("alt") or _name(image.get("src", "")))
        return words
    link = _link(image)
    return _figure("picture picture-elsewhere", link, image.get("title", "")) if alone else link


def _shown(image: ElementTree.Element, address: str) -> ElementTree.Element:
    kept = {key: image.get(key, "") for key in ("width", "height", "srcset", "sizes") if image.get(key)}
    return ElementTree.Element(
        "img", {"src": address, "alt": image.get("alt", ""), "loading": "lazy", "decoding": "async", **kept}
    )


def _shape(image: ElementTree.Element, size: tuple[int, int] | None) -> None:
    """Set the size of a picture that is known, or the height for its width, so that nothing moves when it is loaded."""
    width = image.get("width", "")
    if size is None or not all(size) or image.get("height") or not (width.isdecimal() or not width):
        return
    shown = int(width) if width else size[0]
    image.set("width", str(shown))
    image.set("height", str(max(1, round(shown * size[1] / size[0]))))


def _offer_smaller(image: ElementTree.Element, address: str, size: tuple[int, int] | None) -> None:
    """Let the browser choose a smaller copy of a picture whose size is known."""
    offered = srcset(address, size[0]) if size else ""
    if offered:
        image.set("srcset", offered)
        image.set("sizes", SIZES)


def _whole(image: ElementTree.Element, address: str) -> ElementTree.Element:
    """Return a picture that leads to itself in full size; one without a text says so, for the link needs a name."""
    link = ElementTree.Element("a", {"class": "picture-whole", "href": address})
    if not image.get("alt"):
        link.set("title", _("Picture in full size"))
    link.append(_shown(image, address))
    return link


def _link(image: ElementTree.Element) -> ElementTree.Element:
    src = image.get("src", "")
    words = image.get("alt") or image.get("title") or _name(src)
    link = ElementTree.Element(
        "a", {"class": "picture-link", "href": src} if _is_web(src) else {"class": "picture-link"}
    )
    if image.get("title"):
        link.set("title", image.get("title", ""))
    link.text = AtomicString(_("Picture: {name}", name=words))
    host = (_split(src) or SplitResult("", "", "", "", "")).netloc
    if host:
        where = ElementTree.SubElement(link, "span", {"class": "picture-host"})
        where.text = AtomicString(f" ({host})")
    return link


def _figure(kind: str, inner: ElementTree.Element, caption: str) -> ElementTree.Element:
    figure = ElementTree.Element("figure", {"class": kind})
    figure.append(inner)
    if caption and caption not in (inner.text or ""):
        words = ElementTree.SubElement(figure, "figcaption")
        words.text = AtomicString(caption)
    return figure


def _is_web(src: str) -> bool:
    parts = _split(src)
    return parts is not None and (parts.scheme in {"http", "https"} or (not parts.scheme and bool(parts.path)))


def _name(src: str) -> str:
    parts = _split(src)
    return (PurePosixPath(unquoted(parts.path)).name if parts else "") or src[:80] or _("no address")


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address.strip())
    except ValueError:
        return None
