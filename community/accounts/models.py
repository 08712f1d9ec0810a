from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from community.accounts import avatars, handles
from community.accounts.fields import HandleKeyField, HandleSkeletonField
from community.accounts.links import Link, links_of
from community.accounts.managers import UserManager


class Language(models.TextChoices):
    """Interface language; empty follows the browser."""

    ENGLISH = "en", "English"
    CHINESE = "zh-hans", "简体中文"

    __empty__ = _("Automatic (browser)")


class Theme(models.TextChoices):
    AUTO = "auto", _("Automatic (device)")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Vectors(models.TextChoices):
    """Vector layout in formulas: rows or columns."""

    COLUMNS = "columns", _("Columns: z = W x + b")
    ROWS = "rows", _("Rows: z = x Wᵀ + b")


class LossForm(models.TextChoices):
    """How formulas aggregate squared errors before the loss is scaled."""

    MEAN = "mean", _("As in the config")
    SUM = "sum", _("Sum, then scaled")
    HALF = "half", _("Half the sum, then scaled")


class User(AbstractBaseUser, PermissionsMixin):
    """A user account. No two handles are equal or confusable.

    `email` is the confirmed address, or empty; an unconfirmed address is not stored here. `seen_at` is when they opened
    a page, give or take `visits.NOTED_EVERY`, and `visited_at` when the visit before this one ended. `tracks_read`:
    threads that they read for some minutes are tracked. `wants_suggestions`: their front page suggests what to follow
    while they follow little. `picture` is the name of a file that `media` has stored, their
    own avatar; without one it is drawn. `links` are addresses as `links.clean` returns them.
    """

    handle = models.CharField(
        _("handle"),
        max_length=30,
        unique=True,
        validators=(handles.validate,),
        error_messages={"unique": _("This handle is taken. Please choose another.")},
    )
    handle_key = HandleKeyField(max_length=120, unique=True, editable=False)
    handle_skeleton = HandleSkeletonField(max_length=240, unique=True, editable=False)
    email = models.EmailField(_("email address"), blank=True)
    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    picture = models.CharField(_("picture"), max_length=72, blank=True, default="", db_default="")
    links = models.TextField(_("links"), blank=True, default="", db_default="")
    bio = models.TextField(_("about you"), blank=True)
    bio_html = models.TextField(blank=True, editable=False)
    bio_html_version = models.PositiveIntegerField(default=0, editable=False)
    language = models.CharField(_("language"), max_length=16, blank=True, choices=Language.choices)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    vectors = models.CharField(_("vectors in formulas"), max_length=8, choices=Vectors.choices, blank=True)
    loss_form = models.CharField(_("losses in formulas"), max_length=8, choices=LossForm.choices, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_demo = models.BooleanField(_("demo account"), default=False)
    is_system = models.BooleanField(_("site account"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    tracks_read = models.BooleanField(default=True, db_default=True, editable=False)
    wants_suggestions = models.BooleanField(default=True, db_default=True, editable=False)

    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    visited_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_once",
                condition=~models.Q(email=""),
                violation_error_message=_("This email address is already in use."),
            ),
        )

    def __str__(self) -> str:
        return f"@{self.handle}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the password and to `session_epoch`; increasing it ends all sessions and API tokens."""
        salt = "community.accounts.models.User.session"
        return salted_hmac(salt, f"{self.password}:{self.session_epoch}", secret=secret, algorithm="sha256").hexdigest()

    def get_absolute_url(self) -> str:
        return f"/@{quote(self.handle)}/"

    @property
    def has_confirmed_email(self) -> bool:
        """Whether this person can post. System and demo accounts need no confirmed address."""
        return bool(self.email) or self.is_demo or self.is_system

    @property
    def waits_for_confirmation(self) -> bool:
        return not self.has_confirmed_email

    @property
    def visible_name(self) -> str:
        """Name shown on pages."""
        return self.display_name or self.handle

    @property
    def avatar_url(self) -> str:
        """URL of the avatar; it changes with the picture, so it can be cached forever."""
        if self.picture:
            return f"/media/assets/{self.picture}"
        return f"/avatar/{self.pk}.svg?v={avatars.version(self.visible_name, self.handle_key)}"

    @property
    def shown_links(self) -> list[Link]:
        return links_of(self.links)

    def get_full_name(self) -> str:
        return self.visible_name

    def get_short_name(self) -> str:
        return self.handle


class AccountMail(models.Model):
    """An email about an account that waits for the mail server. Its links are secret: it is deleted when it is sent."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=500)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"email {self.pk}"
