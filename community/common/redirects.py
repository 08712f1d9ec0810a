"""Redirects within this site."""

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, default: str = "/", *, name: str = "next") -> str:
    """Return the URL requested by the form or query, or `default` if it is not on this site."""
    wanted = request.POST.get(name) or request.GET.get(name) or ""
    return wanted if is_internal(wanted, request) else default


def is_internal(address: str, request: HttpRequest) -> bool:
    """Return whether the URL is a path of this site; it must have no control characters, which browsers drop."""
    if any(ord(char) < 32 for char in address):
        return False
    return address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def redirect_here(request: HttpRequest, address: str, anchor: str = "") -> HttpResponseRedirect:
    """Redirect to the canonical URL, keeping the query."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{address}{query and '?'}{query}{anchor and '#'}{anchor}")
