"""Define the states of a run and the moves between them. The table is verified when this module is imported."""

from __future__ import annotations

from dataclasses import dataclass

QUEUED, RUNNING = "queued", "running"
SUCCEEDED, DIVERGED, FAILED, CANCELLED = "succeeded", "diverged", "failed", "cancelled"

STATES = (QUEUED, RUNNING, SUCCEEDED, DIVERGED, FAILED, CANCELLED)
ACTIVE = frozenset({QUEUED, RUNNING})
WITH_RESULT = frozenset({SUCCEEDED, DIVERGED})


@dataclass(frozen=True)
class Move:
    """One allowed move. Only the worker with the lease makes `by_holder` moves."""

    name: str
    origin: str
    target: str
    by_holder: bool = False


MOVES = (
    Move("claim", QUEUED, RUNNING),
    Move("succeed", RUNNING, SUCCEEDED, by_holder=True),
    Move("diverge", RUNNING, DIVERGED, by_holder=True),
    Move("fail", RUNNING, FAILED, by_holder=True),
    Move("give_back", RUNNING, QUEUED, by_holder=True),
    Move("stop", RUNNING, CANCELLED, by_holder=True),
    Move("withdraw", QUEUED, CANCELLED),
    Move("requeue", RUNNING, QUEUED),
    Move("give_up", RUNNING, FAILED),
    Move("abandon", RUNNING, CANCELLED),
)
BY_NAME = {move.name: move for move in MOVES}


class BrokenLifecycle(Exception):
    """The table of moves is inconsistent."""


def verify(moves: tuple[Move, ...] = MOVES) -> None:
    """Raise BrokenLifecycle unless moves start from active states, names are unique and every state is reached."""
    if len({move.name for move in moves}) != len(moves):
        raise BrokenLifecycle("two moves have one name")
    for move in moves:
        if move.origin not in ACTIVE or move.target not in STATES or move.origin == move.target:
            raise BrokenLifecycle(f"{move.name} leads from {move.origin} to {move.target}")
        if move.by_holder and move.origin != RUNNING:
            raise BrokenLifecycle(f"{move.name}: nobody holds a run that is {move.origin}")
    reached = {move.target for move in moves}
    if reached != set(STATES):
        raise BrokenLifecycle(f"never reached: {sorted(set(STATES) - reached)}")


verify()
