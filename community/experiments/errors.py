"""Conversion of sandbox errors to site errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from bpsandbox import api
from community.common.errors import DomainError, NotFound
from community.content.models import Thread

NOT_WORKED = gettext_lazy("This step has not been worked out. Ask for it on the run's page.")


class RunDeleted(NotFound):
    """A run that was deleted, for those who could have seen it; `thread` is where it was, if that is still there."""

    default = gettext_lazy("This run was deleted.")

    def __init__(self, thread: Thread | None = None) -> None:
        super().__init__()
        self.thread = thread


class RunAbsent(NotFound):
    """A run whose config was to be opened, and which is not there for this reader, whatever the reason."""

    default = gettext_lazy("There is no such run, or it is not public.")


class RunLacks(NotFound):
    """Something that a run which this reader may see does not have; `run_url` is the run's page."""

    def __init__(self, message: str | Promise, run_url: str) -> None:
        super().__init__(message)
        self.run_url = run_url


class SandboxRefusal(DomainError):
    """An error of the sandbox, with its status, code, problems and retry time."""

    def __init__(self, error: api.SandboxError) -> None:
        super().__init__(error.message, fields=error.fields, problems=error.problems, retry_after=error.retry_after)
        self.status = error.status  # type: ignore[misc]  # of the rule that was broken
        self.code = error.code  # type: ignore[misc]


@contextmanager
def as_site_errors() -> Iterator[None]:
    """Raise sandbox errors as site errors; an invisible run is the same NotFound as everywhere."""
    try:
        yield
    except api.RunNotFound as error:
        raise NotFound from error
    except api.SandboxError as error:
        raise SandboxRefusal(error) from error


def with_site_errors[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Decorate a view so that sandbox errors are raised as site errors."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with as_site_errors():
            return view(*args, **kwargs)

    return wrapped
