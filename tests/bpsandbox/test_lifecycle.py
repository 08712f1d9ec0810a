"""The transition table is consistent."""

import pytest

from bpsandbox.lifecycle import MOVES, BrokenLifecycle, Move, verify


def test_the_table_is_sound():
    verify()


@pytest.mark.parametrize(
    ("move", "complaint"),
    [
        (Move("claim", "queued", "running"), "two moves have one name"),
        (Move("revive", "succeeded", "running"), "revive leads from succeeded to running"),
        (Move("loop", "running", "running"), "loop leads from running to running"),
        (Move("vanish", "running", "nowhere"), "vanish leads from running to nowhere"),
        (Move("grab", "queued", "failed", by_holder=True), "grab: nobody holds a run that is queued"),
    ],
)
def test_a_contradiction_is_found_at_import(move, complaint):
    with pytest.raises(BrokenLifecycle, match=complaint):
        verify((*MOVES, move))


def test_a_state_that_cannot_be_reached_is_found():
    with pytest.raises(BrokenLifecycle, match="never reached: \\['diverged'\\]"):
        verify(tuple(move for move in MOVES if move.target != "diverged"))


@pytest.mark.django_db
def test_a_holders_move_needs_the_number_of_the_lease():
    from bpsandbox.models import Run

    with pytest.raises(BrokenLifecycle):
        Run.objects.filter(pk=1).move("succeed")
