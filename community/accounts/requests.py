from django.http import HttpRequest

from community.accounts.models import User


class MemberRequest(HttpRequest):
    """A request behind `login_required`, whose user is a `User`."""

    user: User
