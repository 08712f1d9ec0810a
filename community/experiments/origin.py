"""The referring post of a run page, in `?post=`; it determines the run's title and text there."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from .access import POST


def post_id(request: HttpRequest) -> int | None:
    """Return the post's number; None if invalid."""
    asked = request.GET.get("post", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None


def shown_in(request: HttpRequest) -> tuple[str, int] | None:
    """Return the post's name in the sandbox."""
    number = post_id(request)
    return None if number is None else (POST, number)


def run_url(request: HttpRequest, spec_hash: str) -> str:
    """Return the URL of the run's page, keeping the referring post."""
    return part_url(request, "run", spec_hash)


def part_url(request: HttpRequest, name: str, spec_hash: str) -> str:
    """Return the URL of a part of the run, keeping the referring post."""
    number = post_id(request)
    return reverse(f"experiments:{name}", args=[spec_hash]) + ("" if number is None else f"?post={number}")
