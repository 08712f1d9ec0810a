"""Errors of the sandbox, one class for each rule. The host turns them into responses.

Attributes: `message` (a sentence), `code` (a stable word), `status` (an HTTP status),
`fields`, `problems` (of a config) and `retry_after` (seconds).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from bpsandbox import conf
from bpsandbox.messages import sentences

Sentence = str | Promise


class SandboxError(Exception):
    """Base class of all refusals."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 403
    default: ClassVar[Sentence] = _("This run is not possible.")

    def __init__(
        self, message: Sentence | None = None, *, problems: Iterable[Any] = (), retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.message: Sentence = self.default if message is None else message
        self.problems = list(problems)
        self.fields = {"config": [str(problem.message) for problem in self.problems]} if self.problems else {}
        self.retry_after = retry_after

    def __str__(self) -> str:
        return str(self.message)


class InvalidConfig(SandboxError):
    """The config cannot be read, or asks for more than a run may use. `problems` has every reason."""

    code = "invalid_config"
    status = 422
    default = _("This config cannot be run yet.")


class TooManyRuns(SandboxError):
    """A quota is used up."""

    code = "too_many_runs"
    status = 429


class TooManyWaiting(TooManyRuns):
    code = "too_many_waiting"

    def __init__(self, *, limit: int) -> None:
        sentence = ngettext_lazy(
            "You already have %(limit)d run waiting. Let it start first, or cancel it.",
            "You already have %(limit)d runs waiting. Let one start first, or cancel one.",
            limit,
        )
        super().__init__(sentence % {"limit": limit}, retry_after=30)


class HourlyLimit(TooManyRuns):
    code = "hourly_limit"

    def __init__(self, *, limit: int, retry_after: int, more: str = "") -> None:
        member, steps = conf.current().member_runs_an_hour, conf.current().steps_an_hour
        values = {"limit": limit, "minutes": minutes(retry_after), "member": member, "steps": steps}
        sentence = self.sentence(limit) % values
        super().__init__(sentences(str(sentence), more), retry_after=retry_after)

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "The limit is %(limit)d run an hour. Try again in %(minutes)d min.",
            "The limit is %(limit)d runs an hour. Try again in %(minutes)d min.",
            limit,
        )


class VisitorLimit(HourlyLimit):
    """A browser without an account has used up its hourly runs."""

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "Without an account the limit is %(limit)d run an hour. With one it is %(member)d, and runs are kept. "
            "Sign in, or try again in %(minutes)d min.",
            "Without an account the limit is %(limit)d runs an hour. With one it is %(member)d, and runs are kept. "
            "Sign in, or try again in %(minutes)d min.",
            limit,
        )


class UntrustedLimit(HourlyLimit):
    """An account whose address is not confirmed has used up a visitor's hourly runs."""

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "Until your account is confirmed the limit is %(limit)d run an hour. Try again in %(minutes)d min.",
            "Until your account is confirmed the limit is %(limit)d runs an hour. Try again in %(minutes)d min.",
            limit,
        )


class NetworkLimit(HourlyLimit):
    """The visitors of one network have used up their hourly runs."""

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "Visitors from your network share %(limit)d run an hour. With an account you have %(member)d of your own. "
            "Sign in, or try again in %(minutes)d min.",
            "Visitors from your network share %(limit)d runs an hour. With an account you have %(member)d of your own. "
            "Sign in, or try again in %(minutes)d min.",
            limit,
        )


class ShareLimit(HourlyLimit):
    """The visitors of one network have used up the runs that they share, and this one those that each is sure of."""

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "Visitors from your network share %(limit)d run an hour. It is used up, and you have had your share. "
            "With an account you have %(member)d of your own. Sign in, or try again in %(minutes)d min.",
            "Visitors from your network share %(limit)d runs an hour. They are used up, and you have had your share. "
            "With an account you have %(member)d of your own. Sign in, or try again in %(minutes)d min.",
            limit,
        )


class StepLimit(HourlyLimit):
    """A requester has used up their hourly worked steps."""

    code = "step_limit"

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "The limit is %(limit)d worked step an hour. Try again in %(minutes)d min.",
            "The limit is %(limit)d worked steps an hour. Try again in %(minutes)d min.",
            limit,
        )


class StepShareLimit(StepLimit):
    """The visitors of one network have used up the worked steps that they share, and this one the sure ones."""

    def sentence(self, limit: int) -> Sentence:
        return ngettext_lazy(
            "Visitors from your network share %(limit)d worked step an hour. It is used up, and you have had your "
            "share. With an account you have %(steps)d of your own. Sign in, or try again in %(minutes)d min.",
            "Visitors from your network share %(limit)d worked steps an hour. They are used up, and you have had your "
            "share. With an account you have %(steps)d of your own. Sign in, or try again in %(minutes)d min.",
            limit,
        )


class NoSuchStep(SandboxError):
    """The run does not have this example, step or seed; the message gives the valid range."""

    code = "no_such_step"
    status = 422


class DailyLimit(TooManyRuns):
    code = "daily_limit"

    def __init__(self, *, limit: int, retry_after: int, more: str = "") -> None:
        sentence = ngettext_lazy(
            "The limit is %(limit)d run a day. Try again in %(minutes)d min.",
            "The limit is %(limit)d runs a day. Try again in %(minutes)d min.",
            limit,
        )
        values = {"limit": limit, "minutes": minutes(retry_after)}
        super().__init__(sentences(str(sentence % values), more), retry_after=retry_after)


class RunNotFound(SandboxError):
    """The run does not exist, or this person may not see it; the response is the same."""

    code = "not_found"
    status = 404
    default = _("No such run.")


class NoResult(SandboxError):
    """The run has no result that could be shown or taken away."""

    code = "no_result"
    status = 409
    default = _("This run ended without a result. Run it again to take it away.")


class NotExpressible(SandboxError):
    """A library or a file cannot express the run; the message says what and why."""

    code = "not_expressible"
    status = 422


class NoSuchFile(NotExpressible):
    """There is no library or file of this name, of any run; the message says which there are."""

    status = 404


class NotYours(SandboxError):
    code = "not_allowed"
    status = 403
    default = _("Only the person who started this run can cancel it.")


class AlreadyEnded(SandboxError):
    code = "already_ended"
    status = 409
    default = _("This run has already ended.")


def minutes(seconds: int) -> int:
    return -(-seconds // 60)
