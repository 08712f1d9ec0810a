"""Comparisons in posts: the address of one that is a paragraph of its own becomes its picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import count
from urllib.parse import urlsplit

from django.http import QueryDict
from django.template.loader import render_to_string

from bpsandbox import api
from community.content.querysets import Reader

from . import comparison, topics

ALONE = re.compile(r'<p><a class="reference" href="/compare/\?(?P<query>[^"<>]{1,1500})"[^<>]*>[^<>]*</a></p>')
MOST_OF_A_PAGE = 6
"""Further ones stay links: each picture reads the results of up to twelve runs."""


def fill(htmls: Sequence[str], user: Reader) -> list[str]:
    """Replace the addresses of comparisons on a page by pictures, as far as its reader may see their runs."""
    numbers = count(1)
    return [
        ALONE.sub(lambda match: _drawn(unescape(match["query"]), user, numbers) or match[0], html) for html in htmls
    ]


def _drawn(query: str, user: Reader, numbers: count[int]) -> str:
    """Return the picture; empty where the page of the address would have something to explain."""
    given = QueryDict(query)
    together = comparison.together(given)
    asked = comparison.asked_for(QueryDict(urlsplit(together).query) if together else given)
    number = next(numbers)
    if asked.problems or len(asked.hashes) < 2 or number > MOST_OF_A_PAGE:
        return ""
    topics.shows(asked.hashes)
    found, missing = api.compare(asked.hashes, user, curve=asked.curve, by_step=asked.by_step, look=asked.range)
    if missing or not found.curve or asked.curve not in ("", found.curve):
        return ""
    shown = {"comparison": found, "asked": asked, "url": asked.url(), "prefix": f"compared-{number}"}
    return render_to_string("experiments/compared_in_post.html", shown)
