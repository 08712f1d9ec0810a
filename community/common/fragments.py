"""Pages of which a script may ask for a part alone."""

from django.http import HttpRequest

HEADER = "X-Requested-With"
"""Our scripts send `fetch` in it."""


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether one of our scripts asks, which swaps the answer into the page it is on."""
    return request.headers.get(HEADER) == "fetch"
