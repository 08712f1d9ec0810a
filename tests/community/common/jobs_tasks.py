"""Jobs for the queue's tests."""

from django.core.cache import cache
from django.tasks import task


@task()
def count(key: str) -> int:
    return cache.get_or_set(key, 0, 60) + cache.incr(key)


@task()
def fail() -> None:
    raise RuntimeError("on purpose")


@task(takes_context=True)
def tell_id(context) -> str:
    return str(context.task_result.id)
