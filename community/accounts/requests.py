from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from community.accounts.models import User


class MemberRequest(HttpRequest):
    """A request behind `login_required`, whose user is a `User`."""

    user: User
    htmx: HtmxDetails
