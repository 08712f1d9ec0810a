"""The sandbox's refusals as refusals of the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from bpsandbox import api
from community.common.errors import DomainError, NotFound


class SandboxRefusal(DomainError):
    """What the sandbox refused, with its own status, code, problems and waiting time."""

    def __init__(self, error: api.SandboxError) -> None:
        super().__init__(error.message, fields=error.fields, problems=error.problems, retry_after=error.retry_after)
        self.status = error.status  # type: ignore[misc]  # of the rule that was broken
        self.code = error.code  # type: ignore[misc]


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise the sandbox's refusals as the site's; what may not be seen is the same NotFound as everywhere."""
    try:
        yield
    except api.RunNotFound as error:
        raise NotFound from error
    except api.SandboxError as error:
        raise SandboxRefusal(error) from error


def refusing[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Let a view use the sandbox without catching anything."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with in_our_words():
            return view(*args, **kwargs)

    return wrapped
