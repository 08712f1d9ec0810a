"""How parameters move: optimisers, learning-rate schedules, clipping, penalties, stopping rules."""
