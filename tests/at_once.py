"""Concurrent calls from many threads."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Call a function in many threads that start together; return the results, errors included."""
    barrier, outcomes = threading.Barrier(count), [None] * count

    def one(index: int) -> None:
        try:
            barrier.wait(60)
            outcomes[index] = act(index)
        except Exception as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
