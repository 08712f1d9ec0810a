"""The post from which a reader comes to a run, in `?post=`: there the run has that post's title and text."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from .access import POST


def post_id(request: HttpRequest) -> int | None:
    """Read the number of the post; None for what is no number."""
    asked = request.GET.get("post", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None


def shown_in(request: HttpRequest) -> tuple[str, int] | None:
    """Name the post as the sandbox knows it."""
    number = post_id(request)
    return None if number is None else (POST, number)


def run_url(request: HttpRequest, spec_hash: str) -> str:
    """Address the run's page as the reader came to it."""
    number = post_id(request)
    return reverse("experiments:run", args=[spec_hash]) + ("" if number is None else f"?post={number}")
