"""Requests by our scripts for part of a page."""

from django.http import HttpRequest

HEADER = "X-Requested-With"
"""Our scripts send `fetch` in it."""


def wants_fragment(request: HttpRequest) -> bool:
    """Return whether one of our scripts sent the request and will swap the response into its page."""
    return request.headers.get(HEADER) == "fetch"
