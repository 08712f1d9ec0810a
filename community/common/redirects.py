"""Where to go next, only ever on this site."""

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, default: str = "/", *, name: str = "next") -> str:
    """Return the address that the form or query asks to go to, or `default` when it is not one of ours."""
    wanted = request.POST.get(name) or request.GET.get(name) or ""
    return wanted if is_ours(wanted, request) else default


def is_ours(address: str, request: HttpRequest) -> bool:
    """Say whether the address is a path of this site; browsers drop control characters, so none may be in it."""
    if any(ord(char) < 32 for char in address):
        return False
    return address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def redirect_here(request: HttpRequest, address: str, anchor: str = "") -> HttpResponseRedirect:
    """Send the reader to the right address of what they asked for, their query kept."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{address}{query and '?'}{query}{anchor and '#'}{anchor}")
