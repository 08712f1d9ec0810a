"""allauth adapter: username rules, email delivery and email confirmation."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.db import IntegrityError, transaction
from django.forms import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts import handles, outbox, preferences, rates, selectors
from community.accounts.errors import HandleLooksTaken, HandleTaken
from community.accounts.models import User
from community.common import invisible
from community.common.mail_server import is_away
from community.common.network import client_address
from community.common.redirects import is_internal

_WRONG = gettext_lazy("Wrong handle, email or password.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "duplicate_email": gettext_lazy("This is already your address."),
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "invalid_password_reset": gettext_lazy("This link has already been used or has expired."),
        "username_taken": HandleTaken.default,
    }

    # === Names ===

    def clean_username(self, username: str, shallow: bool = False) -> str:
        handle = handles.check(username)
        if not shallow:
            self._refuse_taken(handle)
        return handle

    def _refuse_taken(self, handle: str) -> None:
        try:
            selectors.refuse_taken(handle)
        except (HandleTaken, HandleLooksTaken) as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def save_user(self, request: HttpRequest, user: User, form, commit: bool = True) -> User:
        """Create the person and keep the preferences a visitor has chosen by cookie."""
        super().save_user(request, user, form, commit=False)
        preferences.copy_to_account(request, user)
        user.save()
        return user

    # === Signing in ===

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        rates.count_password_attempt(request, _login(credentials))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        if user:
            rates.reset_password_attempts(request, _login(credentials))
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str) -> bool:
        return is_internal(url, self.request)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Require the password before an email address changes, except for one that was never confirmed."""
        return super().is_reauthentication_required(app=app) and not self.request.user.waits_for_confirmation

    # === Email ===

    def clean_email(self, email: str) -> str:
        invisible.refuse(email)
        return email

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation, signup: bool) -> None:
        """Send the confirmation link, or tell the owner of a confirmed address that it was entered again."""
        address = emailconfirmation.email_address
        if _belongs_to_another(address):
            self.send_account_already_exists_mail(address.email)
            return
        super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Let an email wait for the mail server, and say so if it is away."""
        shown = {"request": self.request, "email": email, "current_site": get_current_site(self.request), **context}
        outbox.put(self.render_mail(template_prefix, email, shown))
        if is_away():
            messages.warning(self.request, _("Our mail server is not answering. Your email will be sent when it does."))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Notify the confirmed address of an account change; do nothing if there is none."""
        if email or user.email:
            super().send_notification_mail(template_prefix, user, context, email or user.email)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Set the person's confirmed address, unless someone else has confirmed it first."""
        if _belongs_to_another(email_address):
            return self._refuse_confirmation(request, email_address)
        try:
            with transaction.atomic():
                confirmed = super().confirm_email(request, email_address)
                if confirmed:
                    User.objects.filter(pk=email_address.user_id).update(email=email_address.email)
        except IntegrityError:
            return self._refuse_confirmation(request, email_address)
        return confirmed

    def _refuse_confirmation(self, request: HttpRequest, address: EmailAddress) -> bool:
        self.add_message(
            request, messages.ERROR, "account/messages/email_confirmation_failed.txt", {"email": address.email}
        )
        return False

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Return True for an unconfirmed address; a confirmed one can only be replaced."""
        return not email_address.verified


def _login(credentials: dict[str, Any]) -> str:
    return credentials.get("username") or credentials.get("email") or ""


def _belongs_to_another(address: EmailAddress) -> bool:
    return any(user.pk != address.user_id and bool(user.email) for user in selectors.owners_of(address.email))
