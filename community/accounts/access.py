"""Revocation of sessions and API tokens, both bound to `User.session_epoch`."""

from django.db.models import F
from django.dispatch import Signal
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.common.shared_look import tell

session_kept = Signal()
"""Sent with `request` and `user` when all sessions of a person have ended but that of the request."""


def end_access(user: User) -> None:
    """End all of a person's sessions and API tokens."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    tell(user.pk)


class PasswordEndsAccess:
    """Password validator that ends all access when a password changes, on a page, by staff or in the terminal.

    Django calls `password_changed` of each validator after the password is saved, but not when only its hash is
    upgraded at sign-in.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Accept every password; this validator only reacts to changes."""

    def get_help_text(self) -> str:
        return _("A new password ends every other session and all API tokens.")

    def password_changed(self, password: str, user: User) -> None:
        end_access(user)
