"""Errors of the API by itself; those of the site are `community.common.errors`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from community.common.errors import BadRequest, Conflict, DomainError, Invalid, NotAllowed, SignInNeeded


class InvalidToken(SignInNeeded):
    default = gettext_lazy("Send a valid token: 'Authorization: Bearer …'. You can create one in your settings.")


class ScopeMissing(NotAllowed):
    default = gettext_lazy("This token is read-only. Create one with write access.")


class IdempotencyKeyReused(Conflict):
    default = gettext_lazy("This Idempotency-Key was already used for another request. Use a new key.")


class IdempotencyKeyBusy(Conflict):
    default = gettext_lazy("The first request with this Idempotency-Key is still running. Try again in a moment.")


class ConfigTooLong(Invalid):
    default = gettext_lazy(
        "This config is longer than 64 KiB. Make it shorter, for instance by using fewer inline points."
    )


class NotJson(BadRequest):
    default = gettext_lazy("The body is not valid JSON. Send a JSON object with 'Content-Type: application/json'.")


class UnsupportedMediaType(DomainError):
    status = 415
    default = gettext_lazy("Send the body as JSON, with 'Content-Type: application/json'.")
