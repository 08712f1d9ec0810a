"""Pages that compose several apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.pages.home import home_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greet a visitor with a network that runs, a member with his feed; the newest threads below."""
    return render(request, "pages/home.html", {"home": home_page(request)})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what this place is, for whom, and how it works."""
    return render(request, "pages/about.html")
