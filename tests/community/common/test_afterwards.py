"""What a page leaves to be done when it has been sent."""

from functools import partial

import pytest
from django.db import DatabaseError, InterfaceError

from community.common import afterwards


@pytest.mark.django_db
@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_what_fails_keeps_nothing_else_from_being_done(error):
    done = []

    def fail() -> None:
        raise error("the connection is closed")

    afterwards.add("first", fail)
    afterwards.add("second", partial(done.append, "second"))
    afterwards.run()
    assert done == ["second"] and not afterwards.is_waiting()
