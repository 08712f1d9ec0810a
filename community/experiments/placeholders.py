"""Placeholder elements for runs in stored HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

PLACEHOLDER = re.compile(r'<div\b(?=[^>]*\bclass="run-embed")(?P<attributes>[^>]*)>\s*</div>')
ATTRIBUTE = re.compile(r'\bdata-(run|title|config|text)="([^"]*)"')
HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Placeholder:
    spec_hash: str
    title: str = ""
    config: str = ""
    text: str = ""


def read(attributes: str) -> Placeholder | None:
    """Parse a placeholder; None if it names no spec."""
    found = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    if not HASH.fullmatch(found.get("run", "")):
        return None
    return Placeholder(found["run"], found.get("title", ""), found.get("config", ""), found.get("text", ""))


def find(html: str) -> list[Placeholder]:
    """Return the placeholders in order."""
    found = (read(match["attributes"]) for match in PLACEHOLDER.finditer(html))
    return [each for each in found if each is not None]


def replace(html: str, shown: Callable[[Placeholder], str]) -> str:
    """Replace each placeholder."""

    def one(match: re.Match[str]) -> str:
        found = read(match["attributes"])
        return "" if found is None else shown(found)

    return PLACEHOLDER.sub(one, html)
