"""Inline patterns besides links: bare URLs, mentions, references, pasted pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from .chars import ADDRESS
from .islands import PICTURE, TagIsland
from .mentioning import LONGEST, MENTION, candidates, fold, run_after
from .scanner import escaped
from .source import unquoted
from .tags import picture_attributes

if TYPE_CHECKING:
    from .markup import Page

type Handled = tuple[ElementTree.Element | None, int | None, int | None]
NOTHING: Handled = (None, None, None)
_UNDERSCORE = escaped("_")
_LONGEST_RUN = (LONGEST + 1) * len(_UNDERSCORE)
_TRAILING = ".,;:!?'\"*_~"


class PagePattern(InlineProcessor):
    """A pattern with access to the page; never matches inside a link."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, pattern: str, page: Page) -> None:
        super().__init__(pattern)
        self.page = page


class Address(PagePattern):
    """A bare `https://…`."""

    def __init__(self, page: Page) -> None:
        super().__init__(ADDRESS, page)

    def handleMatch(self, match: re.Match[str], text: str) -> Handled:  # type: ignore[override]  # noqa: N802
        address = _without_trailing(match[0])
        parts = _split(address)
        if parts is None or not parts.netloc:
            return NOTHING
        link = ElementTree.Element("a", href=address)
        link.text = AtomicString(address)
        if parts.netloc.lower() in self.page.context.hosts:
            link.set("href", _relative(parts))
            link.set("class", "reference")
            link.text = AtomicString(unquoted(_relative(parts)))
        return link, match.start(), match.start() + len(address)


class Mention(PagePattern):
    """`@name`: a link to a person. Whether they are notified is decided on the whole tree."""

    def __init__(self, page: Page) -> None:
        super().__init__(MENTION.pattern, page)

    def handleMatch(self, match: re.Match[str], text: str) -> Handled:  # type: ignore[override]  # noqa: N802
        following = text[match.end() : match.end() + _LONGEST_RUN]
        name = self._name(run_after(following.replace(_UNDERSCORE, "_"), 0))
        if not name:
            return NOTHING
        address = self.page.context.mention_url.replace("{handle}", quote(fold(name)))
        link = ElementTree.Element("a", {"class": "mention", "href": address})
        link.text = AtomicString(f"@{name}")
        return link, match.start(), match.end() + _written_length(name, following)

    def _name(self, run: str) -> str:
        found = candidates(run)
        known = self.page.known_handles
        if known is None:
            return found[0] if found else ""
        return next((name for name in found if fold(name) in known), "")


class Reference(PagePattern):
    """`#12`: a post of the same thread."""

    def __init__(self, page: Page) -> None:
        super().__init__(r"(?<![\w/&#=?-])#(\d{1,7})(?![\w-])", page)

    def handleMatch(self, match: re.Match[str], text: str) -> Handled:  # type: ignore[override]  # noqa: N802
        if not self.page.context.thread_url:
            return NOTHING
        address = self.page.context.thread_url.replace("{number}", match[1])
        link = ElementTree.Element("a", {"class": "reference", "href": address})
        link.text = AtomicString(match[0])
        return link, match.start(), match.end()


class PastedPicture(InlineProcessor):
    """An `<img>` pasted as HTML."""

    def __init__(self, page: Page) -> None:
        super().__init__(PICTURE)
        self.page = page

    def handleMatch(self, match: re.Match[str], text: str) -> Handled:  # type: ignore[override]  # noqa: N802
        island = self.page.islands.get(match[1])
        if not isinstance(island, TagIsland):
            return NOTHING
        return ElementTree.Element("img", picture_attributes(island.attributes)), match.start(), match.end()


def _written_length(name: str, text: str) -> int:
    """Return the source length of a name at the start of a text, whose underscores emphasis may have escaped."""
    length = 0
    for _char in name:
        length += len(_UNDERSCORE) if text.startswith(_UNDERSCORE, length) else 1
    return length


def _without_trailing(address: str) -> str:
    """Return a URL without a trailing full stop or unbalanced bracket."""
    end = len(address)
    spare = address.count(")") - address.count("(")
    while end:
        last = address[end - 1]
        if last == ")" and spare > 0:
            spare -= 1
        elif last not in _TRAILING and not (last == "]" and "[" not in address):
            break
        end -= 1
    return address[:end]


def _split(address: str):
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _relative(parts) -> str:
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{parts.path or '/'}{query}{fragment}"
