"""allauth's forms with our messages and length limits."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import IntegrityError, transaction
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.accounts import selectors
from community.accounts.backends import is_closed_demo
from community.accounts.errors import DemoAccountsClosed, HandleTaken
from community.accounts.models import User

LONGEST_ADDRESS = 254
LONGEST_PASSWORD = 512

_PASSWORD_HELP = _("At least 10 characters. A short sentence works well.")


def _name_field(form: forms.Form, name: str, label, help_text="", **attributes: str) -> None:
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


def _limit_length(form: forms.Form, name: str, longest: int) -> None:
    field: Any = form.fields[name]
    field.max_length = longest
    field.validators = [each for each in field.validators if not isinstance(each, MaxLengthValidator)]
    field.validators.append(MaxLengthValidator(longest))


def _name_address(form: forms.Form, name: str, label, help_text="") -> None:
    _name_field(form, name, label, help_text)
    _limit_length(form, name, LONGEST_ADDRESS)


def _name_password(form: forms.Form, name: str, label, help_text="") -> None:
    _name_field(form, name, label, help_text)
    _limit_length(form, name, LONGEST_PASSWORD)


def _forgotten() -> str:
    return format_html('<a href="{}">{}</a>', reverse_lazy("account_reset_password"), _("Forgot password?"))


class SignupForm(allauth_forms.SignupForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_field(
            self,
            "username",
            _("Handle"),
            _(
                "Your name in addresses, such as /@ada/ or /@李雷/: 2 to 30 letters or digits, optionally joined "
                "by _ - or ."
            ),
            autocapitalize="none",
            spellcheck="false",
            maxlength="64",
        )
        self._remove_length_validators()
        _name_address(
            self, "email", _("Email address"), _("We send one link to confirm it. Nobody else sees your address.")
        )
        _name_password(self, "password1", _("Password"), _PASSWORD_HELP)

    def _remove_length_validators(self) -> None:
        """Drop Django's length validator: the handle validator checks the length after normalisation."""
        field = self.fields["username"]
        field.max_length = field.min_length = None
        field.validators = [
            each for each in field.validators if not isinstance(each, MaxLengthValidator | MinLengthValidator)
        ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("email") and cleaned.get("password1"):
            self._refuse_password_like_address(cleaned["password1"], cleaned["email"])
        return cleaned

    def _refuse_password_like_address(self, password: str, address: str) -> None:
        """Reject a password similar to the email address.

        allauth's own check misses it because the address is not set on the user before it is confirmed.
        """
        try:
            UserAttributeSimilarityValidator(("email",)).validate(password, User(email=address))
        except ValidationError as refusal:
            self.add_error("password1", refusal)

    def try_save(self, request):
        """Save the person. Raises HandleTaken when a concurrent sign-up took the handle."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError as race:
            raise HandleTaken from race


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_field(
            self,
            "login",
            _("Handle or email address"),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
        )
        _limit_length(self, "login", LONGEST_ADDRESS)
        _name_password(self, "password", _("Password"), lazy(_forgotten, str)())

    def clean(self):
        cleaned = super().clean()
        if self.user and is_closed_demo(self.user):
            raise ValidationError(DemoAccountsClosed.default, code=DemoAccountsClosed.code)
        return cleaned


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_address(self, "email", _("Email address"))

    def clean_email(self) -> str:
        self.users = [user for user in selectors.owners_of(self.cleaned_data["email"]) if user.is_active]
        return self.cleaned_data["email"]


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_password(self, "password1", _("New password"), _PASSWORD_HELP)
        _name_password(self, "password2", _("Repeat the new password"))


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_password(self, "oldpassword", _("Current password"), lazy(_forgotten, str)())
        _name_password(self, "password1", _("New password"), _PASSWORD_HELP)
        _name_password(self, "password2", _("Repeat the new password"))


class SetPasswordForm(allauth_forms.SetPasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_password(self, "password1", _("New password"), _PASSWORD_HELP)
        _name_password(self, "password2", _("Repeat the new password"))


class ChangeEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_address(self, "email", _("New email address"))

    def clean_email(self) -> str:
        if self.user and self.cleaned_data["email"] == self.user.email:
            raise ValidationError(_("This is already your address."), code="same")
        return super().clean_email()


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _name_password(self, "password", _("Password"), lazy(_forgotten, str)())
