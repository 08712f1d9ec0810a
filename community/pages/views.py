"""Pages that combine several apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.common.page_cache import shared_page
from community.common.replicas import from_replica
from community.pages.home import home_page


@require_safe
@shared_page("order", "after", "before", "preset")
@from_replica
def home(request: HttpRequest) -> HttpResponse:
    """Show a live network to a visitor, their feed to a member, and the newest threads below."""
    return render(request, "pages/home.html", {"home": home_page(request)})


@require_safe
@shared_page()
def about(request: HttpRequest) -> HttpResponse:
    """Describe the site, its audience and how it works."""
    return render(request, "pages/about.html")


@require_safe
@shared_page()
def shortcuts(request: HttpRequest) -> HttpResponse:
    """List the shortcuts of the keyboard, also for the dialog that shows them."""
    return render(request, "pages/shortcuts.html")
