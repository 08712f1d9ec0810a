"""Reactions of the site to finished runs, and to visitors who sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bpsandbox import api
from bpsandbox.signals import run_failed, run_finished
from community.accounts.models import User
from community.notifications.services import Event, notify_of
from community.notifications.topics import Topic
from community.notifications.verbs import Verb, register_verb

from .access import POST
from .visitors import owner_key

VERBS = (
    Verb("run_finished", _("The run in {title} has finished"), "activity", Topic.RUNS),
    Verb("run_failed", _("The run in {title} could not finish"), "circle-alert", Topic.RUNS),
)


def connect() -> None:
    register_verb(*VERBS)
    run_finished.connect(notify_finished, dispatch_uid="experiments.run_finished")
    run_failed.connect(notify_failed, dispatch_uid="experiments.run_failed")
    user_logged_in.connect(keep_runs, dispatch_uid="experiments.keep_runs")


def keep_runs(*, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Let an account keep what was run in this browser before signing in or up."""
    key = owner_key(request) if request is not None else ""
    if key:
        api.adopt(owner_key=key, user=user)


def notify_finished(*, run_id: int, **kwargs: Any) -> None:
    _notify(run_id, "run_finished")


def notify_failed(*, run_id: int, state: str, **kwargs: Any) -> None:
    """Notify of a failed run, except the person who cancelled it."""
    if state == "failed":
        _notify(run_id, "run_failed")


def _notify(run_id: int, verb: str) -> None:
    """Notify the authors of posts that show the run, once however often the signal is sent."""
    wanted = [(owner, target) for owner, kind, target in api.wanted_by(run_id) if kind == POST and target is not None]
    notify_of([Event({owner: verb}, None, POST, target, f"run:{run_id}") for owner, target in wanted])
