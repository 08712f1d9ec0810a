"""What ends with a password: sessions and API tokens, both bound to `User.session_epoch`."""

from django.db.models import F
from django.utils.translation import gettext as _

from community.accounts.models import User


def end_access(user: User) -> None:
    """End every session and API token of a person."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


class PasswordEndsAccess:
    """End access when a password changes, however it changes: on a page, by staff or at the terminal.

    Django calls `password_changed` of each password validator after the password is saved, and not when only its
    hash is renewed at sign-in.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Accept every password; the other validators decide."""

    def get_help_text(self) -> str:
        return _("A new password ends every other session and all API tokens.")

    def password_changed(self, password: str, user: User) -> None:
        end_access(user)
