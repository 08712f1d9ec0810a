"""Pages that compose several apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greet a visitor with a network that runs; show what is new below."""
    return render(request, "pages/home.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what this place is, for whom, and how it works."""
    return render(request, "pages/about.html")
