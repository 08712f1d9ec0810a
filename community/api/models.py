"""Keys for programs. What a token says is stored as its hash only."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PREFIX = "chr_"


class Scope(models.TextChoices):
    READ = "read", _("Read what I may see")
    WRITE = "write", _("Read, and write in my name")


def digest_of(secret: str) -> str:
    """SHA-256 is enough: the secret has 256 random bits, nobody can guess through it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class TokenQuerySet(models.QuerySet):
    def unrevoked(self):
        """Tokens that neither their owner nor a new password has ended; they may have expired."""
        return self.filter(revoked_at=None, epoch=F("owner__session_epoch"))

    def usable(self):
        """Neither ended nor of an account that may not sign in."""
        open_to = Q() if settings.CHAINRULE_DEMO_SIGN_IN else Q(owner__is_demo=False)
        return self.unrevoked().filter(open_to, expires_at__gt=timezone.now(), owner__is_active=True)


class Token(models.Model):
    """A key of one person. It ends with its date, when it is revoked, and with the owner's password."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField(default=0)  # the owner's `session_epoch` when the token was made
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"

    @property
    def may_write(self) -> bool:
        return self.scope == Scope.WRITE

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


def new_token(*, owner, name: str, scope: str, days: int) -> tuple[Token, str]:
    """Make a token and give its secret, which nobody can read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        owner=owner,
        name=name,
        digest=digest_of(secret),
        hint=secret[-4:],
        epoch=owner.session_epoch,
        scope=scope,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, secret


class IdempotentAnswer(models.Model):
    """What a key was answered, byte for byte, for a day. `body_digest` tells a repetition from another request.

    Until it is answered one request has it, for the time of its lease. Whoever acts for it acts as `submission`, so
    that a second try after a lost first one makes nothing twice.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(default="{}")
    leased_until = models.DateTimeField(null=True)
    submission = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.owner_id}"

    @property
    def is_answered(self) -> bool:
        return self.leased_until is None
