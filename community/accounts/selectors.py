"""Account lookups by the login a person enters."""

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower

from community.accounts import handles
from community.accounts.errors import HandleLooksTaken, HandleTaken
from community.accounts.models import User
from community.common import invisible

WAITING_FOR_ONE_ADDRESS = 3


def people_signing_in(login: str) -> list[User]:
    """Return the people a handle or email address can refer to: nearly always one, or none."""
    if "@" in login.strip().removeprefix("@"):
        return owners_of(login)
    return [user] if (user := User.objects.by_handle_or_none(login)) else []


def owners_of(address: str) -> list[User]:
    """Return the person who confirmed the address, else the most recent ones who have not confirmed it yet."""
    address = address.strip().lower()
    if any(map(invisible.is_invisible, address)):
        return []
    confirmed = User.objects.alias(address=Lower("email")).filter(address=address).first() if address else None
    if confirmed:
        return [confirmed]
    waiting = EmailAddress.objects.filter(email=address, verified=False).select_related("user").order_by("-pk")
    return [row.user for row in waiting[:WAITING_FOR_ONE_ADDRESS]]


def unconfirmed_address(user: User) -> EmailAddress | None:
    """Return the person's unconfirmed address, if any."""
    return EmailAddress.objects.filter(user_id=user.pk, verified=False).order_by("pk").last()


def refuse_taken(handle: str) -> None:
    """Raise HandleTaken or HandleLooksTaken if the handle equals or resembles another person's."""
    if User.objects.filter(handle_key=handles.fold(handle)).exists():
        raise HandleTaken
    if User.objects.filter(handle_skeleton=handles.skeleton(handle)).exists():
        raise HandleLooksTaken
