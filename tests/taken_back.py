"""A transaction of the tests' own, excluded from the code's and always rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def taken_back() -> Iterator[None]:
    """Roll back everything done to the database. Django marks the transactions of its test cases in the same way."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
