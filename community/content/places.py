"""What an address of this site leads to: a post of a thread, a run or a person. Higher apps name their routes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.urls import Resolver404, resolve

from community.content.bodies import own_hosts
from community.content.discussion import OPENING, requested_number

LONGEST = 2_000
MOST_FIELDS = 10
_MARK = re.compile(r"post-([0-9]+)|p([0-9]+)-.+", re.DOTALL)
"""Fragments that name a post, or something in it: its prefix is of `content.bodies`."""
_routes: set[str] = set()


@dataclass(frozen=True, slots=True)
class Place:
    """A post by its thread and number, a run by the key of its embed, or a person by their handle."""

    thread: int = 0
    number: int = OPENING
    embed: str = ""
    handle: str = ""


def register(*routes: str) -> None:
    """Name routes of pages, whose arguments are `pk` of a thread, maybe with `number`, `spec_hash` or `handle`."""
    _routes.update(routes)


def place_at(address: str) -> Place | None:
    """Return what an address leads to, without a query; None for one of another site or of any other page."""
    if len(address) > LONGEST:
        return None
    try:
        parts = urlsplit(address)
        is_own = not parts.netloc or parts.hostname in own_hosts()
        match = resolve(parts.path) if is_own and parts.path.startswith("/") else None
    except (ValueError, Resolver404):
        return None
    if match is None or match.view_name not in _routes:
        return None
    if "spec_hash" in match.kwargs:
        return Place(embed=match.kwargs["spec_hash"])
    if "handle" in match.kwargs:
        return Place(handle=match.kwargs["handle"])
    return Place(match.kwargs["pk"], match.kwargs.get("number") or _number_of(parts))


def part_at(address: str) -> str:
    """Return the id of what an address marks on its page, such as an equation; empty if it marks nothing."""
    return unquote(address.partition("#")[2][:LONGEST])


def _number_of(parts: SplitResult) -> int:
    """Return the number of the post that an address marks: `?post=5`, as of articles, `#post-5`, or `#p5-eq:loss`."""
    fields = parse_qs(parts.query, max_num_fields=MOST_FIELDS) if parts.query.count("&") < MOST_FIELDS else {}
    mark = _MARK.fullmatch(parts.fragment)
    asked = fields.get("post", [(mark[1] or mark[2]) if mark else ""])[0]
    return requested_number(asked) or OPENING
