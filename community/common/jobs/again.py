"""Jobs that try again later what could not be done just now."""

from datetime import timedelta
from typing import Any

from django.tasks import Task
from django.utils import timezone

FIRST = timedelta(minutes=1)
MOST = 5  # the last one after about six hours


def try_again(task: Task, tried: int, **args: Any) -> None:
    """Queue a job once more, each time after four times as long. The job takes `tried`, and passes it on."""
    if tried < MOST:
        task.using(run_after=timezone.now() + FIRST * 4**tried).enqueue(tried=tried + 1, **args)
