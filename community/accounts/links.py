"""Links on a profile: a few addresses on other sites, one a line."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from community.common import invisible
from community.common.text import many_lines

MOST, LONGEST = 4, 200
LONGEST_TOGETHER = MOST * (LONGEST + 2)
SHOWN = 40  # characters
_HOST = re.compile(r"[^\s.@:/?#\[\]]+(\.[^\s.@:/?#\[\]]+)+(:\d{1,5})?")
_NEVER = re.compile(r"[\s\"<>\\^`{|}\x00-\x1f\x7f\u2800]")


class Link(NamedTuple):
    address: str

    @property
    def words(self) -> str:
        """The address without what all have: `github.com/ada`.

        A long one is cut after its host. Of a host that is too long the end is shown, which says whose it is.
        """
        shown = self.address.partition("://")[2].removeprefix("www.").rstrip("/")
        host = re.split(r"[/?#]", shown, maxsplit=1)[0]
        if len(shown) <= SHOWN:
            return shown
        return f"{shown[: SHOWN - 1]}…" if len(host) < SHOWN else f"…{host[1 - SHOWN :]}"


def links_of(stored: str) -> list[Link]:
    return [Link(address) for address in stored.splitlines()]


def clean(text: str) -> str:
    """Return addresses, one a line, each once. Raises ValidationError with what is wrong with which line."""
    if len(text) > 10 * LONGEST_TOGETHER:
        raise ValidationError(_too_many(), code="length")
    lines = [line.strip() for line in many_lines(text).splitlines() if line.strip()]
    addresses = list(dict.fromkeys(map(_address, lines)))
    if len(addresses) > MOST:
        raise ValidationError(_too_many(), code="many")
    return "\n".join(addresses)


def _address(line: str) -> str:
    """Return a line as an address; without a scheme it is one of the web."""
    address = line if "://" in line else f"https://{line}"
    invisible.refuse(address)
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) and _is_written(parts.netloc)
    except ValueError:  # brackets that are not closed
        is_web = None
    if not is_web or _NEVER.search(address) or len(address) > LONGEST:
        sentence = _("“%(line)s” is not the address of a page, such as https://example.org/ada.")
        raise ValidationError(sentence, code="address", params={"line": line[:60]})
    return address


def _is_written(host: str) -> bool:
    """Return whether a host is letters, marks and digits: some signs look like the slash that would end it."""
    return all(sign in "-._:·・" or unicodedata.category(sign)[0] in "LMN" for sign in host)


def _too_many() -> str:
    return _("There can be %(most)s links at most.") % {"most": MOST}
