"""API tokens and idempotency keys. Only hashes of secrets are stored."""

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
    READ = "read", _("Read what I can see")
    WRITE = "write", _("Read, and write as me")


def digest_of(secret: str) -> str:
    """Return the SHA-256 digest; a slow hash is not needed for 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class TokenQuerySet(models.QuerySet):
    def unrevoked(self):
        """Return tokens not revoked by their owner or by a password change; they may have expired."""
        return self.filter(revoked_at=None, epoch=F("owner__session_epoch"))

    def usable(self):
        """Return tokens that are valid and whose owner can sign in."""
        open_to = Q() if settings.CHAINRULE_DEMO_SIGN_IN else Q(owner__is_demo=False)
        return self.unrevoked().filter(open_to, expires_at__gt=timezone.now(), owner__is_active=True)


class Token(models.Model):
    """A person's API token, valid until it expires, is revoked, or the owner's password changes."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField(default=0)  # the owner's `session_epoch` when the token was created
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


def usable_tokens(token_ids: set[int]) -> set[int]:
    """Return those of some tokens that may still be used."""
    return set(Token.objects.usable().filter(pk__in=token_ids).values_list("pk", flat=True))


def new_token(*, owner, name: str, scope: str, days: int) -> tuple[Token, str]:
    """Create a token and return its secret, which is not stored."""
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
    """The answer stored for an idempotency key, byte for byte, for a day.

    `body_digest` distinguishes a repetition from a different request. Until answered, one request holds the lease.
    `submission` makes a retry after a crash create nothing twice.
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
