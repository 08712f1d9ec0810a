"""A transaction of the tests' own: it does not count as one of the code's, and nothing in it stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what is done to the database. Django marks the transactions of its test cases in the same way."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
