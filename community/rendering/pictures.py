"""Pictures: our own are shown, those on other hosts become a link with a caption and are never loaded."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit
from xml.etree import ElementTree

from markdown.util import AtomicString

from .messages import _
from .source import unquoted

OWN = re.compile(r"/media/[\w\-./%]+")


def own_address(src: str, hosts: tuple[str, ...]) -> str:
    """Return the path of a picture served by this site, or an empty string."""
    parts = _split(src)
    if parts is None or ".." in parts.path or (parts.netloc and parts.netloc.lower() not in hosts):
        return ""
    if parts.scheme not in {"", "http", "https"} or not OWN.fullmatch(parts.path):
        return ""
    return parts.path


def place(image: ElementTree.Element, hosts: tuple[str, ...], *, alone: bool, in_link: bool) -> ElementTree.Element:
    """Return the replacement of an `img`: a figure if it stands alone, else inline content."""
    own = own_address(image.get("src", ""), hosts)
    if own:
        shown = _shown(image, own)
        return _figure("picture", shown, image.get("title", "")) if alone and not in_link else shown
    if in_link:
        words = ElementTree.Element("span", {"class": "picture-name"})
        words.text = AtomicString(image.get("alt") or _name(image.get("src", "")))
        return words
    link = _link(image)
    return _figure("picture picture-elsewhere", link, image.get("title", "")) if alone else link


def _shown(image: ElementTree.Element, address: str) -> ElementTree.Element:
    kept = {key: image.get(key, "") for key in ("width", "height") if image.get(key)}
    return ElementTree.Element(
        "img", {"src": address, "alt": image.get("alt", ""), "loading": "lazy", "decoding": "async", **kept}
    )


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
