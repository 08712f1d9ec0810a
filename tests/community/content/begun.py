"""Pages of a world as they were first made, and the fragments that were kept then, for many tests of one module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from community.common import drawn
from tests.taken_back import taken_back


@dataclass(frozen=True)
class Begun[World]:
    """A world, its pages, and the fragments that were kept when these had been made."""

    world: World
    pages: dict[str, str]
    fragments: dict

    def again(self, *rows: Any) -> World:
        """Return the world as it was, these rows read anew, without the fragments of changes by other tests."""
        drawn.fragments.clear()
        drawn.fragments._kept.update(self.fragments)
        for row in rows:
            row.refresh_from_db()
        return self.world


@contextmanager
def beginning(make: Callable[[], Any]) -> Iterator[Begun]:
    """Make a world, at a moment that does not pass: nothing is older for the later tests."""
    now = timezone.now()
    with taken_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now)
        drawn.fragments.clear()
        world = make()
        yield Begun(world, world.pages(), dict(drawn.fragments._kept))
