"""Shared by all tests: services, roles and a clean slate."""

import os

import pytest
from django.core.cache import cache

IN_CI = os.environ.get("CI") == "true"


def missing(what: str) -> None:
    """Skip with a reason, or fail where everything was promised to be there."""
    if IN_CI:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Return the address of a Redis that tests may write to."""
    address = os.environ.get("CHAINRULE_TEST_REDIS_URL", "")
    if not address:
        missing("CHAINRULE_TEST_REDIS_URL names no Redis")
    return address


@pytest.fixture(autouse=True)
def _forget_between_tests():
    """No test sees another one's cache or rate limits."""
    from community.common.ratelimit.store import limiter

    cache.clear()
    limiter.cache_clear()
    yield
    limiter.cache_clear()
