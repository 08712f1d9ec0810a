"""Errors shown to people, one subclass per rule.

Middleware turns them into a page, a fragment or JSON, so views and services never catch them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Message = str | Promise


class DomainError(Exception):
    """Base class for violated rules.

    `status` is the HTTP status, `code` the stable API code (by default the class name in snake case), `fields` maps a
    form field to its messages, `problems` lists the errors of a training config.
    """

    status: ClassVar[int] = 403
    code: ClassVar[str] = "refused"
    default: ClassVar[Message] = _("This cannot be done.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(
        self,
        message: Message | None = None,
        *,
        fields: Mapping[str, Iterable[Message]] | None = None,
        problems: Iterable[Any] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message: Message = self.default if message is None else message
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        self.problems = list(problems)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return str(self.message)

    def as_dict(self) -> dict[str, Any]:
        """Return the body of an API error."""
        body: dict[str, Any] = {"code": self.code, "message": str(self)}
        if self.fields:
            body["fields"] = {name: [str(message) for message in messages] for name, messages in self.fields.items()}
        if self.problems:
            body["problems"] = [_problem(problem) for problem in self.problems]
        return {"error": body}


def _problem(problem: Any) -> dict[str, Any]:
    return problem if isinstance(problem, dict) else problem.as_dict()


class NotFound(DomainError):
    """Missing, or not visible to this person; the two are indistinguishable."""

    status = 404
    default = _("There is nothing at this address.")


class SignInNeeded(DomainError):
    status = 401
    default = _("Please sign in first.")


class NotAllowed(DomainError):
    """Visible, but this person is not allowed to do it."""

    status = 403
    default = _("You are not allowed to do this.")


class Conflict(DomainError):
    """The object has changed since this person read it."""

    status = 409
    default = _("This has been changed in the meantime.")


class BadRequest(DomainError):
    """Malformed input."""

    status = 400
    default = _("This request could not be read.")


class MethodNotAllowed(DomainError):
    """Method not supported by this URL."""

    status = 405
    default = _("This address does not accept this kind of request.")


class TooLarge(DomainError):
    """Larger than any form can send; not read."""

    status = 413
    default = _("This is too large: a text can be at most 4 MB and a picture at most 5 MB.")


class Invalid(DomainError):
    """Invalid input; `fields` says where."""

    status = 422
    default = _("Please correct the marked fields.")


class TooManyRequests(DomainError):
    """A rate limit was reached; `retry_after` is in seconds."""

    status = 429
    opening: ClassVar[Message] = _("Too many requests in a short time.")
    default = _("Too many requests in a short time. Please wait a moment and try again.")


class Unavailable(DomainError):
    """A service required by this action is down."""

    status = 503
    default = _("This is not available at the moment. Please try again in a minute.")


class NoRoom(Unavailable):
    """The disk is full."""

    default = _("The server is out of storage, so nothing can be saved now. Please try again later.")
